/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels: a named fault fails. Statistics that are not this set's fail where the checkpoint says
 * it was trained on this very set, else they are a question: is this the training set?
 */
#include "audit/norm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "robot/robot.h"

enum { WAYS = 12, OTHERS_MAX = 64, HORIZON_MAX = 1024 };

/* openpi's files do not name the horizon: those of the configurations that it comes with. */
static const unsigned openpi_horizon[] = {10, 15, 16, 50};

/* In the checkpoint's own scale: deviations, or half ranges. */
static const double live_std = 6, live_range = 1.5, live_quantile = 3, live_fail = 10;

struct ways {
	struct measured *m; /* [WAYS] */
	const struct measured *data[WAYS];
	unsigned n;
};

static void add_way(struct ways *w, const struct norm_evidence *ev, bool action, enum how how,
		    unsigned horizon)
{
	if (w->n < WAYS && figures_measure(&w->m[w->n], ev->e, NULL, action, how, horizon)) {
		w->data[w->n] = &w->m[w->n];
		w->n++;
	}
}

/* As recorded first; the ways that cost more only where that is not it. */
static void measure(struct ways *w, const struct checkpoint *c, const struct norm_evidence *ev,
		    bool action, bool all)
{
	unsigned horizon = c->chunk_size < HORIZON_MAX ? c->chunk_size : HORIZON_MAX;

	if (!all && !ev->e) {
		figures_of_profile(&w->m[0], ev->profile, action);
		w->data[w->n++] = &w->m[0];
	} else if (!all) {
		add_way(w, ev, action, HOW_RECORDED, 0);
	} else if (ev->e && action) {
		add_way(w, ev, action, HOW_STEP, 0);
		for (unsigned i = 0; c->form == CHECKPOINT_OPENPI && !horizon && i < 4; i++) {
			add_way(w, ev, action, HOW_CHUNK_PADDED, openpi_horizon[i]);
			add_way(w, ev, action, HOW_PADDED_WINDOW, openpi_horizon[i]);
		}
		if (!horizon)
			return;
		add_way(w, ev, action, HOW_CHUNK, horizon);
		add_way(w, ev, action, HOW_CHUNK_PADDED, horizon);
		add_way(w, ev, action, HOW_CHUNK_WINDOW, horizon);
		add_way(w, ev, action, HOW_PADDED_WINDOW, horizon);
	}
}

static const struct joint *joints_of(const struct norm_evidence *ev, bool action, unsigned j)
{
	if (ev->e)
		return action ? &ev->e->action_joint[j] : &ev->e->state_joint[j];
	return action ? &ev->profile->action.joint[j].joint : &ev->profile->state.joint[j].joint;
}

static unsigned episodes_of(const struct norm_stats *s, const struct norm_evidence *ev)
{
	double frames = ev->e ? (double)ev->e->frames : (double)ev->profile->frames;
	double episodes = ev->e ? (double)ev->e->count : ev->profile->episodes;
	double n = round(s->count / (frames / episodes));

	return n >= 1 && n < 1e9 ? (unsigned)n : 0;
}

static void match_ways(struct match *m, struct match_case *k, struct ways *w,
		       const struct checkpoint *c, const struct norm_evidence *ev, bool action)
{
	measure(w, c, ev, action, false);
	if (!w->n)
		return;
	k->data = w->data;
	k->ndata = w->n;
	match_stats(m, k);
	if (m->what.kind == MATCH_SAME || !m->judged)
		return;
	measure(w, c, ev, action, true);
	k->ndata = w->n;
	if (w->n > 1)
		match_stats(m, k);
}

bool norm_match(struct match *m, const struct checkpoint *c, const struct norm_evidence *ev,
		bool action)
{
	const struct norm_stats *s =
		checkpoint_stats(c, action ? CHECKPOINT_ACTION : CHECKPOINT_STATE, action);
	const char *robot = ev->e ? ev->e->robot : ev->profile->robot;
	unsigned n = ev->e    ? action ? ev->e->naction : ev->e->nstate
		     : action ? ev->profile->action.joints
			      : ev->profile->state.joints;
	struct measured *others = xcalloc(ev->nothers + 1, sizeof(*others));
	struct match_other other[OTHERS_MAX];
	bool hand[MAX_JOINTS] = {false};
	struct figures stats;
	struct ways w = {.m = xcalloc(WAYS, sizeof(*w.m))};
	struct match_case k = {.stats = &stats, .hand = hand, .others = other};
	bool usable = figures_of_stats(&stats, s) && n;

	memset(m, 0, sizeof(*m));
	for (unsigned j = 0; j < n; j++)
		hand[j] = robot_is_hand(robot_find(robot), joints_of(ev, action, j)->name);
	for (unsigned i = 0; i < ev->nothers && i < OTHERS_MAX; i++) {
		figures_of_profile(&others[i], ev->others[i], action);
		other[k.nothers++] = (struct match_other){ev->others[i]->name, &others[i].all};
	}
	if (usable) {
		k.stats_episodes = episodes_of(s, ev);
		match_ways(m, &k, &w, c, ev, action);
	}
	free(others);
	free(w.m);
	return usable && m->judged;
}

