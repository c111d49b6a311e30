/* SPDX-License-Identifier: Apache-2.0 */
/* tracking, frozen, cadence, gripper, motion: what shows over time. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

static void set_measured(struct bed *b, unsigned joint, double v)
{
	b->step.vec[VEC_SEEN].v[joint] = b->step.vec[VEC_GOT].v[joint] = v;
}

static void test_tracking(struct tap *t)
{
	struct bed b;
	const struct verdict *v;
	double held = 0.0;

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 250; i++) {
		bed_healthy(&b, i);
		if (i == 60)
			held = b.step.vec[VEC_GOT].v[1];
		if (i >= 60)
			set_measured(&b, 1, held - 0.002 * i); /* no torque: it sags */
		bed_send(&b);
	}
	v = bed_find(&b, "tracking", LEVEL_WARN);
	ok(t, v && v->seq > 60 && v->seq <= 90 && strcmp(v->subject, "lift.pos") == 0,
	   "a joint without torque, after %lld steps: %s", v ? (long long)v->seq - 60 : -1,
	   v ? v->message : "-");
	ok(t, bed_count(&b, "tracking", LEVEL_FAIL) == 1, "far and long is a failure");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 250; i++) {
		bed_healthy(&b, i);
		for (unsigned j = 0; j < BED_GRIPPER; j++)
			set_measured(&b, j, bed_command(j, i > 6 ? i - 6 : 0));
		bed_send(&b);
	}
	ok(t, bed_count(&b, "tracking", LEVEL_NOTE) == 0, "a lag of six ticks is none");
	bed_fini(&b);
}

static void test_frozen(struct tap *t)
{
	struct bed b;
	const struct verdict *v;
	struct vec held = {0};

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		bed_healthy(&b, i);
		if (i == 60)
			held = b.step.vec[VEC_SEEN];
		if (i >= 60)
			b.step.vec[VEC_SEEN] = held;
		bed_send(&b);
	}
	v = bed_find(&b, "frozen", LEVEL_WARN);
	ok(t, v && strcmp(v->subject, "seen") == 0 && v->seq >= 70 && v->seq <= 90,
	   "seen that is read once: %s", v ? v->message : "-");
	ok(t, bed_count(&b, "frozen", LEVEL_FAIL) == 1, "and goes on: a failure");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		bed_healthy(&b, 60);
		b.step.vec[VEC_ASKED].v[0] += 0.01 * (i % 2);
		bed_send(&b);
	}
	ok(t, bed_count(&b, "frozen", LEVEL_NOTE) == 0, "an arm at rest is not frozen");
	bed_fini(&b);
}

static void test_cadence(struct tap *t)
{
	struct bed b;
	const struct verdict *v;

	bed_init(&b);
	bed_run(&b, 60);
	b.t_s += 0.15;
	bed_healthy(&b, 60);
	bed_send(&b);
	v = bed_find(&b, "cadence", LEVEL_WARN);
	ok(t, v && v->seq == 60 && strcmp(v->subject, "policy") == 0, "a gap: %s",
	   v ? v->message : "-");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		if (i % 20 == 0) {
			bed_chunk(&b);
			b.t_s += i ? 0.08 : 0.0;
		}
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t,
	   bed_count(&b, "cadence", LEVEL_NOTE) == 1 && bed_count(&b, "cadence", LEVEL_WARN) == 0,
	   "short pauses at replans are one note");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		if (i % 20 == 0)
			bed_chunk(&b);
		else if (i % 20 == 1) /* the step's time is from before it asked its policy */
			b.t_s += i == 1 ? 1.4 : 0.12;
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t,
	   bed_count(&b, "cadence", LEVEL_NOTE) == 1 && bed_count(&b, "cadence", LEVEL_WARN) == 0,
	   "and behind the step that asked, the first of the run whatever it takes");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 120; i++) {
		b.t_s += i >= 50 ? 1.0 / 30.0 : 0.0;
		bed_healthy(&b, i);
		bed_send(&b);
	}
	v = bed_find(&b, "cadence", LEVEL_WARN);
	ok(t, v && v->seq > 50 && v->seq <= 80, "half the rate: %s", v ? v->message : "-");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 100; i++) {
		b.t_s -= 0.0333;
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t,
	   bed_count(&b, "cadence", LEVEL_NOTE) == 0 &&
		   bed_status(&b, "cadence").level == LEVEL_UNKNOWN,
	   "times that are not the robot's are not judged: %s", bed_status(&b, "cadence").why);
	bed_fini(&b);
}

static void test_gripper(struct tap *t)
{
	struct bed b;
	const struct verdict *v;

	bed_init(&b);
	ok(t, b.profile->behaviour.ngrippers == 1 && b.profile->behaviour.gripper[0].closed_low,
	   "the gripper is known by its name: %s", b.profile->behaviour.gripper[0].why);
	bed_episode(&b);
	for (unsigned i = 0; i < BED_STEPS; i++) {
		bed_healthy(&b, i);
		b.step.vec[VEC_ASKED].v[BED_GRIPPER] = 44.0;
		bed_send(&b);
	}
	v = bed_find(&b, "gripper", LEVEL_WARN);
	ok(t, v && v->seq < 200 && strstr(v->message, "no change after"), "never closed: %s",
	   v ? v->message : "-");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < BED_STEPS; i++) {
		bed_healthy(&b, i);
		b.step.vec[VEC_ASKED].v[BED_GRIPPER] *= 0.01; /* 0..1 where 0..100 was meant */
		bed_send(&b);
	}
	v = bed_find(&b, "gripper", LEVEL_WARN);
	ok(t, v && strstr(v->message, "closed for"), "always closed: %s", v ? v->message : "-");
	bed_fini(&b);
}

static void test_motion(struct tap *t)
{
	struct bed b;
	struct rng rng = rng_seed(4);
	const struct verdict *v;

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 150; i++) {
		if (i % 20 == 0)
			bed_chunk(&b);
		bed_healthy(&b, i);
		for (unsigned j = 0; i >= 60 && j < BED_GRIPPER; j++)
			b.step.vec[VEC_ASKED].v[j] += 1.5 * rng_gauss(&rng);
		bed_send(&b);
	}
	v = bed_find(&b, "motion", LEVEL_WARN);
	ok(t, v && v->seq > 60 && v->seq <= 90, "noise on every action: %s", v ? v->message : "-");
	ok(t, bed_count(&b, "jump", LEVEL_FAIL) == 0, "it is no failure of jump");
	bed_restart(&b);
	bed_run(&b, 10);
	ok(t, strstr(bed_status(&b, "motion").why, "path "), "shown from the first second: %s",
	   bed_status(&b, "motion").why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_tracking(&t);
	test_frozen(&t);
	test_cadence(&t);
	test_gripper(&t);
	test_motion(&t);
	return tap_done(&t);
}
