/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits are from audit sets of real recordings: a healthy pair agrees to 1e-5 std, one dropped
 * episode of a hundred moves a smallest or largest value by up to 2.9 std and a mean by a share of
 * how much the episodes' means differ.
 */
#include "audit/match.h"

#include <math.h>
#include <string.h>

#include "audit/match_impl.h"
#include "base/text.h"

static const double still = 1e-5;    /* std of a joint that does not move */
static const double exactly = 2e-3;  /* of an std */
static const double rounding = 5e-7; /* of a value: checkpoints hold float32 */
static const double episode_sds = 4; /* near: of a mean, in deviations of the episodes' means */
static const double mean_least = 0.1, mean_most = 1, mean_default = 0.5; /* near, in std */
static const double rival_factor = 2, rival_slack = 0.1;

const char *match_word(enum match_kind k)
{
	static const char *const words[MATCH_KINDS] = {
		[MATCH_UNKNOWN] = "unknown",
		[MATCH_SAME] = "as-trained",
		[MATCH_NEAR] = "near",
		[MATCH_TOO_FEW] = "too-few",
		[MATCH_IDENTITY] = "identity",
		[MATCH_MADE_NORMALISED] = "of-normalised-data",
		[MATCH_DATA_NORMALISED] = "data-normalised",
		[MATCH_MADE_TWICE] = "of-data-unnormalised-twice",
		[MATCH_DATA_TWICE] = "data-unnormalised-twice",
		[MATCH_GRIPPER_LARGE] = "gripper-large",
		[MATCH_GRIPPER_SMALL] = "gripper-small",
		[MATCH_DEGREES] = "degrees",
		[MATCH_RADIANS] = "radians",
		[MATCH_HALF_RANGE] = "std-is-half-range",
		[MATCH_EXCHANGED] = "exchanged",
		[MATCH_HALVES] = "halves-exchanged",
		[MATCH_ORDER] = "other-order",
		[MATCH_SIGN] = "sign",
		[MATCH_SIGNS] = "signs",
		[MATCH_SCALES] = "scales",
		[MATCH_OTHER_SET] = "other-set",
		[MATCH_FOREIGN] = "not-of-this-data",
		[MATCH_AMBIGUOUS] = "ambiguous",
	};

	return words[k];
}

/* As a share of what is allowed, -1 beyond; NaN: one of the two is not known. */
static double figure_share(double made, double seen, double allowed)
{
	double share = fabs(made - seen) / (allowed + rounding * fabs(seen));

	if (isnan(made) || isnan(seen))
		return NAN;
	return share <= 1 ? share : -1;
}

/* Of one joint: the squares of its shares, or -1. */
static double joint_score(const struct figures *made, const struct figures *seen,
			  const struct figures *data, const struct tolerance *t, unsigned j)
{
	double std = fmax(made->std[j], seen->std[j]), sum = 0;
	double share[4] = {NAN, NAN, NAN, NAN};
	unsigned known = 0;

	if (t->exact) {
		share[0] = figure_share(made->mean[j], seen->mean[j], exactly * std);
		share[1] = figure_share(made->std[j], seen->std[j], exactly * std);
		share[2] = figure_share(made->min[j], seen->min[j], exactly * std);
		share[3] = figure_share(made->max[j], seen->max[j], exactly * std);
	} else {
		share[0] = figure_share(made->mean[j], seen->mean[j], t->mean[j] * data->std[j]);
		share[1] = figure_share(log(made->std[j]), log(seen->std[j]), t->ratio);
	}
	for (unsigned i = 0; i < 4; i++) {
		if (share[i] < 0)
			return -1;
		if (!isnan(share[i])) {
			sum += share[i] * share[i];
			known++;
		}
	}
	return known >= 2 ? sum / known : -1;
}

double match_compare(const struct figures *made, const struct figures *seen,
		     const struct figures *data, const struct tolerance *t)
{
	double sum = 0;
	unsigned n = 0;

	for (unsigned j = 0; j < made->n; j++) {
		double score = t->judged[j] ? joint_score(made, seen, data, t, j) : 0;

		if (score < 0)
			return -1;
		sum += score;
		n += t->judged[j];
	}
	return n ? sum / n : -1;
}

