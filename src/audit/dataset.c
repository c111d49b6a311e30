/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/dataset.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/dataset_impl.h"

static const double image_std_fail = 0.01, image_std_warn = 0.03;
static const double still = 1e-5; /* std of a joint that does not move */
/* float32 seconds of a long episode, in periods. */
static const double synthetic_periods = 0.02;
static const double gap_periods = 2, rate_off = 0.05;

static void audit_set_files(struct audit *a, const struct set_evidence *s)
{
	for (unsigned i = 0; i < s->nmissing; i++) {
		struct audit_finding *f = audit_add(a, "set-files", LEVEL_WARN, s->missing[i],
						    "%s is not there", s->missing[i]);

		audit_do(f, "copy the whole set again, or write it with its maker's tool");
	}
	if (!s->nmissing)
		audit_add(a, "set-files", LEVEL_OK, "", "all that its version needs");
	audit_set_parts(a, s);
}

static void audit_set_counts(struct audit *a, const struct set_evidence *s)
{
	for (size_t i = 0; i < s->nwarnings; i++)
		audit_add(a, "set-counts", LEVEL_WARN, "", "%s", s->warning[i]);
	if (!s->nwarnings)
		audit_add(a, "set-counts", LEVEL_OK, "", "%zu episodes, %zu frames, as it says",
			  s->e->count, s->e->frames);
}

static void audit_set_stats(struct audit *a, const struct set_evidence *s)
{
	const struct profile *p = s->profile;
	struct audit_finding *f;

	for (unsigned i = 0; i < 2; i++) {
		const char *vector = i ? "action" : "state";

		if (!s->nothing[i])
			continue;
		f = audit_add(
			a, "set-stats", LEVEL_FAIL, vector,
			"%s says mean 0 and std 1 for every %s, and the data has not: nothing "
			"would be normalised",
			s->nothing[i], vector);
		audit_do(f, "compute the statistics again, and train again");
	}
	if (!p->ndisagreements) {
		audit_add(a, "set-stats", LEVEL_OK, "",
			  "its own statistics, where it has some, are its data's");
		return;
	}
	f = audit_add(a, "set-stats", LEVEL_WARN, "", "%s (%zu such)", p->disagreements[0],
		      p->ndisagreements);
	audit_number(f, (double)p->ndisagreements, 0, "figures");
	audit_do(f, "compute the statistics again: training uses those of the file");
}

static void audit_camera(struct audit *a, const struct profile_camera *c)
{
	struct audit_finding *f;
	double least = NAN;

	if (!c->has_stats) {
		f = audit_add(a, "set-images", LEVEL_WARN, c->name, "%s has no image statistics",
			      c->name);
		audit_do(f, "a policy that normalises images needs them: compute them");
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		least = fmin(least, c->std[i]);
	f = audit_add(a, "set-images",
		      least < image_std_fail   ? LEVEL_FAIL
		      : least < image_std_warn ? LEVEL_WARN
					       : LEVEL_OK,
		      c->name, "%s: least spread of a channel %.3g; normalised pixels span %.0f",
		      c->name, least, 1 / least);
	audit_number(f, least, image_std_fail, "of 1");
	if (least < image_std_warn)
		audit_do(f, "compute the image statistics again, over pixels from 0 to 1");
}

static void audit_set_images(struct audit *a, const struct set_evidence *s)
{
	for (size_t i = 0; i < s->profile->ncameras; i++)
		audit_camera(a, &s->profile->cameras[i]);
	if (!s->profile->ncameras)
		audit_add(a, "set-images", LEVEL_OK, "", "it has no cameras");
}

/* Joints that never move are common and harmless; a spread that is all rounding is not. */
static void audit_feature_still(struct audit *a, const struct feature_profile *f,
				const char *vector)
{
	unsigned constant = 0, odd = f->joints;
	struct audit_finding *x;

	for (unsigned j = 0; j < f->joints; j++) {
		const struct dist *d = &f->joint[j].value;

		constant += d->std < still && d->max - d->min < still;
		if (odd == f->joints && d->std < still && d->max - d->min >= still)
			odd = j;
	}
	if (odd < f->joints) {
		x = audit_add(a, "set-still", LEVEL_WARN, f->joint[odd].joint.name,
			      "%s %s hardly moves (std %.2g): normalised, its smallest change is "
			      "huge",
			      vector, f->joint[odd].joint.name, f->joint[odd].value.std);
		audit_number(x, f->joint[odd].value.std, still, "");
	} else if (constant) {
		x = audit_add(a, "set-still", LEVEL_NOTE, vector,
			      "%u of %u joints never move: the robot's must not, either", constant,
			      f->joints);
		audit_number(x, constant, NAN, "joints");
	} else if (f->joints) {
		audit_add(a, "set-still", LEVEL_OK, vector, "all %u joints move", f->joints);
	}
}

static void audit_set_still(struct audit *a, const struct set_evidence *s)
{
	audit_feature_still(a, &s->profile->state, "state");
	audit_feature_still(a, &s->profile->action, "action");
}

/* Of all steps from frame to frame. */
struct times {
	double n, sum, squares, longest, off; /* off: largest distance to frame / fps */
};

static struct times times_of(const struct episodes *e)
{
	struct times t = {0};

	for (size_t i = 0; i < e->count; i++) {
		const double *s = e->timestamp_s + e->span[i].first;

		for (size_t k = 1; k < e->span[i].frames; k++) {
			double step = s[k] - s[k - 1];

			t.n++;
			t.sum += step;
			t.squares += step * step;
			t.longest = fmax(t.longest, step);
			t.off = fmax(t.off, fabs(s[k] - s[0] - (double)k / e->fps));
		}
	}
	return t;
}

static void audit_set_times(struct audit *a, const struct set_evidence *s)
{
	struct times t = times_of(s->e);
	double mean = t.sum / t.n, jitter_ms, rate = 1 / mean;
	bool wrong;
	struct audit_finding *f;

	if (t.n < 1 || !(s->e->fps > 0)) {
		audit_add(a, "set-times", LEVEL_UNKNOWN, "", "no two frames, or no rate");
		return;
	}
	if (t.off * s->e->fps < synthetic_periods) {
		audit_add(a, "set-times", LEVEL_OK, "",
			  "frame / %.4g Hz, made up: when the frames really were is not known",
			  s->e->fps);
		return;
	}
	jitter_ms = 1e3 * sqrt(fmax(0, t.squares / t.n - mean * mean));
	wrong = t.longest > gap_periods / s->e->fps || fabs(rate / s->e->fps - 1) > rate_off;
	f = audit_add(a, "set-times", wrong ? LEVEL_WARN : LEVEL_NOTE, "",
		      "measured: %.4g Hz instead of %.4g, jitter %.2g ms, longest step %.3g ms",
		      rate, s->e->fps, jitter_ms, 1e3 * t.longest);
	audit_number(f, 1e3 * t.longest, 1e3 * gap_periods / s->e->fps, "ms");
	if (wrong)
		audit_do(f, "actions and pictures of such steps do not belong together");
}

void audit_dataset(struct audit *a, const struct set_evidence *s)
{
	audit_set_files(a, s);
	audit_set_counts(a, s);
	audit_set_stats(a, s);
	audit_set_images(a, s);
	audit_set_still(a, s);
	audit_set_units(a, s);
	audit_set_idle(a, s);
	audit_set_start(a, s);
	audit_set_gripper(a, s);
	audit_set_times(a, s);
}
