/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint's statistics against its data, as findings: a made one, and the real pair. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/norm.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/audit/made.h"
#include "tests/audit/norm_cases.h"
#include "tests/tap.h"

enum { JOINTS = 6 };

/* A checkpoint in memory with the statistics of a made set. */
struct bed {
	struct episodes e;
	struct checkpoint c;
	struct policy_feature in, out;
	struct norm_stats stats[2]; /* state, action */
	double v[2][4][MAX_JOINTS];
	struct norm_evidence ev;
	struct audit a;
};

static void set_stats(struct bed *b, unsigned vector, enum how how, unsigned horizon)
{
	static const enum norm_stat which[] = {STAT_MEAN, STAT_STD, STAT_MIN, STAT_MAX};
	struct measured m;
	const double *from[4] = {m.all.mean, m.all.std, m.all.min, m.all.max};

	figures_measure(&m, &b->e, NULL, vector == 1, how, horizon);
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < JOINTS; j++)
			b->v[vector][i][j] = (double)(float)from[i][j];
		b->stats[vector].v[which[i]] = b->v[vector][i];
	}
}

static void feature(struct policy_feature *f, const char *key, enum policy_type type)
{
	text_copy(f->key, sizeof(f->key), key);
	f->type = type;
	f->ndim = 1;
	f->shape[0] = f->width = JOINTS;
	f->mode = NORM_MEAN_STD;
}

static void bed_init(struct bed *b)
{
	memset(b, 0, sizeof(*b));
	made_set(&b->e, JOINTS, 12, 60, 7);
	feature(&b->in, "observation.state", POLICY_STATE);
	feature(&b->out, "action", POLICY_ACTION);
	for (unsigned i = 0; i < 2; i++) {
		struct norm_stats *s = &b->stats[i];

		text_copy(s->key, sizeof(s->key), i ? "action" : "observation.state");
		s->width = JOINTS;
		s->horizon = 1;
		s->count = (double)b->e.frames;
		set_stats(b, i, HOW_RECORDED, 0);
	}
	b->c = (struct checkpoint){
		.ninputs = 1, .input = &b->in, .noutputs = 1, .output = &b->out, .chunk_size = 10};
	b->c.pre = (struct norm_side){.known = true, .eps = 1e-8, .nstats = 2, .stats = b->stats};
	b->c.pre.nfeatures = 1;
	b->c.pre.feature = &b->in;
	b->c.post = (struct norm_side){.known = true, .eps = 1e-8, .nstats = 2, .stats = b->stats};
	b->c.post.nfeatures = 1;
	b->c.post.feature = &b->out;
	b->ev = (struct norm_evidence){.name = "made", .e = &b->e};
}

static void bed_fini(struct bed *b)
{
	audit_fini(&b->a);
	episodes_fini(&b->e);
}

static const struct audit_finding *ask(struct bed *b, const char *vector)
{
	audit_fini(&b->a);
	audit_norm(&b->a, &b->c, &b->ev);
	return audit_find(&b->a, "norm", vector);
}

static void test_levels(struct tap *t)
{
	struct bed b;
	const struct audit_finding *f;

	bed_init(&b);
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_OK && strstr(f->text, "as trained") && b.a.n == 2, "%s", f->text);
	set_stats(&b, 1, HOW_CHUNK, 10);
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_OK && strstr(f->text, "complete chunks of 10"), "%s", f->text);
	set_stats(&b, 1, HOW_RECORDED, 0);
	for (unsigned i = 0; i < 4; i++) {
		double keep = b.v[1][i][0];

		b.v[1][i][0] = b.v[1][i][3];
		b.v[1][i][3] = keep;
	}
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_FAIL && strstr(f->text, "shoulder_pan and wrist_flex are exch"),
	   "%s", f->text);
	ok(t, ask(&b, "state")->level == LEVEL_OK, "the state is not touched by it");
	b.out.mode = NORM_IDENTITY;
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_OK && strstr(f->text, "IDENTITY"), "%s", f->text);
	bed_fini(&b);
}

static void test_whose(struct tap *t)
{
	struct bed b;
	const struct audit_finding *f;

	bed_init(&b);
	for (unsigned j = 0; j < JOINTS; j++) {
		b.v[0][0][j] += 1.3 * b.v[0][1][j];
		b.v[0][2][j] += 1.1 * b.v[0][1][j];
	}
	f = ask(&b, "state");
	ok(t, f->level == LEVEL_WARN && strstr(f->todo, "is made the training set?"), "%s: %s",
	   f->text, f->todo);
	text_copy(b.c.dataset, sizeof(b.c.dataset), "someone/made");
	f = ask(&b, "state");
	ok(t, f->level == LEVEL_FAIL && strstr(f->todo, "says it was trained on made"), "%s: %s",
	   f->text, f->todo);
	b.stats[0].v[STAT_MEAN] = b.stats[0].v[STAT_STD] = NULL;
	b.stats[0].v[STAT_MIN] = NULL;
	ok(t, ask(&b, "state")->level == LEVEL_UNKNOWN, "one figure is not enough");
	b.c.pre.nstats = b.c.post.nstats = 0;
	ok(t, ask(&b, "state")->level == LEVEL_UNKNOWN, "no statistics");
	bed_fini(&b);
}

