/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/fault.h"

#include <math.h>
#include <string.h>

static double trained_span(unsigned joint)
{
	return so101_servo[joint].trained_hi - so101_servo[joint].trained_lo;
}

/*
 * A spike of a tick or two in the joints that field reports name, every 1 to 1.5 s: a slot of the
 * action queue is overwritten, not at its ends (that would be a seam).
 */
static bool jump_answer(struct fault *f, struct policy *p, bool first_of_episode)
{
	unsigned at, ticks = 1 + rng_u32(&f->rng) % 2, joint = LIFT + rng_u32(&f->rng) % 3;

	if (first_of_episode)
		f->wait = 0;
	at = f->wait > 2 ? f->wait : 2;
	if (at > CHUNK_EXECUTE - 4) {
		f->wait -= f->wait > CHUNK_EXECUTE ? CHUNK_EXECUTE : f->wait;
		return false;
	}
	for (unsigned k = at; k < at + ticks; k++)
		p->action[k][joint] += p->action[at][joint] > 0 ? -f->strength : f->strength;
	f->wait = at + 30 + rng_u32(&f->rng) % 15 - CHUNK_EXECUTE;
	return true;
}

/* The arm was left somewhere else: towards the middle of the joint's range. */
static void home_park(struct fault *f, double pose[SO101_JOINTS])
{
	f->joint = rng_u32(&f->rng) % 3;
	pose[f->joint] += pose[f->joint] > 0 ? -f->strength : f->strength;
}

static void gripper_open_park(struct fault *f, double pose[SO101_JOINTS])
{
	pose[GRIP] = f->strength;
}

/* The first answer begins far from the arm and finds its way back within what is executed. */
static bool first_action_answer(struct fault *f, struct policy *p, bool first_of_episode)
{
	if (!first_of_episode)
		return false;
	f->joint = rng_u32(&f->rng) % 3;
	f->sign = p->action[0][f->joint] > 0 ? -1 : 1;
	for (unsigned k = 0; k < CHUNK_EXECUTE; k++) {
		double left = 1 - min_jerk((double)k / (CHUNK_EXECUTE - 1));

		p->action[k][f->joint] += f->sign * f->strength * left;
	}
	return true;
}

/* How far the plan takes a joint between two ticks, signed. */
static double way(const struct plan *plan, double from, double to, unsigned joint)
{
	double a[SO101_JOINTS], b[SO101_JOINTS];

	plan_at(plan, from, a);
	plan_at(plan, to, b);
	return b[joint] - a[joint];
}

/* A cable fails when it is pulled: in the middle of a move of the arm. */
static bool freeze_ready(struct fault *f, const struct plan *plan, double tick)
{
	(void)f;
	for (unsigned j = PAN; j <= ROLL; j++) {
		double ahead = fabs(way(plan, tick, tick + 15, j));

		if (fabs(way(plan, tick - 2, tick, j)) > 2 && ahead > 0.2 * trained_span(j))
			return true;
	}
	return false;
}

static bool freeze_reading(struct fault *f, double reading[SO101_JOINTS])
{
	if (f->wait > 0) {
		f->wait--;
		return false;
	}
	if (f->hold == 0) {
		/* The bus answers with this reading for a while. */
		memcpy(f->held, reading, sizeof(f->held));
		f->hold = (unsigned)f->strength;
		return false;
	}
	memcpy(reading, f->held, sizeof(f->held));
	if (--f->hold == 0)
		f->wait = 30;
	return true;
}

/* A weak motor gives way when it works: the arm joint with the widest move, not with its load. */
static bool lag_ready(struct fault *f, const struct plan *plan, double tick)
{
	double widest = 0;

	for (unsigned j = PAN; j <= ROLL; j++) {
		double now = way(plan, tick - 2, tick, j), soon = way(plan, tick, tick + 15, j);
		double later = way(plan, tick, tick + 30, j);
		double ahead = fmin(fabs(soon), fabs(later)) / trained_span(j);

		if (fabs(now) > 1 && later * so101_servo[j].droop <= 0 && ahead > widest) {
			widest = ahead;
			f->joint = j;
		}
	}
	return widest > 0.25;
}

static void lag_motors(struct fault *f, struct arm *a)
{
	a->servo[f->joint].gain = 1 - f->strength / 100;
}

static double late_cycle_s(struct fault *f)
{
	return f->strength / 1000;
}

static bool nan_answer(struct fault *f, struct policy *p, bool first_of_episode)
{
	unsigned n = (unsigned)f->strength;

	(void)first_of_episode;
	for (unsigned k = CHUNK_HORIZON - n; k < CHUNK_HORIZON; k++)
		p->action[k][WFLEX] = NAN;
	return n > 0;
}

/*
 * The policy reaches out of the area it was shown: shoulder_lift past its highest or elbow_flex
 * past its lowest, whichever is nearer. Both have room to move there; near home both are far.
 */
