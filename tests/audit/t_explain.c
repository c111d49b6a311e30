/* SPDX-License-Identifier: Apache-2.0 */
/* First actions explained: made ones with one thing wrong, and a real policy's labelled runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/audit/explain_cases.h"
#include "tests/audit/made.h"
#include "tests/audit/norm_cases.h"
#include "tests/tap.h"

enum { STEPS = 12 };

struct bed {
	struct episodes e;
	struct profile *p;
	struct first_chunk c;
	struct explain_case k;
	struct explanation x;
	char text[320];
};

static void bed_init(struct bed *b, unsigned joints)
{
	memset(b, 0, sizeof(*b));
	made_set(&b->e, joints, 12, 60, 7);
	b->p = profile_build(&b->e, NULL);
	chunk_of_episode(&b->c, &b->e, 3, 0, STEPS);
	b->k = (struct explain_case){.profile = b->p,
				     .start = true,
				     .chunk = b->c.action,
				     .steps = STEPS,
				     .arm = b->c.arm};
}

static void bed_fini(struct bed *b)
{
	profile_free(b->p);
	episodes_fini(&b->e);
}

static enum explain_kind ask(struct bed *b)
{
	explain_chunk(&b->x, &b->k);
	explain_sentence(b->text, sizeof(b->text), &b->x, &b->k);
	return b->x.ambiguous ? EXPLAIN_UNKNOWN : b->x.kind;
}

static void test_normalisation(struct tap *t)
{
	struct bed b;

	bed_init(&b, 6);
	ok(t, ask(&b) == EXPLAIN_NEAR && b.x.before.ratio < 1.5, "training's own: %s", b.text);
	for (unsigned i = 0; i < STEPS * 6; i++) {
		const struct dist *d = &b.p->action.joint[i % 6].value;

		b.c.action[i] = b.c.action[i] * d->std + d->mean;
	}
	ok(t,
	   ask(&b) == EXPLAIN_TWICE && strstr(b.text, "one un-normalise too many: undone, the") &&
		   strstr(b.text, "instead of"),
	   "%s", b.text);
	ok(t, b.x.before.arm > 50 && b.x.after.arm < 10, "%.3g before, %.3g after", b.x.before.arm,
	   b.x.after.arm);
	b.k.delta = true;
	ok(t, ask(&b) == EXPLAIN_NONE, "not with statistics of relative actions: %s", b.text);
	bed_fini(&b);
}

/* Two sets whose statistics are the same explain it alike. */
static void test_not_told(struct tap *t)
{
	struct explain_stats others[2];
	struct bed b;

	bed_init(&b, 6);
	for (unsigned i = 0; i < 2; i++) {
		explain_stats_of(&others[i], b.p);
		others[i].name = i ? "second" : "first";
		for (unsigned j = 0; j < 6; j++) {
			others[i].f.mean[j] += 80;
			others[i].f.min[j] = others[i].f.max[j] = NAN;
			others[i].q01[j] = others[i].q99[j] = NAN;
		}
	}
	for (unsigned i = 0; i < STEPS * 6; i++)
		b.c.action[i] += 80;
	b.k.others = others;
	b.k.nothers = 1;
	ok(t, ask(&b) == EXPLAIN_OTHER_SET && strstr(b.text, "statistics of first"), "%s", b.text);
	b.k.nothers = 2;
	ok(t,
	   ask(&b) == EXPLAIN_UNKNOWN && strstr(b.text, "cannot tell apart") &&
		   strstr(b.text, "second"),
	   "%s", b.text);
	b.k.nothers = 0;
	ok(t, ask(&b) == EXPLAIN_NONE && strstr(b.text, "no known mistake"), "%s", b.text);
	bed_fini(&b);
	bed_init(&b, 3);
	for (unsigned i = 0; i < STEPS * 3; i++)
		b.c.action[i] += 500;
	ok(t, ask(&b) == EXPLAIN_UNKNOWN && strstr(b.text, "too few"), "%s", b.text);
	bed_fini(&b);
}

static void test_no_transformation(struct tap *t)
{
	struct bed b;

	bed_init(&b, 6);
	b.k.unplanned = true;
	ok(t, ask(&b) == EXPLAIN_NO_RESET, "%s", b.text);
	b.k.unplanned = false;
	b.c.arm[1] += 120;
	b.c.arm[3] -= 77;
	ok(t, ask(&b) == EXPLAIN_ARM_AWAY, "%s", b.text);
	b.k.start = false;
	ok(t, ask(&b) == EXPLAIN_NONE, "not in mid-episode: %s", b.text);
	for (unsigned j = 0; j < 6; j++)
		b.c.arm[j] = NAN;
	ok(t, ask(&b) == EXPLAIN_UNKNOWN, "the arm is not known: %s", b.text);
	b.k.steps = 0;
	ok(t, ask(&b) == EXPLAIN_UNKNOWN, "no action: %s", b.text);
	bed_fini(&b);
}