/* A profile has no episodes, but the exact comparison. */
static void test_profile(struct tap *t)
{
	const struct audit_finding *f;
	struct bed b;
	struct profile *p;

	bed_init(&b);
	p = profile_build(&b.e, NULL);
	b.ev.e = NULL;
	b.ev.profile = p;
	ok(t, ask(&b, "action")->level == LEVEL_OK && ask(&b, "state")->level == LEVEL_OK,
	   "as trained, by the profile alone");
	b.v[1][0][3] += 0.05 * b.v[1][1][3];
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_OK && strstr(f->text, "of a part"), "%s", f->text);
	for (unsigned j = 0; j < JOINTS; j++) {
		b.v[1][0][j] = 0;
		b.v[1][1][j] = 1;
	}
	f = ask(&b, "action");
	ok(t, f->level == LEVEL_FAIL, "%s", f->text);
	profile_free(p);
	bed_fini(&b);
}

static void test_live(struct tap *t)
{
	struct bed b;
	double state[JOINTS];
	const struct audit_finding *f;
	unsigned joint = 99;

	bed_init(&b);
	memcpy(state, b.e.state, sizeof(state));
	audit_norm_live(&b.a, &b.c, state, JOINTS, b.e.state_joint);
	f = audit_find(&b.a, "live-norm", NULL);
	ok(t, f->level == LEVEL_OK && f->value < 4, "%s", f->text);
	state[2] = 1.0 + 9 * b.v[0][1][2] + b.v[0][0][2];
	ok(t,
	   fabs(norm_live(&b.c, state, JOINTS, &joint) - 9 - 1 / b.v[0][1][2]) < 1e-6 && joint == 2,
	   "the worst joint by the formula: %u", joint);
	audit_fini(&b.a);
	state[2] = 1e5;
	audit_norm_live(&b.a, &b.c, state, JOINTS, b.e.state_joint);
	ok(t, audit_level(&b.a, NULL) == LEVEL_FAIL && strstr(b.a.finding[0].text, "elbow_flex"),
	   "%s", b.a.finding[0].text);
	audit_fini(&b.a);
	for (unsigned j = 0; j < JOINTS; j++)
		state[j] = NAN;
	audit_norm_live(&b.a, &b.c, state, JOINTS, NULL);
	ok(t, audit_level(&b.a, NULL) == LEVEL_UNKNOWN, "no state: %s", b.a.finding[0].text);
	bed_fini(&b);
}

static void swap_stats(const struct norm_stats *s, unsigned a, unsigned b)
{
	for (unsigned i = 0; i < NORM_STATS; i++) {
		double keep;

		if (!s->v[i])
			continue;
		keep = s->v[i][a];
		s->v[i][a] = s->v[i][b];
		s->v[i][b] = keep;
	}
}

/* ACT and its training set, as they are, with two joints exchanged, and beside other sets. */
static void test_real_pair(struct tap *t, const char *data)
{
	struct episodes e, other = {0};
	struct checkpoint *c;
	struct profile *profile;
	const struct profile *others[1];
	struct norm_evidence ev = {.name = "so101_state_v30", .e = &e};
	struct audit a = {0};
	struct err err = {0};
	char path[1024];

	snprintf(path, sizeof(path), "%s/act_so101_sim/009000", data);
	c = checkpoint_open(path, &err);
	if (!ok(t, c && norm_load(&e, data, "so101_state_v30"), "the real pair is read: %s",
		err.msg))
		return;
	audit_norm(&a, c, &ev);
	for (size_t i = 0; i < a.n; i++)
		ok(t,
		   a.finding[i].level == LEVEL_OK && strstr(a.finding[i].text, "as trained") &&
			   a.finding[i].value < 1e-4,
		   "%s: %s", a.finding[i].subject, a.finding[i].text);
	audit_fini(&a);
	swap_stats(checkpoint_stats(c, CHECKPOINT_ACTION, true), 1, 2);
	audit_norm(&a, c, &ev);
	ok(t,
	   audit_find(&a, "norm", "action")->level == LEVEL_FAIL &&
		   strstr(audit_find(&a, "norm", "action")->text,
			  "shoulder_lift and elbow_flex are exchanged"),
	   "%s", audit_find(&a, "norm", "action")->text);
	audit_fini(&a);
	swap_stats(checkpoint_stats(c, CHECKPOINT_ACTION, true), 1, 2);
	if (norm_load(&other, data, "so101_sim_v30")) {
		profile = profile_build(&e, NULL);
		text_copy(profile->name, sizeof(profile->name), "so101_state_v30");
		others[0] = profile;
		ev = (struct norm_evidence){
			.name = "so101_sim_v30", .e = &other, .others = others, .nothers = 1};
		audit_norm(&a, c, &ev);
		ok(t,
		   strstr(audit_find(&a, "norm", "state")->text,
			  "exactly the statistics of so101_state_v30"),
		   "%s", audit_find(&a, "norm", "state")->text);
		profile_free(profile);
		episodes_fini(&other);
	}
	audit_fini(&a);
	episodes_fini(&e);
	checkpoint_free(c);
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");

	test_levels(&t);
	test_whose(&t);
	test_profile(&t);
	test_live(&t);
	if (data && data[0])
		test_real_pair(&t, data);
	else
		tap_skip(&t, "a real checkpoint and its set", "POLICYTOP_DATA is not set");
	return tap_done(&t);
}
