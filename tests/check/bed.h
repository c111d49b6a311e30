/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A test bed for checks: a profile of a small made-up arm (three joints in degrees, a gripper
 * 0..100, 30 fps, twelve episodes) and a judge whose verdicts are kept. The healthy motion is a function of the
 * step, so that a test changes exactly what it means to.
 */
#ifndef POLICYTOP_TESTS_CHECK_BED_H
#define POLICYTOP_TESTS_CHECK_BED_H

#include "check/judge.h"

enum {
	BED_JOINTS = 4,
	BED_GRIPPER = 3,
	BED_VERDICTS = 256,
	BED_STEPS = 300,
	BED_EPISODES = 12,
	BED_HORIZON = 30
};

struct bed {
	struct profile *profile;
	struct hello hello;
	struct judge *judge;
	struct step step; /* the one that bed_step() sends next, filled by bed_healthy() */
	int64_t seq;
	uint32_t episode;
	double t_s;
	/* What bed_announce() tells. */
	struct chunk chunk;
	double actions[BED_HORIZON][BED_JOINTS];
	unsigned nverdicts;
	struct verdict verdict[BED_VERDICTS];
};

/* Profile, hello and judge. */
void bed_init(struct bed *b);
void bed_fini(struct bed *b);

/* Replaces the judge (after a change of profile or hello) and says hello. */
void bed_restart(struct bed *b);

/* Starts an episode: step 0 of the healthy motion comes next. */
void bed_episode(struct bed *b);

/* The healthy command of a joint at step i of an episode. */
double bed_command(unsigned joint, unsigned i);

/* Fills b->step with all four vectors of step i, healthy. */
void bed_healthy(struct bed *b, unsigned i);

/* Sends b->step, 1/30 s after the one before. */
void bed_send(struct bed *b);

/* Announces a chunk that starts with the next step. */
void bed_chunk(struct bed *b);

/*
 * A chunk of BED_HORIZON healthy actions from step `from` of the motion on, for the next step, as
 * b->chunk says; a test may change that and b->actions before it is announced.
 */
void bed_plan(struct bed *b, unsigned from);
void bed_announce(struct bed *b);

/* Any event, at the time of the next step. */
void bed_event(struct bed *b, struct event ev);

/* A request and its answer. */
void bed_exchange(struct bed *b, enum exchange_state state, uint64_t number, const char *error);

/* A second passes, then the health of a joint's motor, or of the bus, is told. */
struct motor bed_motor(const struct bed *b, unsigned joint); /* healthy: 35 degC, 12 V */
void bed_tell_motor(struct bed *b, const struct motor *m);
struct bus bed_bus(void); /* healthy, serial */
void bed_tell_bus(struct bed *b, const struct bus *bus);

/* Whole healthy episode of n steps with a chunk every 20. */
void bed_run(struct bed *b, unsigned n);

/* Verdicts so far of a code ("" any) at level or worse. */
unsigned bed_count(const struct bed *b, const char *code, enum level level);

/* The first verdict of a code at level or worse, NULL none. */
const struct verdict *bed_find(const struct bed *b, const char *code, enum level level);

/* The status of a check. */
struct check_status bed_status(const struct bed *b, const char *code);

#endif
