/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Computes how a training set moved the robot: grippers, motion, tracking. Pure: arrays in, a
 * struct behaviour out.
 */
#ifndef POLICYTOP_TRAINING_BEHAVIOUR_H
#define POLICYTOP_TRAINING_BEHAVIOUR_H

#include "model/profile.h"
#include "training/episodes.h"

/*
 * Fills p->behaviour (empty before) from the episodes whose use[i] is set (NULL: all). The other
 * figures of p (joints, values, fps) are there already.
 */
void behaviour_build(struct profile *p, const struct episodes *e, const unsigned char *use);

#endif
