/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunks of the episode under way: which one is executed, how far, where it was joined to the
 * one before, and where the joints were beside what it had planned.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/live_internal.h"

void live_chunks_init(struct live *l)
{
	l->chunks.last_ran = COUNT_UNKNOWN;
	l->chunks.replan_s = NAN;
}

void live_chunks_free(struct live *l)
{
	for (unsigned i = 0; i < LIVE_CHUNKS; i++)
		free(l->chunks.chunk[i].plan);
}

/* Place of the i-th newest, -1: there are not so many. */
static int place_of(const struct live_chunks *k, unsigned i)
{
	return i < k->n && i < LIVE_CHUNKS ? (int)((k->n - 1 - i) % LIVE_CHUNKS) : -1;
}

/* Place of the one that is executed, -1: none, or newer ones have taken its place. */
static int current_place(const struct live_chunks *k)
{
	return k->current ? place_of(k, (unsigned)(k->n - k->current)) : -1;
}

static struct live_chunk *newest(struct live_chunks *k, unsigned i)
{
	int at = place_of(k, i);

	return at < 0 ? NULL : &k->chunk[at];
}

static const struct live_chunk *look(const struct live_chunks *k, int place)
{
	return place < 0 ? NULL : &k->chunk[place];
}

/* A chunk may come before the step that tells that its episode began: that one stays. */
void live_chunks_episode(struct live *l)
{
	struct live_chunks *k = &l->chunks;
	struct live_chunk *last = newest(k, 0), swap;

	if (last && last->start_axis_ns == TIME_UNKNOWN) {
		swap = k->chunk[0];
		k->chunk[0] = *last;
		*last = swap;
		k->n = 1;
	} else {
		k->n = 0;
	}
	k->current = 0;
	k->seam_pending = false;
	k->last_ran = COUNT_UNKNOWN;
	k->replan_s = NAN;
}

void live_chunk(struct live *l, const struct chunk *c, int64_t last_seq, int64_t now_ns)
{
	struct live_chunks *k = &l->chunks;
	struct live_chunk *to = &k->chunk[k->n % LIVE_CHUNKS];
	size_t n = (size_t)c->horizon * c->dims;

	k->replan_s = k->n ? (double)(now_ns - k->now_ns) / 1e9 : NAN;
	k->now_ns = now_ns;
	k->prompt_known = c->prompt_known;
	text_copy(k->prompt, sizeof(k->prompt), c->prompt);
	to->number = c->number;
	to->seq = c->seq != SEQ_UNKNOWN ? c->seq : last_seq + 1;
	to->start_axis_ns = TIME_UNKNOWN;
	to->horizon = c->horizon;
	to->dims = c->dims;
	to->execute = c->execute;
	to->ran = l->hello.no_tick ? COUNT_UNKNOWN : 0;
	to->plan = xrealloc(to->plan, n ? n : 1, sizeof(*to->plan));
	for (size_t i = 0; i < n; i++)
		to->plan[i] = (float)c->actions[i];
	k->n++;
	l->facts |= FACT_CHUNK | (c->prompt_known ? (unsigned)FACT_PROMPT : 0u);
	/* Where exchanges are seen, they tell it better. */
	if (!l->traffic.v.acts && c->latency_s >= 0) {
		live_latency_add(l, 1e3 * c->latency_s, l->latency.cold);
		l->latency.cold = false;
	}
}

void live_executed(struct live *l, const struct executed *x)
{
	for (unsigned i = 0; i < LIVE_CHUNKS; i++) {
		struct live_chunk *c = newest(&l->chunks, i);

		if (c && c->number == x->chunk)
			c->ran = x->steps < c->horizon ? (int)x->steps : (int)c->horizon;
	}
}

