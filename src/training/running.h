/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The largest of running figures of a joint, over whole columns at once: what struct rough_ring and
 * struct tracking_ring of model/behaviour.h tell tick by tick. One thread a room.
 */
#ifndef POLICYTOP_TRAINING_RUNNING_H
#define POLICYTOP_TRAINING_RUNNING_H

#include <stddef.h>

/* Memory that is used again from call to call; {0} to begin with. */
struct running_room {
	float *low, *high; /* [size] */
	size_t size;
};
void running_room_fini(struct running_room *r);

/* Raises *max to the largest rough_median() of an episode, v[0..n) its values. */
void running_roughness(struct running_room *r, const double *v, size_t n, double *max);

/* Raises *max to the largest tracking_least() of an episode of n ticks. */
void running_tracking(struct running_room *r, const double *command, const double *measured,
		      size_t n, double *max);

#endif
