/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/explain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/explain_impl.h"
#include "base/mem.h"

enum { JOINTS_LEAST = 4 };

static const double chunk_inside = 0.1; /* of its span, beyond the training range */
static const double rival_lead = 2, rival_operations = 0.5;

void explain_stats_of(struct explain_stats *s, const struct profile *p)
{
	struct measured m;

	memset(s, 0, sizeof(*s));
	figures_of_profile(&m, p, true);
	s->f = m.all;
	s->name = p->name;
	for (unsigned j = 0; j < p->action.joints; j++) {
		s->q01[j] = p->action.joint[j].value.q01;
		s->q99[j] = p->action.joint[j].value.q99;
	}
}

static bool better(const struct explain_fit *a, const struct explain_fit *b)
{
	if (a->operations != b->operations)
		return a->operations < b->operations;
	return a->at.cost < b->at.cost;
}

/* Two ways of saying the same are no rivals. */
static bool same_thing(const struct explain_fit *a, const struct explain_fit *b)
{
	return a->kind == b->kind && a->a == b->a && a->b == b->b && a->other == b->other;
}

static void choose(struct explanation *x, const struct explain_fits *f)
{
	const struct explain_fit *best = NULL, *next = NULL;

	for (unsigned i = 0; i < f->n; i++) {
		if (!best || better(&f->fit[i], best))
			best = &f->fit[i];
	}
	if (!best)
		return;
	for (unsigned i = 0; i < f->n; i++) {
		const struct explain_fit *y = &f->fit[i];

		if (!same_thing(best, y) && y->operations <= best->operations + rival_operations &&
		    (!next || y->at.cost < next->at.cost))
			next = y;
	}
	x->kind = best->kind;
	x->a = best->a;
	x->b = best->b;
	x->other = best->other;
	x->factor = best->factor;
	x->after = best->at;
	if (!next)
		return;
	x->rival = next->kind;
	x->rival_a = next->a;
	x->rival_b = next->b;
	x->rival_other = next->other;
	x->lead = next->at.cost / best->at.cost;
	x->ambiguous = x->lead < rival_lead;
}

static unsigned comparable(const struct explain_bench *b)
{
	unsigned n = 0;

	for (unsigned j = 0; j < b->n; j++)
		n += b->joint[j].moves && isfinite(b->c->chunk[j]) &&
		     (b->joint[j].position ? isfinite(b->c->arm[j]) : true);
	return n;
}

static void find_cause(struct explanation *x, struct explain_bench *b)
{
	struct explain_fits fits = {0};
	int gripper;

	explain_measure(&x->before, b, b->c->chunk);
	if (!explain_mark_far(b, &x->before)) {
		gripper = explain_idle_gripper(b);
		x->kind = EXPLAIN_NEAR;
		if (gripper >= 0 && explain_idle_is_small(b)) {
			x->kind = EXPLAIN_GRIPPER_SMALL;
			x->a = (unsigned)gripper;
		}
		return;
	}
	x->kind = EXPLAIN_NONE;
	explain_try_all(&fits, b);
	choose(x, &fits);
	if (x->kind == EXPLAIN_NONE && x->before.excess <= chunk_inside && explain_arm_away(b))
		x->kind = EXPLAIN_ARM_AWAY;
}

void explain_chunk(struct explanation *x, const struct explain_case *c)
{
	struct explain_bench *b = xcalloc(1, sizeof(*b));
	enum action_space space = c->profile->space;

	*x = (struct explanation){.other = -1, .rival_other = -1, .lead = NAN};
	x->rival = EXPLAIN_NONE;
	b->c = c;
	b->n = c->profile->action.joints;
	b->steps = c->steps;
	explain_joints(b);
	x->unit = motion_unit(c->profile->action.joint, b->n);
	if (c->own)
		b->own = *c->own;
	else
		explain_stats_of(&b->own, c->profile);
	b->made = xcalloc((size_t)c->steps * b->n + 1, sizeof(double));
	if (!c->steps || !b->n)
		snprintf(x->why, sizeof(x->why), "there is no action");
	else if (space == SPACE_RELATIVE || space == SPACE_VELOCITY || space == SPACE_EEF)
		snprintf(x->why, sizeof(x->why), "training's actions are %s, no positions",
			 space_word(space));
	else if (c->unplanned)
		x->kind = EXPLAIN_NO_RESET;
	else if (comparable(b) < JOINTS_LEAST)
		snprintf(x->why, sizeof(x->why), "%u joints to compare are too few to tell",
			 comparable(b));
	else
		find_cause(x, b);
	free(b->made);
	free(b);
}