/* The chunk that a step is from, NULL unknown; *position in it. */
static struct live_chunk *chunk_of(struct live_chunks *k, const struct step *s, int64_t *position)
{
	for (unsigned i = 0; i < LIVE_CHUNKS; i++) {
		struct live_chunk *c = newest(k, i);

		if (!c)
			return NULL;
		if (s->chunk != CHUNK_UNKNOWN ? c->number != s->chunk : c->seq > s->seq)
			continue;
		*position = s->position >= 0 ? s->position : s->seq - c->seq;
		return *position < c->horizon ? c : NULL;
	}
	return NULL;
}

/* Where the joints are, now that a chunk is over, beside its last action that was executed. */
static void note_end(struct live *l, const struct live_chunk *c, const struct step *s)
{
	l->chunks.last_ran = c->ran;
	for (unsigned i = 0; i < s->joints; i++) {
		double v = NAN;

		if (!vec_value(&s->vec[VEC_GOT], i, &v) && !vec_value(&s->vec[VEC_SEEN], i, &v))
			v = NAN;
		if (c->ran > 0 && i < c->dims)
			v -= (double)c->plan[(size_t)(c->ran - 1) * c->dims + i];
		else
			v = NAN;
		l->joint[i].plan_off = fabs(v);
	}
}

/* Without a control tick, both come from the chunks themselves. */
static void note_jumps(struct live *l, const struct live_chunk *before, const struct live_chunk *c)
{
	for (unsigned i = 0; i < l->hello.joints; i++) {
		struct live_joint *j = &l->joint[i];

		j->seam = NAN;
		if (before->ran <= 0 || i >= before->dims || i >= c->dims)
			continue;
		j->seam = fabs((double)c->plan[i] -
			       (double)before->plan[(size_t)(before->ran - 1) * before->dims + i]);
		for (int h = 1; h < before->ran; h++) {
			const float *at = &before->plan[(size_t)h * before->dims + i];
			double d = fabs((double)at[0] - (double)at[-(ptrdiff_t)before->dims]);

			j->inside = d > j->inside || isnan(j->inside) ? d : j->inside;
		}
	}
}

bool live_chunks_step(struct live *l, const struct step *s, int64_t axis_ns)
{
	struct live_chunks *k = &l->chunks;
	const struct live_chunk *before = look(k, current_place(k));
	struct live_chunk *c;
	int64_t position = 0;
	double dt_s = 1 / live_target_hz(l);

	c = chunk_of(k, s, &position);
	if (!c)
		return false;
	if (!l->hello.no_tick && position >= c->ran)
		c->ran = (int)position + 1;
	if (c->start_axis_ns == TIME_UNKNOWN)
		c->start_axis_ns = axis_ns -
				   (dt_s > 0 ? (int64_t)(1e9 * dt_s * (double)position) : 0);
	if (c == before)
		return false;
	if (before) {
		note_end(l, before, s);
		k->seam_pending = true;
		if (l->hello.no_tick)
			note_jumps(l, before, c);
	}
	for (unsigned i = 0; i < LIVE_CHUNKS; i++) {
		if (newest(k, i) == c)
			k->current = k->n - i;
	}
	return true;
}

static void show_prompt(const struct live *l, struct view_chunk *v)
{
	const struct live_chunks *k = &l->chunks;

	v->task = -1;
	text_copy(v->prompt, sizeof(v->prompt), k->prompt);
	v->match = !k->prompt_known ? PROMPT_UNSEEN
		   : !k->prompt[0]  ? PROMPT_NONE
		   : !l->profile    ? PROMPT_UNTRAINED
				    : PROMPT_OTHER;
	for (size_t i = 0; v->match == PROMPT_OTHER && i < l->profile->ntasks; i++) {
		if (strcmp(l->profile->tasks[i].task, k->prompt) == 0) {
			v->match = PROMPT_TASK;
			v->task = (int)i;
		}
	}
}