static const char *const what_it_is[MATCH_KINDS] = {
	[MATCH_IDENTITY] = "mean 0 and std 1: the statistics change nothing",
	[MATCH_MADE_NORMALISED] = "made of data that was already normalised",
	[MATCH_DATA_NORMALISED] =
		"the set on file is already normalised, the statistics are of raw data",
	[MATCH_MADE_TWICE] = "made of data that was un-normalised twice",
	[MATCH_DATA_TWICE] = "the set on file was un-normalised once more than the statistics",
	[MATCH_GRIPPER_LARGE] = "the statistics' gripper is 100 times the data's",
	[MATCH_GRIPPER_SMALL] = "the statistics' gripper is a hundredth of the data's",
	[MATCH_DEGREES] = "the statistics are in degrees, the data in radians",
	[MATCH_RADIANS] = "the statistics are in radians, the data in degrees",
	[MATCH_HALF_RANGE] = "std holds half the range of the data",
	[MATCH_HALVES] = "the two halves of the vector are exchanged",
	[MATCH_SIGNS] = "several joints have the other sign",
	[MATCH_SCALES] = "each joint has a scale of its own: other units or another calibration",
};

static void name_what(char *dst, size_t size, const struct match_named *w,
		      const struct norm_evidence *ev, bool action)
{
	char a[NAME_BYTES], b[NAME_BYTES];

	joint_short_name(a, joints_of(ev, action, w->a)->name);
	joint_short_name(b, joints_of(ev, action, w->b)->name);
	if (w->kind == MATCH_EXCHANGED)
		snprintf(dst, size, "%s and %s are exchanged", a, b);
	else if (w->kind == MATCH_ORDER)
		snprintf(dst, size,
			 "the joints are in another order than the data's: %s has those of %s", a,
			 b);
	else if (w->kind == MATCH_SIGN)
		snprintf(dst, size, "%s has the other sign", a);
	else
		snprintf(dst, size, "%s",
			 what_it_is[w->kind] ? what_it_is[w->kind] : match_word(w->kind));
}

/* The last part of a folder or repo id. */
static bool names_this_set(const struct checkpoint *c, const char *set)
{
	const char *slash = strrchr(c->dataset, '/');

	return c->dataset[0] && strcmp(slash ? slash + 1 : c->dataset, set) == 0;
}

static void report_healthy(struct audit *a, const struct match *m, const struct norm_evidence *ev,
			   const char *vector)
{
	struct audit_finding *f;

	if (m->what.kind == MATCH_NEAR) {
		f = audit_add(a, "norm", LEVEL_OK, vector,
			      "of a part or another edition of %s (%s), at most %.2g std away",
			      ev->name, m->how, m->worst);
	} else {
		f = audit_add(a, "norm", LEVEL_OK, vector,
			      "as trained: the statistics of %s (%s; %u joints move)", ev->name,
			      m->how, m->judged);
	}
	audit_number(f, m->worst, NAN, "std");
}

static void report_foreign(struct audit *a, const struct match *m, const struct checkpoint *c,
			   const struct norm_evidence *ev, bool action, const char *vector)
{
	bool named = names_this_set(c, ev->name);
	char joint[NAME_BYTES];
	struct audit_finding *f;

	joint_short_name(joint, joints_of(ev, action, m->worst_joint)->name);
	if (m->what.kind == MATCH_OTHER_SET)
		f = audit_add(a, "norm", named ? LEVEL_FAIL : LEVEL_WARN, vector,
			      "exactly the statistics of %s, not of %s", m->other, ev->name);
	else
		f = audit_add(a, "norm", named ? LEVEL_FAIL : LEVEL_WARN, vector,
			      "not the statistics of %s: %s is %.2g std away", ev->name, joint,
			      m->worst);
	audit_number(f, m->worst, NAN, "std");
	if (named)
		audit_do(f, "the checkpoint says it was trained on %s: take its own statistics",
			 ev->name);
	else
		audit_do(f, "is %s the training set? Name the right one", ev->name);
}

