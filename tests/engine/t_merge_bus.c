/* SPDX-License-Identifier: Apache-2.0 */
/* What the bus adds to the ticks of a loop: each write belongs to the call that made it. */
#include <math.h>

#include "../tap.h"
#include "base/text.h"
#include "engine/merge.h"

static void loop_hello(struct merge *m)
{
	struct hello h = {.facts = FACT_ASKED | FACT_SENT | FACT_GOT, .fps = 30, .joints = 1};
	struct event ev = {.kind = EVENT_HELLO, .t_ns = 500000000, .src_ns = TIME_UNKNOWN};

	text_copy(h.joint[0].name, NAME_BYTES, "a");
	ev.hello = &h;
	merge_feed(m, &ev);
}

/* A bus: its joint is the loop's, in a unit that may be another one. */
static void bus_hello(struct merge *m, enum unit unit)
{
	struct hello h = {.facts = FACT_SENT | FACT_GOT, .fps = 30, .joints = 1, .on_bus = true};
	struct event ev = {.kind = EVENT_HELLO, .t_ns = 500000000, .source = 1};

	text_copy(h.joint[0].name, NAME_BYTES, "a");
	h.joint[0].unit = unit;
	ev.src_ns = TIME_UNKNOWN;
	ev.hello = &h;
	merge_feed(m, &ev);
}

/* A tick of the loop that began at begin_s, or a write on the bus (source 1, asked NaN). */
static void tick_read(struct merge *m, uint16_t source, double t_s, double begin_s, double read_s,
		      double asked, double sent)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = (int64_t)(t_s * 1e9), .source = source};
	struct step s;

	step_init(&s, 1);
	if (!isnan(asked))
		vec_set(&s.vec[VEC_ASKED], 0, asked);
	if (!isnan(read_s))
		s.read_ns = (int64_t)(read_s * 1e9);
	s.t_ns = ev.t_ns;
	vec_set(&s.vec[VEC_SENT], 0, sent);
	vec_set(&s.vec[VEC_GOT], 0, sent / 10);
	ev.src_ns = isnan(begin_s) ? TIME_UNKNOWN : (int64_t)(begin_s * 1e9);
	ev.step = &s;
	merge_feed(m, &ev);
}

static void tick(struct merge *m, uint16_t source, double t_s, double begin_s, double asked,
		 double sent)
{
	tick_read(m, source, t_s, begin_s, NAN, asked, sent);
}

struct wire {
	double sent[16], got[16];
	unsigned n;
};

static void on_wire(void *host, const struct event *ev)
{
	struct wire *w = host;

	if (ev->kind != EVENT_STEP || w->n == 16)
		return;
	if (!vec_value(&ev->step->vec[VEC_SENT], 0, &w->sent[w->n]))
		w->sent[w->n] = NAN;
	if (!vec_value(&ev->step->vec[VEC_GOT], 0, &w->got[w->n]))
		w->got[w->n] = NAN;
	w->n++;
}

static struct merge *begin_wire(struct wire *w, enum unit unit)
{
	static const struct resume_point fresh = {.last_seq = SEQ_UNKNOWN};
	struct merge_host host = {.host = w, .out = on_wire};
	struct merge *m = merge_new(&host, &fresh, 0);

	*w = (struct wire){.n = 0};
	loop_hello(m);
	bus_hello(m, unit);
	return m;
}

/* A loop at 200 Hz: the write of the next call comes while a tick still waits for its own. */
static void test_fast(struct tap *t)
{
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	tick(m, 1, 1.0015, NAN, NAN, 50);
	tick(m, 0, 1.0020, 1.0000, 7, 7);
	tick(m, 1, 1.0065, NAN, NAN, 60);
	tick(m, 0, 1.0070, 1.0050, 7, 7);
	ok(t, w.n == 1 && w.sent[0] == 50 && w.got[0] == 5, "the next call's write is not its own");
	tick(m, 1, 1.0115, NAN, NAN, 70);
	tick(m, 1, 1.0165, NAN, NAN, 80);
	tick(m, 0, 1.0180, 1.0100, 7, 7); /* both were read late, and are told so */
	tick(m, 0, 1.0180, 1.0150, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 4 && w.sent[1] == 60 && w.sent[2] == 70 && w.sent[3] == 80,
	   "nor when the loop was read late: %g, %g, %g", w.sent[1], w.sent[2], w.sent[3]);
	merge_free(m);
	/* Of one that does not say when its calls begin. */
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick(m, 0, 1.0000, NAN, 7, 7);
	tick(m, 1, 1.0050, NAN, NAN, 50);
	tick(m, 0, 1.0055, NAN, 7, 7);
	tick(m, 1, 1.0102, NAN, NAN, 60);
	tick(m, 0, 1.0110, NAN, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 3 && w.sent[1] == 50 && w.sent[2] == 60, "nor where it is not said: %g, %g",
	   w.sent[1], w.sent[2]);
	merge_free(m);
}

