/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which camera is on which arm, by motion: the picture that changes when an arm moves is that
 * arm's. Cameras on two alike arms look alike; this tells them apart.
 *
 * The ways of the arms and the changes of the pictures are over a tenth of a second each. Pictures
 * are late by an unknown time, so every lag is tried and the best one counts for either answer:
 * without that a late picture names the wrong camera with confidence. Pure; one thread a struct.
 */
#ifndef POLICYTOP_VISION_MOTION_H
#define POLICYTOP_VISION_MOTION_H

#include "model/joint.h"
#include "model/reference.h"
#include "vision/view.h"

enum {
	MOTION_JOINTS = 32, /* of all arms */
	MOTION_POSES = 40,
	MOTION_VIEWS = 8,
	MOTION_LAGS = 7, /* 0 to 0.4 s */
};

/* The arms of a robot: joints whose names differ in their beginning alone. */
struct motion_arms {
	unsigned arms; /* 0: no two alike */
	char prefix[MOTION_ARMS][NAME_BYTES];
	unsigned joints;
	unsigned joint[MOTION_JOINTS], arm[MOTION_JOINTS]; /* index in the robot, arm */
	double degrees[MOTION_JOINTS];			   /* about how many a unit is */
};

void motion_find_arms(struct motion_arms *a, const struct joint *joint, unsigned n);

/* The two figures and their classes. */
unsigned motion_class_s(double degrees);
unsigned motion_class_v(double grey_levels);

/* What training counted, as a table. */
struct motion_counts {
	double n[MOTION_S][MOTION_V];
};
void motion_learn(double log_p[MOTION_S][MOTION_V], const struct motion_counts *c);

struct motion_pose {
	double t_s;
	double v[MOTION_JOINTS];
};

struct motion_picture {
	double t_s;
	uint8_t grey[VIEW_PIXELS];
};

struct motion {
	const struct motion_table *table;
	struct motion_arms arms; /* of the run, in the order of the table */
	unsigned poses, next_pose;
	struct motion_pose pose[MOTION_POSES];
	struct {
		unsigned pictures, next;
		struct motion_picture picture[MOTION_VIEWS];
		/* Pairs that wait until the arms' poses are known around them. */
		double used_s;
	} camera[MOTION_ARMS];
	double sum[MOTION_ARMS][MOTION_ARMS][MOTION_LAGS]; /* camera, arm: log likelihoods */
	unsigned pairs[MOTION_ARMS];
};

/* False: the run's joints have not the arms of the table. table must outlive m. */
bool motion_begin(struct motion *m, const struct motion_table *table, const struct joint *joint,
		  unsigned n);

/* Forgets everything seen, not the table: a new episode. */
void motion_restart(struct motion *m);

/* Measured joints of the run, NaN unknown. Times of one clock, rising. */
void motion_step(struct motion *m, double t_s, const double *joint);

/* camera: index in the table. */
void motion_see(struct motion *m, unsigned camera, double t_s, const struct view *v);

struct motion_answer {
	bool decided, right;	   /* right: each camera is on the arm of its name */
	double log10_odds;	   /* for the answer below, against the next best */
	unsigned arm[MOTION_ARMS]; /* of each camera, the best answer */
};

enum { MOTION_DECIDED = 3 /* log10: 1000 to 1 */ };

void motion_answer(const struct motion *m, struct motion_answer *a);

#endif
