/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The faults of the simulated world. A row of sim_fault_table names what it does through hooks:
 * each is a place where the world really breaks (wiring, clock, motor, policy). Owned by its
 * struct sim; draws from a generator of its own, so that a broken world and its healthy twin are
 * the same until the fault acts.
 */
#ifndef POLICYTOP_SIM_FAULT_H
#define POLICYTOP_SIM_FAULT_H

#include "base/rng.h"
#include "sim/arm.h"
#include "sim/policy.h"
#include "sim/shots.h"
#include "sim/sim.h"

struct fault {
	const struct sim_fault *row; /* NULL: healthy */
	double strength;
	int64_t at_ns;
	struct rng rng;
	bool begun;
	int64_t begun_ns;
	int64_t first_seq;
	unsigned joint; /* that it acts on, where it picks one */
	double sign, target;
	unsigned wait, hold;	   /* ticks until, and ticks of, a burst */
	double held[SO101_JOINTS]; /* a reading that repeats */
};

/* Every hook is optional. */
struct sim_fault_acts {
	bool at_start;	    /* acts when an episode starts, not within one */
	bool every_episode; /* ends with the episode and begins anew in the next */
	/* May it begin here? tick: of the plan. Without it: at once. */
	bool (*ready)(struct fault *f, const struct plan *plan, double tick);
	/* The arm waits for an episode to start. */
	void (*park)(struct fault *f, double pose[SO101_JOINTS]);
	/* The policy answered; true: the chunk is touched. */
	bool (*answer)(struct fault *f, struct policy *p, bool first_of_episode);
	/* The encoders were read. */
	bool (*reading)(struct fault *f, double reading[SO101_JOINTS]);
	/* An action is on its way to the motors. */
	bool (*action)(struct fault *f, double action[SO101_JOINTS]);
	/* The motors: called once, when it begins. */
	void (*motors)(struct fault *f, struct arm *a);
	/* The control loop: how much longer this cycle takes. */
	double (*cycle_s)(struct fault *f);

	/* A camera gives a picture or tells of its health; true: otherwise than it would. */
	bool (*camera)(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye);

	/* Between the policy's client and its server: only where there are two. */
	bool served;
	bool stranger; /* what listens at the server's port is none */
	/* The episode starts: the policy is not reset, and what is left of its queue comes first. */
	bool (*keep)(struct fault *f, struct policy *p);
	void (*serve)(struct fault *f, struct sim_serving *s); /* a request is on its way */
};

extern const struct sim_fault_acts fault_prompt_acts, fault_seam_acts, fault_late_inference_acts,
	fault_no_reset_acts, fault_server_error_acts, fault_wrong_port_acts, fault_camera_swap_acts,
	fault_camera_frozen_acts, fault_camera_dark_acts, fault_camera_gone_acts,
	fault_camera_slow_acts;

void fault_init(struct fault *f, const struct sim_cfg *cfg);

/* An episode is about to start at t_ns: pose is where the arm waits, and may be moved. */
void fault_park(struct fault *f, int64_t t_ns, double pose[SO101_JOINTS]);

/*
 * A step is about to be taken at t_ns: begins if it is time. No fault begins when the episode has
 * little more than a second to go: nobody could see it there. True: it began here and now.
 */
bool fault_begin(struct fault *f, int64_t t_ns, const struct plan *plan, double tick);

/* Remembers the first step that was touched. */
void fault_touch(struct fault *f, int64_t seq);

#endif
