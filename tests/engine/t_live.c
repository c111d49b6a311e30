/* SPDX-License-Identifier: Apache-2.0 */
/* What viewers are shown: history by column, alarms in order, the change and the error of joints. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/history.h"
#include "engine/live.h"
#include "tests/tap.h"

enum { JOINTS = 2, HZ = 50 };

static const int64_t period_ns = NS_PER_S / HZ;

static struct step make_step(int64_t seq, double asked, double got)
{
	struct step s;

	step_init(&s, JOINTS);
	s.seq = seq;
	s.t_ns = seq * period_ns;
	for (unsigned j = 0; j < JOINTS; j++) {
		vec_set(&s.vec[VEC_ASKED], j, asked);
		vec_set(&s.vec[VEC_GOT], j, got);
	}
	return s;
}

/* 8 s in 8 columns: got counts the steps, asked is what it was a second before. */
static void test_history(struct tap *t)
{
	struct history_ring *ring = history_new(JOINTS);
	struct history *h = xcalloc(1, sizeof(*h));
	struct step s;
	int64_t i;

	ok(t, !history_read(ring, JOINTS, 8, 8, 0, h), "no such joint");
	ok(t, history_read(ring, 0, 8, 8, 0, h) && isnan(h->got_min[0]), "nothing yet");
	for (i = 0; i < 12 * HZ; i++) {
		s = make_step(i, (double)(i - HZ), (double)i);
		if (i / HZ != 9) /* a second is missing */
			history_add(ring, &s);
	}
	history_read(ring, 1, 8, 8, 12 * NS_PER_S - 1, h);
	ok(t,
	   fabs((double)h->got_min[0] - 4 * HZ) <= 1 && fabs((double)h->got_max[0] - 5 * HZ) <= 1,
	   "the first column is its second: %g to %g", (double)h->got_min[0],
	   (double)h->got_max[0]);
	ok(t, fabs((double)h->asked_min[7] - 10 * HZ) <= 1 && h->got_max[7] == 12 * HZ - 1,
	   "and the last one: %g to %g", (double)h->asked_min[7], (double)h->got_max[7]);
	ok(t,
	   isnan(h->got_min[5]) && isnan(h->asked_max[5]) && isfinite(h->got_min[4]) &&
		   isfinite(h->got_min[6]),
	   "a second without steps is a gap");
	history_read(ring, 1, 8, 8, 30 * NS_PER_S, h);
	ok(t, isnan(h->got_max[0]) && isnan(h->got_max[7]), "what is too old is gone");
	s = make_step(3, 1, 2);
	history_add(ring, &s); /* the axis began anew */
	history_read(ring, 0, 8, 8, 4 * period_ns, h);
	ok(t, h->got_min[7] == 2 && h->got_max[7] == 2 && isnan(h->got_max[6]),
	   "an axis that jumps back begins anew");
	history_free(ring);
	free(h);
}

struct bench {
	struct live *live;
	struct judge *judge;
	struct snapshot *shown;
};

static void on_verdict(void *host, const struct verdict *v)
{
	struct bench *b = host;

	live_verdict(b->live, v, v->t_ns);
}

static void feed(struct bench *b, struct step s)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = s.t_ns, .src_ns = TIME_UNKNOWN};

	ev.step = &s;
	judge_feed(b->judge, &ev);
	live_step(b->live, &s, s.t_ns);
	live_snapshot(b->live, b->judge, s.t_ns, b->shown);
}

static void begin(struct bench *b)
{
	static const struct hello h = {
		.joints = JOINTS, .joint = {{.name = "a"}, {.name = "b"}}, .fps = HZ};
	struct event ev = {.kind = EVENT_HELLO, .hello = &h};
	struct judge_host host = {.host = b, .verdict = on_verdict};

	b->live = live_new(NULL);
	b->judge = judge_new(NULL, &host);
	b->shown = xcalloc(1, sizeof(*b->shown));
	judge_feed(b->judge, &ev);
	live_hello(b->live, &h, b->judge);
}

static void end(struct bench *b)
{
	live_free(b->live);
	judge_free(b->judge);
	free(b->shown);
}

