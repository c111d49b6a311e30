/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real policy's labelled runs: every third of them, judged by the smaller of the two training
 * sets. `make bench-checks` prints the whole table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "tests/bench/tape.h"
#include "tests/tap.h"
#include "training/dataset.h"

enum { EVERY = 3 };

static const struct fit {
	const char *fault, *codes[5];
} fits[] = {
	{"start_off", {"home", "first-action"}},
	{"unnorm_twice", {"first-action", "range", "jump", "seam"}},
	{"unnorm_missing", {"first-action", "range", "jump", "seam"}},
	{"stats_other", {"first-action", "range", "jump", "seam"}},
	{"no_reset", {"first-action", "seam"}},
	{"no_reset", {"stale-chunk"}},
	{"joint_swap", {"first-action", "range", "seam"}},
	{"sign_flip", {"first-action", "range", "seam"}},
	{"late_chunk", {"seam"}},
	{"late_chunk", {"reversal"}},
	{"jump", {"jump"}},
	{"torque_lost", {"tracking"}},
	{"weak_motor", {"tracking"}},
	{"stale_state", {"frozen"}},
	{"starved", {"cadence"}},
	{"starved", {"latency"}},
	{"gripper_01", {"gripper"}},
	{"gripper_mean", {"gripper"}},
	{"twitch", {"motion", "jump"}},
};

enum { FITS = sizeof(fits) / sizeof(fits[0]) };

struct count {
	unsigned n, found[FITS], runs[FITS], clean, warned, failed;
};

static void play(struct count *c, struct tape *tape, const struct profile *p, const cJSON *label,
		 const char *data)
{
	const cJSON *fault = cJSON_GetObjectItem(label, "fault");
	const char *outcome = cJSON_GetStringValue(cJSON_GetObjectItem(label, "outcome"));
	struct heard heard;
	struct err e;
	char path[1024];

	snprintf(path, sizeof(path), "%s/so101_sim_rollouts/%s", data,
		 cJSON_GetStringValue(cJSON_GetObjectItem(label, "file")));
	if (tape_read_gz(tape, path, &e) < 0)
		return;
	tape_play(tape, p, &heard);
	if (!cJSON_IsString(fault)) {
		bool clean = outcome && strcmp(outcome, "success") == 0;

		c->clean += clean;
		c->warned += clean && heard.worst >= LEVEL_WARN;
		c->failed += clean && heard.worst == LEVEL_FAIL;
		return;
	}
	for (unsigned i = 0; i < FITS; i++) {
		bool found = false;

		if (strcmp(fits[i].fault, fault->valuestring) != 0)
			continue;
		for (unsigned k = 0; fits[i].codes[k]; k++)
			found = found || heard.level[tape_code(fits[i].codes[k])] >= LEVEL_WARN;
		c->runs[i]++;
		c->found[i] += found;
	}
}

static void judge_all(struct count *c, const char *data, const struct profile *p)
{
	struct tape *tape = tape_new();
	char path[1024], line[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/so101_sim_rollouts/labels.jsonl", data);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		cJSON *label = c->n++ % EVERY == 0 ? cJSON_Parse(line) : NULL;

		if (label)
			play(c, tape, p, label, data);
		cJSON_Delete(label);
	}
	if (f)
		fclose(f);
	tape_free(tape);
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");
	struct episodes e = {0};
	struct dataset *d = NULL;
	struct profile *p = NULL;
	struct count c = {0};
	struct err err = {0};
	char path[1024];

	if (!data || !data[0]) {
		tap_skip(&t, "labelled runs of a real policy", "POLICYTOP_DATA is not set");
		return tap_done(&t);
	}
	snprintf(path, sizeof(path), "%s/so101_sim_v30", data);
	if (dataset_open_at(&d, path, NULL, &err) == 0 && dataset_load(d, &e, &err) == 0)
		p = profile_build(&e, NULL);
	if (ok(&t, p, "the training set is read: %s", err.msg))
		judge_all(&c, data, p);
	for (unsigned i = 0; i < FITS; i++)
		ok(&t, c.runs[i] && c.found[i] == c.runs[i], "%s by %s: %u of %u", fits[i].fault,
		   fits[i].codes[0], c.found[i], c.runs[i]);
	ok(&t, c.clean > 20 && c.failed == 0 && c.warned * 10 <= c.clean,
	   "%u clean runs: %u with a warn, %u with a fail", c.clean, c.warned, c.failed);
	profile_free(p);
	episodes_fini(&e);
	dataset_close(d);
	return tap_done(&t);
}
