/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which chunk and position each executed action came from: cases by hand, each one line of text,
 * then random schedules whose truth is known, by word, by number and by search.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/buf.h"
#include "base/rng.h"
#include "base/text.h"
#include "engine/merge.h"

enum { JOINTS = 3, CHUNKS_MAX = 40, HORIZON_MAX = 50 };

struct bench {
	struct merge *m;
	uint16_t tick;		  /* source of the steps */
	unsigned chunks;	  /* told */
	struct buf out;		  /* of the cases */
	int64_t chunk, position;  /* of the last step */
	int64_t told[CHUNKS_MAX]; /* executed; -1 never */
	unsigned times[CHUNKS_MAX];
};

static void on_out(void *host, const struct event *ev)
{
	struct bench *t = host;

	if (ev->kind == EVENT_STEP) {
		t->chunk = ev->step->chunk;
		t->position = ev->step->position;
		if (t->chunk == CHUNK_UNKNOWN)
			buf_str(&t->out, "- ");
		else
			buf_printf(&t->out, "%lld.%lld ", (long long)t->chunk,
				   (long long)t->position);
	} else if (ev->kind == EVENT_CHUNK) {
		t->chunks++;
	} else if (ev->kind == EVENT_EXECUTED) {
		buf_printf(&t->out, "(%lld: %u) ", (long long)ev->executed->chunk,
			   ev->executed->steps);
		if (ev->executed->chunk < CHUNKS_MAX) {
			t->told[ev->executed->chunk] = ev->executed->steps;
			t->times[ev->executed->chunk]++;
		}
	} else if (ev->kind == EVENT_EPISODE) {
		buf_str(&t->out, ev->episode->start ? "[ " : "] ");
	} else if (ev->kind == EVENT_HELLO && ev->hello->no_tick) {
		buf_str(&t->out, "replies ");
	} else if (ev->kind == EVENT_HELLO && t->out.len) {
		buf_str(&t->out, "ticks ");
	}
}

static void begin(struct bench *t)
{
	static const struct resume_point fresh = {.last_seq = SEQ_UNKNOWN};
	struct merge_host host = {.host = t, .out = on_out};

	*t = (struct bench){0};
	for (unsigned i = 0; i < CHUNKS_MAX; i++)
		t->told[i] = -1;
	t->m = merge_new(&host, &fresh, 0);
}

static void hello(struct bench *t, uint16_t source, unsigned facts, bool no_tick)
{
	struct hello h = {.facts = facts, .fps = no_tick ? 0 : 50, .joints = JOINTS};
	struct event ev = {.kind = EVENT_HELLO, .src_ns = TIME_UNKNOWN, .source = source};

	h.no_tick = no_tick;
	for (unsigned j = 0; j < JOINTS; j++)
		snprintf(h.joint[j].name, NAME_BYTES, "j%u", j);
	ev.hello = &h;
	merge_feed(t->m, &ev);
}

static void chunk(struct bench *t, uint16_t source, int64_t seq, unsigned horizon,
		  const double *actions)
{
	struct chunk c = {.number = CHUNK_UNKNOWN, .seq = seq, .horizon = horizon, .dims = JOINTS};
	struct event ev = {.kind = EVENT_CHUNK, .src_ns = TIME_UNKNOWN, .source = source};

	c.latency_s = NAN;
	c.request_ns = c.reply_ns = TIME_UNKNOWN;
	c.actions = actions;
	ev.chunk = &c;
	merge_feed(t->m, &ev);
}

/* asked NULL: there is none. */
static void step(struct bench *t, int64_t seq, const double *asked, int32_t position,
		 enum driver driver)
{
	struct event ev = {.kind = EVENT_STEP, .src_ns = TIME_UNKNOWN, .t_ns = seq * 20000000};
	struct step s;

	ev.source = t->tick;
	step_init(&s, JOINTS);
	s.seq = seq;
	s.t_ns = ev.t_ns;
	s.driver = driver;
	s.position = position;
	for (unsigned j = 0; asked && j < JOINTS; j++)
		vec_set(&s.vec[VEC_ASKED], j, asked[j]);
	vec_set(&s.vec[VEC_SEEN], 0, 0);
	ev.step = &s;
	merge_feed(t->m, &ev);
}

