/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A training camera made ready for comparing: what looks are known of it, and its scene. Owned by
 * its maker; read-only once made.
 */
#ifndef POLICYTOP_VISION_EYE_H
#define POLICYTOP_VISION_EYE_H

#include "model/reference.h"
#include "vision/scene.h"
#include "vision/signature.h"

struct eye {
	unsigned looks;
	struct signature look[REFERENCE_VIEWS];
	struct scene scene;
};

enum { EYE_WHOLE = -1 };

/* leave: the episode whose views are left out, EYE_WHOLE none. NULL: no view is left. */
struct eye *eye_new(const struct reference *r, int leave);
void eye_free(struct eye *e); /* NULL is allowed */

/* To the nearest look. */
float eye_distance(const struct eye *e, const struct signature *s);

#endif
