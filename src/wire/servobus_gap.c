/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the policy thinks: the time from the positions to the goals is short while an action chunk
 * lasts, and long when a new one is computed, at a regular distance. Told once, and again when the
 * distance or the time is another; what is irregular is the machine's, and is not told.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"
#include "wire/servobus_impl.h"

enum { ENOUGH = 16 /* gaps, for their median */, REGULAR = 2 /* equal distances in a row */ };

static const double times_long = 3, beyond_ms = 2, times_other = 2;

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const struct servobus_gaps *g)
{
	unsigned n = g->n < GAPS ? g->n : GAPS;
	double sorted[GAPS];

	memcpy(sorted, g->ms, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_size);
	return sorted[n / 2];
}

static bool news(const struct servobus_gaps *g)
{
	return g->told_distance != g->distance || g->long_ms > times_other * g->told_ms ||
	       g->long_ms * times_other < g->told_ms;
}

static void take_long(struct servobus *b, double ms, double usual_ms, int64_t t_ns)
{
	struct servobus_gaps *g = &b->gaps;

	g->equal = g->since == g->distance ? g->equal + 1 : 0;
	g->distance = g->since;
	g->since = 0;
	g->long_ms = ms;
	if (g->equal < REGULAR || g->distance < 2 || !news(g))
		return;
	g->told_distance = g->distance;
	g->told_ms = ms;
	servobus_note(b, LEVEL_NOTE, t_ns,
		      "goals follow the positions after %.1f ms, and every %u steps after %.1f ms: "
		      "there the policy computes a new chunk",
		      usual_ms, g->distance, ms);
}

void servobus_gap(struct servobus *b, int64_t t_ns)
{
	struct servobus_gaps *g = &b->gaps;
	double ms, usual_ms;

	g->since++;
	if (b->read_ns == TIME_UNKNOWN)
		return;
	ms = (double)(t_ns - b->read_ns) / (double)NS_PER_MS;
	b->read_ns = TIME_UNKNOWN; /* of this step only */
	g->ms[g->n++ % GAPS] = ms;
	if (g->n < ENOUGH)
		return;
	usual_ms = median(g);
	if (ms > times_long * usual_ms && ms > usual_ms + beyond_ms)
		take_long(b, ms, usual_ms, t_ns);
}