static void mark(struct bench *t, bool start)
{
	struct episode_mark m = {.start = start};
	struct event ev = {.kind = EVENT_EPISODE, .src_ns = TIME_UNKNOWN};

	ev.episode = &m;
	merge_feed(t->m, &ev);
}

static void plain(struct bench *t, enum event_kind kind)
{
	struct executed x = {.chunk = CHUNK_UNKNOWN, .steps = 77};
	struct event ev = {.kind = kind, .src_ns = TIME_UNKNOWN};

	if (kind == EVENT_EXECUTED)
		ev.executed = &x;
	merge_feed(t->m, &ev);
}

static void expect(struct tap *tap, struct bench *t, const char *wanted, const char *what)
{
	if (!ok(tap, strcmp(buf_text(&t->out), wanted) == 0, "%s", what))
		printf("# got    %s\n# wanted %s\n", buf_text(&t->out), wanted);
	merge_free(t->m);
	buf_fini(&t->out);
}

/* Chunk k of the cases: row i holds 100 k + i in every joint. */
static const double *rows(double k, unsigned horizon)
{
	static double actions[HORIZON_MAX * JOINTS];

	for (unsigned i = 0; i < horizon * JOINTS; i++)
		actions[i] = 100 * k + i / JOINTS;
	return actions;
}

/* n steps from number seq on that ask for the values from `value` on. */
static int64_t steps(struct bench *t, int64_t seq, unsigned n, double value, double by)
{
	for (unsigned i = 0; i < n; i++) {
		double v = value + by * i;
		const double asked[JOINTS] = {v, v, v};

		step(t, seq++, asked, -1, DRIVER_POLICY);
	}
	return seq;
}

static void test_found(struct tap *tap)
{
	struct bench t;
	int64_t seq;

	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(1, 4));
	seq = steps(&t, 0, 3, 100, 1);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(2, 4));
	seq = steps(&t, seq, 2, 200, 1);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(3, 4));
	seq = steps(&t, seq, 1, 202, 1);
	seq = steps(&t, seq, 2, 302, 1);
	steps(&t, seq + 5, 2, 303, 0);
	mark(&t, false);
	expect(tap, &t, "[ 0.0 0.1 0.2 (0: 3) 1.0 1.1 1.2 (1: 3) 2.2 2.3 2.3 2.3 (2: 2) ] ",
	       "found: cut after 3 of 4, a late reply whose first two are skipped, the last one held");
	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 6, rows(1, 6));
	seq = steps(&t, 0, 2, 100, 1);
	seq = steps(&t, seq, 2, 55, 1);
	seq = steps(&t, seq, 2, 104, 1);
	chunk(&t, 0, SEQ_UNKNOWN, 6, rows(2, 6));
	chunk(&t, 0, SEQ_UNKNOWN, 6, rows(3, 6));
	steps(&t, seq, 1, 300, 1);
	merge_end(t.m, "done", 0);
	expect(tap, &t, "[ 0.0 0.1 - - 0.4 0.5 (1: 0) 2.0 (2: 1) ] ",
	       "blended: unknown, and so is how much of its chunk was executed; none is known");
	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 3, (const double[]){5, 5, 5, 5, 5, 5, 5, 5, 5});
	seq = steps(&t, 0, 2, 5, 0);
	chunk(&t, 0, SEQ_UNKNOWN, 3, (const double[]){5, 5, 5, 5, 5, 5, 6, 6, 6});
	seq = steps(&t, seq, 2, 5, 0);
	steps(&t, seq, 1, 6, 0);
	steps(&t, seq + 1, 1, 5, 0);
	expect(tap, &t, "[ 0.0 0.1 (0: 2) 1.0 1.1 1.2 - ",
	       "an arm at rest: position after position, the new chunk when it is there, and never back");
	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 2, (const double[]){0.1, NAN, 0.3, 0.4, 0.5, 0.6});
	step(&t, 0, (const double[]){(double)0.1f, NAN, (double)0.3f}, -1, DRIVER_POLICY);
	step(&t, 1, (const double[]){0.4, 0.5, 0.6 + 1e-6}, -1, DRIVER_POLICY);
	step(&t, 2, (const double[]){0.4, 0.5, 0.6}, -1, DRIVER_HUMAN);
	step(&t, 3, NULL, -1, DRIVER_POLICY);
	step(&t, 4, (const double[]){0.4, 0.5, 0.6}, -1, DRIVER_UNKNOWN);
	expect(tap, &t, "[ 0.0 - - - 0.1 ",
	       "within a float's rounding, not more; what a person does is of no chunk");
}

