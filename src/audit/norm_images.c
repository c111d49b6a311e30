/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics of pictures: as the training set has them, ImageNet's, or with red and blue exchanged,
 * which is what OpenCV's order of channels makes of them. What else differs is told as a note: sets
 * are edited, and base models bring their own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/norm.h"
#include "base/text.h"

enum { CHANNELS = 3 };
static const double same = 1e-3; /* of pixels from 0 to 1: float32, and sums in another order */
static const double imagenet_mean[CHANNELS] = {0.485, 0.456, 0.406};
static const double imagenet_std[CHANNELS] = {0.229, 0.224, 0.225};

static bool near(const double *mean, const double *std, const struct norm_stats *s, bool back)
{
	for (unsigned k = 0; k < CHANNELS; k++) {
		unsigned from = back ? CHANNELS - 1 - k : k;

		if (!(fabs(mean[k] - s->v[STAT_MEAN][from]) < same &&
		      fabs(std[k] - s->v[STAT_STD][from]) < same))
			return false;
	}
	return true;
}

/* The set's camera that becomes this input by the policy's own names; NULL: none. */
static const struct profile_camera *camera_of(const struct checkpoint *c, const struct profile *p,
					      const char *key)
{
	char own[FEATURE_KEY_BYTES];

	for (size_t i = 0; i < p->ncameras; i++) {
		snprintf(own, sizeof(own), "observation.images.%s", p->cameras[i].name);
		for (size_t k = 0; k < c->nrenames; k++) {
			if (strcmp(c->rename[k].from, own) == 0) {
				text_copy(own, sizeof(own), c->rename[k].to);
				break;
			}
		}
		if (strcmp(own, key) == 0)
			return &p->cameras[i];
	}
	return NULL;
}

static void audit_camera(struct audit *a, const struct profile_camera *p,
			 const struct norm_stats *s)
{
	struct audit_finding *f;

	if (near(p->mean, p->std, s, false)) {
		audit_add(a, "norm", LEVEL_OK, p->name,
			  "as trained: the statistics of its pictures");
	} else if (near(imagenet_mean, imagenet_std, s, false)) {
		audit_add(a, "norm", LEVEL_OK, p->name, "ImageNet's statistics");
	} else if (near(p->mean, p->std, s, true) || near(imagenet_mean, imagenet_std, s, true)) {
		f = audit_add(
			a, "norm", LEVEL_FAIL, p->name,
			"red and blue of %s are exchanged between the statistics and the data",
			p->name);
		audit_do(f, "look for BGR where RGB is meant: in what recorded, or what trained");
	} else {
		audit_add(a, "norm", LEVEL_NOTE, p->name,
			  "the statistics of its pictures are not those of this set");
	}
}

void audit_norm_images(struct audit *a, const struct checkpoint *c, const struct profile *p)
{
	for (size_t i = 0; i < c->ninputs; i++) {
		const struct policy_feature *in = &c->input[i];
		const struct norm_stats *s = norm_side_stats(&c->pre, in->key);
		const struct policy_feature *side = norm_side_feature(&c->pre, in->key);
		const struct profile_camera *camera = camera_of(c, p, in->key);

		if (in->type != POLICY_VISUAL || !camera || !camera->has_stats || !s || !side ||
		    side->mode != NORM_MEAN_STD || s->width != CHANNELS || !s->v[STAT_MEAN] ||
		    !s->v[STAT_STD])
			continue;
		audit_camera(a, camera, s);
	}
}
