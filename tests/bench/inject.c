/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/inject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FAKE_CHUNK = 20 };

const double inject_size[INJECT_SIZES] = {1, 1.5, 2, 3, 4.5};

static const char *const kind_name[INJECT_KINDS] = {"step", "spike", "seam", "repeated seams"};

/* What is injected is put on the vectors that a policy's output reaches. */
static void add(struct tape *t, unsigned step, unsigned joint, double by)
{
	struct vec *v = t->step[step].vec;

	v[VEC_ASKED].v[joint] += by;
	if (v[VEC_SENT].present)
		v[VEC_SENT].v[joint] += by;
}

static void inject(struct tape *t, enum inject_kind kind, unsigned at, unsigned joint, double by)
{
	bool shifted = true;

	for (unsigned i = at; i < t->nsteps; i++) {
		if (kind == INJECT_SPIKE && i > at)
			return;
		if (kind == INJECT_SEAMS && i > at && tape_is_seam(t, i))
			shifted = !shifted;
		if (shifted)
			add(t, i, joint, by);
	}
}

/* A place for the injection: a seam, or a step away from one. -1: none in this tape. */
static int find_place(const struct tape *t, bool seam, bool early, struct rng *rng)
{
	unsigned last = t->nsteps > 40 ? (early ? t->nsteps / 2 : t->nsteps - 10) : 0;

	for (unsigned i = 0; i < 1000 && last > 10; i++) {
		unsigned at = 10 + rng_u32(rng) % (last - 10);

		if (seam ? tape_is_seam(t, at)
			 : !tape_is_seam(t, at) && !tape_is_seam(t, at + 1) &&
				    !tape_is_seam(t, at - 1))
			return (int)at;
	}
	return -1;
}

/* A joint that training moved. */
static unsigned find_joint(const struct profile *p, struct rng *rng)
{
	unsigned joint = rng_u32(rng) % p->action.joints;

	while (!(p->action.joint[joint].delta.max > 0))
		joint = (joint + 1) % p->action.joints;
	return joint;
}

static void inject_one(struct tape *t, struct tape *work, const struct profile *p, struct rng *rng,
		       enum inject_kind kind, struct curve *c)
{
	bool seam = kind == INJECT_SEAM || kind == INJECT_SEAMS;
	int at = find_place(t, seam, kind == INJECT_SEAMS, rng);
	unsigned joint = find_joint(p, rng), code = tape_code(seam ? "seam" : "jump");
	double sign = rng_u32(rng) % 2 ? 1 : -1;
	struct heard heard;

	if (at < 0 || c->n == INJECT_MAX)
		return;
	tape_play(t, p, &heard);
	if (heard.level[code] >= LEVEL_WARN)
		return; /* cries already: nothing could be told from the injected */
	for (unsigned s = 0; s < INJECT_SIZES; s++) {
		tape_copy(work, t);
		inject(work, kind, (unsigned)at, joint,
		       sign * inject_size[s] * p->action.joint[joint].delta.max);
		tape_play(work, p, &heard);
		c->noted[s] += heard.level[code] >= LEVEL_NOTE;
		if (heard.level[code] < LEVEL_WARN)
			continue;
		c->delay[s][c->found[s]++] = heard.warn_seq[code] - t->step[at].seq;
	}
	c->n++;
}

void inject_all(struct tape *t, const struct profile *p, struct rng *rng,
		struct curve curves[INJECT_KINDS])
{
	struct tape *work = tape_new();
	bool fake = t->nchunks == 0;

	/* A dataset has no chunks: for the seams, every 20th step is said to start one. */
	for (unsigned k = 0; k < INJECT_KINDS; k++) {
		t->nchunks = fake ? 0 : t->nchunks;
		for (unsigned i = 0; fake && k >= INJECT_SEAM && i < t->nsteps; i += FAKE_CHUNK)
			tape_add_chunk(t, t->step[i].seq);
		inject_one(t, work, p, rng, (enum inject_kind)k, &curves[k]);
	}
	t->nchunks = fake ? 0 : t->nchunks;
	tape_free(work);
}

