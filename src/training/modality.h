/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta/modality.json, by which GR00T cuts a LeRobotDataset's vectors into parts: "gripper" is
 * values 5 to 6 of the state. People write it by hand. One thread.
 */
#ifndef POLICYTOP_TRAINING_MODALITY_H
#define POLICYTOP_TRAINING_MODALITY_H

#include "training/dataset.h"

enum { MODALITY_PARTS_MAX = 64 };

struct modality_part {
	bool action; /* else of the state */
	char name[NAME_BYTES];
	double start, end; /* as written, the end not in it; NaN: no number */
};

struct modality {
	unsigned parts;
	struct modality_part part[MODALITY_PARTS_MAX];
};

/*
 * Parts of observation.state and action; those of other features are left out. 0, 1: the set has no
 * such file, or a negative errno with e.
 */
int modality_read(struct modality *m, const struct dataset *d, struct err *e);

#endif