static void test_told(struct tap *tap)
{
	struct bench t;
	int64_t seq;

	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, 0, 4, rows(1, 4));
	seq = steps(&t, 0, 2, 7, 0);
	chunk(&t, 0, 1, 4, rows(2, 4));
	seq = steps(&t, seq, 3, 7, 0);
	chunk(&t, 0, 6, 4, rows(3, 4));
	seq = steps(&t, seq, 1, 7, 0);
	steps(&t, seq, 1, 7, 0);
	expect(tap, &t, "[ 0.0 0.1 (0: 2) 1.1 1.2 1.3 - (1: 3) 2.0 ",
	       "by number, whatever was asked; past the end of its chunk it is of none");
	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(1, 4));
	step(&t, 0, rows(9, 1), 2, DRIVER_POLICY);
	step(&t, 1, rows(9, 1), 2, DRIVER_POLICY);
	step(&t, 2, rows(9, 1), 4, DRIVER_POLICY);
	plain(&t, EVENT_EXECUTED);
	merge_end(t.m, "done", 0);
	expect(tap, &t, "[ 0.2 0.2 - (0: 1) ] ",
	       "as its source says, unless there is no such position; counts are the merge's own");
	begin(&t);
	hello(&t, 0, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, 0, 8, rows(1, 8));
	seq = steps(&t, 0, 2, 100, 1);
	mark(&t, false);
	mark(&t, true);
	seq = steps(&t, seq, 1, 33, 0);
	steps(&t, seq, 1, 103, 0);
	expect(tap, &t, "[ 0.0 0.1 (0: 2) ] [ - 0.3 ",
	       "a chunk of the episode before is believed only when what is asked is in it");
}

static void test_sources(struct tap *tap)
{
	struct bench t;

	begin(&t);
	hello(&t, 0, FACT_ASKED | FACT_CHUNK, true);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(1, 4));
	step(&t, 0, rows(1, 1), 0, DRIVER_POLICY);
	plain(&t, EVENT_EXECUTED);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(2, 4));
	step(&t, 1, rows(2, 1), 0, DRIVER_POLICY);
	merge_end(t.m, "done", 0);
	expect(tap, &t, "replies [ 0.0 (0: 77) 1.0 ] ",
	       "where steps are replies, the source tells how many were executed");
	begin(&t);
	hello(&t, 0, FACT_ASKED | FACT_CHUNK, true);
	hello(&t, 1, FACT_ASKED, false);
	mark(&t, true);
	chunk(&t, 0, 0, 4, rows(1, 4));
	step(&t, 0, rows(1, 1), 0, DRIVER_POLICY);
	t.tick = 1;
	steps(&t, 7, 2, 101, 1);
	plain(&t, EVENT_EXECUTED);
	steps(&t, 300, 1, 103, 1);
	t.tick = 0;
	step(&t, 301, rows(1, 1), 0, DRIVER_POLICY);
	step(&t, 302, rows(1, 4) + 3 * JOINTS, 0, DRIVER_POLICY);
	t.tick = 1;
	step(&t, 303, NULL, -1, DRIVER_POLICY);
	merge_end(t.m, "done", 0);
	expect(tap, &t, "replies ticks [ 0.1 0.2 0.3 - (0: 3) ] ",
	       "a tick of another source goes before replies, its actions are found in their chunk");
	begin(&t);
	hello(&t, 0, FACT_ASKED | FACT_CHUNK, true);
	hello(&t, 1, FACT_ASKED, false);
	t.tick = 1;
	for (int64_t seq = 0; seq < 30; seq++)
		step(&t, seq, NULL, -1, DRIVER_UNKNOWN);
	buf_clear(&t.out);
	t.tick = 0;
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(1, 4));
	step(&t, 31, rows(1, 1), 0, DRIVER_POLICY);
	expect(tap, &t, "] [ replies 0.0 ",
	       "but not one that promised to see actions and shows none");
}

