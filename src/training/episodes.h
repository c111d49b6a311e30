/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The joint data of a training set in memory: what the Parquet reader fills and the profile is
 * computed from. Images never come here. Owned by its maker; read-only once filled.
 */
#ifndef POLICYTOP_TRAINING_EPISODES_H
#define POLICYTOP_TRAINING_EPISODES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/joint.h"
#include "model/profile.h"

struct episode_span {
	int64_t index;	      /* episode_index of the set */
	size_t first, frames; /* rows of the arrays below */
	unsigned task;	      /* index into tasks of its first frame, UINT_MAX unknown */
};

struct episodes {
	char robot[NAME_BYTES];
	double fps;
	unsigned nstate, naction; /* 0: the set has no such feature */
	struct joint state_joint[MAX_JOINTS], action_joint[MAX_JOINTS];
	size_t frames;
	double *state, *action; /* [frames][n], row by row */
	double *timestamp_s;	/* [frames] */
	size_t count;
	struct episode_span *span; /* [count], by episode */
	size_t ntasks;
	char (*task)[TASK_BYTES];
	size_t ncameras;
	struct profile_camera *cameras;
};

void episodes_fini(struct episodes *e);

/*
 * Computes the profile of the episodes whose use[i] is set (NULL: all of them): everything of
 * struct profile except name, learned_utc and the comparison with the set's own statistics.
 * Never NULL; a set without frames gives a profile with 0 frames.
 */
struct profile *profile_build(const struct episodes *e, const unsigned char *use);

#endif
