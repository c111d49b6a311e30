/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a policy fit what it is given: the rig's cameras, its training profile or data set, the
 * command's options? Codes inputs, outputs, trained-on, plan and epochs. What is not known on
 * either side is LEVEL_UNKNOWN, and says what is missing.
 */
#ifndef POLICYTOP_AUDIT_FIT_H
#define POLICYTOP_AUDIT_FIT_H

#include <stdbool.h>

#include "audit/finding.h"
#include "model/profile.h"
#include "training/checkpoint.h"
#include "training/info.h"

struct fit_camera {
	char role[NAME_BYTES];	/* the robot's name of it: "front" */
	char device[256];	/* "" unknown */
	char key[NAME_BYTES];	/* the policy's name of it, "" the same after renaming */
	unsigned width, height; /* 0 unknown */
	double fps;		/* 0 unknown */
	bool depth;		/* it gives distances, too */
	bool only_depth;	/* it gives nothing else */
};

enum { FIT_CAMERAS_MAX = 16 };

struct fit {
	const struct checkpoint *checkpoint;
	const struct profile *profile;	    /* of its training, NULL none */
	const struct dataset_meta *dataset; /* of its training, NULL none */
	const char *robot;		    /* the rig's type of it, NULL or "" unknown */
	bool same_data; /* its statistics are exactly the profile's, whatever the set is called */
	bool cameras_known; /* false: nobody said what cameras there are */
	unsigned cameras;
	struct fit_camera camera[FIT_CAMERAS_MAX];
	bool renames_known; /* the program's own map takes the place of the checkpoint's */
	unsigned renames;
	struct checkpoint_rename rename[FIT_CAMERAS_MAX];
	unsigned n_action_steps;    /* of the command line, 0: the checkpoint's */
	unsigned actions_per_chunk; /* asked of a server, 0: all of them */
	bool rtc;		    /* the next chunk is asked for while one is executed */
	bool rtc_known;
	double fps;	  /* of the control loop, 0 unknown */
	double latency_s; /* of an answer, measured; NaN unknown */
};

/* {0} with what is unknown as such. */
void fit_init(struct fit *f, const struct checkpoint *c);

void audit_fit(struct audit *a, const struct fit *f);

#endif
