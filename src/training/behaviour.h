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
 * Makes room in p->behaviour for the figures by joint, roughness 0 and tracking unknown as yet; none
 * when p has no frames, joints or fps. The functions below do nothing then.
 */
void behaviour_begin(struct profile *p);

/* Of the episodes whose use[i] is set (NULL: all). Grippers need the joints' figures in p. */
void behaviour_grippers(struct profile *p, const struct episodes *e, const unsigned char *use);
void behaviour_motion(struct profile *p, const struct episodes *e, const unsigned char *use);

#endif
