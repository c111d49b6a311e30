/* SPDX-License-Identifier: Apache-2.0 */
/* jump, seam, range and finite: each sharp on its own fault, and on no other's. */
#include <math.h>
#include <string.h>

#include "tests/check/bed.h"
#include "tests/tap.h"

/* A healthy episode with `by` added to asked and sent of joint 0 at steps from..to. */
static void run_shifted(struct bed *b, unsigned from, unsigned to, double by, unsigned chunk_every)
{
	bed_episode(b);
	for (unsigned i = 0; i < 200; i++) {
		if (chunk_every && i % chunk_every == 0)
			bed_chunk(b);
		bed_healthy(b, i);
		if (i >= from && i <= to) {
			b->step.vec[VEC_ASKED].v[0] += by;
			b->step.vec[VEC_SENT].v[0] += by;
		}
		bed_send(b);
	}
}

static void test_jump(struct tap *t)
{
	struct bed b;
	const struct verdict *v;
	double max;

	bed_init(&b);
	max = b.profile->action.joint[0].delta.max;
	run_shifted(&b, 95, 199, -3 * max, 20);
	v = bed_find(&b, "jump", LEVEL_WARN);
	ok(t,
	   v && v->seq == 96 && strcmp(v->subject, "pan.pos") == 0 && strcmp(v->unit, "deg") == 0,
	   "a lasting step is told one tick later: %s", v ? v->message : "-");
	ok(t, bed_count(&b, "jump", LEVEL_FAIL) == 0, "one step is no failure");
	bed_restart(&b);
	run_shifted(&b, 95, 95, 5 * max, 20);
	v = bed_find(&b, "jump", LEVEL_WARN);
	ok(t, v && v->seq == 96, "a spike is told one tick later");
	bed_restart(&b);
	run_shifted(&b, 95, 199, -0.35 * max, 20);
	ok(t,
	   bed_status(&b, "jump").value > bed_status(&b, "jump").threshold &&
		   bed_count(&b, "jump", LEVEL_NOTE) == 0,
	   "a little over training's largest is none: %s", bed_status(&b, "jump").why);
	bed_restart(&b);
	run_shifted(&b, 95, 199, -1.6 * max, 20);
	ok(t, bed_count(&b, "jump", LEVEL_WARN) == 0 && bed_count(&b, "jump", LEVEL_NOTE) == 1,
	   "a plain exceedance is one note");
	bed_fini(&b);
}

static void test_jump_fails_on_repetition(struct tap *t)
{
	struct bed b;
	double max;

	bed_init(&b);
	max = b.profile->action.joint[0].delta.max;
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		bed_healthy(&b, i);
		if (i % 40 == 31 || i % 40 == 32)
			b.step.vec[VEC_ASKED].v[0] += 5 * max;
		bed_send(&b);
	}
	ok(t, bed_count(&b, "jump", LEVEL_FAIL) == 1, "large steps again and again are a failure");
	bed_fini(&b);
}

static void test_untold_seams(struct tap *t)
{
	struct bed b;
	double max;

	bed_init(&b);
	max = b.profile->action.joint[0].delta.max;
	run_shifted(&b, 95, 199, -3 * max, 0);
	ok(t, bed_count(&b, "jump", LEVEL_WARN) == 0,
	   "without chunk lines a 4x step may be a seam");
	bed_restart(&b);
	run_shifted(&b, 95, 199, -5 * max, 0);
	ok(t, bed_count(&b, "jump", LEVEL_WARN) == 1, "a 6x step may not");
	bed_fini(&b);
}

static void test_seam(struct tap *t)
{
	struct bed b;
	const struct verdict *v;
	double max;

	bed_init(&b);
	max = b.profile->action.joint[0].delta.max;
	run_shifted(&b, 100, 199, 6 * max, 20);
	v = bed_find(&b, "seam", LEVEL_WARN);
	ok(t, v && v->seq == 100 && strstr(v->message, "at a replan"), "a large seam: %s",
	   v ? v->message : "-");
	ok(t, bed_count(&b, "jump", LEVEL_NOTE) == 0, "a seam is no jump");
	bed_restart(&b);
	run_shifted(&b, 100, 199, 3 * max, 20);
	ok(t, bed_count(&b, "seam", LEVEL_WARN) == 0, "one seam of 3x is none");
	bed_restart(&b);
	run_shifted(&b, 100, 119, 5 * max, 20);
	ok(t, bed_count(&b, "seam", LEVEL_WARN) > 0 && bed_count(&b, "seam", LEVEL_FAIL) == 0,
	   "there and back at two seams is a warning");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		if (i % 20 == 0)
			bed_chunk(&b);
		bed_healthy(&b, i);
		if (i / 20 % 2)
			b.step.vec[VEC_ASKED].v[0] += 6 * max;
		bed_send(&b);
	}
	v = bed_find(&b, "seam", LEVEL_FAIL);
	ok(t, v && v->seq == 60, "the third large seam is a failure");
	bed_fini(&b);
}

