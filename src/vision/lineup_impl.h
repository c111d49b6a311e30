/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by lineup*.c; nobody else includes it. */
#ifndef POLICYTOP_VISION_LINEUP_IMPL_H
#define POLICYTOP_VISION_LINEUP_IMPL_H

#include "vision/lineup.h"
#include "vision/motion.h"
#include "vision/sight.h"

struct live_camera {
	char name[NAME_BYTES];
	int own;    /* training camera of that name, -1 none */
	int on_arm; /* its place in the motion table, -1 none */
	double next_s;
	bool fresh;
	struct sight_window window;
	struct sight now; /* median of the window */
	struct view view; /* the newest */
};

struct lineup {
	const struct profile *profile;
	unsigned roles;
	struct eye *eye[LINEUP_CAMERAS];	     /* NULL: without reference */
	const struct reference *ref[LINEUP_CAMERAS]; /* NULL likewise */
	unsigned cameras;
	struct live_camera live[LINEUP_CAMERAS];
	bool moves; /* motion is at work */
	struct motion motion;
};

enum { LINEUP_HZ = 5, LINEUP_FULL = 5 /* sights that make a window */ };

/* Correlation of R - B with training's under which red and blue are exchanged. */
#define LINEUP_SWAPPED (-0.2f)

/* Distances over this are no camera of that role. */
float lineup_limit(const struct reference *r);

/* The reference's least correlation, with its allowance; NaN where it tells nothing. */
float lineup_alike_limit(const struct reference *r);

/* lineup_who.c: fills is, role, method, margin, says. */
void lineup_who(const struct lineup *l, unsigned camera, struct lineup_answer *a);

/* lineup_facts.c: fills fact[], after who. */
void lineup_facts(const struct lineup *l, unsigned camera, struct lineup_answer *a);

#endif
