/* SPDX-License-Identifier: Apache-2.0 */
#include "training/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "training/compare_impl.h"

enum { SENTENCES_MAX = 10000 };

/*
 * LeRobot computes in float32, summing up to a million frames in a row: means and deviations may
 * be off by a thousandth of the span, and the deviation of what never moves is the root of that
 * rounding; minima and maxima are copies.
 */
static const double copy_error = 2e-6, sum_error_of_span = 1e-3, mean_error_of_size = 2e-5;
static const double std_error_of_size = 5e-4;
/* Mean 0 and std 1 as they are written, and data that is not so. */
static const double nothing = 1e-6, not_normal = 0.05;

void stat_add(struct feature_stats *f, const struct stat_values *v)
{
	double count = v->count > 0 ? v->count : 1;

	if (!f->feature)
		return;
	for (unsigned k = 0; k < FIGURES; k++) {
		if (v->n[k] != f->feature->width) {
			f->misfit = v->n[k] ? v->n[k] : f->misfit;
			return;
		}
	}
	for (unsigned j = 0; j < f->feature->width; j++) {
		struct stat_sum *s = &f->joint[j];
		double all = s->count + count, delta = v->v[2][j] - s->mean;

		s->min = f->episodes && s->min < v->v[0][j] ? s->min : v->v[0][j];
		s->max = f->episodes && s->max > v->v[1][j] ? s->max : v->v[1][j];
		s->squares += count * v->v[3][j] * v->v[3][j] +
			      delta * delta * s->count * count / all;
		s->mean += delta * count / all;
		s->count = all;
	}
	f->episodes++;
}

bool stats_wants(const struct set_stats *s, int64_t episode)
{
	size_t lo = 0, hi = s->e->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->e->span[mid].index < episode)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->e->count && s->e->span[lo].index == episode;
}

static void name_cameras(struct set_stats *s)
{
	static const char prefix[] = "observation.images.";

	for (size_t i = 0; i < s->d->meta.nfeatures && s->ncameras < CAMERAS_MAX; i++) {
		struct feature *f = &s->d->meta.feature[i];

		if (f->kind != FEATURE_VIDEO && f->kind != FEATURE_IMAGE)
			continue;
		text_copy(s->camera[s->ncameras].name, NAME_BYTES,
			  text_starts(f->key, prefix) ? f->key + strlen(prefix) : f->key);
		s->camera[s->ncameras++].stats.feature = f;
	}
}

struct set_stats *set_stats_read(struct dataset *d, const struct episodes *e, struct err *err)
{
	static int (*const readers[SOURCES])(struct set_stats *, struct stats_source *,
					     struct err *) = {stats_read_json, stats_read_lines,
							      stats_read_tables};
	struct set_stats *s = xcalloc(1, sizeof(*s));
	bool any = false;
	int rc = 0;

	s->d = d;
	s->e = e;
	s->episodes = e->count;
	name_cameras(s);
	for (size_t i = 0; i < SOURCES && rc >= 0; i++) {
		struct stats_source *to = &s->source[i];

		to->action.feature = dataset_feature(d, DATASET_ACTION);
		to->state.feature = dataset_feature(d, DATASET_STATE);
		rc = readers[i](s, to, err);
		if (rc)
			to->where = NULL;
		any |= rc == 0;
	}
	s->e = NULL;
	if (rc >= 0) {
		if (!any)
			dataset_warn(d,
				     "no statistics of its own: nothing to compare the data with");
		return s;
	}
	set_stats_free(s);
	return NULL;
}

void set_stats_free(struct set_stats *s)
{
	free(s);
}

void set_stats_cameras(const struct set_stats *s, struct profile_camera *cameras, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct profile_camera *c = &cameras[i];

		for (size_t k = 0; k < s->ncameras; k++) {
			const struct feature_stats *f = &s->camera[k].stats;

			if (strcmp(s->camera[k].name, c->name) != 0 || !f->episodes)
				continue;
			for (unsigned ch = 0; ch < 4 && ch < c->channels; ch++) {
				c->mean[ch] = f->joint[ch].mean;
				c->std[ch] = sqrt(f->joint[ch].squares / f->joint[ch].count);
				c->has_stats = true;
			}
		}
	}
}