void match_hold(struct holds *h, enum match_kind kind, unsigned a, unsigned b, double operations,
		double score)
{
	if (!(score >= 0) || h->n == MATCH_FOUND_MAX)
		return;
	for (unsigned i = 0; i < h->n; i++) {
		struct held *old = &h->held[i];

		if (old->what.kind == kind && old->what.a == a && old->what.b == b) {
			old->score = fmin(old->score, score);
			return;
		}
	}
	h->held[h->n++] = (struct held){{kind, a, b}, operations, score};
}

static bool better(const struct held *a, const struct held *b)
{
	if (a->operations != b->operations)
		return a->operations < b->operations;
	return a->score < b->score;
}

/* The best of what held, and whether another does as well. False: nothing held. */
static bool decide(struct match *m, const struct holds *h, bool exact)
{
	const struct held *best = NULL, *rival = NULL;

	for (unsigned i = 0; i < h->n; i++) {
		if (!best || better(&h->held[i], best))
			best = &h->held[i];
	}
	for (unsigned i = 0; best && i < h->n; i++) {
		const struct held *x = &h->held[i];
		double reach = exact ? 1 : rival_factor * best->score + rival_slack;

		if (x != best && x->operations <= best->operations + 0.5 && x->score <= reach &&
		    (!rival || better(x, rival)))
			rival = x;
	}
	if (!best)
		return false;
	m->what = best->what;
	m->exact = exact;
	m->ambiguous = rival;
	if (rival)
		m->rival = rival->what;
	return true;
}

static void judge_joints(struct match *m, struct tolerance *t, const struct figures *data,
			 unsigned n)
{
	for (unsigned j = 0; j < n; j++) {
		t->judged[j] = data->std[j] >= still;
		m->judged += t->judged[j];
	}
}

static void near_tolerance(struct tolerance *t, const struct match_case *c,
			   const struct measured *d)
{
	double there = c->stats_episodes ? c->stats_episodes : fmax(1, d->episodes / 2);
	double root = sqrt(1.0 / d->episodes + 1.0 / there);

	t->exact = false;
	t->ratio = 0.3 + fmin(0.7, 1.4 * root);
	for (unsigned j = 0; j < d->all.n; j++) {
		double tol = episode_sds * d->mean_sd[j] * root / d->all.std[j];

		t->mean[j] = isnan(tol) ? mean_default : fmin(mean_most, fmax(mean_least, tol));
	}
}

static void measure_worst(struct match *m, const struct figures *stats, const struct figures *data,
			  const struct tolerance *t)
{
	for (unsigned j = 0; j < data->n; j++) {
		double mean = fabs(stats->mean[j] - data->mean[j]) / data->std[j];
		double far = fmax(mean, fabs(stats->std[j] / data->std[j] - 1));

		if (t->judged[j] && far > m->worst) {
			m->worst = far;
			m->worst_joint = j;
		}
	}
}

/* Each joint in some way of counting: grippers stay absolute where the others are relative. */
static bool same_somehow(struct match *m, const struct match_case *c, const struct tolerance *t)
{
	unsigned n = c->data[0]->all.n, used[16] = {0}, most = 0;

	for (unsigned j = 0; j < n; j++) {
		unsigned w = 0;

		for (; w < c->ndata && w < 16 && t->judged[j]; w++) {
			const struct figures *f = &c->data[w]->all;

			if (joint_score(f, c->stats, f, t, j) >= 0)
				break;
		}
		if (t->judged[j] && w == c->ndata)
			return false;
		if (t->judged[j] && w < 16 && !(c->hand && c->hand[j]))
			used[w]++;
	}
	for (unsigned w = 1; w < c->ndata && w < 16; w++)
		most = used[w] > used[most] ? w : most;
	text_copy(m->how, sizeof(m->how), c->data[most]->how);
	return true;
}

/* openpi turns ALOHA's joints into its own space: four signs, and grippers that are not compared. */
static bool same_in_pi_space(struct match *m, const struct match_case *c, const struct tolerance *t)
{
	static const bool flipped[14] = {false, true, true, false, false, false, false,
					 false, true, true, false, false, false, false};
	double slope[MAX_JOINTS], offset[MAX_JOINTS] = {0};
	struct tolerance body = *t;

	if (c->data[0]->all.n != 14)
		return false;
	body.judged[6] = body.judged[13] = false;
	for (unsigned j = 0; j < 14; j++)
		slope[j] = flipped[j] ? -1 : 1;
	for (unsigned w = 0; w < c->ndata; w++) {
		struct figures made;

		figures_map(&made, &c->data[w]->all, slope, offset);
		if (match_compare(&made, c->stats, &made, &body) < 0)
			continue;
		text_copy(m->how, sizeof(m->how), "in openpi's ALOHA space, grippers not compared");
		return true;
	}
	return false;
}

