/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/eye.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

_Static_assert(sizeof(struct view) == REFERENCE_BYTES, "a reference holds views");

struct eye *eye_new(const struct reference *r, int leave)
{
	const struct view *view[REFERENCE_VIEWS];
	struct view *copy = xcalloc(REFERENCE_VIEWS, sizeof(*copy));
	struct eye *e = xcalloc(1, sizeof(*e));

	for (unsigned i = 0; i < r->views && i < REFERENCE_VIEWS; i++) {
		if (leave >= 0 && r->episode[i] == (unsigned)leave)
			continue;
		memcpy(&copy[e->looks], r->rgb[i], REFERENCE_BYTES);
		view[e->looks] = &copy[e->looks];
		signature_make(&e->look[e->looks], &copy[e->looks]);
		e->looks++;
	}
	if (e->looks) {
		scene_build(&e->scene, view, e->looks);
	} else {
		free(e);
		e = NULL;
	}
	free(copy);
	return e;
}

void eye_free(struct eye *e)
{
	free(e);
}

float eye_distance(const struct eye *e, const struct signature *s)
{
	float least = signature_distance(&e->look[0], s);

	for (unsigned i = 1; i < e->looks; i++)
		least = fminf(least, signature_distance(&e->look[i], s));
	return least;
}
