/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the audits: statistics spoilt in known ways, on real sets. Fails when a figure is
 * worse than promised.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/audit/explain_cases.h"
#include "tests/audit/norm_cases.h"

struct set {
	const char *name, *other;
	unsigned rounds;
};

static const struct set sets[] = {
	{"g1_v21", NULL, 50},
	{"so101_state_v30", "so101_sim_v30", 50},
	{"so101_sim_v30", "so101_state_v30", 50},
	{"so101_bi_v30", NULL, 50},
	{"gr1_v20", NULL, 50},
	{"v30_slices/pusht_slice", NULL, 50},
	{"v30_slices/data_editing_slice", NULL, 50},
};

static double percent(unsigned n, unsigned of)
{
	return of ? 100.0 * n / of : 0;
}

static unsigned row(const struct set *s, const struct episodes *e, const struct episodes *other,
		    double share)
{
	const struct episodes *const others[] = {other, NULL};
	struct norm_count c;
	unsigned all;

	norm_cases(&c, e, share, s->rounds, 20261128, other ? others : NULL);
	all = c.right + c.cannot + c.silent + c.wrong;
	printf("%-29s %4.0f %%  %6.1f %6.1f %6.1f %6.2f   %u of %u healthy flagged   %s\n", s->name,
	       100 * share, percent(c.right, all), percent(c.cannot, all), percent(c.silent, all),
	       percent(c.wrong, all), c.flagged, c.healthy, c.first_wrong);
	fflush(stdout);
	/* Of two joints, or a second of data, not all can be told. */
	if (share >= 1 && s->rounds && e->count >= 5)
		return percent(c.right, all) < 95 || percent(c.wrong, all) > 1 || c.flagged;
	return percent(c.wrong, all) > 1 || percent(c.flagged, c.healthy) > 5;
}

static unsigned norm_table(const char *data)
{
	unsigned worse = 0;

	printf("statistics against data, in %% of the faults that change something\n"
	       "%-29s %6s  %6s %6s %6s %6s\n",
	       "set", "share", "right", "cannot", "silent", "wrong");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct episodes e, other;
		bool with = sets[i].other && norm_load(&other, data, sets[i].other);

		if (!norm_load(&e, data, sets[i].name))
			return 1;
		worse += row(&sets[i], &e, with ? &other : NULL, 1);
		worse += row(&sets[i], &e, with ? &other : NULL, 0.5);
		episodes_fini(&e);
		if (with)
			episodes_fini(&other);
	}
	return worse;
}

/* The labelled runs of a real policy, with two profiles of its teacher. */
static unsigned run_table(const char *name, const struct first_chunk *c, unsigned n,
			  const struct profile *p, const struct explain_stats *own,
			  const struct explain_stats *others, unsigned nothers)
{
	struct run_row rows[RUN_FAULTS];
	unsigned nrows = explain_runs(rows, c, n, p, own, others, nothers), worse = 0;

	printf("\nfirst actions of labelled runs, profile %s: right of all\n", name);
	for (unsigned i = 0; i < nrows; i++) {
		unsigned right = 0;

		for (int k = 0; k < EXPLAIN_KINDS; k++)
			right += explain_is_right(rows[i].fault, (enum explain_kind)k)
					 ? rows[i].by_kind[k]
					 : 0;
		printf("%-16s %3u of %3u", rows[i].fault[0] ? rows[i].fault : "clean", right,
		       rows[i].n);
		for (int k = 0; k < EXPLAIN_KINDS; k++) {
			if (rows[i].by_kind[k])
				printf("  %s %u", explain_word((enum explain_kind)k),
				       rows[i].by_kind[k]);
		}
		if (rows[i].ambiguous)
			printf("  ambiguous %u", rows[i].ambiguous);
		putchar('\n');
		worse += right + 1 < rows[i].n && explain_is_promised(rows[i].fault);
		worse += !rows[i].fault[0] && right < rows[i].n;
	}
	return worse;
}

static unsigned injected_row(const char *name, const struct injected_count *n)
{
	unsigned seen = n->right + n->none + n->cannot + n->wrong;

	printf("%-32s %6.1f %6.1f %6.1f %6.2f  %6.1f  %4u %4u  %s\n", name, percent(n->right, seen),
	       percent(n->none, seen), percent(n->cannot, seen), percent(n->wrong, seen),
	       percent(n->invisible, seen + n->invisible), n->chunks, n->far, n->first_wrong);
	fflush(stdout);
	return percent(n->right, seen) < 95 || percent(n->wrong, seen) > 0.5;
}

static unsigned injected_sets(const char *data, const struct explain_stats *so101)
{
	static const char *const names[] = {"g1_v21", "so101_state_v30", "so101_sim_v30",
					    "so101_bi_v30", "gr1_v20"};
	unsigned worse = 0;

	for (size_t i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
		const char *set = names[i / 2];
		struct injected_count n = {0};
		struct episodes e;
		char name[64];

		if (!norm_load(&e, data, set))
			return 1;
		snprintf(name, sizeof(name), "%s, %s", set, i % 2 ? "mid-episode" : "start");
		for (unsigned k = 0; k < 1 + 40 / e.count; k++)
			explain_injected_set(&n, &e, i % 2 == 0, e.count < 10,
					     e.naction == 6 ? so101 : NULL, 4711 + k);
		worse += injected_row(name, &n);
		episodes_fini(&e);
	}
	return worse;
}

static unsigned explain_tables(const char *data)
{
	static const char *const names[2] = {"so101_state_v30", "so101_sim_v30"};
	struct first_chunk *c = xcalloc(400, sizeof(*c));
	unsigned n = chunks_of_runs(c, 400, data, 1), worse = 0;
	struct episodes e[2];
	struct profile *p[2];
	struct explain_stats stats[3];
	char path[1024];

	snprintf(path, sizeof(path), "%s/stats_svla_so101_pickplace/stats.json", data);
	if (!stats_of_file(&stats[2], path))
		return 1;
	for (unsigned i = 0; i < 2; i++) {
		if (!norm_load(&e[i], data, names[i]))
			return 1;
		p[i] = profile_build(&e[i], NULL);
		explain_stats_of(&stats[i], p[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		worse += run_table(names[i], c, n, p[i], &stats[0], &stats[1], 2);
	printf("\nfirst actions with an injected fault, in %% of the visible\n%-32s %6s %6s %6s %6s"
	       "  %6s  %4s %4s\n",
	       "chunks", "right", "none", "cannot", "wrong", "unseen", "n", "far");
	for (unsigned i = 0; i < 2; i++) {
		struct injected_count in = {0};
		char name[64];

		for (unsigned k = 0; k < n; k++) {
			if (!c[k].fault[0])
				explain_injected(&in, &c[k], true, p[i], &stats[2], 90210 + k);
		}
		snprintf(name, sizeof(name), "clean runs, %s", names[i]);
		worse += injected_row(name, &in);
	}
	worse += injected_sets(data, &stats[2]);
	for (unsigned i = 0; i < 2; i++) {
		profile_free(p[i]);
		episodes_fini(&e[i]);
	}
	free(c);
	return worse;
}

int main(void)
{
	const char *data = getenv("POLICYTOP_DATA");
	unsigned worse;

	if (!data || !data[0]) {
		printf("POLICYTOP_DATA is not set\n");
		return 77;
	}
	worse = norm_table(data) + explain_tables(data);
	printf("%s\n", worse ? "worse than promised" : "as promised");
	return worse ? 1 : 0;
}
