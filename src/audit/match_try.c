/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may have been done to the data or to the statistics, one after the other. Each hypothesis
 * makes the figures that would be seen if it were so; match_compare() says whether they are.
 */
#include <math.h>
#include <string.h>

#include "audit/match_impl.h"

static const double degrees = 57.29577951308232;

/* How x is normalised by f, as slope and offset; inverse: un-normalised. */
struct affine {
	double slope[MAX_JOINTS], offset[MAX_JOINTS];
};

static void by_figures(struct affine *a, const struct figures *f, bool range, bool inverse)
{
	for (unsigned j = 0; j < f->n; j++) {
		double scale = range ? (f->max[j] - f->min[j]) / 2 : f->std[j];
		double middle = range ? (f->max[j] + f->min[j]) / 2 : f->mean[j];
		bool usable = scale > 0 && isfinite(scale) && isfinite(middle);

		a->slope[j] = usable ? inverse ? scale : 1 / scale : (double)NAN;
		a->offset[j] = usable ? inverse ? middle : -middle / scale : (double)NAN;
	}
}

/* Statistics of data that went through a map, or data that did while the statistics did not. */
static void try_normalised(struct holds *h, const struct figures *stats, const struct figures *data,
			   const struct tolerance *t)
{
	static const struct {
		enum match_kind kind;
		bool of_data, inverse;
	} rows[] = {{MATCH_MADE_NORMALISED, true, false},
		    {MATCH_DATA_NORMALISED, false, false},
		    {MATCH_MADE_TWICE, true, true},
		    {MATCH_DATA_TWICE, false, true}};

	for (unsigned i = 0; i < 8; i++) {
		bool of_data = rows[i / 2].of_data;
		const struct figures *from = of_data ? data : stats;
		struct figures made;
		struct affine a;

		by_figures(&a, from, i % 2, rows[i / 2].inverse);
		figures_map(&made, from, a.slope, a.offset);
		match_hold(h, rows[i / 2].kind, 0, 0, 1,
			   of_data ? match_compare(&made, stats, &made, t)
				   : match_compare(&made, data, data, t));
	}
}

/* Grippers or all joints in another unit. */
static void try_units(struct holds *h, const struct match_case *c, const struct figures *data,
		      const struct tolerance *t)
{
	static const struct {
		enum match_kind kind;
		double hand, body;
	} rows[] = {{MATCH_GRIPPER_LARGE, 100, 1},
		    {MATCH_GRIPPER_SMALL, 0.01, 1},
		    {MATCH_DEGREES, degrees, degrees},
		    {MATCH_DEGREES, 1, degrees},
		    {MATCH_RADIANS, 1 / degrees, 1 / degrees},
		    {MATCH_RADIANS, 1, 1 / degrees}};
	struct affine a = {0};
	struct figures made;
	unsigned hands = 0;

	for (unsigned j = 0; c->hand && j < data->n; j++)
		hands += c->hand[j] && t->judged[j];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!hands && rows[i].hand != rows[i].body)
			continue;
		for (unsigned j = 0; j < data->n; j++)
			a.slope[j] = c->hand && c->hand[j] ? rows[i].hand : rows[i].body;
		figures_map(&made, data, a.slope, a.offset);
		match_hold(h, rows[i].kind, 0, 0, 1, match_compare(&made, c->stats, &made, t));
	}
}

static void try_half_range(struct holds *h, const struct figures *stats, const struct figures *data,
			   const struct tolerance *t)
{
	struct figures made = *data;

	for (unsigned j = 0; j < data->n; j++)
		made.std[j] = (data->max[j] - data->min[j]) / 2;
	match_hold(h, MATCH_HALF_RANGE, 0, 0, 1, match_compare(&made, stats, &made, t));
}

/* The data's figures in another order of joints, and their tolerances with them. */
static double compare_order(const struct figures *stats, const struct figures *data,
			    const struct tolerance *t, const unsigned *from)
{
	struct tolerance moved = *t;
	struct figures made = *data;

	for (unsigned j = 0; j < data->n; j++) {
		made.mean[j] = data->mean[from[j]];
		made.std[j] = data->std[from[j]];
		made.min[j] = data->min[from[j]];
		made.max[j] = data->max[from[j]];
		moved.mean[j] = t->mean[from[j]];
		moved.judged[j] = t->judged[from[j]];
	}
	return match_compare(&made, stats, &made, &moved);
}

static void plain_order(unsigned *from, unsigned n)
{
	for (unsigned j = 0; j < n; j++)
		from[j] = j;
}

/* Joints whose figures are not the data's. */
static unsigned bad_joints(bool *bad, const struct figures *stats, const struct figures *data,
			   const struct tolerance *t)
{
	unsigned n = 0;

	for (unsigned j = 0; j < data->n; j++) {
		struct tolerance one = {.exact = t->exact, .ratio = t->ratio};

		one.judged[j] = t->judged[j];
		one.mean[j] = t->mean[j];
		bad[j] = t->judged[j] && match_compare(data, stats, data, &one) < 0;
		n += bad[j];
	}
	return n;
}