/* An episode in which joint 1 stays so far beyond its training maximum. */
static void hold_beyond(struct bed *b, double by)
{
	bed_episode(b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(b, i);
		b->step.vec[VEC_ASKED].v[1] = b->profile->action.joint[1].value.max + by;
		bed_send(b);
	}
}

static void test_range(struct tap *t)
{
	struct bed b;
	const struct verdict *v;
	double span;

	bed_init(&b);
	span = b.profile->action.joint[1].value.max - b.profile->action.joint[1].value.min;
	bed_episode(&b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(&b, i);
		if (i >= 30)
			b.step.vec[VEC_ASKED].v[1] = b.profile->action.joint[1].value.max +
						     0.3 * span;
		bed_send(&b);
	}
	v = bed_find(&b, "range", LEVEL_WARN);
	ok(t, v && v->seq == 39 && v->level == LEVEL_WARN, "ten steps out of range: %s",
	   v ? v->message : "-");
	ok(t, bed_count(&b, "range", LEVEL_FAIL) == 0, "30 %% of the span is no failure");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(&b, i);
		if (i % 10)
			b.step.vec[VEC_ASKED].v[1] -= 2 * span;
		bed_send(&b);
	}
	ok(t, bed_count(&b, "range", LEVEL_NOTE) == 0, "nine steps at a time are none");
	bed_restart(&b);
	hold_beyond(&b, 0.005 * span);
	ok(t, bed_count(&b, "range", LEVEL_NOTE) == 0, "0.5 %% of the span is none, either");
	bed_restart(&b);
	hold_beyond(&b, 0.05 * span);
	ok(t, bed_count(&b, "range", LEVEL_NOTE) == 1 && bed_count(&b, "range", LEVEL_WARN) == 0,
	   "5 %% of the span is a note: %s", bed_status(&b, "range").why);
	ok(t,
	   fabs(bed_status(&b, "range").value - 5.0) < 1e-9 &&
		   bed_status(&b, "range").threshold > 5.0,
	   "the reading and its limit are shares of the span");
	bed_fini(&b);
}

static void test_finite(struct tap *t)
{
	struct bed b;
	const struct verdict *v;

	bed_init(&b);
	bed_run(&b, 50);
	bed_healthy(&b, 50);
	b.step.vec[VEC_ASKED].v[2] = NAN;
	bed_send(&b);
	v = bed_find(&b, "finite", LEVEL_FAIL);
	ok(t, v && v->seq == 50 && strcmp(v->subject, "wrist.pos") == 0, "NaN asked: %s",
	   v ? v->message : "-");
	bed_restart(&b);
	bed_run(&b, 50);
	bed_healthy(&b, 50);
	b.step.vec[VEC_GOT].v[2] = INFINITY;
	bed_send(&b);
	ok(t, bed_count(&b, "finite", LEVEL_WARN) == 1 && bed_count(&b, "finite", LEVEL_FAIL) == 0,
	   "one bad reading is a warning");
	bed_send(&b);
	bed_send(&b);
	ok(t, bed_count(&b, "finite", LEVEL_FAIL) == 1, "three in a row are a failure");
	bed_restart(&b);
	bed_run(&b, 50);
	bed_healthy(&b, 50);
	b.step.vec[VEC_GOT].known[0] = 0;
	bed_send(&b);
	ok(t, b.nverdicts == 0, "unknown is not NaN");
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_jump(&t);
	test_jump_fails_on_repetition(&t);
	test_untold_seams(&t);
	test_seam(&t);
	test_range(&t);
	test_finite(&t);
	return tap_done(&t);
}