static bool range_ready(struct fault *f, const struct plan *plan, double tick)
{
	const struct servo_spec *lift = &so101_servo[LIFT], *elbow = &so101_servo[ELBOW];
	double past_lift = f->strength / 100 * trained_span(LIFT);
	double past_elbow = f->strength / 100 * trained_span(ELBOW);
	double now[SO101_JOINTS], lift_way, elbow_way;

	plan_at(plan, tick, now);
	lift_way = lift->trained_hi + past_lift - now[LIFT];
	elbow_way = now[ELBOW] - (elbow->trained_lo - past_elbow);
	f->joint = lift_way < elbow_way ? LIFT : ELBOW;
	f->target = f->joint == LIFT ? now[LIFT] + lift_way : now[ELBOW] - elbow_way;
	f->hold = 0;
	return fmin(lift_way, elbow_way) < 90;
}

static bool range_action(struct fault *f, double action[SO101_JOINTS])
{
	double blend = min_jerk(++f->hold / 18.0);

	action[f->joint] += blend * (f->target - action[f->joint]);
	return true;
}

/* Noise in what the policy's network answers: un-normalised, each joint has its share. */
static bool twitch_action(struct fault *f, double action[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		action[j] += f->strength / 100 * trained_span(j) * rng_gauss(&f->rng);
	return true;
}

static const struct sim_fault_acts jump_acts = {.answer = jump_answer};
static const struct sim_fault_acts home_acts = {.at_start = true, .park = home_park};
static const struct sim_fault_acts first_action_acts = {.at_start = true,
							.answer = first_action_answer};
static const struct sim_fault_acts gripper_open_acts = {.at_start = true,
							.park = gripper_open_park};
static const struct sim_fault_acts freeze_acts = {
	.every_episode = true, .ready = freeze_ready, .reading = freeze_reading};
static const struct sim_fault_acts lag_acts = {.ready = lag_ready, .motors = lag_motors};
static const struct sim_fault_acts late_acts = {.cycle_s = late_cycle_s};
static const struct sim_fault_acts nan_acts = {.answer = nan_answer};
static const struct sim_fault_acts range_acts = {
	.every_episode = true, .ready = range_ready, .action = range_action};
static const struct sim_fault_acts twitch_acts = {.action = twitch_action};

const struct sim_fault sim_fault_table[] = {
	{"jump", "spikes on one joint's action, every 1 to 1.5 s", "jump", "units", 24, 1.5, 0, 100,
	 &jump_acts},
	{"home", "an arm joint starts off its home pose", "home", "units", 45, 1, 0, 100,
	 &home_acts},
	{"first-action", "the first action lies far from the pose", "first-action", "units", 40,
	 1.5, 0, 100, &first_action_acts},
	{"gripper-open", "the gripper starts this far open", "home gripper", "units", 28, 2.5, 0,
	 100, &gripper_open_acts},
	{"freeze", "the bus repeats one reading", "frozen tracking", "ticks", 300, 2, 1, 100000,
	 &freeze_acts},
	{"lag", "the servo of a moving joint loses gain", "tracking", "%", 92, 10, 0, 99,
	 &lag_acts},
	{"late", "every control cycle takes longer", "cadence", "ms", 40, 1, 0, 10000, &late_acts},
	{"nan", "the end of every chunk is NaN for wrist_flex", "finite", "actions", 30, 10, 1,
	 CHUNK_HORIZON, &nan_acts},
	{"range", "the policy reaches past the trained range", "range", "% of span", 30, 2, 0, 60,
	 &range_acts},
	{"twitch", "noise on each action", "motion", "% of span", 2, 0.05, 0, 50, &twitch_acts},
	{"prompt", "the policy is asked with other words", "prompt", "texts", 1, 0, 0, 1,
	 &fault_prompt_acts},
	{"seam", "every other chunk lies beside the one before", "seam", "units", 40, 1, 0, 100,
	 &fault_seam_acts},
	{"late-inference", "answers take longer than a chunk lasts", "latency", "ms", 1500, 20, 0,
	 10000, &fault_late_inference_acts},
	{"no-reset", "an episode begins with the queue of the last", "stale-chunk", "actions", 12,
	 0, 0, CHUNK_EXECUTE, &fault_no_reset_acts},
	{"server-error", "the policy server raises an exception", "server-error", "errors", 1, 0, 0,
	 100, &fault_server_error_acts},
	{"wrong-port", "something else listens at the policy's port", "wrong-port", "ports", 1, 0,
	 0, 1, &fault_wrong_port_acts},
	{"camera-swap", "front and wrist are exchanged, for so long", "camera-swap", "s", 3600, 0.3,
	 0, 1e6, &fault_camera_swap_acts},
	{"camera-frozen", "front shows one picture for so long", "camera-frozen", "s", 3600, 0.3, 0,
	 1e6, &fault_camera_frozen_acts},
	{"camera-dark", "front loses this much of its light", "camera-dark camera-light", "%", 90,
	 5, 0, 100, &fault_camera_dark_acts},
	{"camera-gone", "wrist is unplugged for so long", "camera-gone", "s", 3600, 0.25, 0, 1e6,
	 &fault_camera_gone_acts},
	{"camera-slow", "front loses this share of its pictures", "camera-fps camera-drops", "%",
	 50, 0.5, 0, 99, &fault_camera_slow_acts},
	{0},
};
