/* SPDX-License-Identifier: Apache-2.0 */
/* home and first-action: what an episode starts with. */
#include <string.h>

#include "tests/check/bed.h"
#include "tests/tap.h"

/* An episode that starts with a joint off by `by`, which the arm then makes good. */
static void start_off(struct bed *b, unsigned joint, double by)
{
	bed_episode(b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(b, i);
		if (i < 10) {
			b->step.vec[VEC_SEEN].v[joint] += by * (10 - i) / 10;
			b->step.vec[VEC_GOT].v[joint] += by * (10 - i) / 10;
		}
		bed_send(b);
	}
}

static void test_home(struct tap *t)
{
	struct bed b;
	const struct verdict *v;

	bed_init(&b);
	start_off(&b, 1, 6.0);
	v = bed_find(&b, "home", LEVEL_WARN);
	ok(t, v && v->level == LEVEL_WARN && v->seq == 0 && strcmp(v->subject, "lift.pos") == 0,
	   "6 deg off: %s", v ? v->message : "-");
	bed_restart(&b);
	start_off(&b, 1, 40.0);
	ok(t, bed_find(&b, "home", LEVEL_FAIL) && !bed_count(&b, "first-action", LEVEL_FAIL),
	   "40 deg off is a failure, and explains the first action");
	bed_restart(&b);
	start_off(&b, BED_GRIPPER, -40.0);
	v = bed_find(&b, "home", LEVEL_WARN);
	ok(t, v && strcmp(v->subject, "gripper.pos") == 0 && strstr(v->message, "% open)"),
	   "a gripper is told by name: %s", v ? v->message : "-");
	bed_restart(&b);
	start_off(&b, 1, 1.5);
	ok(t, bed_count(&b, "home", LEVEL_NOTE) == 0, "1.5 deg is none");
	bed_restart(&b);
	bed_run(&b, 100);
	start_off(&b, 1, 40.0);
	ok(t,
	   bed_count(&b, "home", LEVEL_FAIL) == 1 && bed_find(&b, "home", LEVEL_FAIL)->episode == 1,
	   "every episode is judged");
	bed_fini(&b);
}

/* Fingers that training never moved: no span, no sigma, and no note for standing there. */
static void test_a_joint_that_never_moved(struct tap *t)
{
	struct bed b;
	struct joint_profile *j;

	bed_init(&b);
	j = &b.profile->state.joint[0];
	j->value.min = j->value.max = j->start.min = j->start.max = j->start.mean = 0.0;
	j->start.std = j->delta.max = 0.0;
	b.profile->action.joint[0].value = j->value;
	b.profile->action.joint[0].delta = j->delta;
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(&b, i);
		for (unsigned k = 0; k < VEC_N; k++)
			b.step.vec[k].v[0] = 0.0;
		bed_send(&b);
	}
	ok(t, b.nverdicts == 0, "a joint that never moved stands where it always stood: %s",
	   b.nverdicts ? b.verdict[0].message : "silent");
	ok(t, strncmp(bed_status(&b, "home").why, "as in training, gripper", 23) == 0,
	   "the start tells the gripper: %s", bed_status(&b, "home").why);
	ok(t, strcmp(bed_status(&b, "range").subject, "pan.pos") != 0,
	   "range reads the other joints: %s", bed_status(&b, "range").why);
	bed_fini(&b);
}

/* The operator ends an episode, and the policy goes on: where it is then is no start pose. */
static void test_after_the_end(struct tap *t)
{
	struct bed b;
	struct episode_mark end = {.outcome = OUTCOME_SUCCESS};
	struct event ev = {.kind = EVENT_EPISODE, .episode = &end};

	bed_init(&b);
	bed_run(&b, 100);
	judge_feed(b.judge, &ev);
	for (unsigned i = 100; i < 200; i++) {
		bed_healthy(&b, i);
		b.step.vec[VEC_ASKED].v[0] += 500;
		bed_send(&b);
	}
	ok(t, b.nverdicts == 0, "what comes after an end is not judged: %s",
	   b.nverdicts ? b.verdict[0].message : "silent");
	bed_episode(&b);
	start_off(&b, 1, 40.0);
	ok(t, bed_find(&b, "home", LEVEL_FAIL), "the next episode is");
	bed_fini(&b);
}

static void test_home_is_only_the_start(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 60; i++) {
		bed_healthy(&b, i);
		if (i >= 30)
			vec_set(&b.step.vec[VEC_GOT], 1, b.step.vec[VEC_GOT].v[1] + 40.0);
		bed_send(&b);
	}
	ok(t, bed_count(&b, "home", LEVEL_NOTE) == 0, "a pose in mid-episode is no start pose");
	b.profile->episodes = 5;
	bed_restart(&b);
	start_off(&b, 1, 40.0);
	ok(t, bed_count(&b, "home", LEVEL_WARN) == 1 && bed_count(&b, "home", LEVEL_FAIL) == 0,
	   "five episodes cannot make a failure");
	bed_fini(&b);
}

static void test_resumed(struct tap *t)
{
	struct episode_mark mark = {.start = true, .resumed = true};
	struct event ev = {.kind = EVENT_EPISODE, .episode = &mark};
	struct bed b;

	bed_init(&b);
	judge_feed(b.judge, &ev);
	for (unsigned i = 100; i < 130; i++) {
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t, b.nverdicts == 0 && strstr(bed_status(&b, "home").why, "restarted"),
	   "an episode that was under way has no start here: %s", bed_status(&b, "home").why);
	b.episode++;
	start_off(&b, 1, 40.0);
	ok(t, bed_count(&b, "home", LEVEL_FAIL) == 1, "the next one has");
	bed_fini(&b);
}

static void test_first_action(struct tap *t)
{
	struct bed b;
	const struct verdict *v;

	bed_init(&b);
	bed_episode(&b);
	bed_healthy(&b, 0);
	b.step.vec[VEC_ASKED].v[2] += 8.0;
	bed_send(&b);
	v = bed_find(&b, "first-action", LEVEL_WARN);
	ok(t, v && v->level == LEVEL_WARN && strcmp(v->subject, "wrist.pos") == 0, "8 deg away: %s",
	   v ? v->message : "-");
	bed_restart(&b);
	bed_episode(&b);
	bed_healthy(&b, 0);
	b.step.vec[VEC_ASKED].v[2] -= 400.0;
	bed_send(&b);
	ok(t, bed_count(&b, "first-action", LEVEL_FAIL) == 1, "434 mm away at once: a failure");
	bed_restart(&b);
	bed_episode(&b);
	bed_healthy(&b, 0);
	b.step.vec[VEC_ASKED].present = false;
	bed_send(&b);
	bed_healthy(&b, 1);
	b.step.vec[VEC_ASKED].v[2] -= 400.0;
	bed_send(&b);
	v = bed_find(&b, "first-action", LEVEL_FAIL);
	ok(t, v && v->seq == 1, "the first asked counts, not the first step");
	b.profile->space = SPACE_RELATIVE;
	bed_restart(&b);
	bed_run(&b, 5);
	ok(t, strstr(bed_status(&b, "first-action").why, "absolute"), "relative actions: %s",
	   bed_status(&b, "first-action").why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_home(&t);
	test_home_is_only_the_start(&t);
	test_a_joint_that_never_moved(&t);
	test_after_the_end(&t);
	test_resumed(&t);
	test_first_action(&t);
	return tap_done(&t);
}
