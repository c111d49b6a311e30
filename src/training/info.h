/* SPDX-License-Identifier: Apache-2.0 */
/* meta/info.json of a LeRobotDataset v2.0, v2.1 or v3.0. Owned by its maker; one thread. */
#ifndef POLICYTOP_TRAINING_INFO_H
#define POLICYTOP_TRAINING_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/profile.h"

enum { FEATURE_KEY_BYTES = 128, FEATURES_MAX = 1024 };

enum feature_kind {
	FEATURE_FLOAT32,
	FEATURE_FLOAT64,
	FEATURE_INT32,
	FEATURE_INT64,
	FEATURE_BOOL,
	FEATURE_STRING,
	FEATURE_IMAGE, /* in Parquet */
	FEATURE_VIDEO, /* in files of its own */
	FEATURE_OTHER,
};

struct feature {
	char key[FEATURE_KEY_BYTES];
	enum feature_kind kind;
	unsigned ndim, shape[4]; /* ndim 0: no usable shape */
	unsigned width;		 /* product of shape, at most 65536; 0 unknown */
	unsigned nnames;	 /* names[nnames]; 0: null, or not as many as width says */
	char (*names)[NAME_BYTES];
	bool names_misfit; /* names were given, but not width of them */
	double fps;	   /* of a video, 0 unknown */
};

struct dataset_meta {
	char version[NAME_BYTES]; /* "v2.1" */
	unsigned major, minor;
	char robot[NAME_BYTES];
	double fps;
	int64_t total_episodes, total_frames; /* -1 unknown */
	size_t nfeatures;
	struct feature *feature;
};

/* Reads path. 0 or a negative errno with e. */
int info_read(struct dataset_meta *m, const char *path, struct err *e);
void info_fini(struct dataset_meta *m);

/* NULL: no such feature. */
const struct feature *info_feature(const struct dataset_meta *m, const char *key);

#endif
