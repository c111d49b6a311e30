/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rhythm of the loop against its target: single gaps, the rate of the last ticks, and pauses
 * at replans, which are a note as long as they are short. Uses the source's own time axis.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_GAP, P_REPLAN, P_PAUSE, P_STALL, P_SLOW, P_FAST, P_HALF, P_LONG };

static const struct check_param params[] = {
	{"gap", "periods", 3, 1, 1000, "time between two steps that is a warning"},
	{"replan", "periods", 6, 1, 1000, "the same where a chunk starts"},
	{"pause", "periods", 2, 1, 1000, "time between two steps at a replan that is a note"},
	{"stall", "periods", 10, 1, 1000,
	 "gap that is a failure when it happens three times in 20 s"},
	{"slow", "x", 0.85, 0, 1, "mean rate of the last ticks, in targets, that is a warning"},
	{"fast", "x", 1.3, 1, 10, "the same on the fast side"},
	{"half", "x", 0.5, 0, 1, "mean rate that is a failure when it lasts"},
	{"long", "ticks", 60, 1, 10000, "lasts: so many ticks"},
	{0},
};

enum { WINDOW = 20 };

/* Faster than that, times are not the robot's: a stream piped without a clock of its own. */
#define NOT_LIVE 10.0

struct state {
	float dt_s[WINDOW]; /* without pauses at replans */
	unsigned n, steps, over, half;
	double sum_s, worst_s;
	struct recent stalls;
	bool began;	 /* the step before began a chunk */
	unsigned chunks; /* that began so far */
};

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Mean rate of the window; NaN until it is full. */
static double mean_hz(const struct state *s)
{
	double sum_s = 0.0;

	if (s->n < WINDOW)
		return NAN;
	for (unsigned i = 0; i < WINDOW; i++)
		sum_s += (double)s->dt_s[i];
	return WINDOW / sum_s;
}

/* The median; sorts, so not for every step. */
static double median_hz(const struct state *s)
{
	float sorted[WINDOW];

	if (s->n < WINDOW)
		return NAN;
	memcpy(sorted, s->dt_s, sizeof(sorted));
	qsort(sorted, WINDOW, sizeof(sorted[0]), by_value);
	return 2.0 / ((double)sorted[WINDOW / 2 - 1] + (double)sorted[WINDOW / 2]);
}

static void judge_gap(struct check *c, const struct tick *t, double dt_s, bool replan)
{
	struct state *s = c->state;
	bool first = replan && s->chunks <= 1;
	double periods = dt_s * c->run->fps;
	double limit = c->param[replan ? P_REPLAN : P_GAP];
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, 1e3 * dt_s, 1e3 * limit / c->run->fps,
			    "ms"};

	/* A policy's first answer is slow everywhere, and the robot has not begun to move. */
	if (first)
		limit = INFINITY;
	else if (periods >= c->param[P_STALL])
		recent_add(&s->stalls, t->elapsed_s, 0.0);
	if (periods >= c->param[P_STALL] && recent_count(&s->stalls, t->elapsed_s, 20.0) >= 3) {
		f.level = LEVEL_FAIL;
		f.threshold = 1e3 * c->param[P_STALL] / c->run->fps;
	} else if (periods <= limit) {
		if (!replan || periods <= c->param[P_PAUSE])
			return;
		f.level = LEVEL_NOTE;
		f.threshold = 1e3 * c->param[P_PAUSE] / c->run->fps;
	}
	check_find(c, &f, "%.0f ms between two steps%s, target %.1f ms", f.value,
		   first    ? " at the policy's first answer"
		   : replan ? " at a replan"
			    : "",
		   1e3 / c->run->fps);
}

static void judge_rate(struct check *c)
{
	struct state *s = c->state;
	double hz = mean_hz(s), target = c->run->fps;
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, hz, target * c->param[P_SLOW], "Hz"};

	if (isnan(hz) || hz > NOT_LIVE * target)
		return;
	s->half = hz < c->param[P_HALF] * target ? s->half + 1 : 0;
	if (s->half >= c->param[P_LONG]) {
		f.level = LEVEL_FAIL;
		f.threshold = target * c->param[P_HALF];
	} else if (hz >= c->param[P_SLOW] * target) {
		if (hz <= c->param[P_FAST] * target || !c->run->fps_said)
			return;
		f.threshold = target * c->param[P_FAST];
	}
	check_find(c, &f, "the loop runs at %.1f Hz (median %.1f), target %.1f Hz", hz,
		   median_hz(s), target);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	double dt_s = t->dt_s / (double)(1 + t->lost);
	/* A loop that asks its policy within the step has the pause behind that step's time. */
	bool replan = t->begins || s->began;

	s->began = t->begins;
	s->chunks += t->begins;
	if (!(dt_s > 0))
		return;
	s->steps++;
	s->sum_s += dt_s;
	s->over += dt_s * c->run->fps > 1.5;
	s->worst_s = fmax(s->worst_s, dt_s);
	judge_gap(c, t, dt_s, replan);
	if (replan && dt_s * c->run->fps > c->param[P_PAUSE])
		return;
	s->dt_s[s->n++ % WINDOW] = (float)dt_s;
	judge_rate(c);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	double hz = mean_hz(s);

	if (!s->steps) {
		snprintf(out->why, sizeof(out->why), "no two times to compare yet");
		return;
	}
	if (isnan(hz))
		hz = s->steps / s->sum_s;
	if (hz > NOT_LIVE * c->run->fps) {
		snprintf(out->why, sizeof(out->why),
			 "not applicable: steps come at %.3g Hz, faster "
			 "than any robot: not its own times",
			 hz);
		return;
	}
	out->value = hz;
	out->threshold = c->param[P_SLOW] * c->run->fps;
	out->least = true;
	snprintf(out->unit, sizeof(out->unit), "Hz");
	snprintf(out->why, sizeof(out->why),
		 "%.1f of %.1f Hz, mean %.1f ms, worst %.0f ms, %.1f %% over budget", hz,
		 c->run->fps, 1e3 * s->sum_s / s->steps, 1e3 * s->worst_s,
		 100.0 * s->over / s->steps);
}

const struct check_class check_cadence = {
	.name = "cadence",
	.summary = "the loop is late, slow or stalls",
	.needs = NEED_ANY | NEED_FPS | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "wrong-port server-error latency!", /* the loop waits for the policy */
	.step = step,
	.show = show,
};
