/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quiet and sharp in one table: what the checks cry in clean episodes, and beside it what they
 * detect, with the same settings in the same run. Needs the real data (POLICYTOP_DATA). Exits 1
 * when a figure is worse than the project promises.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/rng.h"
#include "check/check.h"
#include "tests/bench/inject.h"
#include "tests/bench/tape.h"
#include "training/dataset.h"

enum { FAULTS_MAX = 32, PICKED = 20, SETS_MAX = 16 };

/* What was injected into the clean episodes of one line of the table. */
struct injected {
	char name[64];
	struct curve curve[INJECT_KINDS];
};

struct bench {
	const char *data;
	unsigned broken;	   /* promises not kept */
	struct tape *tape, *clean; /* the one at work; the first clean rollout */
	struct rng rng;
	unsigned nsets;
	struct injected *set;
};

static struct injected *injected_new(struct bench *b, const char *name)
{
	struct injected *set = &b->set[b->nsets++];

	snprintf(set->name, sizeof(set->name), "%s", name);
	return set;
}

static struct profile *profile_of(const char *data, const char *set, struct episodes *e)
{
	char path[1024];
	struct dataset *d = NULL;
	struct err err = {0};
	struct profile *p = NULL;

	snprintf(path, sizeof(path), "%s/%s", data, set);
	if (dataset_open_at(&d, path, NULL, &err) == 0 && dataset_load(d, e, &err) == 0)
		p = profile_build(e, NULL);
	else
		fprintf(stderr, "b_checks: %s\n", err.msg);
	dataset_close(d);
	return p;
}

static void print_codes(const struct tally *y)
{
	for (unsigned i = 0; check_table[i]; i++) {
		if (y->by_code[i])
			printf(" %s %u%s", check_table[i]->name, y->by_code[i],
			       y->fail_by_code[i] ? "!" : "");
	}
	printf("\n");
}

static void print_tally(struct bench *b, const char *name, const struct tally *y, double fail_limit,
			double warn_limit)
{
	double n = y->n ? (double)y->n : 1.0, fail = 100.0 * y->fail / n,
	       warn = 100.0 * y->warn / n;
	bool good = y->n && fail <= fail_limit && warn <= warn_limit;

	b->broken += !good;
	printf("%-34s %5u %6.1f %6.1f %6.1f %s ", name, y->n, 100.0 * y->note / n, warn, fail,
	       good ? "  " : "<<");
	print_codes(y);
}

/* g1 and the slices: each episode judged by the others (pick 0), or by `pick` of them. */
static void quiet_set(struct bench *b, const char *name, const struct episodes *e, unsigned pick,
		      double fail_limit)
{
	struct rng rng = rng_seed(20);
	unsigned char *use = xcalloc(e->count + 1, 1);
	struct injected *in = injected_new(b, name);
	struct tally y = {0};
	struct heard heard;

	for (size_t i = 0; i < e->count && e->count > 1; i++) {
		struct profile *p;

		memset(use, pick == 0, e->count);
		use[i] = 0;
		for (unsigned k = 0; k < pick && k + 1 < e->count;) {
			size_t at = rng_u32(&rng) % e->count;

			k += at != i && !use[at];
			use[at] = at != i;
		}
		p = profile_build(e, use);
		tape_from_episode(b->tape, e, i);
		tape_play(b->tape, p, &heard);
		if (heard.worst >= LEVEL_WARN && getenv("POLICYTOP_VERBOSE"))
			printf("  %s %zu %s\n", name, i, heard.message);
		tally_add(&y, &heard);
		if (e->count >= 2 * PICKED)
			inject_all(b->tape, p, &b->rng, in->curve);
		profile_free(p);
	}
	print_tally(b, name, &y, fail_limit, 100);
	free(use);
}

static const char *const slices[] = {"v30_slices/pusht_slice", "v30_slices/pusht_image_slice",
				     "v30_slices/data_editing_slice", NULL};

static void quiet_datasets(struct bench *b)
{
	struct episodes e = {0};
	struct profile *p = profile_of(b->data, "g1_v21", &e);

	if (p) {
		quiet_set(b, "g1_v21, by the other 99", &e, 0, 1);
		quiet_set(b, "g1_v21, by 20 random others", &e, PICKED, 2);
	}
	profile_free(p);
	episodes_fini(&e);
	for (unsigned i = 0; slices[i]; i++) {
		p = profile_of(b->data, slices[i], &e);
		if (p)
			quiet_set(b, slices[i], &e, 0, 100);
		profile_free(p);
		episodes_fini(&e);
	}
}

