/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disagreement of successive chunks is the strongest single figure that an observer outside the
 * model can compute, but what is much is each policy's own: shown, and no alarm until successful
 * runs of the rig have calibrated it.
 */
#include "check/chunk_disagreement.h"

#include <math.h>
#include <stdio.h>

static const struct check_param params[] = {{0}};

struct state {
	unsigned replans;
	struct disagreement last;
	double tce_sum, stac_sum; /* over the episode */
};

struct disagreement disagree(const struct replan *r, unsigned joints)
{
	const struct chunk_view *old = r->old, *next = r->next;
	struct disagreement d = {0};
	double squares = 0.0, ways = 0.0;
	unsigned values = 0;

	for (unsigned i = 0; i < next->kept && i + r->offset < old->kept; i++) {
		double sum = 0.0;
		unsigned known = 0;

		for (unsigned j = 0; j < joints; j++) {
			double x = next->a[i][j] - old->a[i + r->offset][j];

			if (!isfinite(x))
				continue;
			sum += x * x;
			known++;
		}
		if (!known)
			continue;
		squares += sum;
		values += known;
		ways += sqrt(sum);
		d.overlap++;
	}
	if (d.overlap) {
		d.tce = squares / values;
		d.stac = ways / d.overlap;
	}
	return d;
}

static void replan(struct check *c, const struct replan *r)
{
	struct state *s = c->state;

	s->last = disagree(r, c->run->joints);
	s->tce_sum += s->last.tce;
	s->stac_sum += s->last.stac;
	s->replans++;
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->replans) {
		snprintf(out->why, sizeof(out->why), "%s",
			 c->run->no_tick ? "how much of a chunk is executed is not known"
					 : "no chunk took over from another yet");
		return;
	}
	if (!s->last.overlap && !(s->tce_sum > 0)) {
		snprintf(out->why, sizeof(out->why),
			 "chunks are executed to their end: they have no overlap");
		return;
	}
	out->value = s->tce_sum;
	snprintf(out->why, sizeof(out->why),
		 "uncalibrated: TCE %.3g, %.3g in all; STAC %.3g, %.3g in all; %u replans, "
		 "overlap %u",
		 s->last.tce, s->tce_sum, s->last.stac, s->stac_sum, s->replans, s->last.overlap);
}

const struct check_class check_chunk_disagreement = {
	.name = "chunk-disagreement",
	.summary = "how much new chunks contradict the old ones",
	.needs = NEED_CHUNK,
	.unjudged = true,
	.params = params,
	.state_size = sizeof(struct state),
	.replan = replan,
	.show = show,
};