static void test_relative(struct tap *t)
{
	struct bed b;

	bed_init(&b, 6);
	for (unsigned i = 0; i < STEPS * 6; i++)
		b.c.action[i] -= i % 6 == 5 ? 0 : b.c.arm[i % 6];
	b.k.delta = true;
	ok(t, ask(&b) == EXPLAIN_DELTA, "%s", b.text);
	b.k.delta = false;
	ok(t, b.x.kind == EXPLAIN_DELTA && ask(&b) != EXPLAIN_DELTA,
	   "only where the statistics are of relative actions: %s", b.text);
	bed_fini(&b);
}

static void test_real(struct tap *t, const char *data)
{
	struct first_chunk *c = xcalloc(400, sizeof(*c));
	unsigned n = chunks_of_runs(c, 400, data, 2);
	struct explain_stats other, own;
	struct run_row rows[RUN_FAULTS];
	struct injected_count in = {0};
	struct episodes e;
	struct profile *p;
	char path[1024];
	unsigned nrows, seen;

	snprintf(path, sizeof(path), "%s/stats_svla_so101_pickplace/stats.json", data);
	if (!ok(t, stats_of_file(&other, path) && norm_load(&e, data, "so101_sim_v30"),
		"so101_sim_v30 is read"))
		return;
	/* Another set of the same teacher's as profile; the policy's own statistics. */
	snprintf(path, sizeof(path), "%s/so101_state_v30/meta/stats.json", data);
	stats_of_file(&own, path);
	p = profile_build(&e, NULL);
	nrows = explain_runs(rows, c, n, p, &own, &other, 1);
	for (unsigned i = 0; i < nrows; i++) {
		unsigned right = 0;

		for (int k = 0; k < EXPLAIN_KINDS; k++)
			right += explain_is_right(rows[i].fault, (enum explain_kind)k)
					 ? rows[i].by_kind[k]
					 : 0;
		if (!rows[i].fault[0])
			ok(t, right == rows[i].n, "clean: nothing in %u of %u", right, rows[i].n);
		else if (explain_is_promised(rows[i].fault))
			ok(t, right + 1 >= rows[i].n, "%s: %u of %u", rows[i].fault, right,
			   rows[i].n);
	}
	ok(t, nrows > 20, "%u kinds of runs", nrows);
	for (unsigned i = 0; i < n; i++) {
		if (!c[i].fault[0])
			explain_injected(&in, &c[i], true, p, &other, 31337 + i);
	}
	seen = in.right + in.none + in.cannot + in.wrong;
	ok(t, in.right >= 0.95 * seen && in.wrong <= 0.005 * seen,
	   "injected: %u of %u right, %u wrong %s", in.right, seen, in.wrong, in.first_wrong);
	profile_free(p);
	episodes_fini(&e);
	free(c);
}

/* Healthy episodes of sets whose hands are commanded by what is no position, or that hardly move. */
static void test_healthy_sets(struct tap *t, const char *data)
{
	static const char *const sets[] = {"gr1_v20", "g1_v21", "so101_bi_v30"};
	struct first_chunk *c = xcalloc(1, sizeof(*c));

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct episodes e;
		struct profile *p;
		unsigned n = 0, quiet = 0;

		if (!norm_load(&e, data, sets[i]))
			continue;
		p = profile_build(&e, NULL);
		for (size_t k = 0; k < 2 * e.count; k++) {
			struct explain_case x = {.profile = p, .steps = 30, .start = k % 2 == 0};
			struct explanation found;

			if (!chunk_of_episode(c, &e, k / 2, k % 2 ? e.span[k / 2].frames / 2 : 0,
					      30))
				continue;
			x.chunk = c->action;
			x.arm = c->arm;
			explain_chunk(&found, &x);
			n++;
			quiet += found.kind == EXPLAIN_NEAR;
		}
		ok(t, n >= e.count && quiet == n, "%s: nothing in %u of %u", sets[i], quiet, n);
		profile_free(p);
		episodes_fini(&e);
	}
	free(c);
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");

	test_normalisation(&t);
	test_not_told(&t);
	test_no_transformation(&t);
	test_relative(&t);
	if (data && data[0]) {
		test_real(&t, data);
		test_healthy_sets(&t, data);
	} else {
		tap_skip(&t, "labelled runs of a real policy", "POLICYTOP_DATA is not set");
	}
	return tap_done(&t);
}