static void quiet_sim(struct bench *b, struct tally *y)
{
	struct episodes e;
	struct profile *p;

	tape_sim_episodes(&e, 50, 7);
	p = profile_build(&e, NULL);
	tape_play_sim(p, 300, 1000, y);
	print_tally(b, "simulated arm, healthy", y, 1, 10);
	profile_free(p);
	episodes_fini(&e);
}

/* What fits a fault of so101_sim_rollouts; codes NULL: steps alone cannot show it. */
static const struct {
	const char *fault, *codes;
} fits[] = {
	{"start_off", "home first-action"},
	{"unnorm_twice", "first-action range jump seam"},
	{"unnorm_missing", "first-action range jump seam"},
	{"stats_other", "first-action range jump seam"},
	{"no_reset", "first-action seam"},
	{"no_reset", "stale-chunk"},
	{"joint_swap", "first-action range seam"},
	{"sign_flip", "first-action range seam"},
	{"late_chunk", "seam"},
	{"late_chunk", "reversal"},
	{"jump", "jump"},
	{"torque_lost", "tracking"},
	{"weak_motor", "tracking"},
	{"stale_state", "frozen"},
	{"starved", "cadence"},
	{"starved", "latency"},
	{"gripper_01", "gripper"},
	{"gripper_mean", "gripper"},
	{"twitch", "motion jump"},
	{"norm_missing", NULL},
	{"collapsed", NULL},
	{"undertrained", NULL},
	{"object_misread", NULL},
	{"object_outside", NULL},
	{"short_exec", NULL},
	{NULL, NULL},
};

static bool code_fits(const char *codes, const char *name)
{
	const char *at = codes ? strstr(codes, name) : NULL;
	size_t len = strlen(name);

	return at && (at == codes || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' ');
}

struct fault_row {
	struct tally any;
	unsigned hits;
	int64_t seq[64];
};

