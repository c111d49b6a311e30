/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/audit/norm_cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/match.h"
#include "base/mem.h"
#include "base/rng.h"
#include "training/dataset.h"
#include "robot/robot.h"

enum fault {
	F_IDENTITY,
	F_MADE_Z,
	F_MADE_RANGE,
	F_DATA_Z,
	F_DATA_RANGE,
	F_MADE_TWICE,
	F_DATA_TWICE,
	F_EXCHANGE,
	F_SIGN,
	F_SIGNS,
	F_GRIPPER_LARGE,
	F_GRIPPER_SMALL,
	F_DEGREES,
	F_RADIANS,
	F_SCALES,
	F_OTHER,
	F_HALF_RANGE,
	F_HALVES,
	FAULTS,
};

static const enum match_kind expected[FAULTS] = {
	[F_IDENTITY] = MATCH_IDENTITY,
	[F_MADE_Z] = MATCH_MADE_NORMALISED,
	[F_MADE_RANGE] = MATCH_MADE_NORMALISED,
	[F_DATA_Z] = MATCH_DATA_NORMALISED,
	[F_DATA_RANGE] = MATCH_DATA_NORMALISED,
	[F_MADE_TWICE] = MATCH_MADE_TWICE,
	[F_DATA_TWICE] = MATCH_DATA_TWICE,
	[F_EXCHANGE] = MATCH_EXCHANGED,
	[F_SIGN] = MATCH_SIGN,
	[F_SIGNS] = MATCH_SIGNS,
	[F_GRIPPER_LARGE] = MATCH_GRIPPER_LARGE,
	[F_GRIPPER_SMALL] = MATCH_GRIPPER_SMALL,
	[F_DEGREES] = MATCH_DEGREES,
	[F_RADIANS] = MATCH_RADIANS,
	[F_SCALES] = MATCH_SCALES,
	[F_OTHER] = MATCH_OTHER_SET,
	[F_HALF_RANGE] = MATCH_HALF_RANGE,
	[F_HALVES] = MATCH_HALVES,
};

struct trial {
	struct measured data;
	struct figures stats; /* as they should be */
	struct figures made;  /* as they are */
	bool hand[MAX_JOINTS];
	unsigned a, b;
};

static void spread(double *slope, double *offset, const struct figures *f, bool range, bool back)
{
	for (unsigned j = 0; j < f->n; j++) {
		double s = range ? (f->max[j] - f->min[j]) / 2 : f->std[j];
		double m = range ? (f->max[j] + f->min[j]) / 2 : f->mean[j];

		s = s > 1e-9 ? s : 1;
		slope[j] = back ? s : 1 / s;
		offset[j] = back ? m : -m / s;
	}
}

static void map_data(struct measured *m, const double *slope, const double *offset)
{
	struct figures f = m->all;

	figures_map(&m->all, &f, slope, offset);
	for (unsigned j = 0; j < f.n; j++)
		m->mean_sd[j] *= fabs(slope[j]);
}

static unsigned moving(const struct trial *t, struct rng *r)
{
	unsigned j = 0;

	for (unsigned tries = 0; tries < 1000; tries++) {
		j = rng_u32(r) % t->data.all.n;
		if (t->data.all.std[j] >= 1e-4)
			return j;
	}
	return j;
}

static void swap_joints(struct figures *f, unsigned a, unsigned b)
{
	double *const v[] = {f->mean, f->std, f->min, f->max};

	for (unsigned i = 0; i < 4; i++) {
		double keep = v[i][a];

		v[i][a] = v[i][b];
		v[i][b] = keep;
	}
}

static void plain(double *slope, double *offset, unsigned n)
{
	for (unsigned j = 0; j < n; j++) {
		slope[j] = 1;
		offset[j] = 0;
	}
}