/* A write that passes when the next call is under way: what was read before it tells whose it is. */
static void test_late(struct tap *t)
{
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	tick_read(m, 1, 1.0015, NAN, 1.0010, NAN, 50);
	tick(m, 0, 1.0020, 1.0000, 7, 7);
	tick(m, 0, 1.0070, 1.0050, 7, 7);
	tick_read(m, 1, 1.0105, NAN, 1.0060, NAN, 60);
	tick_read(m, 1, 1.0115, NAN, 1.0110, NAN, 70);
	tick(m, 0, 1.0120, 1.0100, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 3 && w.sent[1] == 60 && w.sent[2] == 70, "a late write: %g, %g", w.sent[1],
	   w.sent[2]);
	merge_free(m);
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick_read(m, 1, 1.0015, NAN, 1.0010, NAN, 50);
	tick(m, 0, 1.0020, 1.0000, 7, 7);
	tick_read(m, 1, 1.0262, NAN, 1.0258, NAN, 60);
	tick(m, 0, 1.0425, 1.0041, 7, 7); /* read late: its next call has read the bus already */
	tick_read(m, 1, 1.0601, NAN, 1.0314, NAN, 70);
	tick_read(m, 1, 1.0938, NAN, 1.0937, NAN, 80);
	ok(t, w.n == 2 && w.sent[1] == 60, "of a loop that is read late, and not again soon: %g",
	   w.sent[1]);
	merge_free(m);
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick_read(m, 1, 1.0015, NAN, 0.9995, NAN, 50);
	tick(m, 0, 1.0020, 1.0000, 7, 7);
	tick_read(m, 1, 1.0065, NAN, 1.0045, NAN, 60);
	tick(m, 0, 1.0070, 1.0050, 7, 7);
	tick_read(m, 1, 1.0115, NAN, 1.0095, NAN, 70);
	tick(m, 0, 1.0120, 1.0100, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 3 && w.sent[0] == 50 && w.sent[1] == 60 && w.sent[2] == 70,
	   "of a loop that reads before its call begins: %g, %g, %g", w.sent[0], w.sent[1],
	   w.sent[2]);
	merge_free(m);
}

static void test_bus(struct tap *t)
{
	struct wire w;
	struct merge *m;

	m = begin_wire(&w, UNIT_UNKNOWN);
	tick(m, 1, 0.995, NAN, NAN, 50); /* inside the call */
	tick(m, 0, 1.000, 0.990, 7, 7);
	ok(t, w.n == 0, "a tick waits for its bus");
	tick(m, 1, 1.022, NAN, NAN, 60); /* of the next call, which is told below */
	ok(t, w.n == 1 && w.sent[0] == 50 && w.got[0] == 5,
	   "what was written in its call is what was sent: %g", w.sent[0]);
	tick(m, 0, 1.030, 1.020, 7, 7);
	tick(m, 1, 1.0505, NAN, NAN, 70);
	tick(m, 0, 1.050, 1.049, 7, 7); /* told before its last write was seen */
	tick(m, 1, 1.0530, NAN, NAN, 71);
	tick(m, 0, 1.080, 1.079, 7, 7); /* nothing was written in this call */
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 4 && w.sent[1] == 60, "the next one has its own");
	ok(t, w.sent[2] == 71,
	   "a write seen just after the call is the call's, the last one counts");
	ok(t, w.sent[3] == 7 && w.got[3] == 7.1,
	   "no write in the call: what the loop says stands; got is the newest");
	merge_free(m);
	m = begin_wire(&w, UNIT_DEG);
	tick(m, 1, 0.995, NAN, NAN, 50);
	tick(m, 0, 1.000, 0.990, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 1 && w.sent[0] == 7, "another unit takes no place");
	merge_free(m);
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick(m, 1, 0.995, NAN, NAN, 50);
	tick(m, 0, 2.000, 1.990, 7, 7);
	ok(t, w.n == 1 && w.sent[0] == 7, "a bus that has been silent is not waited for");
	merge_free(m);
}

/* A call of the loop, told as it returned or later. */
static void call(struct merge *m, double begin_s, double done_s, double told_s)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = (int64_t)(told_s * 1e9)};
	struct step s;

	step_init(&s, 1);
	vec_set(&s.vec[VEC_ASKED], 0, 7);
	vec_set(&s.vec[VEC_SENT], 0, 7);
	ev.src_ns = (int64_t)(begin_s * 1e9);
	s.done_ns = (int64_t)(done_s * 1e9);
	ev.step = &s;
	merge_feed(m, &ev);
}

