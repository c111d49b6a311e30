/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/audit/explain_cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "tests/bench/tape.h"
#include "robot/robot.h"

static bool of_tape(struct first_chunk *c, const struct tape *t)
{
	const struct chunk *first = &t->chunk[0];
	unsigned n = t->hello.joints;

	if (!t->nsteps || !t->nchunks || t->at[0] == SIZE_MAX)
		return false;
	c->joints = n;
	c->unplanned = first->seq > t->step[0].seq;
	c->steps = first->horizon < CHUNK_STEPS ? first->horizon : CHUNK_STEPS;
	memcpy(c->action, t->actions + t->at[0], (size_t)c->steps * n * sizeof(double));
	for (unsigned j = 0; j < n; j++)
		c->arm[j] = t->step[0].vec[VEC_GOT].v[j];
	return true;
}

unsigned chunks_of_runs(struct first_chunk *c, unsigned max, const char *data, unsigned every)
{
	struct tape *tape = tape_new();
	char path[1024], line[4096];
	unsigned n = 0, seen = 0;
	struct err e;
	FILE *f;

	snprintf(path, sizeof(path), "%s/so101_sim_rollouts/labels.jsonl", data);
	f = fopen(path, "r");
	while (f && n < max && fgets(line, sizeof(line), f)) {
		cJSON *label = seen++ % every == 0 ? cJSON_Parse(line) : NULL;
		const char *file = cJSON_GetStringValue(cJSON_GetObjectItem(label, "file"));
		const char *fault = cJSON_GetStringValue(cJSON_GetObjectItem(label, "fault"));

		snprintf(path, sizeof(path), "%s/so101_sim_rollouts/%s", data, file ? file : "");
		if (file && tape_read_gz(tape, path, &e) >= 0) {
			memset(&c[n], 0, sizeof(c[n]));
			text_copy(c[n].fault, sizeof(c[n].fault), fault ? fault : "");
			n += of_tape(&c[n], tape);
		}
		cJSON_Delete(label);
	}
	if (f)
		fclose(f);
	tape_free(tape);
	return n;
}

bool stats_of_file(struct explain_stats *s, const char *path)
{
	static const char *const keys[6] = {"mean", "std", "min", "max", "q01", "q99"};
	double *const to[6] = {s->f.mean, s->f.std, s->f.min, s->f.max, s->q01, s->q99};
	static char text[1 << 16];
	FILE *f = fopen(path, "r");
	cJSON *all, *action;
	size_t len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[len] = '\0';
	all = cJSON_Parse(text);
	action = cJSON_GetObjectItem(all, "action");
	memset(s, 0, sizeof(*s));
	s->name = "on file";
	s->f.n = (unsigned)cJSON_GetArraySize(cJSON_GetObjectItem(action, "mean"));
	for (unsigned i = 0; i < 6; i++) {
		const cJSON *a = cJSON_GetObjectItem(action, keys[i]);

		for (unsigned j = 0; j < s->f.n; j++)
			to[i][j] = a ? cJSON_GetArrayItem(a, (int)j)->valuedouble : (double)NAN;
	}
	cJSON_Delete(all);
	return s->f.n > 0;
}

bool chunk_of_episode(struct first_chunk *c, const struct episodes *e, size_t episode, size_t at,
		      unsigned steps)
{
	const struct episode_span *s = &e->span[episode];

	memset(c, 0, sizeof(*c));
	if (at + steps > s->frames || steps > CHUNK_STEPS)
		return false;
	c->steps = steps;
	c->joints = e->naction;
	memcpy(c->action, e->action + (s->first + at) * e->naction,
	       (size_t)steps * e->naction * sizeof(double));
	for (unsigned j = 0; j < e->naction; j++) {
		c->arm[j] = NAN;
		for (unsigned k = 0; k < e->nstate; k++) {
			if (joint_same_name(e->state_joint[k].name, e->action_joint[j].name))
				c->arm[j] = e->state[(s->first + at) * e->nstate + k];
		}
	}
	return true;
}

static void ask(struct explanation *x, const struct first_chunk *c, bool start,
		const struct profile *p, const struct explain_stats *own,
		const struct explain_stats *others, unsigned nothers)
{
	struct explain_case k = {.profile = p,
				 .own = own,
				 .others = others,
				 .nothers = nothers,
				 .start = start,
				 .unplanned = c->unplanned,
				 .chunk = c->action,
				 .steps = c->steps,
				 .arm = c->arm};

	explain_chunk(x, &k);
}

unsigned explain_runs(struct run_row *rows, const struct first_chunk *c, unsigned n,
		      const struct profile *p, const struct explain_stats *own,
		      const struct explain_stats *others, unsigned nothers)
{
	unsigned nrows = 0;

	for (unsigned i = 0; i < n; i++) {
		struct explanation x;
		unsigned r = 0;

		while (r < nrows && strcmp(rows[r].fault, c[i].fault) != 0)
			r++;
		if (r == nrows) {
			memset(&rows[nrows], 0, sizeof(rows[nrows]));
			text_copy(rows[nrows++].fault, sizeof(rows[0].fault), c[i].fault);
		}
		ask(&x, &c[i], true, p, own, others, nothers);
		rows[r].n++;
		rows[r].ambiguous += x.ambiguous;
		rows[r].by_kind[x.kind] += !x.ambiguous;
	}
	return nrows;
}