/* The joint that is largest beside training; among joints without training the largest. */
static int worst_joint(const struct live *l, bool seam)
{
	double most = -1;
	bool trained = false;
	int worst = -1;

	for (unsigned i = 0; i < l->hello.joints; i++) {
		const struct live_joint *j = &l->joint[i];
		double v = seam ? j->seam : j->plan_off;
		double max = !seam ? j->gap_max : j->action ? j->action->delta.max : NAN;

		if (isnan(v) || (trained && !(max > 0)))
			continue;
		v = max > 0 ? v / max : v;
		if (v > most || (max > 0 && !trained)) {
			most = v;
			worst = (int)i;
		}
		trained = trained || max > 0;
	}
	return worst;
}

static int queue_of(const struct live *l, const struct live_chunk *c)
{
	int64_t left = c->seq + c->horizon - l->last.seq - 1;

	if (l->hello.no_tick)
		return COUNT_UNKNOWN;
	if (l->last.chunk == c->number && l->last.position >= 0)
		left = (int64_t)c->horizon - l->last.position - 1;
	return left <= 0 ? 0 : left < c->horizon ? (int)left : (int)c->horizon;
}

void live_chunks_show(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	const struct live_chunk *c = look(&l->chunks, place_of(&l->chunks, 0));
	const struct live_chunk *runs = look(&l->chunks, current_place(&l->chunks));
	struct view_chunk *v = &out->chunk;

	*v = (struct view_chunk){
		.number = CHUNK_UNKNOWN, .ran = COUNT_UNKNOWN, .queue = COUNT_UNKNOWN};
	v->last_ran = COUNT_UNKNOWN;
	v->age_s = v->replan_s = NAN;
	v->task = v->seam_joint = v->off_joint = -1;
	if (!c)
		return;
	v->seen = true;
	v->number = c->number;
	v->horizon = c->horizon;
	v->dims = c->dims;
	v->execute = c->execute;
	v->ran = runs ? runs->ran : c->ran;
	v->queue = queue_of(l, c);
	v->last_ran = l->chunks.last_ran;
	v->age_s = (double)(now_ns - l->chunks.now_ns) / 1e9;
	v->replan_s = l->chunks.replan_s;
	show_prompt(l, v);
	v->seam_joint = worst_joint(l, true);
	v->off_joint = worst_joint(l, false);
}

static void show_plan(const struct live *l, unsigned joint, struct history *out)
{
	const struct live_chunk *c = look(&l->chunks, place_of(&l->chunks, 0));
	int64_t from;

	out->nplan = 0;
	if (!c || joint >= c->dims)
		return;
	from = l->last.chunk == c->number && l->last.position >= 0 ? l->last.position + 1
								   : l->last.seq + 1 - c->seq;
	for (int64_t h = from > 0 ? from : 0; h < c->horizon && out->nplan < HISTORY_PLAN; h++)
		out->plan[out->nplan++] = c->plan[(size_t)h * c->dims + joint];
}

/* end_ns: the right end of the past, on the axis. A chunk that has not begun follows the last step. */
void live_chunks_history(const struct live *l, unsigned joint, int64_t end_ns, struct history *out)
{
	double dt_s = 1 / live_target_hz(l), hz = live_rate_hz(l);

	out->plan_dt_s = isnan(dt_s) && hz > 0 ? 1 / hz : dt_s;
	show_plan(l, joint, out);
	out->nchunks = 0;
	for (unsigned i = 0; i < LIVE_CHUNKS; i++) {
		const struct live_chunk *c = look(&l->chunks, place_of(&l->chunks, i));
		struct history_chunk *h = &out->chunk[out->nchunks];

		if (!c || joint >= c->dims)
			continue;
		h->number = c->number;
		h->start_s = c->start_axis_ns != TIME_UNKNOWN
				     ? (double)(c->start_axis_ns - end_ns) / 1e9
				     : (double)(c->seq - l->last.seq) * out->plan_dt_s;
		h->ran = c->ran;
		for (h->n = 0; h->n < c->horizon && h->n < HISTORY_PLAN; h->n++)
			h->v[h->n] = c->plan[(size_t)h->n * c->dims + joint];
		out->nchunks++;
	}
}