/* The loop tells of its first goal before its bus does, which has been alive. */
static void test_first(struct tap *t)
{
	struct event note = {.kind = EVENT_NOTE, .t_ns = 2900000000, .source = 1, .text = "x"};
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	note.src_ns = TIME_UNKNOWN;
	merge_feed(m, &note);
	call(m, 3.000, 3.004, 3.004);
	tick(m, 1, 3.005, NAN, NAN, 50);
	call(m, 3.033, 3.034, 3.034);
	merge_end(m, "over", 4000000000);
	ok(t, w.n == 2 && w.sent[0] == 50, "the first goal of a bus is waited for: %g", w.sent[0]);
	merge_free(m);
}

/* The policy took so long that the bus no longer knows where the arm is; the loop does. */
static void test_slow(struct tap *t)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = 1100000000, .source = 1};
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);
	struct step s;

	tick(m, 1, 1.003, NAN, NAN, 50);
	call(m, 1.000, 1.004, 1.004);
	step_init(&s, 1);
	vec_set(&s.vec[VEC_SENT], 0, 60);
	ev.src_ns = TIME_UNKNOWN;
	ev.step = &s;
	merge_feed(m, &ev);
	tick(m, 0, 1.101, 1.020, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 2 && w.sent[1] == 60 && w.got[1] == 0.7,
	   "positions of the call before are not those of a slow one: %g", w.got[1]);
	merge_free(m);
}

/* A loop that was late does not sleep: its next call follows at once. */
static void test_behind(struct tap *t)
{
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	tick(m, 1, 1.0390, NAN, NAN, 50);
	tick(m, 1, 1.0430, NAN, NAN, 60); /* of the next call */
	call(m, 1.000, 1.0395, 1.045);
	call(m, 1.0400, 1.0435, 1.046);
	tick(m, 1, 1.0461, NAN, NAN, 70); /* seen late, when the next call has begun */
	call(m, 1.0437, 1.0457, 1.048);
	tick(m, 1, 1.0491, NAN, NAN, 80); /* and so is its own */
	call(m, 1.0460, 1.0480, 1.050);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 4 && w.sent[0] == 50 && w.sent[1] == 60 && w.got[0] == 5 && w.got[1] == 6,
	   "calls that follow at once have their own goal each: %g %g", w.sent[0], w.sent[1]);
	ok(t, w.sent[2] == 70 && w.sent[3] == 80,
	   "also where each is seen when the next call has begun: %g %g", w.sent[2], w.sent[3]);
	merge_free(m);
}

/* A machine so busy that writes pass long after their call: what was read before them tells. */
static void test_starved(struct tap *t)
{
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	tick_read(m, 1, 1.0030, NAN, 0.9990, NAN, 50);
	call(m, 1.0000, 1.0040, 1.0041);
	call(m, 1.0335, 1.0345, 1.0346);
	tick_read(m, 1, 1.0600, NAN, 1.0300, NAN, 60);
	tick_read(m, 1, 1.0720, NAN, 1.0540, NAN, 70);
	call(m, 1.0550, 1.0700, 1.0730);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 3 && w.sent[0] == 50 && w.sent[1] == 7 && w.sent[2] == 70,
	   "a write that passes in the next call is not its own: %g", w.sent[2]);
	merge_free(m);
}

/* The engine hears of the call when the next one has been under way for long. */
static void test_told_late(struct tap *t)
{
	struct wire w;
	struct merge *m = begin_wire(&w, UNIT_UNKNOWN);

	tick(m, 1, 1.008, NAN, NAN, 50);
	tick(m, 1, 1.041, NAN, NAN, 60); /* of the next call */
	call(m, 1.000, 1.009, 1.061);
	tick(m, 0, 1.062, 1.033, 7, 7);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 2 && w.sent[0] == 50 && w.got[0] == 5,
	   "a call that is told late has what was written until it returned: %g", w.sent[0]);
	ok(t, w.sent[1] == 60, "and the next one has its own");
	merge_free(m);
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick(m, 1, 0.980, NAN, NAN, 40);
	tick(m, 0, 1.000, 0.970, 7, 7);
	tick(m, 1, 1.025, NAN, NAN, 50);
	call(m, 1.030, 1.030, 1.031);
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 2 && w.sent[1] == 50,
	   "a loop that knows only when it had sent: since the last");
	merge_free(m);
	m = begin_wire(&w, UNIT_UNKNOWN);
	tick(m, 1, 1.008, NAN, NAN, 50);
	call(m, 1.000, 5.000, 1.061); /* another axis */
	merge_end(m, "over", 2000000000);
	ok(t, w.n == 1 && w.sent[0] == 50, "an end that cannot be is none");
	merge_free(m);
}

int main(void)
{
	struct tap tap = {0};

	test_bus(&tap);
	test_fast(&tap);
	test_late(&tap);
	test_first(&tap);
	test_slow(&tap);
	test_behind(&tap);
	test_starved(&tap);
	test_told_late(&tap);
	return tap_done(&tap);
}
