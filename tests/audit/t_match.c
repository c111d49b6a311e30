/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics against data: what is named, what is left alone, and what is not told apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/match.h"
#include "tests/audit/made.h"
#include "tests/audit/norm_cases.h"
#include "tests/tap.h"
#include "robot/robot.h"

enum { WAYS = 5, HORIZON = 10 };

struct bed {
	struct episodes e;
	struct measured way[WAYS];
	const struct measured *data[WAYS];
	bool hand[MAX_JOINTS];
	struct match m;
};

static void bed_init(struct bed *b, unsigned joints)
{
	static const enum how hows[WAYS] = {HOW_RECORDED, HOW_STEP, HOW_CHUNK, HOW_CHUNK_PADDED,
					    HOW_CHUNK_WINDOW};

	made_set(&b->e, joints, 12, 60, 7);
	for (unsigned i = 0; i < WAYS; i++) {
		figures_measure(&b->way[i], &b->e, NULL, true, hows[i], HORIZON);
		b->data[i] = &b->way[i];
	}
	for (unsigned j = 0; j < joints; j++)
		b->hand[j] = robot_is_hand(robot_find(b->e.robot), b->e.action_joint[j].name);
}

static enum match_kind ask(struct bed *b, const struct figures *stats, unsigned episodes)
{
	struct match_case c = {.stats = stats,
			       .data = b->data,
			       .ndata = WAYS,
			       .stats_episodes = episodes,
			       .hand = b->hand};

	match_stats(&b->m, &c);
	return b->m.ambiguous ? MATCH_AMBIGUOUS : b->m.what.kind;
}

static void copy_joint(struct figures *to, unsigned a, const struct figures *from, unsigned b)
{
	to->mean[a] = from->mean[b];
	to->std[a] = from->std[b];
	to->min[a] = from->min[b];
	to->max[a] = from->max[b];
}

static void test_healthy(struct tap *t)
{
	struct bed b;
	struct figures f;
	unsigned char use[12] = {1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1};
	struct measured part;

	bed_init(&b, 6);
	for (unsigned i = 0; i < WAYS; i++)
		ok(t, ask(&b, &b.way[i].all, 0) == MATCH_SAME && strcmp(b.m.how, b.way[i].how) == 0,
		   "as trained: %s", b.m.how);
	f = b.way[2].all;
	copy_joint(&f, 5, &b.way[0].all, 5);
	ok(t, ask(&b, &f, 0) == MATCH_SAME && strstr(b.m.how, "complete chunks of 10"),
	   "relative actions, the gripper excluded");
	copy_joint(&f, 5, &b.way[4].all, 5);
	ok(t, ask(&b, &f, 0) == MATCH_SAME, "the same, the gripper counted by chunks");
	f = b.way[0].all;
	f.n = 32;
	for (unsigned j = 6; j < 32; j++)
		f.mean[j] = f.std[j] = f.min[j] = f.max[j] = 0;
	ok(t, ask(&b, &f, 0) == MATCH_SAME, "padded to 32");
	for (unsigned j = 0; j < 6; j++)
		f.min[j] = f.max[j] = NAN;
	ok(t, ask(&b, &f, 0) == MATCH_SAME, "mean and std alone, as openpi writes them");
	figures_measure(&part, &b.e, use, true, HOW_RECORDED, 0);
	ok(t, ask(&b, &part.all, 9) == MATCH_NEAR, "nine of its twelve episodes are near");
	ok(t, !b.m.exact && b.m.worst > 0.001, "and said so: %.3g std", b.m.worst);
	episodes_fini(&b.e);
}

/* openpi trains ALOHA with four joints turned round; a joint that never moves says nothing. */
static void test_odd_spaces(struct tap *t)
{
	struct bed b;
	struct figures f;
	double slope[MAX_JOINTS], offset[MAX_JOINTS] = {0};

	bed_init(&b, 14);
	for (unsigned j = 0; j < 14; j++)
		slope[j] = j % 7 == 1 || j % 7 == 2 ? -1 : 1;
	figures_map(&f, &b.way[0].all, slope, offset);
	f.mean[6] = f.mean[13] = 0.3;
	f.std[6] = f.std[13] = 0.1;
	ok(t, ask(&b, &f, 0) == MATCH_SAME && strstr(b.m.how, "ALOHA"), "openpi's flips: %s",
	   b.m.how);
	slope[0] = -1;
	figures_map(&f, &b.way[0].all, slope, offset);
	ok(t, ask(&b, &f, 0) == MATCH_SIGNS, "one more is named");
	b.way[0].all.std[3] = 0;
	f = b.way[0].all;
	f.mean[3] = 1e6;
	ok(t, ask(&b, &f, 0) == MATCH_SAME && b.m.judged == 13, "a still joint is not judged");
	episodes_fini(&b.e);
}

