/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new chunk that goes back along the path that was just executed: it was predicted from where
 * the arm had been, and the arm does the same steps again. Looked at in training maxima of each
 * joint, so that degrees and grippers count alike.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_BACK, P_SIZE, P_NOTE_TIMES, P_TIMES, P_FAIL_TIMES, P_WINDOW };

static const struct check_param params[] = {
	{"back", "steps", 3, 1, 100, "steps of the executed path that a new chunk goes back"},
	{"size", "x", 3, 0, 100, "and so far, in training maxima, all joints together"},
	{"note-times", "", 2, 1, RECENT_MAX, "note: so many times within the window"},
	{"times", "", 3, 1, RECENT_MAX, "warning: so many times within the window"},
	{"fail-times", "", 8, 1, RECENT_MAX, "failure: so many times within the window"},
	{"window", "s", 10, 1, 1000, "time within which reversals count as repeated"},
	{0},
};

enum {
	PATH = 16,  /* so much of the executed path is looked at */
	MOTION = 5, /* its direction is that of its last steps */
};

/* The new chunk starts nearer to the old path than this share of the way back, and against it. */
#define NEAR	0.6
#define AGAINST -0.5

struct state {
	unsigned replans, back, reversals;
	struct recent recent;
};

/* From a to b in training maxima; joints that are not known on both sides do not count. */
static void difference(const struct check *c, const double *a, const double *b, double *d)
{
	for (unsigned j = 0; j < c->run->joints; j++) {
		double x = (b[j] - a[j]) / c->run->joint[j].action_max;

		d[j] = c->run->joint[j].action && isfinite(x) ? x : 0.0;
	}
}

static double product(const struct check *c, const double *a, const double *b)
{
	double sum = 0.0;

	for (unsigned j = 0; j < c->run->joints; j++)
		sum += a[j] * b[j];
	return sum;
}

/* How many steps of the executed path lie between its end and the place nearest to `to`. */
static unsigned steps_back(const struct check *c, const struct chunk_view *old, unsigned end,
			   const double *to, double *distance)
{
	unsigned back = 0;

	*distance = INFINITY;
	for (unsigned i = 0; i < PATH && i <= end; i++) {
		double d[MAX_JOINTS], far;

		difference(c, old->a[end - i], to, d);
		far = sqrt(product(c, d, d));
		if (far < *distance) {
			*distance = far;
			back = i;
		}
	}
	return back;
}

static void report(struct check *c, unsigned back, unsigned joint, double far)
{
	struct state *s = c->state;
	const double *p = c->param;
	unsigned n = recent_count(&s->recent, c->now_s, p[P_WINDOW]);
	struct finding f = {LEVEL_NOTE, SUBJECT_POLICY, back, p[P_BACK], "steps"};

	if (n < p[P_NOTE_TIMES])
		return; /* one clean run in twenty does it once */
	if (n >= p[P_FAIL_TIMES])
		f.level = LEVEL_FAIL;
	else if (n >= p[P_TIMES])
		f.level = LEVEL_WARN;
	check_find(
		c, &f,
		"a new chunk goes %u steps back along the path (%s by %.3g%s; %u such in %.0f s): "
		"made from an old state",
		back, c->run->joint[joint].label, far, check_unit_text(c, joint, VEC_ASKED), n,
		p[P_WINDOW]);
}

static void replan(struct check *c, const struct replan *r)
{
	struct state *s = c->state;
	unsigned end = r->offset + r->first - 1, joint = 0, back;
	double way[MAX_JOINTS], moved[MAX_JOINTS], size, against, distance;
	const double *now, *to;

	if (end >= r->old->kept || end < MOTION || r->first >= r->next->kept)
		return;
	now = r->old->a[end];
	to = r->next->a[r->first];
	difference(c, now, to, way);
	difference(c, r->old->a[end - MOTION], now, moved);
	size = sqrt(product(c, way, way));
	against = product(c, way, moved);
	back = steps_back(c, r->old, end, to, &distance);
	s->replans++;
	if (!(size >= c->param[P_SIZE]) || back < c->param[P_BACK] || distance > NEAR * size ||
	    against > AGAINST * size * sqrt(product(c, moved, moved)))
		return;
	for (unsigned j = 1; j < c->run->joints; j++)
		joint = fabs(way[j]) > fabs(way[joint]) ? j : joint;
	s->reversals++;
	s->back = back > s->back ? back : s->back;
	recent_add(&s->recent, c->now_s, 0.0);
	report(c, back, joint, fabs(to[joint] - now[joint]));
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->replans) {
		snprintf(out->why, sizeof(out->why), "%s",
			 c->run->no_tick ? "how much of a chunk is executed is not known"
					 : "no replan after some steps of a chunk yet");
		return;
	}
	out->value = s->reversals;
	out->threshold = c->param[P_TIMES];
	snprintf(out->unit, sizeof(out->unit), "replans");
	snprintf(out->why, sizeof(out->why), "%u of %u replans went back, %u steps at most",
		 s->reversals, s->replans, s->back);
}

const struct check_class check_reversal = {
	.name = "reversal",
	.summary = "new chunks that go back along the executed path",
	.needs = NEED_CHUNK | NEED_PROFILE | NEED_ABSOLUTE,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite frozen tracking",
	.replan = replan,
	.show = show,
};
