/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/outset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct outset {
	struct outset_case now;
	unsigned joints;    /* of the run */
	int to[MAX_JOINTS]; /* a joint's place in the profile's actions, -1 none */
	double factor[MAX_JOINTS];
	bool open;	     /* an episode began, and its case was not given yet */
	bool acted, planned; /* arm is known; actions are a chunk's */
	bool judged;	     /* a step was, since the chunk came */
	bool over;	     /* the episode is */
};

struct outset *outset_new(const struct profile *profile, const struct outset_stats *stats)
{
	struct outset *o = profile && profile->action.joints ? xcalloc(1, sizeof(*o)) : NULL;

	if (!o)
		return NULL;
	o->now.profile = profile;
	if (stats)
		o->now.stats = *stats;
	return o;
}

void outset_free(struct outset *o)
{
	if (o)
		outset_case_fini(&o->now);
	free(o);
}

void outset_case_fini(struct outset_case *c)
{
	free(c->actions);
	c->actions = NULL;
}

void outset_hello(struct outset *o, const struct hello *h)
{
	if (!o)
		return;
	o->joints = h->joints;
	for (unsigned i = 0; i < h->joints; i++) {
		const struct feature_profile *f = &o->now.profile->action;

		o->to[i] = profile_find(f, h->joint[i].name);
		if (o->to[i] >= 0 &&
		    !unit_factor(h->joint[i].unit, f->joint[o->to[i]].joint.unit, &o->factor[i]))
			o->to[i] = -1;
	}
}

static void begin(struct outset *o, uint32_t number)
{
	size_t n = (size_t)OUTSET_ROWS * o->now.profile->action.joints;

	if (!o->now.actions)
		o->now.actions = xcalloc(n, sizeof(double));
	for (size_t i = 0; i < n; i++)
		o->now.actions[i] = NAN;
	for (unsigned j = 0; j < MAX_JOINTS; j++)
		o->now.arm[j] = NAN;
	o->now.episode = number;
	o->now.alarm = LEVEL_UNKNOWN;
	o->now.unplanned = false;
	o->now.steps = 0;
	o->open = true;
	o->acted = o->planned = o->judged = o->over = false;
}

void outset_episode(struct outset *o, const struct episode_mark *m, uint32_t number)
{
	if (!o)
		return;
	if (!m->start)
		o->over = true;
	else if (m->resumed)
		o->open = false; /* its begin was not seen */
	else
		begin(o, number);
}

static void take_row(struct outset *o, unsigned row, const double *v, unsigned n)
{
	unsigned joints = o->now.profile->action.joints;

	for (unsigned i = 0; i < n && i < o->joints; i++) {
		if (o->to[i] >= 0)
			o->now.actions[(size_t)row * joints + (size_t)o->to[i]] = v[i] *
										  o->factor[i];
	}
}

void outset_chunk(struct outset *o, const struct chunk *c)
{
	if (!o || !o->open || o->planned)
		return;
	/* Single actions that came before it are from another one. */
	o->now.steps = c->horizon < OUTSET_ROWS ? c->horizon : OUTSET_ROWS;
	for (size_t i = 0; i < (size_t)OUTSET_ROWS * o->now.profile->action.joints; i++)
		o->now.actions[i] = NAN;
	for (unsigned k = 0; k < o->now.steps; k++)
		take_row(o, k, c->actions + (size_t)k * c->dims, c->dims);
	o->planned = o->now.steps > 0;
	o->judged = false;
}

static void take_arm(struct outset *o, const struct step *s)
{
	for (unsigned i = 0; i < s->joints && i < o->joints; i++) {
		double v = NAN;

		if (o->to[i] < 0)
			continue;
		if (vec_known(&s->vec[VEC_GOT], i))
			v = s->vec[VEC_GOT].v[i];
		else if (vec_known(&s->vec[VEC_SEEN], i))
			v = s->vec[VEC_SEEN].v[i];
		o->now.arm[o->to[i]] = v * o->factor[i];
	}
	o->acted = true;
}

void outset_step(struct outset *o, const struct step *s)
{
	if (!o || !o->open || s->episode != o->now.episode || !s->vec[VEC_ASKED].present ||
	    (s->driver != DRIVER_POLICY && s->driver != DRIVER_UNKNOWN))
		return;
	if (!o->acted)
		take_arm(o, s);
	o->judged = true;
	if (!o->planned && o->now.steps < OUTSET_ROWS)
		take_row(o, o->now.steps++, s->vec[VEC_ASKED].v, s->joints);
}

void outset_verdict(struct outset *o, const struct verdict *v)
{
	if (!o || !o->open || v->episode != o->now.episode || v->level < LEVEL_WARN)
		return;
	if (strcmp(v->code, "first-action") == 0 && v->level > o->now.alarm)
		o->now.alarm = v->level;
	o->now.unplanned = o->now.unplanned || strcmp(v->code, "stale-chunk") == 0;
}

/* A chunk, and a step of it that was judged; or as many single actions as are looked at. */
static bool is_whole(const struct outset *o)
{
	if (!o->acted || !o->now.steps)
		return false;
	return o->over || (o->planned ? o->judged : o->now.steps == OUTSET_ROWS);
}

bool outset_take(struct outset *o, struct outset_case *out)
{
	if (!o || !o->open)
		return false;
	if (!is_whole(o)) {
		o->open = !o->over;
		return false;
	}
	*out = o->now;
	o->now.actions = NULL;
	o->open = false;
	return true;
}

/* A mistake that is known by name is told also where the check is quiet: a gripper that stays shut
 * is far from nothing. What only says that it is far needs the check to say so, too. */
static bool is_worth_telling(const struct outset_case *c, enum explain_kind kind)
{
	if (kind == EXPLAIN_NEAR)
		return false;
	return c->alarm >= LEVEL_WARN || kind >= EXPLAIN_TWICE;
}

bool outset_explain(const struct outset_case *c, char text[OUTSET_TEXT], enum level *level)
{
	struct explain_stats *own = xcalloc(1, sizeof(*own));
	struct explanation x;
	struct explain_case k = {.profile = c->profile,
				 .own = c->stats.own ? c->stats.own : own,
				 .delta = c->stats.delta,
				 .others = c->stats.others,
				 .nothers = c->stats.nothers,
				 .start = true,
				 .unplanned = c->unplanned,
				 .chunk = c->actions,
				 .steps = c->steps,
				 .arm = c->arm};
	char sentence[2 * OUTSET_TEXT];
	bool tell;

	explain_stats_of(own, c->profile);
	explain_chunk(&x, &k);
	tell = is_worth_telling(c, x.kind);
	*level = c->alarm >= LEVEL_WARN ? c->alarm : LEVEL_WARN;
	if (tell) {
		explain_sentence(sentence, sizeof(sentence), &x, &k);
		text_clean(text, OUTSET_TEXT, sentence, strlen(sentence));
	}
	free(own);
	return tell;
}
