/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An episode that begins with actions predicted before it began: the policy was not reset, so the
 * arm first finishes what the episode before had planned. Three signs: the chunk of the first step
 * was told before the episode before was over; its request was; or the first steps are from no
 * chunk at all while later ones are. A run that was merely cut into episodes went on without a
 * pause and shows nothing.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_PAUSE, P_FAIL };

static const struct check_param params[] = {
	{"pause", "s", 0.5, 0, 1000,
	 "time without an action that parts two episodes; less: it went on"},
	{"fail", "x", 8, 1, 1000,
	 "a failure when the first action lies so many largest training gaps away"},
	{0},
};

struct state {
	struct opening opening;
	bool opened, settled, paused, stale;
	unsigned orphans; /* first steps of the episode that are from no chunk */
	double old_s;	  /* how long before the episode the chunk was predicted; NaN unknown */
};

struct memory {
	bool chunks; /* some were told in an episode before */
};

static void episode(struct check *c, const struct opening *o)
{
	struct state *s = c->state;

	s->opening = *o;
	s->opened = true;
	s->old_s = NAN;
}

static double apart_s(int64_t from_ns, int64_t to_ns)
{
	int64_t ns;

	return __builtin_sub_overflow(to_ns, from_ns, &ns) ? 0.0 : (double)ns / (double)NS_PER_S;
}

/* The arm rested, or something else had it, since the step before: true also for a time axis that
 * began anew. Without a step before there is nothing to go on from. */
static bool paused(const struct check *c, const struct tick *t)
{
	const struct opening *o = &((const struct state *)c->state)->opening;
	double axis_s = apart_s(o->before_axis_ns, step_axis_ns(t->step));

	return !o->has_before || t->interrupted || axis_s < 0 || axis_s >= c->param[P_PAUSE] ||
	       apart_s(o->before_ns, t->step->t_ns) >= c->param[P_PAUSE];
}

/* Times of a stream that is read faster than it was made say nothing. */
static bool requested_before(const struct check *c, const struct chunk_view *p)
{
	const struct opening *o = &((const struct state *)c->state)->opening;

	return o->has_before && p->request_ns != TIME_UNKNOWN && p->request_ns < o->before_ns &&
	       apart_s(o->before_ns, p->t_ns) >= c->param[P_PAUSE];
}

static void report(struct check *c, unsigned steps, bool far)
{
	struct state *s = c->state;
	struct finding f = {far ? LEVEL_FAIL : LEVEL_WARN, SUBJECT_POLICY, steps, 1, "steps"};
	char old[48] = "";
	char first[16] = "";

	s->stale = true;
	if (s->old_s > 0)
		snprintf(old, sizeof(old), " (%.1f s before)", s->old_s);
	if (steps > 1)
		snprintf(first, sizeof(first), "%u ", steps);
	check_find(c, &f,
		   "the policy was not reset: first %saction%s predicted before the episode%s",
		   first, steps > 1 ? "s" : "", old);
}

static void first_step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	struct first_gap gap;

	s->paused = paused(c, t);
	if (!t->plan)
		return;
	s->settled = true;
	if (!s->paused || !(t->plan_before || requested_before(c, t->plan)))
		return;
	s->old_s = apart_s(t->plan->t_ns, s->opening.t_ns);
	report(c, 1,
	       c->run->profile && c->run->profile->space == SPACE_ABSOLUTE &&
		       c->run->profile->episodes >= CHECK_FEW_EPISODES &&
		       check_first_gap(c, t, c->param[P_FAIL], &gap) &&
		       gap.ratio >= c->param[P_FAIL]);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	struct memory *m = c->memory;
	bool known = s->opening.told || m->chunks;

	if (!s->opened)
		return;
	if (t->index == 0)
		first_step(c, t);
	if (s->settled) {
		m->chunks = true;
		return;
	}
	if (!t->begins) {
		s->orphans++;
		return;
	}
	/* A chunk that was told a moment late has the steps before it, too. */
	s->settled = true;
	if ((unsigned)t->chunk_pos < s->orphans && s->paused && known)
		report(c, s->orphans - (unsigned)t->chunk_pos, false);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->settled || (s->orphans && !s->stale)) {
		snprintf(out->why, sizeof(out->why),
			 "which chunk the first action is from is not known");
		return;
	}
	out->value = s->stale ? fmax(1, s->orphans) : 0;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "steps");
	snprintf(out->why, sizeof(out->why), "%s",
		 s->stale     ? "the episode began with actions of the one before"
		 : !s->paused ? "it goes on from the episode before"
			      : "the first action was predicted in this episode");
}

const struct check_class check_stale_chunk = {
	.name = "stale-chunk",
	.summary = "an episode begins with actions predicted before it",
	.needs = NEED_START | NEED_ASKED | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.memory_size = sizeof(struct memory),
	.episode = episode,
	.step = step,
	.show = show,
};