static void try_exchange(struct holds *h, const struct figures *stats, const struct figures *data,
			 const struct tolerance *t, const bool *bad, unsigned nbad)
{
	unsigned from[MAX_JOINTS];

	if (nbad < 1 || nbad > 2 || data->n < 3)
		return;
	plain_order(from, data->n);
	for (unsigned a = 0; a < data->n; a++) {
		for (unsigned b = a + 1; b < data->n; b++) {
			if ((unsigned)bad[a] + (unsigned)bad[b] < nbad)
				continue;
			from[a] = b;
			from[b] = a;
			match_hold(h, MATCH_EXCHANGED, a, b, 1,
				   compare_order(stats, data, t, from));
			from[a] = a;
			from[b] = b;
		}
	}
}

static void try_halves(struct holds *h, const struct figures *stats, const struct figures *data,
		       const struct tolerance *t)
{
	unsigned from[MAX_JOINTS];

	if (data->n < 4 || data->n % 2)
		return;
	for (unsigned j = 0; j < data->n; j++)
		from[j] = (j + data->n / 2) % data->n;
	match_hold(h, MATCH_HALVES, 0, 0, 1.5, compare_order(stats, data, t, from));
}

/* Does joint a of the statistics look like joint b of the data, exactly? */
static bool same_joint(const struct figures *stats, unsigned a, const struct figures *data,
		       unsigned b)
{
	struct tolerance t = {.exact = true, .judged = {true}};
	struct figures made = {.n = 1}, seen = {.n = 1};

	made.mean[0] = data->mean[b];
	made.std[0] = data->std[b];
	made.min[0] = data->min[b];
	made.max[0] = data->max[b];
	seen.mean[0] = stats->mean[a];
	seen.std[0] = stats->std[a];
	seen.min[0] = stats->min[a];
	seen.max[0] = stats->max[a];
	return match_compare(&made, &seen, &made, &t) >= 0;
}

/* Every joint takes the first one that fits and is free; equal joints may take each other's. */
static void try_order(struct holds *h, const struct figures *stats, const struct figures *data,
		      const struct tolerance *t, const bool *bad)
{
	bool taken[MAX_JOINTS] = {false};
	unsigned from[MAX_JOINTS], first = data->n;

	plain_order(from, data->n);
	for (unsigned j = 0; j < data->n; j++) {
		unsigned k = 0;

		if (!bad[j])
			continue;
		while (k < data->n && !(bad[k] && !taken[k] && same_joint(stats, j, data, k)))
			k++;
		if (k == data->n)
			return;
		taken[k] = true;
		from[j] = k;
		first = first < j ? first : j;
	}
	if (first == data->n)
		return;
	match_hold(h, MATCH_ORDER, first, from[first], 2.5, compare_order(stats, data, t, from));
}

static void try_signs(struct holds *h, const struct figures *stats, const struct figures *data,
		      const struct tolerance *t, const bool *bad, unsigned nbad)
{
	struct affine a = {0};
	struct figures made;
	unsigned first = data->n;

	if (!nbad || (nbad > 1 && !t->exact))
		return;
	for (unsigned j = 0; j < data->n; j++) {
		a.slope[j] = bad[j] ? -1 : 1;
		first = bad[j] && first == data->n ? j : first;
	}
	figures_map(&made, data, a.slope, a.offset);
	match_hold(h, nbad == 1 ? MATCH_SIGN : MATCH_SIGNS, first, 0, nbad,
		   match_compare(&made, stats, &made, t));
}

/* A scale and an offset leave where min and max lie, in std from the mean. */
static void try_scales(struct holds *h, const struct figures *stats, const struct figures *data,
		       const struct tolerance *t)
{
	struct affine to_data, to_stats;
	struct figures shape, seen;

	by_figures(&to_data, data, false, false);
	by_figures(&to_stats, stats, false, false);
	figures_map(&shape, data, to_data.slope, to_data.offset);
	figures_map(&seen, stats, to_stats.slope, to_stats.offset);
	for (unsigned j = 0; j < data->n; j++) {
		if (t->judged[j] && (isnan(shape.min[j]) || isnan(seen.min[j])))
			return;
	}
	match_hold(h, MATCH_SCALES, 0, 0, 4, match_compare(&shape, &seen, &shape, t));
}

void match_try_all(struct holds *h, const struct match_case *c, const struct figures *data,
		   const struct tolerance *t)
{
	bool bad[MAX_JOINTS];
	unsigned nbad = bad_joints(bad, c->stats, data, t);

	try_normalised(h, c->stats, data, t);
	try_units(h, c, data, t);
	try_half_range(h, c->stats, data, t);
	try_exchange(h, c->stats, data, t, bad, nbad);
	try_signs(h, c->stats, data, t, bad, nbad);
	if (!t->exact)
		return;
	try_halves(h, c->stats, data, t);
	if (nbad > 2)
		try_order(h, c->stats, data, t, bad);
	try_scales(h, c->stats, data, t);
}