static int by_delay(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

unsigned inject_print(const char *name, struct curve curves[INJECT_KINDS])
{
	unsigned missed = 0;

	for (unsigned k = 0; k < INJECT_KINDS; k++) {
		struct curve *c = &curves[k];
		/* Promised: isolated steps at 3x, repeated seams at 4.5x. */
		unsigned promised = k == INJECT_SEAMS ? 4 : k == INJECT_SEAM ? INJECT_SIZES : 3;
		bool good = true;

		if (!c->n)
			continue;
		printf("%-24.24s %-15s %4u ", name, kind_name[k], c->n);
		for (unsigned s = 0; s < INJECT_SIZES; s++) {
			double rate = 100.0 * c->found[s] / c->n;

			qsort(c->delay[s], c->found[s], sizeof(c->delay[s][0]), by_delay);
			printf(" %5.0f", rate);
			if (c->found[s])
				printf(" (+%lld)", (long long)c->delay[s][c->found[s] / 2]);
			else
				printf("     ");
			good = good && (s < promised || rate >= 95.0);
		}
		missed += !good;
		printf("%s\n", good ? "" : " <<");
	}
	return missed;
}

static unsigned field_line(const char *what, const struct heard *h, const char *codes)
{
	bool found = false;
	char word[CODE_BYTES];

	for (const char *at = codes; sscanf(at, "%23s", word) == 1; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		found = found || h->level[tape_code(word)] >= LEVEL_WARN;
	}
	printf("%-52s %-4s %s\n", what, found ? level_word(h->worst) : "MISS", h->message);
	return !found;
}

/* Replans every ten steps, each of which moves a joint by times its training maximum. */
static void field_replans(struct tape *work, const struct profile *p, unsigned joint, double times,
			  bool told)
{
	work->nchunks = 0;
	for (unsigned i = 0; i < work->nsteps; i += 10) {
		if (told)
			tape_add_chunk(work, work->step[i].seq);
		for (unsigned k = i; k < i + 10 && k < work->nsteps && i / 10 % 2; k++)
			add(work, k, joint, times * p->action.joint[joint].delta.max);
	}
}

/* What only the traffic with the policy shows. */
static unsigned inject_policy(struct tape *work, const struct tape *t, const struct profile *p)
{
	struct heard h;
	unsigned missed;

	tape_copy(work, t);
	for (unsigned i = 0; i < work->nchunks; i++) {
		work->chunk[i].prompt_known = true;
		snprintf(work->chunk[i].prompt, TASK_BYTES, "Grasp a cube and put it in the bin.");
	}
	tape_play(work, p, &h);
	missed = field_line("a prompt that was not trained", &h, "prompt");
	tape_copy(work, t);
	for (unsigned i = 0; i < work->nchunks; i++) {
		work->chunk[i].horizon = 16;
		work->chunk[i].execute = 0;
		work->chunk[i].latency_s = 0.8;
	}
	tape_play(work, p, &h);
	missed += field_line("800 ms a call, chunks of 16 steps", &h, "latency");
	tape_copy(work, t);
	tape_idle(work, 60, 90);
	tape_play(work, p, &h);
	return missed + field_line("no action for 3 s", &h, "starved");
}

unsigned inject_field(struct tape *t, const struct profile *p)
{
	struct tape *work = tape_new();
	struct heard h;
	unsigned missed = 0;
	char what[80];

	for (unsigned told = 2; told-- > 0;) {
		for (double times = 2.0; times <= 3.5; times += 0.75) {
			tape_copy(work, t);
			field_replans(work, p, 1, times, told);
			tape_play(work, p, &h);
			snprintf(what, sizeof(what),
				 "26 deg at replans where training had %.0f, %s", 26.0 / times,
				 told ? "chunks known" : "no chunks known");
			missed += field_line(what, &h, told ? "seam" : "jump");
		}
	}
	tape_copy(work, t);
	for (unsigned i = 0; i < work->nsteps; i++) {
		double back = fmax(0.0, 137.0 - 6.0 * i); /* the arm goes where it is told to */

		work->step[i].vec[VEC_SEEN].v[1] += back;
		work->step[i].vec[VEC_GOT].v[1] += back;
	}
	tape_play(work, p, &h);
	missed += field_line("start 137 deg off", &h, "home");
	tape_copy(work, t);
	for (unsigned i = 0; i < work->nsteps; i++)
		work->step[i].vec[VEC_ASKED].v[5] = work->step[i].vec[VEC_SENT].v[5] =
			28.3 + 0.01 * (work->step[i].vec[VEC_ASKED].v[5] - 28.3);
	tape_play(work, p, &h);
	missed += field_line("gripper hovers at 28.3", &h, "gripper");
	tape_copy(work, t);
	work->step[0].vec[VEC_SEEN].v[5] = work->step[0].vec[VEC_GOT].v[5] = 28.0;
	tape_play(work, p, &h);
	missed += field_line("gripper starts at 28", &h, "home");
	missed += inject_policy(work, t, p);
	tape_free(work);
	return missed;
}