static void report(struct audit *a, const struct match *m, const struct checkpoint *c,
		   const struct norm_evidence *ev, bool action)
{
	const char *vector = action ? "action" : "state";
	char what[192], rival[192];
	struct audit_finding *f;

	name_what(what, sizeof(what), &m->what, ev, action);
	if (m->ambiguous) {
		name_what(rival, sizeof(rival), &m->rival, ev, action);
		f = audit_add(a, "norm", LEVEL_WARN, vector,
			      "not the statistics of %s; cannot tell apart: %s; %s", ev->name, what,
			      rival);
	} else if (m->what.kind == MATCH_SAME || m->what.kind == MATCH_NEAR) {
		report_healthy(a, m, ev, vector);
		return;
	} else if (m->what.kind == MATCH_FOREIGN || m->what.kind == MATCH_OTHER_SET) {
		report_foreign(a, m, c, ev, action, vector);
		return;
	} else if (m->what.kind == MATCH_TOO_FEW || m->what.kind == MATCH_UNKNOWN) {
		f = audit_add(a, "norm", LEVEL_UNKNOWN, vector,
			      m->what.kind == MATCH_TOO_FEW
				      ? "not exactly those of %s, and too few episodes to say more"
				      : "cannot tell: nothing that is known of makes them of %s",
			      ev->name);
	} else {
		f = audit_add(a, "norm", LEVEL_FAIL, vector, "%s", what);
		audit_do(f, "train again, or deploy, with the statistics of the data as it is");
	}
	audit_number(f, m->worst, NAN, "std");
}

void audit_norm(struct audit *a, const struct checkpoint *c, const struct norm_evidence *ev)
{
	for (unsigned i = 0; i < 2; i++) {
		bool action = i == 1;
		enum norm_mode mode = checkpoint_mode(c, action ? CHECKPOINT_ACTION
								: CHECKPOINT_STATE);
		const char *vector = action ? "action" : "state";
		const struct norm_stats *s =
			checkpoint_stats(c, action ? CHECKPOINT_ACTION : CHECKPOINT_STATE, action);
		struct match m;

		if (mode == NORM_IDENTITY)
			audit_add(a, "norm", LEVEL_OK, vector, "left as it is (IDENTITY)");
		else if (s && s->horizon > 1)
			audit_add(a, "norm", LEVEL_UNKNOWN, vector,
				  "statistics of each of %u steps of a chunk are not compared",
				  s->horizon);
		else if (norm_match(&m, c, ev, action))
			report(a, &m, c, ev, action);
		else
			audit_add(
				a, "norm", LEVEL_UNKNOWN, vector,
				"the checkpoint has no statistics for it, or %s has no such vector",
				ev->name);
	}
}

double norm_live(const struct checkpoint *c, const double *state, unsigned n, unsigned *joint)
{
	const struct norm_stats *s = checkpoint_stats(c, CHECKPOINT_STATE, false);
	enum norm_mode mode = checkpoint_mode(c, CHECKPOINT_STATE);
	double eps = isfinite(c->pre.eps) ? c->pre.eps : 1e-8, worst = NAN;
	enum norm_stat low, high;

	if (!s || s->horizon > 1 || !norm_mode_stats(mode, &low, &high) || !s->v[low] ||
	    !s->v[high])
		return NAN;
	for (unsigned j = 0; j < n && j < s->width; j++) {
		double a = s->v[low][j], b = s->v[high][j], z;

		z = mode == NORM_MEAN_STD ? (state[j] - a) / (b + eps)
					  : 2 * (state[j] - a) / (b > a ? b - a : eps) - 1;
		/* A joint that training never moved has no scale. */
		if (!isfinite(z) || (mode == NORM_MEAN_STD ? b : b - a) < 1e-5)
			continue;
		if (!(fabs(z) <= worst)) {
			worst = fabs(z);
			*joint = j;
		}
	}
	return worst;
}

void audit_norm_live(struct audit *a, const struct checkpoint *c, const double *state, unsigned n,
		     const struct joint *joint)
{
	enum norm_mode mode = checkpoint_mode(c, CHECKPOINT_STATE);
	double limit = mode == NORM_MEAN_STD  ? live_std
		       : mode == NORM_MIN_MAX ? live_range
					      : live_quantile;
	char name[NAME_BYTES] = "";
	unsigned at = 0;
	double z = norm_live(c, state, n, &at);
	struct audit_finding *f;

	if (isnan(z)) {
		audit_add(a, "live-norm", LEVEL_UNKNOWN, "state",
			  mode == NORM_IDENTITY ? "the state is not normalised"
						: "no state, or no statistics to normalise it by");
		return;
	}
	if (joint)
		joint_short_name(name, joint[at].name);
	else
		snprintf(name, sizeof(name), "joint %u", at);
	f = audit_add(a, "live-norm",
		      z > live_fail * limit ? LEVEL_FAIL
		      : z > limit	    ? LEVEL_WARN
					    : LEVEL_OK,
		      name, "%s is %.3g after the checkpoint's own normalisation (%s)", name, z,
		      norm_mode_word(mode));
	audit_number(f, z, limit, mode == NORM_MEAN_STD ? "std" : "half ranges");
	if (z > limit)
		audit_do(f, "compare the state's units and start pose with training's");
}
