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
	free(r->id);
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

static void select_ranks(struct quantile_room *room, size_t used, const double *v, size_t n,
			 double min, double max, struct rank *r, unsigned k, unsigned depth);

/* The k ranks in the n values at v; before are less. room is free from used on. */
static void solve_bucket(struct quantile_room *room, size_t used, double *v, size_t n,
			 size_t before, struct rank *r, unsigned k, unsigned depth)
{
	double min = v[0], max = v[0];

	if (n <= SMALL * 4 || depth == DEPTH_MAX) {
		sort(v, n);
		for (unsigned i = 0; i < k; i++)
			r[i].value = v[r[i].at - before];
		return;
	}
	for (size_t i = 1; i < n; i++) {
		min = v[i] < min ? v[i] : min;
		max = v[i] > max ? v[i] : max;
	}
	for (unsigned i = 0; i < k; i++)
		r[i].at -= before;
	select_ranks(room, used, v, n, min, max, r, k, depth + 1);
	for (unsigned i = 0; i < k; i++)
		r[i].at += before;
}

/* All alike, or so close or so far apart that the division says nothing. */
static void select_sorted(double *room, const double *v, size_t n, struct rank *r, unsigned k)
{
	memcpy(room, v, n * sizeof(*v));
	sort(room, n);
	for (unsigned i = 0; i < k; i++)
		r[i].value = room[r[i].at];
}

/* A bucket that holds wanted ranks: r[first..last), its n values from start on. */
struct wanted {
	size_t start, n, before;
	unsigned first, last;
};

struct buckets {
	uint32_t count[2][BUCKETS + 2]; /* of every other value: equal neighbours do not wait */
	uint32_t at[BUCKETS + 2];	/* where the values of a wanted one go */
	uint8_t wanted[BUCKETS + 2];
};

static void count_values(struct buckets *b, uint16_t *restrict id, const double *restrict v,
			 size_t n, double min, double scale)
{
	memset(b->count, 0, sizeof(b->count));
	for (size_t i = 0; i < n; i++)
		id[i] = (uint16_t)(int32_t)((v[i] - min) * scale);
	for (size_t i = 0; i + 1 < n; i += 2) {
		b->count[0][id[i]]++;
		b->count[1][id[i + 1]]++;
	}
	if (n % 2)
		b->count[0][id[n - 1]]++;
}

/* Returns how many buckets are wanted. */
static unsigned choose(struct wanted *w, struct buckets *b, const struct rank *r, unsigned k)
{
	size_t before = 0, start = 0;
	unsigned n = 0, i = 0;

	for (unsigned at = 0; at < BUCKETS + 2; at++) {
		size_t count = (size_t)b->count[0][at] + b->count[1][at];
		unsigned first = i;

		while (i < k && r[i].at < before + count)
			i++;
		b->wanted[at] = i > first;
		if (i > first) {
			b->at[at] = (uint32_t)start;
			w[n++] = (struct wanted){start, count, before, first, i};
			start += count;
		}
		before += count;
	}
	return n;
}

/* The values that are in wanted buckets, and their ids, in the order of v; how many. */
static size_t gather(double *restrict to, uint16_t *id, const uint8_t *wanted,
		     const double *restrict v, size_t n)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		uint16_t k = id[i];

		to[m] = v[i];
		id[m] = k;
		m += wanted[k];
	}
	return m;
}

static void select_ranks(struct quantile_room *room, size_t used, const double *v, size_t n,
			 double min, double max, struct rank *r, unsigned k, unsigned depth)
{
	double scale = BUCKETS / (max - min), *to = room->v + used, *by_bucket;
	struct wanted w[RANKS_MAX];
	struct buckets b;
	unsigned nwanted;
	size_t m;

	if (!(max > min)) {
		for (unsigned i = 0; i < k; i++)
			r[i].value = v[0];
		return;
	}
	if (!isfinite(scale) || !isfinite(max - min) || n > UINT32_MAX / 2) {
		select_sorted(to, v, n, r, k);
		return;
	}
	count_values(&b, room->id, v, n, min, scale);
	nwanted = choose(w, &b, r, k);
	m = gather(to, room->id, b.wanted, v, n);
	by_bucket = to + m;
	for (size_t i = 0; i < m; i++)
		by_bucket[b.at[room->id[i]]++] = to[i];
	for (unsigned i = 0; i < nwanted; i++)
		solve_bucket(room, used + 2 * m, by_bucket + w[i].start, w[i].n, w[i].before,
			     r + w[i].first, w[i].last - w[i].first, depth);
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
	if (n && room->size < n) {
		/* Two copies a level at most. */
		room->v = xrealloc(room->v, 2 * (DEPTH_MAX + 1) * n, sizeof(double));
		room->id = xrealloc(room->id, n, sizeof(*room->id));
		room->size = n;
	}
	if (n)
		select_ranks(room, 0, v, n, min, max, r, ranks, 0);
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
