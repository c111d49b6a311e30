/* SPDX-License-Identifier: Apache-2.0 */
/* Quantiles equal those of a full sort, whatever the values look like. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/tap.h"
#include "training/quantile.h"

enum { N_MAX = 5000 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double of_sorted(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1), part = at - floor(at);
	size_t lo = (size_t)at, hi = lo + 1 < n ? lo + 1 : lo;

	return part < 0.5 ? v[lo] + (v[hi] - v[lo]) * part : v[hi] - (v[hi] - v[lo]) * (1 - part);
}

static double even(struct rng *r, size_t i)
{
	(void)i;
	return rng_range(r, -3, 7);
}

static double alike(struct rng *r, size_t i)
{
	(void)r;
	(void)i;
	return 4.25;
}

/* Nearly all in one place, a few far away: the case that buckets are worst at. */
static double outliers(struct rng *r, size_t i)
{
	return i % 500 == 3 ? rng_range(r, -1e9, 1e9) : 1e-6 * rng_gauss(r);
}

static double steps(struct rng *r, size_t i)
{
	(void)i;
	return rng_u32(r) % 5;
}

static double huge(struct rng *r, size_t i)
{
	return (i % 2 ? 1.7e308 : -1.7e308) * rng_unit(r);
}

static double tiny(struct rng *r, size_t i)
{
	(void)i;
	return 5e-324 * (double)(rng_u32(r) % 100);
}

/* Every level of it looks like the whole: each bucket holds an outlier of its own. */
static double nested(struct rng *r, size_t i)
{
	return pow(10.0, -(double)(i % 60)) * rng_unit(r);
}

static void test_kind(struct tap *t, const char *name, double (*make)(struct rng *r, size_t i))
{
	static const double q[] = {0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1};
	double *v = xcalloc(N_MAX, sizeof(*v)), *sorted = xcalloc(N_MAX, sizeof(*v)), out[8];
	struct quantile_room room = {0};
	struct rng r = rng_seed(7);
	size_t wrong = 0;

	for (size_t n = 1; n <= N_MAX; n = n < 20 ? n + 1 : n * 3) {
		for (size_t i = 0; i < n; i++)
			sorted[i] = v[i] = make(&r, i);
		qsort(sorted, n, sizeof(*sorted), by_value);
		quantiles(&room, v, n, sorted[0], sorted[n - 1], q, out, 8);
		for (unsigned k = 0; k < 8; k++) {
			double want = of_sorted(sorted, n, q[k]);

			wrong += out[k] < want || out[k] > want;
		}
	}
	ok(t, wrong == 0, "%s: %zu differ from those of a sort", name, wrong);
	quantile_room_fini(&room);
	free(v);
	free(sorted);
}

int main(void)
{
	static const double half[] = {0.5};
	struct quantile_room room = {0};
	struct tap t = {0};
	double out = 0;

	test_kind(&t, "even", even);
	test_kind(&t, "alike", alike);
	test_kind(&t, "outliers", outliers);
	test_kind(&t, "steps", steps);
	test_kind(&t, "huge", huge);
	test_kind(&t, "tiny", tiny);
	test_kind(&t, "nested", nested);
	quantiles(&room, NULL, 0, NAN, NAN, half, &out, 1);
	ok(&t, isnan(out), "no values: unknown");
	return tap_done(&t);
}
