/* SPDX-License-Identifier: Apache-2.0 */
/* The planner keeps its limits, and the guard stops for each of its reasons, in the same cycle. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "model/motor.h"
#include "motion/guard.h"
#include "motion/plan.h"
#include "tests/tap.h"

static struct motion_way way(int32_t from, int32_t to)
{
	struct motion_way w = {.joint = "elbow_flex",
			       .id = 3,
			       .scale = {.range_min = 1000, .range_max = 3000, .resolution = 4096},
			       .from = from,
			       .to = to};

	return w;
}

static void limits(struct tap *t)
{
	struct motion_plan p = {.n = 3, .way = {way(1000, 3000), way(2500, 2480), way(2000, 2000)}};
	struct rng rng = rng_seed(5);
	double fastest = 0;
	bool straight = true;

	ok(t, motion_plan_time(&p, 0.2, NULL) == 0 && p.seconds > 5 && p.seconds < 5.5,
	   "the whole range at 20 %% a second takes 5 s and a little (%.2f s)", p.seconds);
	for (double at = -1; at < p.seconds + 1; at += 0.01) {
		double step = motion_plan_goal(&p, 0, at + 0.1) - motion_plan_goal(&p, 0, at);

		fastest = fmax(fastest, fabs(step) / 0.1);
		straight = straight && motion_plan_goal(&p, 0, at) >= 1000 &&
			   motion_plan_goal(&p, 0, at) <= 3000 && step >= 0 &&
			   motion_plan_goal(&p, 2, at) == 2000;
	}
	ok(t, fastest <= 400 + 11 && fastest > 380, "never faster (%.0f ticks/s)", fastest);
	ok(t, straight, "straight, and nobody else moves");
	ok(t, motion_plan_goal(&p, 0, p.seconds) == 3000 && motion_plan_goal(&p, 1, 99) == 2480,
	   "all arrive");
	ok(t, motion_plan_goal(&p, 0, 0.02) - 1000 < 4, "it starts softly");
	for (int i = 0; i < 2000; i++) {
		double share = rng_range(&rng, 0.01, 1);
		struct motion_plan q = {.n = 1};

		q.way[0] = way(1000 + (int32_t)(rng_u32(&rng) % 2001),
			       1000 + (int32_t)(rng_u32(&rng) % 2001));
		motion_plan_time(&q, share, NULL);
		straight = straight && motion_plan_speed(&q, 0) <= 2000 * share + 1e-6;
	}
	ok(t, straight, "2000 ways of any length keep the limit");
}

static void refusals(struct tap *t)
{
	static const struct {
		int32_t from, to;
		int rc;
		const char *text;
	} cases[] = {
		{1000, 3000, 0, "both ends of the range"},
		{990, 2000, 0, "a joint that lies on its stop is brought in"},
		{900, 2000, -ERANGE, "a joint far outside is not moved"},
		{-2048, 2000, -ERANGE, "nor one whose encoder wrapped"},
		{2000, 3001, -ERANGE, "no goal above the range"},
		{2000, 999, -ERANGE, "no goal below it"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct motion_plan p = {.n = 1, .way = {way(cases[i].from, cases[i].to)}};
		struct err e = {0};

		ok(t,
		   motion_plan_time(&p, 0.2, &e) == cases[i].rc &&
			   (!cases[i].rc || strstr(e.msg, "elbow_flex")),
		   "%s", cases[i].text);
	}
}

static struct motion_seen fine(void)
{
	struct motion_seen s = {.n = 3, .over_s = -1};

	for (unsigned i = 0; i < 3; i++) {
		s.joint[i].answered = true;
		s.joint[i].at = 2000;
		s.joint[i].goal = 2050;
	}
	return s;
}

static bool stops(void (*change)(struct motion_seen *s), enum motion_state why, int joint)
{
	struct motion_guard g = {.follow_ticks = 200,
				 .arrive_ticks = 60,
				 .rest_s = 0.3,
				 .settle_s = 1.5,
				 .joint = -1};
	struct motion_seen s = fine();

	if (motion_guard_step(&g, &s) != MOTION_GOING)
		return false;
	change(&s);
	if (motion_guard_step(&g, &s) != why || g.joint != joint)
		return false;
	s = fine(); /* once stopped, always */
	return motion_guard_step(&g, &s) == why;
}

static void interrupt(struct motion_seen *s)
{
	s->interrupted = true;
	s->joint[0].answered = false;
}

static void hang_up(struct motion_seen *s)
{
	s->hung_up = true;
}

static void gone(struct motion_seen *s)
{
	s->gone = true;
	s->joint[0].answered = false;
}

static void overload(struct motion_seen *s)
{
	s->joint[1].faults = MOTOR_OVERLOAD;
	s->joint[2].at = 0;
}

static void silence(struct motion_seen *s)
{
	s->joint[2].answered = false;
}

static void stuck(struct motion_seen *s)
{
	s->joint[1].goal = 2201;
}

static void arrive(struct motion_seen *s)
{
	s->over_s = 0.3;
}

static void never(struct motion_seen *s)
{
	s->over_s = 1.6;
	s->joint[0].at = 1980;
}

static void stop_conditions(struct tap *t)
{
	struct motion_guard g = {
		.follow_ticks = 200, .arrive_ticks = 60, .rest_s = 0.3, .settle_s = 1.5};
	struct motion_seen s = fine();

	ok(t, stops(interrupt, MOTION_INTERRUPTED, -1), "Ctrl-C");
	ok(t, stops(hang_up, MOTION_TERMINAL, -1), "a lost terminal");
	ok(t, stops(gone, MOTION_GONE, -1), "an unplugged bus");
	ok(t, stops(overload, MOTION_FAULT, 1), "overload");
	ok(t, stops(silence, MOTION_REPLY, 2), "an answer that does not come");
	ok(t, stops(stuck, MOTION_FOLLOW, 1), "a joint that does not follow");
	ok(t, stops(arrive, MOTION_ARRIVED, -1), "arrival");
	ok(t, stops(never, MOTION_SHORT, 0), "no arrival in time");
	s.over_s = 1;
	s.joint[0].at = 1980;
	ok(t, motion_guard_step(&g, &s) == MOTION_GOING, "it may settle");
	s.joint[0].at = INT32_MIN;
	s.joint[0].goal = INT32_MAX;
	ok(t, motion_guard_step(&g, &s) == MOTION_FOLLOW, "whatever a servo says");
}

int main(void)
{
	struct tap t = {0};

	limits(&t);
	refusals(&t);
	stop_conditions(&t);
	return tap_done(&t);
}
