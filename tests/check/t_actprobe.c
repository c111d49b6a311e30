/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunk-disagreement on 500 labelled runs of a real policy (pi0 on LIBERO-10, ActProbe's logs):
 * each logged disagreement is made into a pair of chunks, and the figure that the check shows after
 * a quarter of the task's longest run must part failures from successes as well as published.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

enum { EPISODES = 600, CALLS = 256, HORIZON = 10, EXECUTED = 5 };

struct run {
	unsigned task, calls;
	bool success;
	double tce[CALLS];
	double score;
};

static bool read_run(struct run *r, const char *line)
{
	cJSON *o = cJSON_Parse(line);
	const cJSON *steps = cJSON_GetObjectItem(o, "steps"), *step;

	*r = (struct run){.success = cJSON_IsTrue(cJSON_GetObjectItem(o, "success"))};
	r->task = (unsigned)cJSON_GetNumberValue(cJSON_GetObjectItem(o, "task_id"));
	cJSON_ArrayForEach(step, steps)
	{
		if (r->calls < CALLS)
			r->tce[r->calls++] =
				cJSON_GetNumberValue(cJSON_GetObjectItem(step, "chunk_mse"));
	}
	cJSON_Delete(o);
	return r->calls > 0;
}

static unsigned read_all(struct run *run, const char *data)
{
	unsigned n = 0;

	for (unsigned task = 0; task < 10; task++) {
		char path[1024], *line = NULL;
		size_t room = 0;
		FILE *f;

		snprintf(path, sizeof(path), "%s/actprobe_pi0_libero10/pi0_task_%u.jsonl", data,
			 task);
		f = fopen(path, "r");
		while (f && n < EPISODES && getline(&line, &room, f) > 0)
			n += read_run(&run[n], line);
		free(line);
		if (f)
			fclose(f);
	}
	return n;
}

/* A chunk of the run: all joints the same, `off` from where the chunk before had them. */
static void call(struct bed *b, double value)
{
	double actions[HORIZON][BED_JOINTS];
	struct chunk c = {.number = CHUNK_UNKNOWN, .seq = b->seq, .horizon = HORIZON};

	for (unsigned h = 0; h < HORIZON; h++)
		for (unsigned j = 0; j < BED_JOINTS; j++)
			actions[h][j] = value;
	c.request_ns = c.reply_ns = TIME_UNKNOWN;
	c.latency_s = NAN;
	c.dims = BED_JOINTS;
	c.actions = actions[0];
	bed_event(b, (struct event){.kind = EVENT_CHUNK, .chunk = &c});
	for (unsigned i = 0; i < EXECUTED; i++) {
		bed_healthy(b, i);
		bed_send(b);
	}
}

static void play(struct bed *b, struct run *r, unsigned calls)
{
	double value = 0.0, shown;

	bed_restart(b);
	bed_episode(b);
	for (unsigned i = 0; i < calls && i < r->calls; i++) {
		value += sqrt(r->tce[i]);
		call(b, value);
	}
	shown = bed_status(b, "chunk-disagreement").value;
	r->score = isnan(shown) ? 0.0 : shown;
}

static double auroc(const struct run *run, unsigned n)
{
	double above = 0.0, pairs = 0.0;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < n; k++) {
			if (run[i].success || !run[k].success)
				continue;
			pairs += 1.0;
			above += run[i].score > run[k].score	? 1.0
				 : run[i].score == run[k].score ? 0.5
								: 0.0;
		}
	}
	return above / pairs;
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");
	struct run *run = xcalloc(EPISODES, sizeof(*run));
	unsigned n = data && data[0] ? read_all(run, data) : 0, longest[10] = {0}, failures = 0;
	struct bed b;

	if (!n) {
		tap_skip(&t, "labelled runs of pi0", "POLICYTOP_DATA is not set or has none");
		free(run);
		return tap_done(&t);
	}
	bed_init(&b);
	for (unsigned i = 0; i < n; i++) {
		failures += !run[i].success;
		if (run[i].calls > longest[run[i].task % 10])
			longest[run[i].task % 10] = run[i].calls;
	}
	for (unsigned i = 0; i < n; i++)
		play(&b, &run[i], (longest[run[i].task % 10] + 3) / 4);
	ok(&t, n == 500 && failures == 134, "%u runs, %u failures", n, failures);
	ok(&t, fabs(auroc(run, n) - 0.658) < 0.001, "AUROC after a quarter of the time: %.4f",
	   auroc(run, n));
	bed_fini(&b);
	free(run);
	return tap_done(&t);
}