bool explain_is_right(const char *fault, enum explain_kind kind)
{
	static const struct {
		const char *fault;
		enum explain_kind kind;
	} rows[] = {{"unnorm_twice", EXPLAIN_TWICE},	{"unnorm_missing", EXPLAIN_MISSING},
		    {"joint_swap", EXPLAIN_EXCHANGED},	{"sign_flip", EXPLAIN_SIGN},
		    {"no_reset", EXPLAIN_NO_RESET},	{"collapsed", EXPLAIN_SHRUNK},
		    {"stats_other", EXPLAIN_OTHER_SET}, {"gripper_01", EXPLAIN_GRIPPER_SMALL},
		    {"start_off", EXPLAIN_ARM_AWAY}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].fault, fault) == 0)
			return rows[i].kind == kind;
	}
	return kind == EXPLAIN_NEAR || kind == EXPLAIN_NONE;
}

bool explain_is_promised(const char *fault)
{
	return !explain_is_right(fault, EXPLAIN_NONE) && strcmp(fault, "start_off") != 0;
}

enum injection {
	I_TWICE,
	I_TWICE_RANGE,
	I_MISSING,
	I_MISSING_RANGE,
	I_MODE,
	I_MODE_BACK,
	I_OTHER,
	I_DEGREES,
	I_RADIANS,
	I_GRIPPER_SMALL,
	I_GRIPPER_LARGE,
	I_EXCHANGE,
	I_EXCHANGE_2,
	I_SIGN,
	I_SIGN_2,
	I_SHRUNK,
	INJECTIONS,
};

static const enum explain_kind injected_kind[INJECTIONS] = {
	[I_TWICE] = EXPLAIN_TWICE,
	[I_TWICE_RANGE] = EXPLAIN_TWICE,
	[I_MISSING] = EXPLAIN_MISSING,
	[I_MISSING_RANGE] = EXPLAIN_MISSING,
	[I_MODE] = EXPLAIN_MODE,
	[I_MODE_BACK] = EXPLAIN_MODE,
	[I_OTHER] = EXPLAIN_OTHER_SET,
	[I_DEGREES] = EXPLAIN_DEGREES,
	[I_RADIANS] = EXPLAIN_RADIANS,
	[I_GRIPPER_SMALL] = EXPLAIN_GRIPPER_SMALL,
	[I_GRIPPER_LARGE] = EXPLAIN_GRIPPER_LARGE,
	[I_EXCHANGE] = EXPLAIN_EXCHANGED,
	[I_EXCHANGE_2] = EXPLAIN_EXCHANGED,
	[I_SIGN] = EXPLAIN_SIGN,
	[I_SIGN_2] = EXPLAIN_SIGN,
	[I_SHRUNK] = EXPLAIN_SHRUNK,
};

/* x -> x * scale + middle of a mode; back: the reverse. */
static double by_mode(const struct explain_stats *s, enum norm_mode mode, unsigned j, double v,
		      bool back)
{
	double middle = s->f.mean[j], scale = s->f.std[j];

	if (mode == NORM_QUANTILES) {
		middle = (s->q01[j] + s->q99[j]) / 2;
		scale = (s->q99[j] - s->q01[j]) / 2;
	} else if (mode == NORM_MIN_MAX) {
		middle = (s->f.min[j] + s->f.max[j]) / 2;
		scale = (s->f.max[j] - s->f.min[j]) / 2;
	}
	if (!(scale > 0))
		return v;
	return back ? (v - middle) / scale : v * scale + middle;
}

static double spoil_value(enum injection f, double v, unsigned j, const struct explain_stats *own,
			  const struct explain_stats *other, bool hand)
{
	const double degrees = 180 / acos(-1);

	switch (f) {
	case I_TWICE:
		return by_mode(own, NORM_MEAN_STD, j, v, false);
	case I_TWICE_RANGE:
		return by_mode(own, NORM_MIN_MAX, j, v, false);
	case I_MISSING:
		return by_mode(own, NORM_MEAN_STD, j, v, true);
	case I_MISSING_RANGE:
		return by_mode(own, NORM_MIN_MAX, j, v, true);
	case I_MODE:
		return by_mode(own, NORM_QUANTILES, j, by_mode(own, NORM_MEAN_STD, j, v, true),
			       false);
	case I_MODE_BACK:
		return by_mode(own, NORM_MEAN_STD, j, by_mode(own, NORM_QUANTILES, j, v, true),
			       false);
	case I_OTHER:
		return by_mode(other, NORM_MEAN_STD, j, by_mode(own, NORM_MEAN_STD, j, v, true),
			       false);
	case I_DEGREES:
		return v * degrees;
	case I_RADIANS:
		return v / degrees;
	case I_GRIPPER_SMALL:
		return hand ? v / 100 : v;
	case I_GRIPPER_LARGE:
		return hand ? v * 100 : v;
	case I_EXCHANGE:
	case I_EXCHANGE_2:
	case I_SIGN:
	case I_SIGN_2:
	case I_SHRUNK:
	case INJECTIONS:
	default:
		return v;
	}
}

