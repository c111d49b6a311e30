/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a simulated world and what moves it on; sim.c makes events of it. Private to this
 * room.
 */
#ifndef POLICYTOP_SIM_WORLD_H
#define POLICYTOP_SIM_WORLD_H

#include "sim/arm.h"
#include "sim/fault.h"
#include "sim/plan.h"
#include "sim/policy.h"
#include "sim/shots.h"
#include "sim/sim.h"

/* Streams of random numbers: each episode draws its own, so that a fault disturbs no other. */
enum stream {
	STREAM_SCENE,
	STREAM_HOME,
	STREAM_PLAN,
	STREAM_POLICY,
	STREAM_TIME,
	STREAM_ENCODER,
	STREAM_N
};

struct sim {
	struct sim_cfg cfg;
	int64_t t_ns, seq;
	uint32_t episode;
	struct fault fault;
	struct arm arm;
	struct scene scene; /* as it is */
	struct plan plan;   /* as the driver sees it */
	struct policy policy;
	struct rng time_rng, hand_rng, encoder_rng;
	double tremor[SO101_JOINTS];
	double hand_tick;
	double seen[SO101_JOINTS];
	double latency_s; /* of this tick's answer */
	bool held, placed;
	unsigned stage;	   /* of the loop in sim.c */
	unsigned returned; /* ticks of the return so far */
	struct plan way_home;
	struct shots shots;
	union {
		struct hello hello;
		struct episode_mark mark;
		struct chunk chunk;
		struct step step;
	} out;
};

/* The generator of one kind of chance in the episode under way. */
struct rng world_stream(const struct sim *s, enum stream which);

/* Lays an object out, lets the driver look at it, forgets the last episode. */
void world_begin_episode(struct sim *s);

/*
 * One cycle of the control loop: asked reaches the motors after delay_s, and time goes on to the
 * next tick. sent: what the motors took.
 */
void world_pass(struct sim *s, const double asked[SO101_JOINTS], double sent[SO101_JOINTS],
		double delay_s);

/* The demonstrator's next action. */
void world_hand_act(struct sim *s, double action[SO101_JOINTS]);

#endif
