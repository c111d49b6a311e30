/* SPDX-License-Identifier: Apache-2.0 */
#include "check/latch.h"

/* The highest level up to `level` that was shown debounce steps in a row, this one included. */
static enum level debounced(struct latch *l, enum level level, unsigned debounce, uint32_t index)
{
	enum level held = LEVEL_UNKNOWN;

	for (unsigned i = LEVEL_NOTE; i <= (unsigned)level; i++) {
		if (l->held[i].run > 0 && l->held[i].index == index)
			; /* a second finding of the same step */
		else if (l->held[i].run > 0 && l->held[i].index + 1 == index)
			l->held[i].run++;
		else
			l->held[i].run = 1;
		l->held[i].index = index;
		if (l->held[i].run >= debounce)
			held = (enum level)i;
	}
	return held;
}

static bool rate_allows(struct latch_rate *r, enum level level, double elapsed_s)
{
	if (elapsed_s < r->second || elapsed_s >= r->second + 1.0)
		*r = (struct latch_rate){.second = elapsed_s};
	if (r->rows >= LATCH_ROWS_PER_S && level <= r->worst)
		return false;
	r->rows++;
	if (level > r->worst)
		r->worst = level;
	return true;
}

bool latch_find(struct latch *l, struct latch_rate *rate, enum level level, unsigned debounce,
		uint32_t index, double elapsed_s)
{
	enum level held = debounced(l, level, debounce, index);

	l->level = latch_level(l, elapsed_s);
	if (held == LEVEL_UNKNOWN)
		return false;
	l->last_s = elapsed_s;
	if (held <= l->level || !rate_allows(rate, held, elapsed_s))
		return false;
	l->level = held;
	return true;
}

enum level latch_level(const struct latch *l, double elapsed_s)
{
	return elapsed_s - l->last_s > LATCH_REARM_S ? LEVEL_UNKNOWN : l->level;
}
