/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings on a stage: a profile is learned from some episodes of a set, the pictures of others
 * are changed on purpose and shown to a lineup, and what it says is counted.
 */
#ifndef POLICYTOP_TESTS_VISION_STAGE_H
#define POLICYTOP_TESTS_VISION_STAGE_H

#include "training/episodes.h"
#include "training/footage.h"
#include "vision/lineup.h"

struct stage {
	struct dataset *set;
	struct episodes all;
	struct footage_set videos;
	struct profile *profile; /* of the training episodes */
	struct footage *footage; /* [all.count], of the episodes that are shown */
	unsigned char *shown;	 /* [all.count] */
};

/* What is done to the pictures of one camera. */
struct act {
	const char *name;
	const char *camera;	    /* whose pictures are changed; NULL: nothing is */
	float x, y, zoom, roll_deg; /* pixels of a thumbnail; zoom 0: 1 */
	float gain;		    /* 0: 1 */
	bool bgr, mirrored, over, covered;
	const char *swap[2];	   /* these two are named as each other */
	const struct stage *other; /* show this set's pictures instead, */
	const char *other_camera;  /* of this camera */
};

struct counts {
	unsigned windows, own, other, stranger, open; /* of the camera: what it is */
	unsigned fact[LINEUP_FACTS], judged[LINEUP_FACTS];
	unsigned any; /* windows with a fact at warn or more */
};

/* train and show: "0-15"; show NULL: nothing is decoded. 0, or -1 with the reason on stdout. */
int stage_open(struct stage *s, const char *set, const char *train, const char *show);
void stage_close(struct stage *s);

/* Counts are of the camera of the act, or of `of` where it has none. profile NULL: the stage's. */
struct counts stage_play(const struct stage *s, const struct profile *profile,
			 const struct act *act, const char *of);

#endif
