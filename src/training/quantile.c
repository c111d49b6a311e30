/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values are counted into buckets that cut min..max evenly; v -> (v - min) * scale is monotone in
 * floating point, too, so that the buckets are in order and only those that hold a wanted rank
 * are gathered and sorted. A bucket that holds nearly everything is cut again.
 */
#include "training/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BUCKETS = 1024, SMALL = 48, RANKS_MAX = 16, DEPTH_MAX = 2 };

/* A wanted value of the sorted order. */
struct rank {
	size_t at;
	double value;
};

void quantile_room_fini(struct quantile_room *r)
{
	free(r->v);
	*r = (struct quantile_room){0};
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void sort(double *v, size_t n)
{
	if (n > SMALL) {
		qsort(v, n, sizeof(*v), by_value);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		double x = v[i];
		size_t k = i;

		for (; k && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

static uint32_t bucket_of(double v, double min, double scale)
{
	double at = (v - min) * scale;

	return at < BUCKETS - 1 ? (uint32_t)(int32_t)at : BUCKETS - 1;
}

static void select_ranks(double *room, const double *v, size_t n, double min, double max,
			 struct rank *r, unsigned k, unsigned depth);

/* The ranks r[0..k) all lie in the values gathered at room[0..n); before is how many are less. */
static void solve_bucket(double *room, size_t n, size_t before, size_t all, struct rank *r,
			 unsigned k, unsigned depth)
{
	double min = room[0], max = room[0];

	if (n <= SMALL * 4 || depth == DEPTH_MAX) {
		sort(room, n);
		for (unsigned i = 0; i < k; i++)
			r[i].value = room[r[i].at - before];
		return;
	}
	for (size_t i = 1; i < n; i++) {
		min = room[i] < min ? room[i] : min;
		max = room[i] > max ? room[i] : max;
	}
	for (unsigned i = 0; i < k; i++)
		r[i].at -= before;
	/* The values are copied behind themselves: room holds twice as many as there are. */
	(void)all;
	select_ranks(room + n, room, n, min, max, r, k, depth + 1);
	for (unsigned i = 0; i < k; i++)
		r[i].at += before;
}

static size_t gather(double *room, const double *v, size_t n, double min, double scale,
		     uint32_t bucket)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		room[m] = v[i];
		m += bucket_of(v[i], min, scale) == bucket;
	}
	return m;
}

static void select_ranks(double *room, const double *v, size_t n, double min, double max,
			 struct rank *r, unsigned k, unsigned depth)
{
	uint32_t count[BUCKETS] = {0};
	double scale = BUCKETS / (max - min);
	size_t before = 0;
	unsigned i = 0;

	/* All alike, or so close or so far that the division says nothing. */
	if (!(max > min) || !isfinite(scale) || !isfinite(max - min)) {
		if (max > min) {
			memcpy(room, v, n * sizeof(*v));
			sort(room, n);
			v = room;
		}
		for (; i < k; i++)
			r[i].value = v[max > min ? r[i].at : 0];
		return;
	}
	for (size_t a = 0; a < n; a++)
		count[bucket_of(v[a], min, scale)]++;
	for (uint32_t b = 0; b < BUCKETS && i < k; before += count[b++]) {
		unsigned first = i;

		while (i < k && r[i].at < before + count[b])
			i++;
		if (i > first)
			solve_bucket(room, gather(room, v, n, min, scale, b), before, n, r + first,
				     i - first, depth);
	}
}

void quantiles(struct quantile_room *room, const double *v, size_t n, double min, double max,
	       const double *q, double *out, unsigned k)
{
	struct rank r[RANKS_MAX];
	unsigned ranks = 0;

	for (unsigned i = 0; i < k; i++) {
		double at = q[i] * (double)(n - (n > 0));
		size_t lo = (size_t)at;

		if (!ranks || r[ranks - 1].at < lo)
			r[ranks++].at = lo;
		if (n && lo + 1 < n && r[ranks - 1].at < lo + 1)
			r[ranks++].at = lo + 1;
	}
	if (n && room->size < 4 * n + 64) {
		room->size = 4 * n + 64;
		room->v = xrealloc(room->v, room->size, sizeof(double));
	}
	if (n)
		select_ranks(room->v, v, n, min, max, r, ranks, 0);
	for (unsigned i = 0, at = 0; i < k; i++) {
		double place = q[i] * (double)(n - (n > 0)), part = place - floor(place);
		size_t lo = (size_t)place;
		double a, b;

		if (!n) {
			out[i] = NAN;
			continue;
		}
		while (r[at].at < lo)
			at++;
		a = r[at].value;
		b = at + 1 < ranks && r[at + 1].at == lo + 1 ? r[at + 1].value : a;
		/* numpy interpolates from the nearer end. */
		out[i] = part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
	}
}