static void spoil_slopes(struct trial *t, enum fault f, struct rng *r, double *slope)
{
	const double degrees = 180 / acos(-1);

	t->a = moving(t, r);
	for (unsigned j = 0; j < t->data.all.n; j++) {
		if (f == F_GRIPPER_LARGE && t->hand[j])
			slope[j] = 100;
		else if (f == F_GRIPPER_SMALL && t->hand[j])
			slope[j] = 0.01;
		else if (f == F_DEGREES || f == F_RADIANS)
			slope[j] = f == F_DEGREES ? degrees : 1 / degrees;
		else if (f == F_SCALES)
			slope[j] = rng_range(r, 0.5, 1.9);
		else if (f == F_SIGN && j == t->a)
			slope[j] = -1;
	}
	for (unsigned i = 0; f == F_SIGNS && i < 3; i++)
		slope[moving(t, r)] = -1;
}

static void spoil_order(struct trial *t, enum fault f, struct rng *r)
{
	unsigned half = t->made.n / 2;

	if (f == F_HALVES) {
		for (unsigned j = 0; j < half; j++)
			swap_joints(&t->made, j, j + half);
		return;
	}
	t->a = moving(t, r);
	do {
		t->b = moving(t, r);
	} while (t->b == t->a);
	if (t->b < t->a) {
		unsigned keep = t->a;

		t->a = t->b;
		t->b = keep;
	}
	swap_joints(&t->made, t->a, t->b);
}

static void spoil(struct trial *t, enum fault f, struct rng *r, const struct figures *other)
{
	double slope[MAX_JOINTS], offset[MAX_JOINTS];
	const struct figures full = t->data.all;
	bool range = f == F_MADE_RANGE || f == F_DATA_RANGE;

	t->made = t->stats;
	plain(slope, offset, full.n);
	switch (f) {
	case F_IDENTITY:
		for (unsigned j = 0; j < full.n; j++) {
			t->made.mean[j] = 0;
			t->made.std[j] = t->made.max[j] = 1;
			t->made.min[j] = -1;
		}
		return;
	case F_MADE_Z:
	case F_MADE_RANGE:
	case F_MADE_TWICE:
		spread(slope, offset, &full, range, f == F_MADE_TWICE);
		figures_map(&t->made, &t->stats, slope, offset);
		return;
	case F_DATA_Z:
	case F_DATA_RANGE:
	case F_DATA_TWICE:
		spread(slope, offset, &full, range, f == F_DATA_TWICE);
		map_data(&t->data, slope, offset);
		return;
	case F_EXCHANGE:
	case F_HALVES:
		spoil_order(t, f, r);
		return;
	case F_OTHER:
		t->made = *other;
		return;
	case F_HALF_RANGE:
		for (unsigned j = 0; j < full.n; j++)
			t->made.std[j] = (t->made.max[j] - t->made.min[j]) / 2;
		return;
	case F_SIGN:
	case F_SIGNS:
	case F_GRIPPER_LARGE:
	case F_GRIPPER_SMALL:
	case F_DEGREES:
	case F_RADIANS:
	case F_SCALES:
	case FAULTS:
	default:
		spoil_slopes(t, f, r, slope);
		figures_map(&t->made, &t->stats, slope, offset);
	}
}

/* Does it change a joint that moves? */
static bool measurable(const struct trial *t, const struct figures *data)
{
	for (unsigned j = 0; j < data->n; j++) {
		double std = fmax(t->stats.std[j], t->made.std[j]);
		bool same = fabs(t->made.mean[j] - t->stats.mean[j]) <= 2e-3 * std &&
			    fabs(t->made.std[j] - t->stats.std[j]) <= 2e-3 * std &&
			    fabs(t->made.min[j] - t->stats.min[j]) <= 2e-3 * std &&
			    fabs(t->made.max[j] - t->stats.max[j]) <= 2e-3 * std;

		if (data->std[j] >= 1e-5 && !same)
			return true;
		if (data->std[j] >= 1e-5 && fabs(t->data.all.mean[j] - data->mean[j]) > 1e-9)
			return true;
	}
	return false;
}

static void as_float32(struct figures *f)
{
	double *const v[] = {f->mean, f->std, f->min, f->max};

	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < f->n; j++)
			v[i][j] = (double)(float)v[i][j];
	}
}

static void ask(struct match *m, const struct trial *t, unsigned episodes,
		const struct figures *other)
{
	const struct measured *data[] = {&t->data};
	const struct match_other others[] = {{"other", other}};
	struct match_case c = {.stats = &t->made,
			       .data = data,
			       .ndata = 1,
			       .stats_episodes = episodes,
			       .hand = t->hand,
			       .others = others,
			       .nothers = other ? 1 : 0};

	match_stats(m, &c);
}

