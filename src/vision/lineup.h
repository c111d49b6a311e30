/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cameras of a run beside those of training: which is which, and what is wrong with each.
 *
 * Live cameras come under the names that the run gives them; a name that training had too is a
 * claim to be that camera. Identity is an assignment: a camera is not itself when another order of
 * the live cameras fits better. Answers are over windows of the last second; before the first is
 * full nothing is said. Made once (lineup_new allocates, nothing else does); one thread.
 */
#ifndef POLICYTOP_VISION_LINEUP_H
#define POLICYTOP_VISION_LINEUP_H

#include "model/profile.h"
#include "model/verdict.h"

struct lineup;

enum { LINEUP_CAMERAS = REFERENCE_CAMERAS };

/* What can be found of a camera; each is a check of its own. */
enum lineup_fact {
	LINEUP_SWAP,	 /* it is another camera of training */
	LINEUP_COVERED,	 /* nothing is to be seen */
	LINEUP_MIRRORED, /* mirrored or upside down */
	LINEUP_UNKNOWN,	 /* it is no camera of training */
	LINEUP_MOVED,	 /* shifted, turned, or of another field of view */
	LINEUP_LIGHT,	 /* brighter or darker than training */
	LINEUP_COLOUR,	 /* red and blue exchanged, or a cast */
	LINEUP_FACTS,
};

enum lineup_is { IS_OPEN, IS_ROLE, IS_STRANGER };

enum lineup_method { BY_NOTHING, BY_PICTURE, BY_MOTION };
const char *lineup_method_word(enum lineup_method m); /* "none" "picture" "motion" */
const char *lineup_method_unit(enum lineup_method m); /* "" "sigma" "log10 odds" */

struct lineup_reading {
	enum level level; /* UNKNOWN: not judged, see why */
	double value, threshold;
	const char *unit; /* static */
	char why[160];	  /* what is found, or why it is not judged; "" nothing to say */
};

struct lineup_answer {
	char camera[NAME_BYTES]; /* the name it goes by */
	int own;		 /* index of the training camera of that name, -1 none */
	enum lineup_is is;
	int role; /* of IS_ROLE: index of the training camera */
	int like; /* of one without a name of training: what it looks like, -1 unknown */
	enum lineup_method method;
	double margin;	/* of is, in the method's unit: how much the next best is worse; NaN */
	char says[160]; /* one sentence about what it is */
	struct lineup_reading fact[LINEUP_FACTS];
};

/* NULL: the profile has no references. profile must outlive it. */
struct lineup *lineup_new(const struct profile *profile);
void lineup_free(struct lineup *l); /* NULL is allowed */

/* Forgets the pictures so far, and whose motion was whose: a new episode. */
void lineup_restart(struct lineup *l);

/* The joints of the run, for identity by motion; NaN unknown. */
void lineup_joints(struct lineup *l, const struct joint *joint, unsigned n);
void lineup_step(struct lineup *l, double t_s, const double *joint);

/*
 * A picture, at any rate: looked at 5 times a second at most, for motion each. Times of one clock
 * with the steps, rising. Returns the camera's index, -1: it is not looked at (no thumbnail, too
 * many cameras).
 */
int lineup_see(struct lineup *l, const char *camera, double t_s, const struct frame *f);

unsigned lineup_cameras(const struct lineup *l);
const char *lineup_role(const struct lineup *l, int role);

/* True: camera (its index) has a full window, and was looked at since the last answer of it. */
bool lineup_ready(const struct lineup *l, unsigned camera);
void lineup_judge(struct lineup *l, unsigned camera, struct lineup_answer *a);

#endif
