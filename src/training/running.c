/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain loops over columns that the compiler turns into vector instructions: a tenth of the time
 * of feeding the rings value by value.
 */
#include "training/running.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/behaviour.h"

enum { LANES = 8 };

void running_room_fini(struct running_room *r)
{
	free(r->low);
	free(r->high);
	*r = (struct running_room){0};
}

static void make_room(struct running_room *r, size_t n)
{
	if (n + TRACKING_PAST <= r->size)
		return;
	r->size = n + TRACKING_PAST;
	r->low = xrealloc(r->low, r->size, sizeof(float));
	r->high = xrealloc(r->high, r->size, sizeof(float));
}

static size_t count_over(const float *v, size_t n, float limit)
{
	unsigned count = 0;

	for (size_t i = 0; i < n; i++)
		count += v[i] > limit;
	return count;
}

static size_t leave_out_nan(float *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isnan(v[i]))
			v[kept++] = v[i];
	}
	return kept;
}

/* The running median grows only where half of its window is over the largest so far. */
static void raise_median(const float *v, size_t n, double *max)
{
	struct rough_ring window = {.n = ROUGH_TICKS};
	unsigned over = 0;

	for (size_t i = 0; i < n; i++) {
		const float *from = v + i + 1 - ROUGH_TICKS;
		double median;

		over += (double)v[i] > *max;
		if (i >= ROUGH_TICKS)
			over -= (double)from[-1] > *max;
		if (i + 1 < ROUGH_TICKS || over < ROUGH_TICKS / 2)
			continue;
		memcpy(window.size, from, sizeof(window.size));
		median = rough_median(&window);
		if (!(median > *max))
			continue;
		*max = median;
		over = 0;
		for (unsigned k = 0; k < ROUGH_TICKS; k++)
			over += (double)from[k] > median;
	}
}

void running_roughness(struct running_room *r, const double *v, size_t n, double *max)
{
	float *size, limit;

	if (n < 2 + ROUGH_TICKS)
		return;
	make_room(r, n);
	size = r->low;
	n -= 2;
	for (size_t i = 0; i < n; i++)
		size[i] = (float)fabs(v[i + 2] - 2.0 * v[i + 1] + v[i]);
	/* Not above *max as a float; most episodes end here. */
	limit = nextafterf((float)*max, -1.0f);
	if (count_over(size, n, limit) < ROUGH_TICKS / 2)
		return;
	raise_median(size, leave_out_nan(size, n), max);
}

static void min_with(float *v, size_t n, size_t shift)
{
	for (size_t i = 0; i < n; i++)
		v[i] = v[i + shift] < v[i] ? v[i + shift] : v[i];
}

static void max_with(float *v, size_t n, size_t shift)
{
	for (size_t i = 0; i < n; i++)
		v[i] = v[i + shift] > v[i] ? v[i + shift] : v[i];
}

static float largest(const float *v, size_t n)
{
	float most[LANES] = {0};
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		for (unsigned k = 0; k < LANES; k++)
			most[k] = v[i + k] > most[k] ? v[i + k] : most[k];
	}
	for (; i < n; i++)
		most[0] = v[i] > most[0] ? v[i] : most[0];
	for (unsigned k = 1; k < LANES; k++)
		most[0] = most[k] > most[0] ? most[k] : most[0];
	return most[0];
}

/* Errors to the span of commands low..high, into low. */
static void distances(float *restrict low, const float *restrict high,
		      const double *restrict measured, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float now = (float)measured[i], under = low[i] - now, over = now - high[i];

		low[i] = now < low[i] ? under : now > high[i] ? over : 0.0f;
	}
}

/* Ticks without NaN. Windows of 7 and 6 grow by steps: of 2, 4, then all. */
static void raise_tracking(struct running_room *r, const double *command, const double *measured,
			   size_t n, double *max)
{
	enum { PAST = TRACKING_PAST - 1, AHEAD = TRACKING_TICKS - 1 };
	float *low = r->low, most;

	if (n < TRACKING_TICKS)
		return;
	/* Before the first command there is nothing: it counts again. */
	for (size_t i = 0; i < PAST; i++)
		low[i] = (float)command[0];
	for (size_t i = 0; i < n; i++)
		low[PAST + i] = (float)command[i];
	memcpy(r->high, low, (n + PAST) * sizeof(*low));
	min_with(low, n + PAST - 1, 1);
	min_with(low, n + PAST - 3, 2);
	min_with(low, n, 3);
	max_with(r->high, n + PAST - 1, 1);
	max_with(r->high, n + PAST - 3, 2);
	max_with(r->high, n, 3);
	distances(low, r->high, measured, n);
	min_with(low, n - 1, 1);
	min_with(low, n - 3, 2);
	min_with(low, n - AHEAD, 2);
	most = largest(low, n - AHEAD);
	*max = (double)most > *max ? (double)most : *max;
}

void running_tracking(struct running_room *r, const double *command, const double *measured,
		      size_t n, double *max)
{
	_Static_assert(TRACKING_PAST == 7 && TRACKING_TICKS == 6, "raise_tracking() counts on it");

	make_room(r, n);
	for (size_t i = 0, from; i < n; i++) {
		for (from = i; i < n && !isunordered(command[i], measured[i]);)
			i++;
		raise_tracking(r, command + from, measured + from, i - from, max);
	}
}
