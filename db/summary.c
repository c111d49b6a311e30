/* SPDX-License-Identifier: Apache-2.0 */
#include "db/summary.h"

#include <math.h>
#include <string.h>

void summary_start(struct summary *s)
{
	double period_ns = s->grid.period_ns;

	memset(s, 0, sizeof(*s));
	s->grid.period_ns = period_ns;
	s->grid.last = PERIOD_NONE;
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; j < MAX_JOINTS; j++)
			s->sum[k][j].before = s->sum[k][j].now = NAN;
	}
}

void summary_rates(struct summary *s, double run_fps, double training_fps)
{
	bool faster = run_fps > 0 && training_fps > 0 && run_fps > 1.5 * training_fps;
	double period_ns = faster ? 1e9 / training_fps : 0;

	if (period_ns < s->grid.period_ns || period_ns > s->grid.period_ns)
		s->grid.broken = true;
	s->grid.period_ns = period_ns;
}

void summary_break(struct summary *s)
{
	s->grid.broken = true;
}

void summary_continue(struct summary *s, int64_t last_period)
{
	s->grid.last = last_period;
	s->grid.broken = true;
}

static int64_t number(const struct grid *g, int64_t axis)
{
	/* Half a nanosecond of slack: 1e9/fps is no whole number, and edges must not flicker. */
	return g->base + (int64_t)floor(((double)(axis - g->origin_ns) + 0.5) / g->period_ns);
}

/* The period under way is over: its Δ is final and its values become the earlier ones. */
static void close_period(struct summary *s, bool neighbour)
{
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; j < s->used[k]; j++) {
			struct sum *m = &s->sum[k][j];
			struct delta d = sum_delta(m, s->now_seq);

			m->delta_n = d.n;
			m->delta_max = d.max;
			m->delta_seq = d.seq;
			m->before = neighbour ? m->now : NAN;
			m->now = NAN;
		}
	}
}

/* A later step of the same period stands for it, also where it lacks a value. */
static void forget_now(struct summary *s)
{
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; j < s->used[k]; j++)
			s->sum[k][j].now = NAN;
	}
}

int64_t summary_period(struct summary *s, const struct step *step)
{
	struct grid *g = &s->grid;
	int64_t axis = step_axis_ns(step), p;

	if (step->driver != DRIVER_POLICY && step->driver != DRIVER_UNKNOWN) {
		g->broken = true;
		return PERIOD_NONE;
	}
	if (g->last != PERIOD_NONE && g->period_ns > 0 && axis < g->last_ns)
		g->broken = true;
	if (g->last == PERIOD_NONE || g->broken) {
		p = g->last == PERIOD_NONE ? 0 : g->last + 2;
		g->origin_ns = axis;
		g->base = p;
	} else {
		p = g->period_ns > 0 ? number(g, axis) : g->last + 1;
	}
	if (p == g->last)
		forget_now(s);
	else if (g->last != PERIOD_NONE)
		close_period(s, p == g->last + 1);
	g->last = p;
	g->last_ns = axis;
	g->broken = false;
	s->now_seq = step->seq;
	return p;
}

void summary_value(struct summary *s, enum vec_kind k, unsigned joint, bool finite, double value)
{
	struct sum *m = &s->sum[k][joint];

	if (s->used[k] <= joint)
		s->used[k] = joint + 1;
	m->now = finite ? value : NAN;
	if (!finite)
		return;
	if (!m->n)
		m->min = m->max = m->first = value;
	if (value < m->min)
		m->min = value;
	if (value > m->max)
		m->max = value;
	m->n++;
}

struct delta sum_delta(const struct sum *s, int64_t now_seq)
{
	struct delta d = {s->delta_n, s->delta_seq, s->delta_max};
	double now = fabs(s->now - s->before);

	if (isnan(s->now) || isnan(s->before))
		return d;
	if (!d.n || now > d.max) {
		d.max = now;
		d.seq = now_seq;
	}
	d.n++;
	return d;
}
