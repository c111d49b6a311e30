/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world.h"

#include <math.h>
#include <string.h>

struct rng world_stream(const struct sim *s, enum stream which)
{
	return rng_seed((s->cfg.seed * 1000003u + s->episode) * STREAM_N + which);
}

/* The policy sees the object with an error; now and then too large a one to grasp it. */
static struct scene misread(const struct sim *s, struct rng *r)
{
	struct scene seen = s->scene;

	if (s->cfg.teleop)
		return seen;
	seen.pan += 2.4 * rng_gauss(r);
	seen.reach += 0.04 * rng_gauss(r);
	return seen;
}

/* A policy that nobody reset begins with what its queue still held. */
static void begin_policy(struct sim *s)
{
	const struct sim_fault *row = s->fault.row;

	if (s->fault.begun && row->acts->keep && s->policy.started &&
	    row->acts->keep(&s->fault, &s->policy))
		fault_touch(&s->fault, s->seq);
	else
		policy_reset(&s->policy, s->hand_rng);
}

void world_begin_episode(struct sim *s)
{
	double pose[SO101_JOINTS], before[SO101_JOINTS];
	struct rng scene_rng = world_stream(s, STREAM_SCENE),
		   plan_rng = world_stream(s, STREAM_PLAN);
	struct scene seen;

	for (unsigned j = 0; j < SO101_JOINTS; j++)
		pose[j] = before[j] = s->arm.servo[j].pos;
	s->encoder_rng = world_stream(s, STREAM_ENCODER);
	fault_park(&s->fault, s->t_ns, pose);
	if (memcmp(pose, before, sizeof(pose)) != 0) {
		arm_init(&s->arm, pose);
		fault_touch(&s->fault, s->seq);
	}
	arm_read(&s->arm, &s->encoder_rng, s->seen);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		pose[j] = s->seen[j] - so101_servo[j].droop;
	s->scene = scene_draw(&scene_rng);
	seen = misread(s, &plan_rng);
	plan_make(&s->plan, &seen, pose, &plan_rng);
	s->time_rng = world_stream(s, STREAM_TIME);
	s->hand_rng = world_stream(s, STREAM_POLICY);
	begin_policy(s);
	memset(s->tremor, 0, sizeof(s->tremor));
	s->hand_tick = 0;
	s->held = false;
	s->placed = false;
	s->arm.grip_stop = arm_closed_stop;
}

static bool near(const struct sim *s, const double pose[SO101_JOINTS], double tolerance)
{
	double sum = 0;

	for (unsigned j = PAN; j <= ELBOW; j++) {
		double d = s->arm.servo[j].pos - pose[j];

		sum += d * d;
	}
	return sum < tolerance * tolerance;
}

/* What the fingers do to the object. */
static void touch_object(struct sim *s)
{
	double pose[SO101_JOINTS];
	double opening = s->arm.servo[GRIP].pos;

	plan_grasp_pose(&s->scene, pose);
	if (s->held && opening > s->scene.width + 3) {
		s->held = false;
		s->arm.grip_stop = arm_closed_stop;
		s->placed = near(s, plan_box_pose, 20);
	} else if (!s->held && opening > s->scene.width && opening < s->scene.width + 8 &&
		   s->arm.servo[GRIP].goal < s->scene.width && near(s, pose, 5.5)) {
		s->held = true;
		s->arm.grip_stop = s->scene.width;
	}
}

/* A cycle of the control loop: 2 % of them are late. */
static double cycle_s(struct sim *s)
{
	double s_late = rng_unit(&s->time_rng) < 0.02 ? rng_range(&s->time_rng, 0.004, 0.016) : 0;

	return 1.0 / SO101_FPS + s_late;
}

/* Moves the world on to the next tick; the goal reaches the motors after delay_s. */
void world_pass(struct sim *s, const double asked[SO101_JOINTS], double sent[SO101_JOINTS],
		double delay_s)
{
	const struct sim_fault *row = s->fault.row;
	double dt = cycle_s(s);

	if (s->fault.begun && row->acts->cycle_s) {
		dt += row->acts->cycle_s(&s->fault);
		fault_touch(&s->fault, s->seq + 1);
	}
	arm_run(&s->arm, delay_s);
	arm_goal(&s->arm, asked, sent);
	arm_run(&s->arm, dt - delay_s);
	touch_object(s);
	s->t_ns += (int64_t)llround(dt * (double)NS_PER_S);
}

/* A hand is never still; the leader arm has an encoder too. */
void world_hand_act(struct sim *s, double action[SO101_JOINTS])
{
	plan_at(&s->plan, s->hand_tick++, action);
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		const struct servo_spec *spec = &so101_servo[j];
		double v;

		s->tremor[j] = 0.92 * s->tremor[j] + 0.12 * rng_gauss(&s->hand_rng);
		v = action[j] + s->tremor[j] * (j == GRIP ? 0.5 : 1);
		v = round(v / so101_tick(j)) * so101_tick(j);
		action[j] = v < spec->lo ? spec->lo : v > spec->hi ? spec->hi : v;
	}
}