static void test_named(struct tap *t)
{
	struct bed b;
	struct figures f;
	struct match_other other = {"elsewhere", &f};
	struct match_case c = {.stats = &f, .others = &other, .nothers = 1};

	bed_init(&b, 6);
	f = b.way[0].all;
	copy_joint(&f, 1, &b.way[0].all, 4);
	copy_joint(&f, 4, &b.way[0].all, 1);
	ok(t, ask(&b, &f, 0) == MATCH_EXCHANGED && b.m.what.a == 1 && b.m.what.b == 4,
	   "the pair that was exchanged");
	f = b.way[0].all;
	copy_joint(&f, 0, &b.way[0].all, 1);
	copy_joint(&f, 1, &b.way[0].all, 2);
	copy_joint(&f, 2, &b.way[0].all, 0);
	ok(t, ask(&b, &f, 0) == MATCH_ORDER, "three joints in a ring");
	for (unsigned j = 0; j < 6; j++)
		f.mean[j] += 300;
	ok(t, ask(&b, &f, 0) == MATCH_UNKNOWN, "far from everything: cannot tell");
	c.data = b.data;
	c.ndata = WAYS;
	match_stats(&b.m, &c);
	ok(t, b.m.what.kind == MATCH_OTHER_SET && strcmp(b.m.other, "elsewhere") == 0,
	   "with that set on file: its name");
	f = b.way[0].all;
	for (unsigned j = 0; j < 6; j++)
		f.mean[j] += 1.2 * f.std[j];
	ok(t, ask(&b, &f, 0) == MATCH_FOREIGN, "of such a robot, not of this data");
	episodes_fini(&b.e);
}

/* Equal columns, two dimensions, too little data. */
static void test_not_told(struct tap *t)
{
	struct bed b;
	struct figures f;

	bed_init(&b, 6);
	/* Joint 1 lies as far from 2 and 3 as episodes differ, and its statistics beyond them. */
	for (unsigned j = 1; j <= 3; j++) {
		b.way[0].all.mean[j] = j == 1 ? 0 : 0.35;
		b.way[0].all.std[j] = 1;
		b.way[0].mean_sd[j] = 0.2206;
	}
	f = b.way[0].all;
	f.mean[1] = 0.7;
	ok(t, ask(&b, &f, 12) == MATCH_AMBIGUOUS && b.m.what.a == 1 && b.m.rival.a == 1,
	   "exchanged with either of two like joints: cannot tell %u from %u", b.m.what.b,
	   b.m.rival.b);
	episodes_fini(&b.e);
	bed_init(&b, 2);
	f = b.way[0].all;
	copy_joint(&f, 0, &b.way[0].all, 1);
	copy_joint(&f, 1, &b.way[0].all, 0);
	ok(t, ask(&b, &f, 0) != MATCH_EXCHANGED, "two dimensions are too few to say exchanged");
	f = b.way[0].all;
	f.mean[0] += 0.3 * f.std[0];
	for (unsigned w = 0; w < WAYS; w++)
		b.way[w].episodes = 3;
	ok(t, ask(&b, &f, 0) == MATCH_TOO_FEW, "three episodes are too few to say near");
	episodes_fini(&b.e);
}

static void test_real(struct tap *t, const char *data)
{
	static const struct {
		const char *set, *other;
	} sets[] = {
		{"so101_state_v30", "so101_sim_v30"}, {"so101_bi_v30", NULL}, {"gr1_v20", NULL}};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct episodes e, other;
		const struct episodes *const others[] = {&other, NULL};
		bool with = sets[i].other && norm_load(&other, data, sets[i].other);
		struct norm_count c;
		unsigned all;

		if (!ok(t, norm_load(&e, data, sets[i].set), "%s is read", sets[i].set))
			continue;
		norm_cases(&c, &e, 1, 4, 11, with ? others : NULL);
		all = c.right + c.cannot + c.silent + c.wrong;
		ok(t, 100 * c.right >= 95 * all && !c.wrong && !c.flagged,
		   "%s, whole: %u of %u named, %u wrong, %u healthy flagged %s", sets[i].set,
		   c.right, all, c.wrong, c.flagged, c.first_wrong);
		norm_cases(&c, &e, 0.5, 4, 12, with ? others : NULL);
		all = c.right + c.cannot + c.silent + c.wrong;
		ok(t, 33 * c.wrong <= all && !c.flagged,
		   "%s, half: %u of %u named, %u wrong, %u healthy flagged %s", sets[i].set,
		   c.right, all, c.wrong, c.flagged, c.first_wrong);
		episodes_fini(&e);
		if (with)
			episodes_fini(&other);
	}
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");

	test_healthy(&t);
	test_odd_spaces(&t);
	test_named(&t);
	test_not_told(&t);
	if (data && data[0])
		test_real(&t, data);
	else
		tap_skip(&t, "real sets", "POLICYTOP_DATA is not set");
	return tap_done(&t);
}
