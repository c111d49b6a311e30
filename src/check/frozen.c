/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole of `seen` or `got` repeats exactly while the policy asks for motion: a state that is
 * read once and never again, or encoders that no longer answer. Contact repeats single joints for
 * seconds; a whole vector never repeats for long while the arm moves.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

enum { P_TICKS, P_MOVED, P_FAIL_TICKS, P_FAIL_MOVED };

static const struct check_param params[] = {
	{"ticks", "ticks", 10, 2, 1000, "repeats in a row that are a warning"},
	{"moved", "% of span", 3, 0, 100,
	 "when some joint's asked moved so much, and more than lag"},
	{"fail-ticks", "ticks", 45, 2, 10000, "repeats in a row that are a failure"},
	{"fail-moved", "% of span", 10, 0, 100, "when some joint's asked moved so much meanwhile"},
	{0},
};

struct frozen {
	bool has_last;
	double last[MAX_JOINTS];  /* the value that repeats; NaN unknown */
	double asked[MAX_JOINTS]; /* when it was new */
	unsigned repeats;
};

struct state {
	struct frozen seen, got;
	bool any;
	unsigned longest, joint;
	enum vec_kind vec;
	double moved;
};

static bool same(const struct check *c, const struct frozen *f, const double *v)
{
	unsigned known = 0;

	for (unsigned j = 0; j < c->run->joints; j++) {
		if (isnan(v[j]) != isnan(f->last[j]) || (!isnan(v[j]) && v[j] != f->last[j]))
			return false;
		known += isnan(v[j]) ? 0u : 1u;
	}
	return known > 0;
}

/*
 * What asked may move, in percent of the training span, while the joint rests in its dead band:
 * the parameter, or the distance it commonly kept in training.
 */
static double rest(const struct run_joint *r, double least)
{
	double gap = r->gap && r->gap->known ? r->gap->q99 : 0.0;

	return fmax(least, 100.0 * gap / r->action_span);
}

/*
 * The largest way any joint's asked went since the vector froze, in % of its training span; only
 * ways beyond rest count. Grippers do not: one that holds an object stands still as it should.
 */
static double moved_since(const struct check *c, const struct frozen *f, const struct tick *t,
			  unsigned *joint)
{
	double most = 0.0;

	for (unsigned j = 0; j < c->run->joints; j++) {
		const struct run_joint *r = &c->run->joint[j];
		double way = 100.0 * fabs(t->v[VEC_ASKED][j] - f->asked[j]) / r->action_span;

		if (r->action && r->gripper < 0 && way > most &&
		    way >= rest(r, c->param[P_MOVED])) {
			most = way;
			*joint = j;
		}
	}
	return most;
}

static void judge_vec(struct check *c, const struct tick *t, enum vec_kind vec, struct frozen *f)
{
	struct state *s = c->state;
	const double *p = c->param;
	struct finding found = {LEVEL_WARN, SUBJECT_VEC + vec, 0, p[P_TICKS], "ticks"};
	unsigned joint = 0;
	double moved;

	if (!f->has_last || !same(c, f, t->v[vec])) {
		f->has_last = true;
		f->repeats = 0;
		memcpy(f->last, t->v[vec], sizeof(f->last));
		memcpy(f->asked, t->v[VEC_ASKED], sizeof(f->asked));
		s->any = true;
		return;
	}
	f->repeats++;
	moved = moved_since(c, f, t, &joint);
	if (f->repeats >= s->longest) {
		s->longest = f->repeats;
		s->vec = vec;
		s->joint = joint;
		s->moved = moved;
	}
	if (f->repeats < p[P_TICKS] || moved < p[P_MOVED])
		return;
	if (f->repeats >= p[P_FAIL_TICKS] && moved >= p[P_FAIL_MOVED]) {
		found.level = LEVEL_FAIL;
		found.threshold = p[P_FAIL_TICKS];
	}
	found.value = f->repeats;
	check_find(
		c, &found,
		"%s repeats whole for %u ticks while asked moves (%s by %.4g%s): it is not read anew",
		vec_word(vec), f->repeats, c->run->joint[joint].label,
		fabs(t->v[VEC_ASKED][joint] - f->asked[joint]),
		check_unit_text(c, joint, VEC_ASKED));
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	if (!t->grid)
		return;
	if (t->step->vec[VEC_SEEN].present)
		judge_vec(c, t, VEC_SEEN, &s->seen);
	if (t->step->vec[VEC_GOT].present)
		judge_vec(c, t, VEC_GOT, &s->got);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no state yet");
		return;
	}
	out->value = s->longest;
	out->threshold = c->param[P_TICKS];
	snprintf(out->unit, sizeof(out->unit), "ticks");
	if (!s->longest) {
		snprintf(out->why, sizeof(out->why), "no state came twice");
		return;
	}
	snprintf(out->subject, sizeof(out->subject), "%s", vec_word(s->vec));
	snprintf(out->why, sizeof(out->why),
		 "%s repeated whole for %u ticks at most, asked moved %.2g %%", vec_word(s->vec),
		 s->longest, s->moved);
}

const struct check_class check_frozen = {
	.name = "frozen",
	.summary = "the whole state repeats while asked moves",
	.needs = NEED_ASKED | NEED_MEASURED | NEED_PROFILE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite",
	.step = step,
	.show = show,
};
