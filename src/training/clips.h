/* SPDX-License-Identifier: Apache-2.0 */
/* Where the pictures of a camera are: one stretch of one video file an episode. */
#ifndef POLICYTOP_TRAINING_CLIPS_H
#define POLICYTOP_TRAINING_CLIPS_H

#include "training/dataset.h"

struct clip {
	int64_t episode;
	char *path;
	double from_s, to_s; /* of the file's own clock */
};

struct clips {
	size_t n;
	struct clip *clip; /* by episode */
};

/*
 * Those of the wanted episodes whose file is there. camera: as in struct profile_camera. 0, or a
 * negative errno with e.
 */
int clips_read(struct clips *c, const struct dataset *d, const char *camera, struct err *e);
void clips_fini(struct clips *c);

/* NULL: none of this episode. */
const struct clip *clips_find(const struct clips *c, int64_t episode);

#endif
