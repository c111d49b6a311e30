/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a training profile that describes how the robot was moved: gripper habits, motion
 * and tracking. Made by training/behaviour.h, read by the checks. Owned by its struct profile.
 * Numbers in the joint's unit, times in seconds since the episode's first frame, NaN unknown.
 */
#ifndef POLICYTOP_MODEL_BEHAVIOUR_H
#define POLICYTOP_MODEL_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/joint.h"

struct cJSON;
struct joint_profile;

enum {
	GRIPPERS_MAX = 16,
	ROUGH_TICKS = 20,   /* roughness: median |second difference| of so many ticks */
	TRACKING_TICKS = 6, /* tracking: smallest error of so many ticks in a row */
	TRACKING_PAST = 7,  /* against where the command was in so many ticks */
	MOTION_TICKS_MAX = 256,
};

#define GRIPPER_BIN_S	0.25 /* step of the closed time curves */
#define MOTION_WINDOW_S 2.0  /* path, net and ratio */
#define ROUGH_WINDOW_S	0.5  /* roughness: median of |second difference| over this long */

/* One gripper: what open and closed mean, and when training had it closed. */
struct gripper_habit {
	char joint[NAME_BYTES]; /* the action joint, or the state joint where there is no action */
	double closed, open;	/* its two levels; split lies between them */
	double split;
	bool closed_low; /* closed is the smaller value */
	char why[96];	 /* where the polarity comes from */
	/* open→close events per episode, and the time of the first one over the episodes. */
	double closes_min, closes_mean, closes_max;
	double first_close_min_s, first_close_max_s; /* NaN: no episode closes it */
	double first_change_max_s;		     /* the same of the first change either way */
	/* Closed seconds up to (i + 1) * GRIPPER_BIN_S over the episodes; a finished episode may go
	 * on either way, so that bounds stay true for longer runs. */
	size_t bins;
	double *closed_min_s, *closed_mean_s, *closed_max_s; /* [bins] */
	/* The highest value up to then, of the episode where it is least; NULL in profiles that
	 * were learned before this was counted. */
	double *highest_least; /* [bins] */
};

/* A figure over training windows. */
struct range_habit {
	double q01, q50, q99, max;
};

struct behaviour {
	size_t ngrippers;
	struct gripper_habit gripper[GRIPPERS_MAX];
	/* Per action joint (state joint where there is no action), in the profile's order. */
	size_t joints;
	double *rough_max;    /* largest roughness of any ROUGH_TICKS */
	double *tracking_max; /* largest of all tracking_least(), action against state */
	/* Of the joints that share the commonest unit, together, over MOTION_WINDOW_S. */
	struct range_habit path, net, ratio;
};

void behaviour_fini(struct behaviour *b);

/* The JSON object of the profile, and back (b is empty before; -EINVAL on a wrong shape). */
struct cJSON *behaviour_to_json(const struct behaviour *b);
int behaviour_from_json(struct behaviour *b, const struct cJSON *object, struct err *e);

/* What training and checks must compute alike, on the profile's 1/fps grid. */

/* A gripper's state after value v: 1 closed, 0 open, before where v says nothing new (-1 at first);
 * with a dead zone of a fifth around the split. */
int gripper_next(const struct gripper_habit *g, int before, double v);

/* The last ROUGH_TICKS second differences of a joint. Zeroed is empty. */
struct rough_ring {
	float size[ROUGH_TICKS];
	unsigned n; /* ever added */
};
void rough_add(struct rough_ring *r, double second_difference); /* NaN is left out */
double rough_median(const struct rough_ring *r);		/* NaN until the ring is full */

/*
 * How far a joint is from where its command was lately: the distance of the measurement to the
 * span of the last TRACKING_PAST commands, so that the lag of a healthy servo is no error.
 * Zeroed is empty.
 */
struct tracking_ring {
	float command[TRACKING_PAST], error[TRACKING_TICKS];
	unsigned n; /* ticks in a row */
};
void tracking_add(struct tracking_ring *r, double command, double measured); /* NaN starts over */
double tracking_now(const struct tracking_ring *r);   /* the last error, NaN while empty */
double tracking_least(const struct tracking_ring *r); /* NaN until TRACKING_TICKS are there */

/* Ticks of MOTION_WINDOW_S at a rate, 2 to MOTION_TICKS_MAX. */
unsigned motion_ticks(double fps);

/* The unit most of the n joints have (ties: the smaller value): path and net add only those. */
enum unit motion_unit(const struct joint_profile *joint, size_t n);

#endif
