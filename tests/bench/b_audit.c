/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the audits: statistics spoilt in known ways, on real sets. Fails when a figure is
 * worse than promised.
 */
#include <stdio.h>
#include <stdlib.h>

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
	printf("%-16s %4.0f %%  %6.1f %6.1f %6.1f %6.2f   %u of %u healthy flagged   %s\n", s->name,
	       100 * share, percent(c.right, all), percent(c.cannot, all), percent(c.silent, all),
	       percent(c.wrong, all), c.flagged, c.healthy, c.first_wrong);
	fflush(stdout);
	if (share >= 1)
		return percent(c.right, all) < 95 || percent(c.wrong, all) > 1 || c.flagged;
	return percent(c.wrong, all) > 1 || percent(c.flagged, c.healthy) > 5;
}

int main(void)
{
	const char *data = getenv("POLICYTOP_DATA");
	unsigned worse = 0;

	if (!data || !data[0]) {
		printf("POLICYTOP_DATA is not set\n");
		return 77;
	}
	printf("statistics against data, in %% of the faults that change something\n"
	       "%-16s %6s  %6s %6s %6s %6s\n",
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
	return worse ? 1 : 0;
}