static void count_fault(struct norm_count *c, const struct trial *t, enum fault f,
			const struct match *m, const char *vector)
{
	enum match_kind got = m->what.kind;
	bool right = got == expected[f];

	if (f == F_EXCHANGE)
		right = right && m->what.a == t->a && m->what.b == t->b;
	if (f == F_SIGN)
		right = right && m->what.a == t->a;
	if (f == F_SIGNS)
		right = right || got == MATCH_SIGN;
	if (m->ambiguous ||
	    (!right && (got == MATCH_UNKNOWN || got == MATCH_FOREIGN || got == MATCH_TOO_FEW)))
		c->cannot++;
	else if (right)
		c->right++;
	else if (got == MATCH_SAME || got == MATCH_NEAR)
		c->silent++;
	else {
		c->wrong++;
		if (!c->first_wrong[0])
			snprintf(c->first_wrong, sizeof(c->first_wrong),
				 "%s fault %d (%s %u %u): %s %u %u", vector, f,
				 match_word(expected[f]), t->a, t->b, match_word(got), m->what.a,
				 m->what.b);
	}
}

static unsigned draw(unsigned char *use, const struct episodes *e, double share, struct rng *r)
{
	unsigned want = (unsigned)lround(share * (double)e->count), n = 0;

	memset(use, share >= 1, e->count);
	if (share >= 1)
		return (unsigned)e->count;
	while (n < want) {
		size_t i = rng_u32(r) % e->count;

		n += !use[i];
		use[i] = 1;
	}
	return n;
}

static void one_round(struct norm_count *c, const struct episodes *e, bool action, double share,
		      struct rng *r, const struct episodes *const *others)
{
	unsigned char *use = xcalloc(e->count + 1, 1);
	unsigned n = draw(use, e, share, r);
	struct measured full, part, other;
	bool with = others && others[0];
	struct trial t;
	struct match m;

	if (with)
		figures_measure(&other, others[0], NULL, action, HOW_RECORDED, 0);
	if (!figures_measure(&full, e, NULL, action, HOW_RECORDED, 0)) {
		free(use);
		return;
	}
	figures_measure(&part, e, use, action, HOW_RECORDED, 0);
	free(use);
	for (int f = -1; f < FAULTS; f++) {
		memset(&t, 0, sizeof(t));
		t.data = full;
		t.stats = t.made = part.all;
		for (unsigned j = 0; j < full.all.n; j++)
			t.hand[j] = robot_is_hand(robot_find(e->robot),
						  action ? e->action_joint[j].name
							 : e->state_joint[j].name);
		if (f == F_OTHER && !with)
			continue;
		if (f >= 0)
			spoil(&t, (enum fault)f, r, &other.all);
		as_float32(&t.made);
		if (f >= 0 && !measurable(&t, &full.all))
			continue;
		ask(&m, &t, n, with ? &other.all : NULL);
		if (f >= 0) {
			count_fault(c, &t, (enum fault)f, &m, action ? "action" : "state");
			continue;
		}
		c->healthy++;
		c->flagged += m.what.kind != MATCH_SAME && m.what.kind != MATCH_NEAR &&
			      m.what.kind != MATCH_TOO_FEW;
	}
}

void norm_cases(struct norm_count *c, const struct episodes *e, double share, unsigned rounds,
		uint64_t seed, const struct episodes *const *others)
{
	struct rng r = rng_seed(seed);

	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < rounds; i++) {
		one_round(c, e, false, share, &r, others);
		one_round(c, e, true, share, &r, others);
	}
}

bool norm_load(struct episodes *e, const char *data, const char *set)
{
	struct dataset *d = NULL;
	struct err err = {0};
	char path[1024];
	bool good;

	snprintf(path, sizeof(path), "%s/%s", data, set);
	good = dataset_open_at(&d, path, NULL, &err) == 0 && dataset_load(d, e, &err) == 0;
	dataset_close(d);
	return good;
}