static void test_two_arms(struct tap *tap)
{
	struct bench t;

	begin(&t);
	hello(&t, 0, FACT_ASKED | FACT_CHUNK, false);
	hello(&t, 1, FACT_ASKED | FACT_CHUNK, false);
	mark(&t, true);
	chunk(&t, 0, SEQ_UNKNOWN, 4, rows(1, 4));
	chunk(&t, 1, SEQ_UNKNOWN, 4, rows(1, 4));
	steps(&t, 0, 3, 100, 1);
	merge_end(t.m, "done", 0);
	expect(tap, &t, "[ 0.0 0.1 0.2 (0: 3) ] ",
	       "of two arms with a policy each, the steps' own chunks count; of the other's nobody knows");
}

/* What the engine before this one has stored is read again: nothing of it comes twice. */
static void test_reread(struct tap *tap)
{
	static const struct resume_point p = {.run = 3, .last_seq = 4, .chunks = 3};
	struct merge_host host = {.out = on_out};
	struct bench t;

	for (int numbered = 0; numbered < 2; numbered++) {
		int64_t first = numbered ? 0 : SEQ_UNKNOWN, third = numbered ? 5 : SEQ_UNKNOWN;

		t = (struct bench){0};
		host.host = &t;
		t.m = merge_new(&host, &p, 1);
		hello(&t, 0, FACT_ASKED | FACT_CHUNK, false);
		mark(&t, true);
		chunk(&t, 0, first, 3, rows(1, 3));
		steps(&t, 0, 3, 100, 1);
		chunk(&t, 0, numbered ? 3 : first, 4, rows(2, 4));
		steps(&t, 3, 2, 200, 1);
		chunk(&t, 0, third, 4, rows(3, 4));
		steps(&t, 5, 2, 300, 1);
		chunk(&t, 0, numbered ? 7 : third, 4, rows(4, 4));
		steps(&t, 7, 1, 400, 1);
		ok(tap, t.chunks == 1 && merge_chunks(t.m) == 4,
		   "one chunk is new: %u, %lld in all", t.chunks, (long long)merge_chunks(t.m));
		expect(tap, &t, "(0: 3) [ (1: 2) 2.0 2.1 (2: 2) 3.0 ",
		       "one that came just before the death keeps its number and is known");
	}
}

/* Random schedules. */

enum way { SAID, NUMBERED, SEARCHED, FLOATED, ELSEWHERE, WAYS };

struct schedule {
	enum way way;
	struct rng r;
	struct bench b;
	int64_t seq, chunks;
	double now[HORIZON_MAX * JOINTS], before[HORIZON_MAX * JOINTS];
	unsigned horizon, used, horizon_before; /* used: next position of the chunk under way */
	unsigned count[CHUNKS_MAX], blends[CHUNKS_MAX];
	unsigned steps, wrong, blended;
};

static unsigned below(struct rng *r, unsigned n)
{
	return n ? rng_u32(r) % n : 0;
}

static void take(struct schedule *s, int64_t number, const double *actions, unsigned at)
{
	const double *row = actions + (size_t)at * JOINTS;
	double asked[JOINTS];

	for (unsigned j = 0; j < JOINTS; j++)
		asked[j] = s->way == FLOATED ? (double)(float)row[j] : row[j];
	step(&s->b, s->seq++, asked, s->way == SAID ? (int32_t)at : -1, DRIVER_POLICY);
	s->wrong += s->b.chunk != number || s->b.position != at;
	s->count[number]++;
	s->steps++;
}

static void odd_step(struct schedule *s, enum driver driver)
{
	double asked[JOINTS];

	for (unsigned j = 0; j < JOINTS; j++)
		asked[j] = rng_gauss(&s->r);
	step(&s->b, s->seq++, asked, -1, driver);
	s->wrong += s->b.chunk != CHUNK_UNKNOWN;
}

