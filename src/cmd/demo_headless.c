/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop demo --headless`: recorded and judged, no screen. On virtual time, but with a policy
 * server: then the connections are real, and so is the time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/demo.h"
#include "cmd/demo_world.h"
#include "cmd/run.h"
#include "db/writer.h"

/* What the verdicts were, as JSON and as text for people. */
struct tale {
	struct buf json, text;
	const struct demo_world *world; /* NULL: on virtual time */
};

/* The policy's client of the world connects to the tap. */
static void tell_address(void *host, const struct engine_source *s, unsigned sources)
{
	const struct tale *tale = host;

	if (tale->world && sources > 1)
		demo_world_tell(tale->world, s[1].address);
}

static void tell(void *host, const struct verdict *v)
{
	struct tale *tale = host;
	struct buf *b = &tale->json;

	buf_str(b, b->len ? ",{" : "{");
	verdict_json(b, v);
	buf_str(b, "}");
	if (v->level >= LEVEL_WARN)
		buf_printf(&tale->text, "%-5s %-12s episode %u step %lld  %s\n",
			   level_word(v->level), v->code, v->episode, (long long)v->seq,
			   v->message);
}

/* The first step that the fault touched: the same world again, which takes no time. */
static int64_t touched(const struct demo *d)
{
	struct sim *s = sim_new(&d->world);
	int64_t end_ns = (int64_t)llround(d->seconds * (double)NS_PER_S);
	struct event ev;
	int64_t seq;

	while (sim_peek_ns(s) < end_ns) {
		struct sim_serving ignored;

		sim_next(s, &ev);
		if (ev.kind == EVENT_CHUNK && sim_fault_served(d->world.fault))
			sim_serve(s, &ignored);
	}
	seq = sim_fault_seq(s);
	sim_free(s);
	return seq;
}

static void fault_json(struct buf *b, const struct demo *d)
{
	const struct sim_fault *f = d->world.fault;
	int64_t seq = touched(d);

	if (!f) {
		buf_str(b, "null");
		return;
	}
	buf_str(b, "{\"name\":");
	buf_json_str(b, f->name);
	buf_str(b, ",\"codes\":");
	buf_json_str(b, f->codes);
	buf_str(b, ",\"at_s\":");
	buf_json_num(b, d->world.fault_at_s);
	buf_str(b, ",\"strength\":");
	buf_json_num(b, d->world.strength);
	buf_str(b, ",\"unit\":");
	buf_json_str(b, f->unit);
	if (seq == SEQ_UNKNOWN)
		buf_str(b, ",\"first_seq\":null}");
	else
		buf_printf(b, ",\"first_seq\":%lld}", (long long)seq);
}

static void print_json(const struct demo *d, const struct engine_result *r, struct tale *tale)
{
	struct buf b = {0};

	buf_printf(&b, "{\"run\":%lld,\"verdicts\":[%s],\"schema\":1", (long long)r->run,
		   buf_text(&tale->json));
	buf_printf(&b, ",\"seed\":%lld,\"seconds\":", (long long)d->seed);
	buf_json_num(&b, d->seconds);
	buf_printf(&b, ",\"steps\":%llu,\"episodes\":%u,\"dropped\":%llu",
		   (unsigned long long)r->steps, r->episodes, (unsigned long long)r->dropped);
	buf_printf(&b, ",\"worst\":\"%s\",\"profile\":", level_word(r->worst));
	buf_json_str(&b, d->profile->name);
	buf_str(&b, ",\"fault\":");
	fault_json(&b, d);
	buf_str(&b, "}");
	puts(buf_text(&b));
	buf_fini(&b);
}

static void print_text(const struct demo *d, const struct engine_result *r, struct tale *tale)
{
	fputs(buf_text(&tale->text), stdout);
	printf("run %lld: %llu steps in %u episodes, %llu notes, %llu warnings, %llu failures\n",
	       (long long)r->run, (unsigned long long)r->steps, r->episodes,
	       (unsigned long long)r->notes, (unsigned long long)r->warns,
	       (unsigned long long)r->fails);
	printf("look closer: policytop --db %s query timeline\n", d->db);
}

/* The whole run: what happens in it comes from words. */
static int run(const struct demo *d, const char *const *words, unsigned n, struct tale *tale,
	       struct engine_result *r, struct err *e)
{
	void *sink = db_writer_open(d->db, NULL, e);
	struct engine_cfg cfg = {
		.source = words,
		.sources = n,
		.profile = d->profile,
		.sink = &db_sink,
		.sink_state = sink,
		.seconds = d->seconds,
		.verdict = tell,
		.ready = tell_address,
		.host = tale,
	};
	int rc;

	if (!sink)
		return -e->code;
	rc = tale->world ? engine_run(&cfg, r, e) : engine_run_virtual(&cfg, r, e);
	db_writer_close(sink);
	return rc;
}

static int run_virtual(const struct demo *d, struct tale *tale, struct engine_result *r,
		       struct err *e)
{
	char text[256];
	const char *word = text;

	snprintf(text, sizeof(text), "sim:?cameras=1&seed=%lld%s%s", (long long)d->seed,
		 d->fault ? "&fault=" : "", d->fault ? d->fault : "");
	return run(d, &word, 1, tale, r, e);
}

static int run_real(const struct demo *d, struct tale *tale, struct engine_result *r, struct err *e)
{
	char text[DEMO_WORDS][DEMO_WORD_BYTES];
	const char *word[DEMO_WORDS] = {text[0], text[1]};
	struct demo_world w;
	int rc = demo_world_start(&w, &d->world, e);

	if (rc < 0)
		return rc;
	tale->world = &w;
	rc = run(d, word, demo_world_words(&w, text), tale, r, e);
	demo_world_stop(&w);
	return rc;
}

int demo_headless(const struct demo *d)
{
	struct engine_result r = {0};
	struct tale tale = {0};
	struct err e = {0};
	bool served = sim_fault_served(d->world.fault);
	int rc;

	rc = served ? run_real(d, &tale, &r, &e) : run_virtual(d, &tale, &r, &e);
	if (rc == 0 && d->json)
		print_json(d, &r, &tale);
	else if (rc == 0)
		print_text(d, &r, &tale);
	buf_fini(&tale.json);
	buf_fini(&tale.text);
	if (rc == 0 && r.unsaved.code)
		cmd_fail(&r.unsaved);
	return rc < 0 ? cmd_fail(&e) : run_exit_status(&r);
}