static int by_seq(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void add_rollout(struct fault_row *row, const struct heard *h, const char *codes)
{
	int64_t first = SEQ_UNKNOWN;

	tally_add(&row->any, h);
	for (unsigned i = 0; check_table[i]; i++) {
		if (h->warn_seq[i] == SEQ_UNKNOWN ||
		    (codes && !code_fits(codes, check_table[i]->name)))
			continue;
		if (first == SEQ_UNKNOWN || h->warn_seq[i] < first)
			first = h->warn_seq[i];
	}
	if (first != SEQ_UNKNOWN && row->hits < 64)
		row->seq[row->hits++] = first;
}

static void print_faults(struct bench *b, struct fault_row *rows)
{
	printf("\n%-16s %-28s %8s %6s %6s  %s\n", "fault", "shown by", "detected", "step", "fail",
	       "all codes (! fail)");
	for (unsigned i = 0; fits[i].fault; i++) {
		struct fault_row *r = &rows[i];
		bool good = !fits[i].codes || r->hits + 1 >= r->any.n;

		qsort(r->seq, r->hits, sizeof(r->seq[0]), by_seq);
		b->broken += !good;
		printf("%-16s %-28s %3u/%-4u %6lld %6u %s", fits[i].fault,
		       fits[i].codes ? fits[i].codes : "(not shown by steps alone)", r->hits,
		       r->any.n, r->hits ? (long long)r->seq[r->hits / 2] : -1LL, r->any.fail,
		       good ? "" : "<< ");
		print_codes(&r->any);
	}
}

/* One line of labels.jsonl played against a profile. */
static void play_label(struct bench *b, const cJSON *label, const struct profile *p,
		       struct tally *clean, struct tally *failed, struct fault_row *rows,
		       struct injected *in)
{
	const cJSON *file = cJSON_GetObjectItem(label, "file");
	const cJSON *fault = cJSON_GetObjectItem(label, "fault");
	const cJSON *outcome = cJSON_GetObjectItem(label, "outcome");
	struct heard heard;
	char path[1024];
	struct err e = {0};

	if (!cJSON_IsString(file))
		return;
	snprintf(path, sizeof(path), "%s/so101_sim_rollouts/%s", b->data, file->valuestring);
	if (tape_read_gz(b->tape, path, &e) < 0) {
		fprintf(stderr, "b_checks: %s\n", e.msg);
		b->broken++;
		return;
	}
	/* As if it were a policy with language: this one's name says that it reads no prompt. */
	b->tape->hello.policy[0] = '\0';
	tape_play(b->tape, p, &heard);
	if (!cJSON_IsString(fault)) {
		bool success = cJSON_IsString(outcome) &&
			       strcmp(outcome->valuestring, "success") == 0;

		if (heard.worst >= LEVEL_WARN && getenv("POLICYTOP_VERBOSE"))
			printf("  %s %s\n", file->valuestring, heard.message);
		tally_add(success ? clean : failed, &heard);
		if (success)
			inject_all(b->tape, p, &b->rng, in->curve);
		if (success && heard.worst < LEVEL_WARN && b->clean->nsteps == 0)
			tape_copy(b->clean, b->tape);
		return;
	}
	for (unsigned i = 0; fits[i].fault; i++) {
		if (strcmp(fits[i].fault, fault->valuestring) == 0)
			add_rollout(&rows[i], &heard, fits[i].codes);
	}
}

static void rollouts(struct bench *b, const char *set, struct tally *success)
{
	struct fault_row *rows = xcalloc(FAULTS_MAX, sizeof(*rows));
	struct episodes e = {0};
	struct profile *p = profile_of(b->data, set, &e);
	struct tally failed = {0};
	char path[1024], line[4096], name[128];
	struct injected *in;
	FILE *f;

	snprintf(name, sizeof(name), "rollouts by %s", set);
	in = injected_new(b, name);
	snprintf(path, sizeof(path), "%s/so101_sim_rollouts/labels.jsonl", b->data);
	f = fopen(path, "r");
	while (p && f && fgets(line, sizeof(line), f)) {
		cJSON *label = cJSON_Parse(line);

		play_label(b, label, p, success, &failed, rows, in);
		cJSON_Delete(label);
	}
	snprintf(name, sizeof(name), "rollouts, success, by %s", set);
	print_tally(b, name, success, 1, 10);
	snprintf(name, sizeof(name), "rollouts, failed, by %s", set);
	print_tally(b, name, &failed, 100, 100);
	print_faults(b, rows);
	if (f)
		fclose(f);
	printf("\nfigures of the field reports, by %s\n", set);
	if (p && b->clean->nsteps)
		b->broken += inject_field(b->clean, p);
	printf("\n");
	profile_free(p);
	episodes_fini(&e);
	free(rows);
}

/* Each check by itself in the clean runs of a policy: in how many it judged, warned, failed. */
static void print_checks(const struct tally y[3])
{
	printf("clean runs by check: judged, warned, failed\n%-20s %14s %14s %14s\n", "",
	       "simulated", "by state_v30", "by sim_v30");
	for (unsigned i = 0; check_table[i]; i++) {
		printf("%-20s", check_table[i]->name);
		for (unsigned k = 0; k < 3; k++)
			printf("  %5u %3u %3u", y[k].judged_by_code[i], y[k].by_code[i],
			       y[k].fail_by_code[i]);
		printf("\n");
	}
	printf("\n");
}

static void print_injected(struct bench *b)
{
	printf("injected, of 100 at warn or more (median steps later), by training maxima\n");
	printf("%-40s %4s ", "", "n");
	for (unsigned s = 0; s < INJECT_SIZES; s++)
		printf("  %5.1fx    ", inject_size[s]);
	printf("\n");
	for (unsigned i = 0; i < b->nsets; i++)
		b->broken += inject_print(b->set[i].name, b->set[i].curve);
}

int main(void)
{
	struct bench b = {.data = getenv("POLICYTOP_DATA"), .rng = rng_seed(3)};
	struct tally clean[3] = {0};

	if (!b.data || !b.data[0]) {
		printf("b_checks: set POLICYTOP_DATA to the folder with the real data\n");
		return 0;
	}
	b.tape = tape_new();
	b.clean = tape_new();
	b.set = xcalloc(SETS_MAX, sizeof(*b.set));
	printf("%-34s %5s %6s %6s %6s     of 100; by code (! fail)\n", "clean episodes", "n",
	       "note", "warn", "fail");
	quiet_datasets(&b);
	quiet_sim(&b, &clean[0]);
	rollouts(&b, "so101_state_v30", &clean[1]);
	rollouts(&b, "so101_sim_v30", &clean[2]);
	print_checks(clean);
	print_injected(&b);
	printf("\n%u figures worse than promised\n", b.broken);
	tape_free(b.tape);
	tape_free(b.clean);
	free(b.set);
	return b.broken ? 1 : 0;
}
