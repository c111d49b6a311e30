/* SPDX-License-Identifier: Apache-2.0 */
#include "check/plans.h"

#include <math.h>
#include <string.h>

void plans_run(struct plans *p, bool no_tick)
{
	memset(p, 0, sizeof(*p));
	p->no_tick = no_tick;
	p->number = p->executed.chunk = CHUNK_UNKNOWN;
	p->first_seq = p->last_seq = SEQ_UNKNOWN;
	p->position = -1;
}

void plans_episode(struct plans *p)
{
	p->before = p->at_step;
	p->under_way = 0;
	p->number = CHUNK_UNKNOWN;
	p->first_seq = p->last_seq = SEQ_UNKNOWN;
	p->position = -1;
	p->has_replan = p->begins = false;
}

const struct chunk_view *plans_find(const struct plans *p, uint64_t id)
{
	return id && id <= p->n && p->n - id < PLANS_KEPT ? &p->plan[id % PLANS_KEPT] : NULL;
}

static uint64_t by_number(const struct plans *p, int64_t number)
{
	for (uint64_t id = p->n; id && p->n - id < PLANS_KEPT; id--) {
		if (p->plan[id % PLANS_KEPT].number == number)
			return id;
	}
	return 0;
}

/* Rows in the profile's units, NaN unknown; which joints the chunk acts on at all. */
static void take_actions(struct chunk_view *to, const struct run_view *run, const struct chunk *c)
{
	memset(to->known, 0, sizeof(to->known));
	to->kept = c->actions ? c->horizon < PLAN_STEPS ? c->horizon : PLAN_STEPS : 0;
	for (unsigned h = 0; h < to->kept; h++) {
		for (unsigned j = 0; j < run->joints; j++) {
			double v = j < c->dims ? c->actions[(size_t)h * c->dims + j] : NAN;

			to->a[h][j] = isfinite(v) ? v * run->joint[j].to_action : NAN;
			if (!isnan(v))
				to->known[j / 64] |= 1ull << j % 64;
		}
	}
}

/* Without a tick it is told how much of a chunk was executed, before the next one or after. */
static void reply_takes_over(struct plans *p)
{
	const struct chunk_view *old = p->n > 1 ? plans_find(p, p->n - 1) : NULL;

	p->has_replan = p->no_tick && old && p->n - 1 > p->before && p->replanned != p->n &&
			old->number != CHUNK_UNKNOWN && old->number == p->executed.chunk &&
			p->executed.steps > 0;
	if (!p->has_replan)
		return;
	p->replanned = p->n;
	p->replan = (struct replan){old, plans_find(p, p->n), p->executed.steps, 0};
}

const struct chunk_view *plans_add(struct plans *p, const struct run_view *run,
				   const struct chunk *c, int64_t t_ns, bool warm)
{
	struct chunk_view *to = &p->plan[++p->n % PLANS_KEPT];

	to->number = c->number;
	to->seq = c->seq >= 0 ? c->seq : SEQ_UNKNOWN;
	to->request_ns = c->request_ns;
	to->t_ns = t_ns;
	to->latency_s = c->latency_s;
	to->warm = warm;
	to->horizon = c->horizon;
	to->execute = c->execute;
	to->prompt_known = c->prompt_known;
	memcpy(to->prompt, c->prompt, sizeof(to->prompt));
	take_actions(to, run, c);
	if (p->npending == PLANS_PENDING)
		memmove(p->pending, p->pending + 1, --p->npending * sizeof(p->pending[0]));
	p->pending[p->npending++] = (struct plans_pending){to->seq, p->n};
	reply_takes_over(p);
	return to;
}

void plans_executed(struct plans *p, const struct executed *x)
{
	p->executed = *x;
	reply_takes_over(p);
}

void plans_idle(struct plans *p)
{
	p->skipped++;
}

void plans_break(struct plans *p)
{
	p->skipped++;
	p->under_way = 0;
}

/* The step says where it is from. */
static void place_by_word(struct plans *p, const struct step *s)
{
	p->begins = s->chunk != p->number;
	p->number = s->chunk;
	p->position = s->position;
	p->first_seq = s->seq - s->position;
	p->under_way = by_number(p, s->chunk);
	p->npending = 0;
}

/* Else it is from the chunk that was announced for it. */
static void place_by_order(struct plans *p, int64_t seq)
{
	unsigned begun = 0;
	int64_t at;

	while (begun < p->npending &&
	       (p->pending[begun].seq == SEQ_UNKNOWN || p->pending[begun].seq <= seq)) {
		const struct plans_pending *next = &p->pending[begun++];
		const struct chunk_view *plan = plans_find(p, next->id);

		p->first_seq = next->seq == SEQ_UNKNOWN ? seq : next->seq;
		p->under_way = plan ? next->id : 0;
		p->number = plan ? plan->number : CHUNK_UNKNOWN;
	}
	p->begins = begun > 0;
	if (begun) {
		p->npending -= begun;
		memmove(p->pending, p->pending + begun, p->npending * sizeof(p->pending[0]));
	}
	at = seq - p->first_seq;
	p->position = p->first_seq == SEQ_UNKNOWN || at < 0 || at > INT32_MAX ? -1 : (int)at;
}

/* The step begins a chunk: it stands where the one before would have been at `place`. */
static void step_takes_over(struct plans *p, uint64_t from, int64_t place)
{
	const struct chunk_view *old = plans_find(p, from), *next = plans_find(p, p->under_way);
	int64_t offset = place - p->position;

	p->has_replan = p->begins && !p->no_tick && old && next && old != next &&
			p->position >= 0 && offset >= 0 && place < PLAN_STEPS + INT16_MAX;
	if (p->has_replan)
		p->replan = (struct replan){old, next, (unsigned)offset, (unsigned)p->position};
}

void plans_step(struct plans *p, const struct step *s)
{
	uint64_t from = p->under_way;
	int64_t place = p->position, went = 1;

	if (p->last_seq != SEQ_UNKNOWN && s->seq - p->last_seq - p->skipped > 1)
		went = s->seq - p->last_seq - p->skipped;
	p->skipped = 0;
	p->last_seq = s->seq;
	if (s->chunk >= 0 && s->position >= 0)
		place_by_word(p, s);
	else
		place_by_order(p, s->seq);
	step_takes_over(p, place >= 0 ? from : 0, place + went);
	p->at_step = p->n;
}