static void next_chunk(struct schedule *s)
{
	bool first = s->chunks == 0, found = s->way >= SEARCHED;
	unsigned left = first ? 0 : s->horizon - s->used,
		 delay = below(&s->r, left < 6 ? left + 1 : 6);
	int64_t requested = s->seq, number = s->chunks++;
	unsigned n;

	memcpy(s->before, s->now, sizeof(s->now));
	for (unsigned i = 0; i < delay; i++)
		take(s, number - 1, s->before, s->used++);
	s->horizon = delay + 1 + below(&s->r, HORIZON_MAX - delay);
	for (unsigned i = 0; i < s->horizon * JOINTS; i++)
		s->now[i] = 30 * rng_gauss(&s->r);
	chunk(&s->b, s->way == ELSEWHERE, s->way == NUMBERED ? requested : SEQ_UNKNOWN, s->horizon,
	      s->now);
	s->used = delay;
	for (unsigned i = below(&s->r, 8); found && i < 2 && s->used + 1 < s->horizon; i++) {
		odd_step(s, DRIVER_POLICY);
		s->blends[number]++;
		s->blended++;
		s->used++;
	}
	n = below(&s->r, 6) ? below(&s->r, s->horizon - s->used + 1) : s->horizon - s->used;
	for (unsigned i = 0; i < n; i++) {
		if (found && !below(&s->r, 20))
			odd_step(s, DRIVER_HUMAN);
		take(s, number, s->now, s->used++);
	}
}

static void run(struct schedule *s, enum way way, unsigned seed)
{
	memset(s, 0, sizeof(*s));
	s->way = way;
	s->r = rng_seed(seed);
	begin(&s->b);
	hello(&s->b, 0, FACT_ASKED | FACT_CHUNK, false);
	if (way == ELSEWHERE)
		hello(&s->b, 1, FACT_CHUNK, false);
	mark(&s->b, true);
	while (s->chunks < CHUNKS_MAX) {
		next_chunk(s);
		if (!below(&s->r, 9)) {
			s->horizon = s->used =
				0; /* the next reply is asked for in the new episode */
			mark(&s->b, false);
			mark(&s->b, true);
		}
		buf_clear(&s->b.out);
	}
	merge_end(s->b.m, "done", 0);
	merge_free(s->b.m);
	buf_fini(&s->b.out);
}

static void test_schedules(struct tap *tap, enum way way, const char *what)
{
	struct schedule *s = malloc(sizeof(*s));
	unsigned steps_n = 0, wrong = 0, counts = 0, chunks = 0, blended = 0, silent = 0;

	for (unsigned seed = 1; seed <= 60; seed++) {
		run(s, way, seed);
		steps_n += s->steps;
		wrong += s->wrong;
		blended += s->blended;
		for (unsigned k = 0; k < CHUNKS_MAX; k++) {
			chunks++;
			if (s->blends[k] && s->b.told[k] >= 0)
				counts++; /* nobody can know it */
			if (!s->blends[k] && s->b.told[k] >= 0)
				counts += s->b.told[k] != s->count[k];
			silent += !s->blends[k] && s->b.told[k] < 0;
		}
	}
	ok(tap, steps_n > 20000 && wrong == 0, "%s: %u of %u steps placed wrongly", what, wrong,
	   steps_n);
	ok(tap, counts == 0, "%s: %u of %u chunks with a wrong count", what, counts, chunks);
	ok(tap, blended ? silent < chunks / 8 : silent == 0,
	   "%s: %u without one for no reason of their own (%u steps blended)", what, silent,
	   blended);
	free(s);
}

int main(void)
{
	struct tap tap = {0};

	test_found(&tap);
	test_told(&tap);
	test_sources(&tap);
	test_two_arms(&tap);
	test_reread(&tap);
	test_schedules(&tap, SAID, "by word");
	test_schedules(&tap, NUMBERED, "by number");
	test_schedules(&tap, SEARCHED, "by search");
	test_schedules(&tap, FLOATED, "by search among floats");
	test_schedules(&tap, ELSEWHERE, "by search in another source's chunks");
	return tap_done(&tap);
}