static void add_sentence(struct profile *p, const char *text)
{
	if (p->ndisagreements == SENTENCES_MAX)
		return;
	if ((p->ndisagreements & (p->ndisagreements - 1)) == 0)
		p->disagreements = xrealloc(p->disagreements,
					    p->ndisagreements ? 2 * p->ndisagreements : 1,
					    sizeof(*p->disagreements));
	p->disagreements[p->ndisagreements++] = xstrdup(text);
}

static void compare_joint(const char *where, const char *feature, const struct stat_sum *s,
			  const struct joint_profile *j, struct profile *into)
{
	static const char *const words[FIGURES] = {"min", "max", "mean", "std"};
	const double said[FIGURES] = {s->min, s->max, s->mean, sqrt(s->squares / s->count)};
	const double data[FIGURES] = {j->value.min, j->value.max, j->value.mean, j->value.std};
	double size = fmax(fabs(j->value.min), fabs(j->value.max));
	double span = j->value.max - j->value.min;
	struct buf b = {0};
	unsigned odd = 0;

	for (unsigned k = 0; k < FIGURES; k++) {
		double limit = k < 2	? copy_error * size
			       : k == 2 ? sum_error_of_span * span + mean_error_of_size * size
					: sum_error_of_span * span + std_error_of_size * size;

		if (fabs(said[k] - data[k]) <= limit || (isnan(said[k]) && isnan(data[k])))
			continue;
		if (!odd++)
			buf_printf(&b, "%s %s: %s says ", feature, j->joint.name, where);
		buf_printf(&b, "%s%s %.6g (the data has %.6g)", odd > 1 ? ", " : "", words[k],
			   said[k], data[k]);
	}
	if (odd)
		add_sentence(into, buf_text(&b));
	buf_fini(&b);
}

static void compare_feature(const struct set_stats *s, const struct stats_source *from,
			    const char *name, const struct feature_stats *f,
			    const struct feature_profile *of, struct profile *into)
{
	struct buf b = {0};

	if (!f->feature || !of->joints)
		return;
	if (f->misfit)
		buf_printf(&b, "%s: %s has %u values, the data %u", name, from->where, f->misfit,
			   of->joints);
	else if (from->by_episode && f->episodes && f->episodes != s->episodes)
		buf_printf(&b, "%s: %s describes %zu of %zu episodes", name, from->where,
			   f->episodes, s->episodes);
	if (b.len)
		add_sentence(into, buf_text(&b));
	for (unsigned j = 0; j < of->joints && f->episodes && !b.len; j++)
		compare_joint(from->where, name, &f->joint[j], &of->joint[j], into);
	buf_fini(&b);
}

/* Every joint is to have mean 0 and std 1; of the data one that moves must have something else. */
static bool is_nothing(const struct feature_stats *f, const struct feature_profile *of)
{
	bool other = false;

	if (!f->feature || f->misfit || !f->episodes || f->feature->width != of->joints)
		return false;
	for (unsigned j = 0; j < of->joints; j++) {
		const struct stat_sum *s = &f->joint[j];
		const struct dist *d = &of->joint[j].value;

		if (!(fabs(s->mean) < nothing) ||
		    !(fabs(sqrt(s->squares / s->count) - 1) < nothing))
			return false;
		other |= d->std > nothing &&
			 (fabs(d->mean) > not_normal || fabs(d->std - 1) > not_normal);
	}
	return other;
}

const char *set_stats_nothing(const struct set_stats *s, const struct profile *of, bool action)
{
	for (size_t i = 0; i < SOURCES; i++) {
		const struct stats_source *from = &s->source[i];

		if (from->where && is_nothing(action ? &from->action : &from->state,
					      action ? &of->action : &of->state))
			return from->where;
	}
	return NULL;
}

void set_stats_compare(const struct set_stats *s, const struct profile *of, struct profile *into)
{
	for (size_t i = 0; i < SOURCES; i++) {
		const struct stats_source *from = &s->source[i];

		if (!from->where)
			continue;
		compare_feature(s, from, "action", &from->action, &of->action, into);
		compare_feature(s, from, "observation.state", &from->state, &of->state, into);
	}
}