static unsigned moving(const struct profile *p, struct rng *r)
{
	unsigned j;

	do {
		j = rng_u32(r) % p->action.joints;
	} while (p->action.joint[j].value.std < 1e-5);
	return j;
}

struct spoilt {
	struct first_chunk c;
	unsigned a, b;
};

static void spoil(struct spoilt *s, enum injection f, const struct profile *p,
		  const struct explain_stats *own, const struct explain_stats *other, struct rng *r)
{
	double k = rng_range(r, 0.2, 0.5);

	s->a = moving(p, r);
	do {
		s->b = moving(p, r);
	} while (s->b == s->a);
	for (unsigned i = 0; i < s->c.steps; i++) {
		double *v = s->c.action + (size_t)i * s->c.joints;

		for (unsigned j = 0; j < s->c.joints; j++) {
			bool hand = robot_is_hand(robot_find(p->robot),
						  p->action.joint[j].joint.name);

			v[j] = spoil_value(f, v[j], j, own, other, hand);
			if (f == I_SHRUNK)
				v[j] = own->f.mean[j] + k * (v[j] - own->f.mean[j]);
		}
		if (f == I_SIGN || f == I_SIGN_2)
			v[s->a] = -v[s->a];
		if (f == I_EXCHANGE || f == I_EXCHANGE_2) {
			double keep = v[s->a];

			v[s->a] = v[s->b];
			v[s->b] = keep;
		}
	}
}

static void count(struct injected_count *n, const struct spoilt *s, enum injection f,
		  const struct explanation *x)
{
	bool right = x->kind == injected_kind[f];

	if (x->kind == EXPLAIN_SIGN)
		right = right && x->a == s->a;
	if (x->kind == EXPLAIN_EXCHANGED)
		right = right && ((x->a == s->a && x->b == s->b) || (x->a == s->b && x->b == s->a));
	if (x->kind == EXPLAIN_NEAR)
		n->invisible++;
	else if (x->ambiguous)
		n->cannot++;
	else if (right)
		n->right++;
	else if (x->kind == EXPLAIN_NONE)
		n->none++;
	else {
		n->wrong++;
		if (!n->first_wrong[0])
			snprintf(n->first_wrong, sizeof(n->first_wrong), "%s (%u %u): %s %u %u",
				 explain_word(injected_kind[f]), s->a, s->b, explain_word(x->kind),
				 x->a, x->b);
	}
}

void explain_injected(struct injected_count *n, const struct first_chunk *c, bool start,
		      const struct profile *p, const struct explain_stats *other, uint64_t seed)
{
	struct rng r = rng_seed(seed);
	struct explanation clean;
	struct explain_stats own;
	struct spoilt s;

	/* One that training's own rules find far cannot be repaired into one that is not. */
	ask(&clean, c, start, p, NULL, other, other ? 1 : 0);
	if (clean.kind != EXPLAIN_NEAR) {
		n->far++;
		return;
	}
	n->chunks++;
	explain_stats_of(&own, p);
	for (int f = 0; f < INJECTIONS; f++) {
		struct explanation x;

		s.c = *c;
		if (f == I_OTHER && !other)
			continue;
		spoil(&s, (enum injection)f, p, &own, other, &r);
		ask(&x, &s.c, start, p, NULL, other, other ? 1 : 0);
		count(n, &s, (enum injection)f, &x);
	}
}

void explain_injected_set(struct injected_count *n, const struct episodes *e, bool start, bool all,
			  const struct explain_stats *other, uint64_t seed)
{
	enum { FOLDS = 25, STEPS = 30 };
	unsigned char *use = xcalloc(e->count + 1, 1);
	struct first_chunk *c = xcalloc(1, sizeof(*c));
	struct rng r = rng_seed(seed);

	for (size_t fold = 0; fold < (all ? 1 : FOLDS); fold++) {
		struct profile *p;

		for (size_t i = 0; i < e->count; i++)
			use[i] = all || i % FOLDS != fold;
		p = profile_build(e, use);
		for (size_t i = fold; i < e->count; i += all ? 1 : FOLDS) {
			size_t frames = e->span[i].frames;
			size_t at = start || frames <= STEPS ? 0 : rng_u32(&r) % (frames - STEPS);

			if (chunk_of_episode(c, e, i, at, STEPS))
				explain_injected(n, c, start, p, other, seed + i);
		}
		profile_free(p);
	}
	free(c);
	free(use);
}
