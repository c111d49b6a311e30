/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums relative to a joint's first value: a square of a large value must not drown the deviation
 * of a joint that hardly moves.
 */
#include "audit/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct sums {
	double from, n, sum, squares, min, max;
};

static void add(struct sums *s, double v)
{
	double d;

	if (!isfinite(v))
		return;
	if (s->n == 0) {
		s->from = v;
		s->min = s->max = v;
	}
	d = v - s->from;
	s->n++;
	s->sum += d;
	s->squares += d * d;
	s->min = v < s->min ? v : s->min;
	s->max = v > s->max ? v : s->max;
}

static void put(struct figures *f, unsigned j, const struct sums *s)
{
	double mean = s->sum / s->n;

	if (s->n == 0) {
		f->mean[j] = f->std[j] = f->min[j] = f->max[j] = NAN;
		return;
	}
	f->mean[j] = s->from + mean;
	f->std[j] = sqrt(fmax(0, s->squares / s->n - mean * mean));
	f->min[j] = s->min;
	f->max[j] = s->max;
}

/* One joint's column of one episode, and what is taken off it. */
struct column {
	const double *v, *base; /* base NULL: nothing */
	size_t width, base_width, frames;
};

static double less(const struct column *c, size_t at, size_t start)
{
	return c->v[at * c->width] - (c->base ? c->base[start * c->base_width] : 0);
}

static void add_chunks(struct sums *s, const struct column *c, unsigned horizon, bool padded)
{
	for (size_t t = 0; t < c->frames && (padded || t + horizon <= c->frames); t++) {
		for (size_t k = 0; k < horizon; k++)
			add(s, less(c, t + k < c->frames ? t + k : c->frames - 1, t));
	}
}

static void add_episode(struct sums *s, const struct column *c, enum how how, unsigned horizon)
{
	switch (how) {
	case HOW_CHUNK:
	case HOW_CHUNK_WINDOW:
		add_chunks(s, c, horizon, false);
		return;
	case HOW_CHUNK_PADDED:
	case HOW_PADDED_WINDOW:
		add_chunks(s, c, horizon, true);
		return;
	case HOW_RECORDED:
	case HOW_STEP:
	default:
		for (size_t t = 0; t < c->frames; t++)
			add(s, less(c, t, t));
	}
}

static void merge(struct sums *all, const struct sums *s)
{
	double shift = s->from - all->from;

	if (s->n == 0)
		return;
	if (all->n == 0) {
		*all = *s;
		return;
	}
	all->n += s->n;
	all->squares += s->squares + 2 * shift * s->sum + shift * shift * s->n;
	all->sum += s->sum + shift * s->n;
	all->min = fmin(all->min, s->min);
	all->max = fmax(all->max, s->max);
}

static int state_of(const struct episodes *e, unsigned action)
{
	for (unsigned k = 0; k < e->nstate; k++) {
		if (joint_same_name(e->state_joint[k].name, e->action_joint[action].name))
			return (int)k;
	}
	return -1;
}

static void measure_joint(struct measured *m, const struct episodes *e, const unsigned char *use,
			  struct column c, unsigned j, enum how how, unsigned horizon)
{
	const double *v = c.v, *base = c.base;
	struct sums all = {0}, means = {0}, moment = {0};

	m->episodes = 0;
	for (size_t i = 0; i < e->count; i++) {
		struct sums s = {0};

		if (use && !use[i])
			continue;
		c.v = v + e->span[i].first * c.width;
		c.base = base ? base + e->span[i].first * c.base_width : NULL;
		c.frames = e->span[i].frames;
		add_episode(&s, &c, how, horizon);
		m->episodes++;
		merge(&all, &s);
		if (s.n > 0)
			add(&means, s.from + s.sum / s.n);
	}
	moment = means;
	put(&m->all, j, &all);
	m->mean_sd[j] =
		moment.n > 1 ? sqrt(fmax(0, moment.squares - moment.sum * moment.sum / moment.n) /
				    (moment.n - 1))
			     : (double)NAN;
}

static void name_how(struct measured *m, enum how how, unsigned horizon)
{
	static const char *const words[] = {
		[HOW_RECORDED] = "as recorded",
		[HOW_STEP] = "less the state",
		[HOW_CHUNK] = "less the state its chunk began at, complete chunks of %u",
		[HOW_CHUNK_PADDED] = "less the state its chunk began at, padded chunks of %u",
		[HOW_CHUNK_WINDOW] = "as recorded, counted by chunks of %u",
		[HOW_PADDED_WINDOW] = "as recorded, counted by padded chunks of %u",
	};
	const char *mark = strstr(words[how], "%u");

	text_copy(m->how, sizeof(m->how), words[how]);
	if (mark)
		snprintf(m->how + (mark - words[how]), 8, "%u", horizon);
}

bool figures_measure(struct measured *m, const struct episodes *e, const unsigned char *use,
		     bool action, enum how how, unsigned horizon)
{
	unsigned n = action ? e->naction : e->nstate, paired = 0;
	bool relative = how == HOW_STEP || how == HOW_CHUNK || how == HOW_CHUNK_PADDED;

	memset(m, 0, sizeof(*m));
	m->all.n = n;
	name_how(m, how, horizon);
	if (!n || !e->frames || (relative && !action) || (how >= HOW_CHUNK && !horizon))
		return false;
	for (unsigned j = 0; j < n; j++) {
		int k = relative ? state_of(e, j) : -1;
		struct column c = {.v = (action ? e->action : e->state) + j, .width = n};

		if (k >= 0) {
			c.base = e->state + k;
			c.base_width = e->nstate;
			paired++;
		}
		measure_joint(m, e, use, c, j, how, horizon);
	}
	return m->episodes && (!relative || paired);
}

void figures_of_profile(struct measured *m, const struct profile *p, bool action)
{
	const struct feature_profile *f = action ? &p->action : &p->state;

	memset(m, 0, sizeof(*m));
	name_how(m, HOW_RECORDED, 0);
	m->episodes = p->episodes;
	m->all.n = f->joints;
	for (unsigned j = 0; j < f->joints; j++) {
		m->all.mean[j] = f->joint[j].value.mean;
		m->all.std[j] = f->joint[j].value.std;
		m->all.min[j] = f->joint[j].value.min;
		m->all.max[j] = f->joint[j].value.max;
		m->mean_sd[j] = f->joint[j].episode_mean_sd;
	}
}

bool figures_of_stats(struct figures *f, const struct norm_stats *s)
{
	double *const to[] = {f->mean, f->std, f->min, f->max};
	static const enum norm_stat which[] = {STAT_MEAN, STAT_STD, STAT_MIN, STAT_MAX};

	f->n = s && s->horizon <= 1 ? s->width : 0;
	if (f->n > MAX_JOINTS)
		f->n = MAX_JOINTS;
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < f->n; j++)
			to[i][j] = s->v[which[i]] ? s->v[which[i]][j] : (double)NAN;
	}
	return f->n > 0;
}

void figures_map(struct figures *to, const struct figures *from, const double *slope,
		 const double *offset)
{
	to->n = from->n;
	for (unsigned j = 0; j < from->n; j++) {
		double low = slope[j] * from->min[j] + offset[j];
		double high = slope[j] * from->max[j] + offset[j];

		to->mean[j] = slope[j] * from->mean[j] + offset[j];
		to->std[j] = fabs(slope[j]) * from->std[j];
		to->min[j] = slope[j] < 0 ? high : low;
		to->max[j] = slope[j] < 0 ? low : high;
	}
}
