/* SPDX-License-Identifier: Apache-2.0 */
/* The rhythm of the last steps against the target, as lerobot-rollout sums it up at its end. */
#include <math.h>

#include "engine/live_internal.h"

/* In target periods: what is late, what has cost a tick, and what is a pause at a replan. */
#define LATE  1.1
#define OVER  1.5
#define PAUSE 2.0

void live_cadence_episode(struct live *l)
{
	l->episode_steps = l->idle_steps = 0;
	l->acted_axis_ns = TIME_UNKNOWN;
}

static void note_action(struct live *l, const struct step *s, int64_t axis_ns)
{
	bool acted = s->vec[VEC_ASKED].present && s->driver != DRIVER_IDLE;

	if (!l->in_episode)
		return;
	l->episode_steps++;
	l->idle_steps += !acted;
	if (acted || l->acted_axis_ns == TIME_UNKNOWN)
		l->acted_axis_ns = axis_ns;
}

void live_cadence_step(struct live *l, const struct step *s, int64_t axis_ns, bool replan)
{
	int64_t d, ticks = s->seq - l->last.seq;

	note_action(l, s, axis_ns);
	if (l->hello.no_tick || l->last_axis_ns == TIME_UNKNOWN || axis_ns <= l->last_axis_ns)
		return;
	d = axis_ns - l->last_axis_ns;
	if (ticks > 1) /* steps that were lost on the way are no pause of the loop */
		d /= ticks;
	l->interval[l->intervals++ % LIVE_INTERVALS] = (struct live_interval){d, replan};
}

static const struct live_interval *newest(const struct live *l, unsigned i)
{
	return &l->interval[(l->intervals - 1 - i) % LIVE_INTERVALS];
}

double live_rate_hz(const struct live *l)
{
	double v[LIVE_INTERVALS], median;
	int64_t sum = 0;
	unsigned n = 0;

	while (n < LIVE_INTERVALS && n < l->intervals && sum < 2 * NS_PER_S) {
		int64_t d = newest(l, n)->ns;

		sum += d;
		v[n++] = (double)d;
	}
	median = live_quantile(v, n, 0.5);
	return median > 0 ? 1e9 / median : NAN;
}

double live_target_hz(const struct live *l)
{
	return l->hello.fps > 0			   ? l->hello.fps
	       : l->profile && l->profile->fps > 0 ? l->profile->fps
						   : NAN;
}

static void count_bins(const struct live *l, struct view_cadence *v)
{
	for (unsigned i = 0; i < v->n; i++) {
		double at = (double)newest(l, i)->ns / 1e6 / v->bin_ms;

		v->bin[at < VIEW_BINS - 1 ? (unsigned)at : VIEW_BINS - 1]++;
	}
}

static void show_shares(const struct live *l, struct view_cadence *v)
{
	for (unsigned i = 0; i < v->n; i++) {
		const struct live_interval *at = newest(l, i);
		double ms = (double)at->ns / 1e6;

		v->late += ms > LATE * v->budget_ms;
		v->over += ms > OVER * v->budget_ms;
		v->replans += at->replan;
		if (!at->replan || !(ms > PAUSE * v->budget_ms))
			continue;
		v->pauses++;
		v->pause_ms = ms > v->pause_ms || isnan(v->pause_ms) ? ms : v->pause_ms;
	}
	v->late = v->n && !isnan(v->budget_ms) ? v->late / v->n : NAN;
	v->over = v->n && !isnan(v->budget_ms) ? v->over / v->n : NAN;
}

static void show_idle(const struct live *l, struct view_cadence *v)
{
	bool known = l->in_episode && l->facts & FACT_ASKED && l->episode_steps;

	v->idle = known ? (double)l->idle_steps / (double)l->episode_steps : NAN;
	v->starved_s = known ? (double)(l->last_axis_ns - l->acted_axis_ns) / 1e9 : NAN;
}

void live_cadence_show(const struct live *l, struct snapshot *out)
{
	struct view_cadence *v = &out->cadence;
	double ms[LIVE_INTERVALS], median;

	*v = (struct view_cadence){.pause_ms = NAN, .budget_ms = 1e3 / live_target_hz(l)};
	v->n = l->intervals < LIVE_INTERVALS ? (unsigned)l->intervals : LIVE_INTERVALS;
	for (unsigned i = 0; i < v->n; i++)
		ms[i] = (double)newest(l, i)->ns / 1e6;
	median = live_quantile(ms, v->n, 0.5);
	v->median_hz = median > 0 ? 1e3 / median : NAN;
	v->p95_ms = live_quantile(ms, v->n, 0.95);
	v->worst_ms = live_quantile(ms, v->n, 1);
	v->bin_ms = (v->budget_ms > 0 ? v->budget_ms : median) / 10;
	show_shares(l, v);
	if (v->bin_ms > 0)
		count_bins(l, v);
	show_idle(l, v);
}
