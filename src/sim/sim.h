/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated SO-101 with a scripted pick-and-place policy: the demo's world, and a test bench
 * whose faults are known. Faults act on the simulated world (wiring, clock, motor, policy), never
 * on samples or verdicts. Deterministic per seed. One thread per struct sim.
 */
#ifndef POLICYTOP_SIM_SIM_H
#define POLICYTOP_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/event.h"

/* The seed and the number of episodes of the demo's training set (teleop). */
enum { SIM_TRAINING_SEED = 101, SIM_TRAINING_EPISODES = 50 };

struct sim_fault_acts; /* what it does to the world: src/sim/fault.h */

/* One kind of fault: a row of sim_fault_table. */
struct sim_fault {
	const char *name; /* "jump" */
	const char *summary;
	const char *codes;	 /* the codes that fit, space-separated: "home gripper" */
	const char *unit;	 /* of the strength */
	double strength, silent; /* default; and the strength that must stay silent */
	double min, max;
	const struct sim_fault_acts *acts;
};

extern const struct sim_fault sim_fault_table[]; /* name NULL ends */

/* It acts on a camera. NULL: no. */
bool sim_fault_of_camera(const struct sim_fault *f);

/* It acts between a policy client and a policy server: in real time only. NULL: no. */
bool sim_fault_served(const struct sim_fault *f);

const struct sim_fault *sim_fault_find(const char *name); /* NULL: none */

struct sim_cfg {
	uint64_t seed;
	const struct sim_fault *fault; /* NULL: healthy */
	double fault_at_s;	       /* simulated seconds since the start: not before */
	double strength;
	bool teleop;  /* a human demonstrates (the training set): no chunks */
	bool cameras; /* two of them, see sim/camera.h; a fault of one brings them, too */
};

/*
 * "NAME[@SECOND][:STRENGTH]" into cfg (second 4 and the row's strength unless given). 0, or
 * -EINVAL with the nearest name or the range that is allowed.
 */
int sim_fault_parse(struct sim_cfg *cfg, const char *text, struct err *e);

struct sim;

struct sim *sim_new(const struct sim_cfg *cfg);
void sim_free(struct sim *s);

/*
 * The next event of the world, in order: hello, then episodes of start, chunks, steps, end, with a
 * pause between them; never ends. src_ns is set (simulated time since the start), t_ns is not.
 * What *ev points to lives until the next call.
 */
void sim_next(struct sim *s, struct event *ev);

/*
 * How a policy server would serve the request whose answer is the chunk that sim_next() just gave:
 * with which prompt, how late, or with which error instead. Texts are static.
 */
struct sim_serving {
	const char *prompt;
	double late_s;	   /* on top of the chunk's latency */
	const char *error; /* a traceback; NULL: it answers */
};
void sim_serve(struct sim *s, struct sim_serving *out);

/* Whether what listens at the policy server's port of such a world is none. */
bool sim_stranger(const struct sim_cfg *cfg);

/* The state that went with that request, [6]. */
const double *sim_observation(const struct sim *s);

/* Simulated time of the next event, for pacing. */
int64_t sim_peek_ns(const struct sim *s);

/*
 * First step (seq) that the fault touched, itself or through the chunk that begins there;
 * SEQ_UNKNOWN so far none. The tests' ground truth.
 */
int64_t sim_fault_seq(const struct sim *s);

#endif
