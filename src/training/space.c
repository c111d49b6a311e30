/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Absolute actions lie near the state of the same joint; relative ones go with the state's next
 * change (slope about 1 per step), velocities with that times fps. End-effector actions are told
 * by their names.
 */
#include "training/space.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Median gap to the state as a share of the state's q01..q99, below which actions are absolute. */
static const double near_share = 0.15;
static const double correlated = 0.6;

enum { ROWS_MAX = 20000 };

static bool names_tell(const struct profile *p, enum action_space *space, char *why, size_t size)
{
	static const char axes[] = "xyz";
	unsigned deltas = 0, found = 0;

	for (unsigned j = 0; j < p->action.joints; j++) {
		const char *name = p->action.joint[j].joint.name;
		size_t len = strlen(name);

		deltas += text_starts(name, "delta_") || text_ends(name, ".delta");
		for (unsigned a = 0; a < 3; a++) {
			bool last = len && name[len - 1] == axes[a];
			bool alone = len == 1 || (len > 1 && strchr("._", name[len - 2]));

			if (last && alone && (len == 1 || strstr(name, "ee")))
				found |= 1U << a;
		}
	}
	if (deltas) {
		*space = SPACE_RELATIVE;
		snprintf(why, size, "%u of %u action names say delta", deltas, p->action.joints);
	} else if (found == 7) {
		*space = SPACE_EEF;
		snprintf(why, size, "the action has the names x, y and z of an end effector");
	}
	return deltas || found == 7;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Median over the paired joints that move of gap / span; their number in *n. */
static double near(const struct profile *p, unsigned *n)
{
	double share[MAX_JOINTS];

	*n = 0;
	for (unsigned j = 0; j < p->action.joints; j++) {
		int s = p->gap[j].known ? profile_find(&p->state, p->action.joint[j].joint.name)
					: -1;
		double span = s < 0 ? 0 : p->state.joint[s].value.q99 - p->state.joint[s].value.q01;

		if (span > 0 && isfinite(p->gap[j].q50))
			share[(*n)++] = p->gap[j].q50 / span;
	}
	if (!*n)
		return NAN;
	qsort(share, *n, sizeof(*share), by_value);
	return share[*n / 2];
}

/* Of action[t] and state[t + 1] - state[t], over all paired joints, each scaled to its state. */
struct fit {
	double aa, dd, ad;
};

static void fit_joint(struct fit *f, const struct episodes *e, const struct episode_span *s,
		      unsigned a, unsigned k, double scale)
{
	for (size_t i = 0; i + 1 < s->frames; i++) {
		size_t row = s->first + i;
		double action = e->action[row * e->naction + a] * scale;
		double delta =
			(e->state[(row + 1) * e->nstate + k] - e->state[row * e->nstate + k]) *
			scale;

		if (!isfinite(action) || !isfinite(delta))
			continue;
		f->aa += action * action;
		f->dd += delta * delta;
		f->ad += action * delta;
	}
}

static struct fit fit_all(const struct profile *p, const struct episodes *e,
			  const struct episode_span *const *span, size_t count)
{
	struct fit f = {0};
	size_t rows = 0;

	for (size_t i = 0; i < count && rows < ROWS_MAX; rows += span[i++]->frames) {
		for (unsigned a = 0; a < p->action.joints; a++) {
			int k = profile_find(&p->state, p->action.joint[a].joint.name);
			double width = k < 0 ? 0
					     : p->state.joint[k].value.max -
						       p->state.joint[k].value.min;

			if (width > 0)
				fit_joint(&f, e, span[i], a, (unsigned)k, 1 / width);
		}
	}
	return f;
}

enum action_space space_guess(const struct profile *p, const struct episodes *e,
			      const struct episode_span *const *span, size_t count, char *why,
			      size_t size)
{
	enum action_space space = SPACE_UNKNOWN;
	unsigned pairs;
	double share = near(p, &pairs), r, slope;
	struct fit f;

	if (names_tell(p, &space, why, size))
		return space;
	if (!pairs) {
		snprintf(why, size, "no moving state joint has the name of an action");
		return SPACE_UNKNOWN;
	}
	if (share <= near_share) {
		snprintf(
			why, size,
			"actions lie near the state of the same name: the median gap is %.1f %% of "
			"the state's q01 to q99 (%u joints)",
			100 * share, pairs);
		return SPACE_ABSOLUTE;
	}
	f = fit_all(p, e, span, count);
	r = f.ad / sqrt(f.aa * f.dd);
	slope = f.ad / f.dd;
	if (r >= correlated && slope > 0) {
		bool velocity = slope > 0.4 * p->fps && slope < 2.5 * p->fps && p->fps > 8;

		snprintf(why, size,
			 "actions go with the state's next change (correlation %.2f), times %.2g",
			 r, slope);
		return velocity ? SPACE_VELOCITY : SPACE_RELATIVE;
	}
	snprintf(why, size,
		 "actions are neither near the state (median gap %.0f %% of its span) nor go with "
		 "its change (correlation %.2f)",
		 100 * share, r);
	return SPACE_UNKNOWN;
}
