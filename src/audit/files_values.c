/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are the numbers possible? Of quantiles only order can be asked: LeRobot averages those of its
 * episodes.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "audit/files_impl.h"

/* What pixels from 0 to 1 never have: LeRobot's real sets have spreads of 0.1 and more. */
#define PIXEL_STD_MIN  0.01
#define PIXEL_MEAN_MAX 1.5

/* Is this feature normalised with these statistics? Others lie in the file and are not used. */
static const struct policy_feature *user(const struct checkpoint *c, const struct norm_side *s,
					 const char *key)
{
	const struct policy_feature *f = norm_side_feature(s, key);

	if (f)
		return f;
	f = checkpoint_input(c, key);
	for (size_t i = 0; !f && i < c->noutputs; i++) {
		if (strcmp(c->output[i].key, key) == 0)
			f = &c->output[i];
	}
	return f;
}

/* The number of the first value for which it holds that low > high; -1 none. Rounding is allowed. */
static int disorder(const struct norm_stats *s, enum norm_stat low, enum norm_stat high)
{
	unsigned n = s->width * s->horizon;

	for (unsigned i = 0; s->v[low] && s->v[high] && i < n; i++) {
		double a = s->v[low][i], b = s->v[high][i];

		if (a - b > 1e-6 * (fabs(a) + fabs(b)))
			return (int)i;
	}
	return -1;
}

static bool finite_all(struct audit *a, const struct norm_stats *s, bool used)
{
	for (unsigned k = 0; k < NORM_STATS; k++) {
		for (unsigned i = 0; s->v[k] && i < s->width * s->horizon; i++) {
			struct audit_finding *f;

			if (isfinite(s->v[k][i]))
				continue;
			f = audit_add(a, "norm-values", used ? LEVEL_FAIL : LEVEL_NOTE, s->key,
				      "the %s of %s is %s at %u", norm_stat_word((enum norm_stat)k),
				      s->key, isnan(s->v[k][i]) ? "no number" : "infinite", i);
			audit_do(f, "make the statistics of the training set again");
			return false;
		}
	}
	return true;
}

static void ordered(struct audit *a, const struct norm_stats *s)
{
	static const enum norm_stat pairs[][2] = {{STAT_MIN, STAT_Q01},	 {STAT_Q01, STAT_Q10},
						  {STAT_Q10, STAT_Q50},	 {STAT_Q50, STAT_Q90},
						  {STAT_Q90, STAT_Q99},	 {STAT_Q99, STAT_MAX},
						  {STAT_Q01, STAT_Q99},	 {STAT_MIN, STAT_MAX},
						  {STAT_MIN, STAT_MEAN}, {STAT_MEAN, STAT_MAX}};

	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
		int at = disorder(s, pairs[p][0], pairs[p][1]);
		struct audit_finding *f;

		if (at < 0)
			continue;
		f = audit_add(a, "norm-values", LEVEL_FAIL, s->key,
			      "%s is above %s in %s at %d: %g > %g", norm_stat_word(pairs[p][0]),
			      norm_stat_word(pairs[p][1]), s->key, at, s->v[pairs[p][0]][at],
			      s->v[pairs[p][1]][at]);
		audit_number(f, s->v[pairs[p][0]][at], s->v[pairs[p][1]][at], "");
		audit_do(f, "make the statistics of the training set again");
		return;
	}
}

static void camera_fail(struct audit *a, const struct norm_stats *s, enum norm_stat k, unsigned i,
			double limit, const char *why)
{
	struct audit_finding *f = audit_add(a, "norm-values", LEVEL_FAIL, s->key,
					    "%s: the %s of channel %u is %.4g: %s", s->key,
					    norm_stat_word(k), i, s->v[k][i], why);

	audit_number(f, s->v[k][i], limit, "");
	audit_do(f, "make image statistics of the training set, or train with ImageNet's");
}

/*
 * Of a camera whose pixels go from 0 to 1. ImageNet's mean and spread lie beside the set's own
 * minimum and maximum, so their order is not asked.
 */
static void camera(struct audit *a, const struct norm_stats *s)
{
	for (unsigned i = 0; i < s->width * s->horizon; i++) {
		if (s->v[STAT_STD] && s->v[STAT_STD][i] < PIXEL_STD_MIN) {
			camera_fail(a, s, STAT_STD, i, PIXEL_STD_MIN,
				    "pixels will span hundreds instead of 4");
			return;
		}
		if (s->v[STAT_MEAN] && s->v[STAT_MEAN][i] > PIXEL_MEAN_MAX) {
			camera_fail(a, s, STAT_MEAN, i, PIXEL_MEAN_MAX,
				    "that is of pixels from 0 to 255, and the policy gets 0 to 1");
			return;
		}
	}
}

/* A joint that stands still has a spread of nothing, which is normal; less is not. */
static void spread(struct audit *a, const struct norm_stats *s)
{
	for (unsigned i = 0; s->v[STAT_STD] && i < s->width * s->horizon; i++) {
		struct audit_finding *f;

		if (!(s->v[STAT_STD][i] < 0))
			continue;
		f = audit_add(a, "norm-values", LEVEL_FAIL, s->key, "the spread of %s is %g at %u",
			      s->key, s->v[STAT_STD][i], i);
		audit_number(f, s->v[STAT_STD][i], 0, "");
		audit_do(f, "make the statistics of the training set again");
		return;
	}
}

static void values_of(struct audit *a, const struct checkpoint *c, const struct norm_side *side)
{
	for (size_t i = 0; i < side->nstats; i++) {
		const struct norm_stats *s = &side->stats[i];
		const struct policy_feature *f = user(c, side, s->key);
		bool used = f && f->mode != NORM_IDENTITY;

		if (!f || !finite_all(a, s, used) || !used)
			continue;
		if (f->type != POLICY_VISUAL)
			ordered(a, s);
		else if (f->mode == NORM_MEAN_STD)
			camera(a, s);
		spread(a, s);
	}
}

void audit_norm_values(struct audit *a, const struct checkpoint *c)
{
	if (!c->pre.nstats && !c->post.nstats) {
		audit_add(a, "norm-values", LEVEL_UNKNOWN, "", "there are no statistics");
		return;
	}
	values_of(a, c, &c->pre);
	values_of(a, c, &c->post);
	if (audit_level(a, "norm-values") < LEVEL_NOTE)
		audit_add(a, "norm-values", LEVEL_OK, "", "finite, and in order");
}
