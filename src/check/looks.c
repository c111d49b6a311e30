/* SPDX-License-Identifier: Apache-2.0 */
#include "check/looks.h"

#include <stdio.h>

#include "base/text.h"

void looks_take(struct check *c, unsigned subject, const struct lineup_answer *a,
		enum lineup_fact fact)
{
	const struct lineup_reading *r = &a->fact[fact];
	struct finding f = {r->level, subject, r->value, r->threshold, r->unit};
	unsigned i = subject - SUBJECT_CAMERA;
	struct looks *l = c->memory;
	bool bad = r->level >= LEVEL_NOTE;

	l->known[i] = true;
	l->reading[i] = *r;
	/* Time begins anew with an episode. */
	if (bad && (!l->bad[i] || l->since_s[i] > c->now_s))
		l->since_s[i] = c->now_s;
	l->bad[i] = bad;
	if (bad && c->now_s - l->since_s[i] >= c->param[0] - 1e-3)
		check_find(c, &f, "%s", r->why);
}

void looks_show(const struct check *c, struct check_status *out, const char *good)
{
	const struct looks *l = c->memory;
	unsigned judged = 0;
	int worst = -1;

	for (unsigned i = 0; i < RUN_CAMERAS; i++) {
		if (!l->known[i])
			continue;
		judged += l->reading[i].level != LEVEL_UNKNOWN;
		if (worst < 0 || l->reading[i].level > l->reading[worst].level)
			worst = (int)i;
	}
	if (worst < 0) {
		snprintf(out->why, sizeof(out->why),
			 "no picture with a thumbnail for a second yet");
		return;
	}
	text_copy(out->why, sizeof(out->why), l->reading[worst].why);
	if (!judged)
		return;
	check_reading(c, out, SUBJECT_CAMERA + (unsigned)worst, l->reading[worst].value,
		      l->reading[worst].threshold, l->reading[worst].unit);
	/* Whether it is well above or below hangs on the fact, and of two-sided ones on the side. */
	out->least = l->reading[worst].level == LEVEL_OK && out->value >= out->threshold;
	if (l->reading[worst].level <= LEVEL_OK)
		snprintf(out->why, sizeof(out->why), "%s: %u cameras judged", good, judged);
}