/* finite stands (a measured NaN); the others nobody finds any more. */
static void test_alarms(struct tap *t)
{
	struct verdict over = {.level = LEVEL_FAIL, .code = "jump", .subject = "a"};
	struct verdict older = {.level = LEVEL_FAIL, .code = "jump", .subject = "b"};
	struct verdict mild = {.level = LEVEL_NOTE, .code = "range", .subject = "a"};
	const struct view_alarm *al;
	struct bench b;

	begin(&b);
	live_snapshot(b.live, b.judge, 0, b.shown);
	ok(t, b.shown->worst == LEVEL_UNKNOWN, "before a step nothing is known");
	feed(&b, make_step(0, 1, 1));
	ok(t, b.shown->worst == LEVEL_OK && b.shown->nalarms == 0, "then all is well");
	feed(&b, make_step(1, 1, NAN));
	live_verdict(b.live, &older, 2 * period_ns);
	live_verdict(b.live, &over, 3 * period_ns);
	live_verdict(b.live, &mild, 4 * period_ns);
	feed(&b, make_step(4, 1, 1));
	al = b.shown->alarm;
	ok(t,
	   b.shown->nalarms == 5 && al[0].active && al[0].level == LEVEL_WARN &&
		   strcmp(al[0].code, "finite") == 0,
	   "an alarm that stands comes before a worse one that is over");
	ok(t,
	   !al[2].active && strcmp(al[2].code, "jump") == 0 && strcmp(al[2].subject, "a") == 0 &&
		   strcmp(al[3].subject, "b") == 0,
	   "then the worst, the newest first");
	ok(t, !al[4].active && al[4].level == LEVEL_NOTE, "the mildest is the last");
	ok(t, b.shown->worst == LEVEL_WARN, "worst is what the judge says");
	live_verdict(b.live, &over, 5 * period_ns);
	feed(&b, make_step(6, 1, 1));
	ok(t, b.shown->nalarms == 5 && al[2].count == 2 && fabs(al[2].since_s - 3.0 / HZ) < 1e-9,
	   "one that comes again is counted, since its first time");
	end(&b);
}

/* A viewer asks as soon as it knows the joints. */
static void test_early(struct tap *t)
{
	struct history *h = xcalloc(1, sizeof(*h));
	struct bench b;

	begin(&b);
	ok(t, live_history(b.live, 1, 8, 8, NS_PER_S, h), "before a step there is a past");
	ok(t, h->columns == 8 && isnan(h->got_min[7]) && isnan(h->asked_max[0]), "an empty one");
	ok(t, !live_history(b.live, JOINTS, 8, 8, NS_PER_S, h), "not of a joint that is not there");
	end(&b);
	free(h);
}

static void test_joints(struct tap *t)
{
	const struct view_joint *j;
	struct bench b;

	begin(&b);
	j = b.shown->joint;
	feed(&b, make_step(0, 10, 9));
	ok(t, isnan(j[0].delta_now) && j[0].err_now == 1,
	   "the first step has no change, but an error");
	feed(&b, make_step(1, 14, 9));
	ok(t, j[1].delta_now == 4 && j[1].delta_peak == 4 && j[1].err_now == 5,
	   "the second has both");
	feed(&b, make_step(2, 15, 13));
	ok(t,
	   j[0].delta_now == 1 && j[0].delta_peak == 4 && j[0].err_now == 2 && j[0].err_peak == 5,
	   "peaks stay");
	feed(&b, make_step(2 + HZ, 15, 14));
	ok(t, j[0].err_peak == 5, "the error's for the second before, too");
	feed(&b, make_step(2 + 2 * HZ, 15, 14));
	feed(&b, make_step(2 + 3 * HZ, 15, 14));
	ok(t, j[0].err_peak == 1 && j[0].delta_peak == 4, "and no longer");
	end(&b);
}

int main(void)
{
	struct tap t = {0};

	test_history(&t);
	test_alarms(&t);
	test_early(&t);
	test_joints(&t);
	return tap_done(&t);
}