/* Data that was normalised has the same mean and std, but its own smallest and largest. */
static bool is_identity(const struct figures *s, const struct figures *d, const struct tolerance *t)
{
	bool moments = true, range = true;

	for (unsigned j = 0; j < s->n; j++) {
		if (!t->judged[j])
			continue;
		moments = moments && s->mean[j] == 0 && s->std[j] == 1 &&
			  !(fabs(s->min[j] - (d->min[j] - d->mean[j]) / d->std[j]) < exactly);
		range = range && isnan(s->mean[j]) && s->max[j] == 1 &&
			(s->min[j] == -1 || s->min[j] == 0);
	}
	return moments || range;
}

static bool is_other_set(struct match *m, const struct match_case *c, const struct tolerance *t)
{
	for (unsigned i = 0; i < c->nothers; i++) {
		const struct figures *o = c->others[i].figures;

		if (o->n < c->data[0]->all.n || match_compare(o, c->stats, o, t) < 0)
			continue;
		text_copy(m->other, sizeof(m->other), c->others[i].name);
		return true;
	}
	return false;
}

/* Statistics of other data of such a robot: most joints lie where these do. */
static bool plausible(const struct figures *s, const struct figures *d, const struct tolerance *t)
{
	unsigned good = 0, n = 0;

	for (unsigned j = 0; j < d->n; j++) {
		double ratio = s->std[j] / d->std[j], span = d->max[j] - d->min[j];

		if (!t->judged[j])
			continue;
		n++;
		good += ratio < 6 && ratio > 1 / 6.0 && s->mean[j] > d->min[j] - span &&
			s->mean[j] < d->max[j] + span;
	}
	return n && good >= 0.8 * n;
}

/* With a case whose statistics and data are of the same joints. */
static enum match_kind settle(struct match *m, const struct match_case *c, struct tolerance *t)
{
	const struct measured *first = c->data[0];
	struct holds h = {0};

	t->exact = true;
	m->exact = true;
	if (same_somehow(m, c, t) || same_in_pi_space(m, c, t))
		return MATCH_SAME;
	if (is_identity(c->stats, &first->all, t))
		return MATCH_IDENTITY;
	if (is_other_set(m, c, t))
		return MATCH_OTHER_SET;
	for (unsigned w = 0; w < c->ndata; w++) {
		match_try_all(&h, c, &c->data[w]->all, t);
		if (decide(m, &h, true))
			return m->what.kind;
	}
	m->exact = false;
	if (first->episodes < MATCH_EPISODES_LEAST ||
	    (c->stats_episodes && c->stats_episodes < MATCH_EPISODES_LEAST))
		return MATCH_TOO_FEW;
	for (unsigned w = 0; w < c->ndata; w++) {
		near_tolerance(t, c, c->data[w]);
		if (match_compare(&c->data[w]->all, c->stats, &c->data[w]->all, t) < 0)
			continue;
		text_copy(m->how, sizeof(m->how), c->data[w]->how);
		return MATCH_NEAR;
	}
	near_tolerance(t, c, first);
	match_try_all(&h, c, &first->all, t);
	if (decide(m, &h, false))
		return m->what.kind;
	return plausible(c->stats, &first->all, t) ? MATCH_FOREIGN : MATCH_UNKNOWN;
}

void match_stats(struct match *m, const struct match_case *c)
{
	struct tolerance t = {0};
	const struct figures *data = &c->data[0]->all;

	memset(m, 0, sizeof(*m));
	text_copy(m->how, sizeof(m->how), c->data[0]->how);
	/* Longer ones are padded, and a vector's tail may be none of the policy's business. */
	judge_joints(m, &t, data, data->n < c->stats->n ? data->n : c->stats->n);
	if (!m->judged)
		return;
	measure_worst(m, c->stats, data, &t);
	m->what.kind = settle(m, c, &t);
}
