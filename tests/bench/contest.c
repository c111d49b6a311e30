/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/contest.h"

enum { TRIES = 5, LONG_TRIES = 3, LONG_NOISE_US = 1000 };

static const char *const way_name[WAYS] = {"direct", "forwarder", "tap"};
static const int64_t kill_every_ns = 1600 * NS_PER_MS;

struct figures {
	const struct contest *c;
	struct clock clock;
	int64_t *took_ns[2][WAYS]; /* [1]: with kills */
	unsigned kills;
};

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of n sorted values, in us. */
static double quantile(const int64_t *v, unsigned n, double q)
{
	return (double)v[(unsigned)((n - 1) * q)] / 1e3;
}

/* Rounds [from, to) of the worst thousandth, without the forwarder. */
static void endure(struct figures *f, unsigned from, unsigned to, bool with_kills)
{
	int64_t kill_at = clock_now_ns(&f->clock) + kill_every_ns;

	for (unsigned i = from; i < to; i++) {
		for (int way = 0; way < WAYS; way += WAY_TAP) {
			usleep(f->c->long_pause_us);
			f->took_ns[with_kills][way][i] = f->c->exchange(f->c->user, way);
		}
		if (!with_kills || clock_now_ns(&f->clock) < kill_at)
			continue;
		f->c->restart(f->c->user);
		f->kills++;
		kill_at = clock_now_ns(&f->clock) + kill_every_ns;
	}
}

static void sort(struct figures *f, unsigned rounds)
{
	for (int kind = 0; kind < 2; kind++) {
		for (int way = 0; way < WAYS; way++)
			qsort(f->took_ns[kind][way], rounds, sizeof(int64_t), by_size);
	}
}

/* True when the machine was quiet enough for the figures to mean something. */
static bool medians(struct figures *f)
{
	const struct contest *c = f->c;
	double direct, forwarder, tap, noise;

	for (unsigned i = 0; i < c->rounds; i++) {
		for (int way = 0; way < WAYS; way++) {
			usleep(c->pause_us);
			f->took_ns[0][way][i] = c->exchange(c->user, way);
		}
	}
	sort(f, c->rounds);
	direct = quantile(f->took_ns[0][WAY_DIRECT], c->rounds, 0.5);
	forwarder = quantile(f->took_ns[0][WAY_FORWARDER], c->rounds, 0.5) - direct;
	tap = quantile(f->took_ns[0][WAY_TAP], c->rounds, 0.5) - direct;
	noise = quantile(f->took_ns[0][WAY_DIRECT], c->rounds, 0.99);
	printf("%s: forwarder %.0f us, tap %.0f us: ratio %.2f (%s); direct %.0f us, its p99 %.0f "
	       "us%s\n",
	       c->title, forwarder, tap, tap / forwarder, c->limit, direct, noise,
	       noise > c->noise_us ? ": void, the machine is busy" : "");
	return noise <= c->noise_us;
}

/* What the tap adds to the worst thousandth. */
static double worst_of_tap(const struct figures *f, bool with_kills)
{
	int64_t *const *v = f->took_ns[with_kills];
	unsigned n = f->c->long_rounds;

	for (int way = 0; way < WAYS; way += WAY_TAP)
		printf("%-6s %s kills: p50 %.0f p99 %.0f p99.9 %.0f worst %.0f us\n", way_name[way],
		       with_kills ? "with   " : "without", quantile(v[way], n, 0.5),
		       quantile(v[way], n, 0.99), quantile(v[way], n, 0.999),
		       quantile(v[way], n, 1));
	return quantile(v[WAY_TAP], n, 0.999) - quantile(v[WAY_DIRECT], n, 0.999);
}

/* True when the machine was quiet enough for the figures to mean something. */
static bool kills(struct figures *f)
{
	const struct contest *c = f->c;
	double without, with;
	bool busy;

	f->kills = 0;
	for (unsigned i = 0; i < c->long_rounds; i += c->block_rounds) {
		endure(f, i, i + c->block_rounds, false);
		endure(f, i, i + c->block_rounds, true);
	}
	sort(f, c->long_rounds);
	busy = quantile(f->took_ns[0][WAY_DIRECT], c->long_rounds, 0.999) > LONG_NOISE_US;
	without = worst_of_tap(f, false);
	with = worst_of_tap(f, true);
	printf("tap minus direct at p99.9, %u exchanges each: %.0f us without kills, %.0f us with %u: "
	       "%.0f us more (at most 1000)%s\n",
	       c->long_rounds, without, with, f->kills, with - without,
	       busy ? ": void, the machine is busy" : "");
	return !busy;
}

void contest_run(const struct contest *c)
{
	struct figures f = {.c = c, .clock = clock_real()};
	unsigned n = c->rounds > c->long_rounds ? c->rounds : c->long_rounds;

	for (int kind = 0; kind < 2; kind++) {
		for (int way = 0; way < WAYS; way++)
			f.took_ns[kind][way] = xcalloc(n, sizeof(int64_t));
	}
	for (int i = 0; i < TRIES && !medians(&f); i++)
		;
	for (int i = 0; i < LONG_TRIES && !kills(&f); i++)
		;
	for (int kind = 0; kind < 2; kind++) {
		for (int way = 0; way < WAYS; way++)
			free(f.took_ns[kind][way]);
	}
}
