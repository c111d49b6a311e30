/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop demo --headless`: on virtual time, recorded and judged, no screen. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/demo.h"
#include "cmd/run.h"
#include "db/writer.h"

/* What the verdicts were, as JSON and as text for people. */
struct tale {
	struct buf json, text;
};

static void tell(void *host, const struct verdict *v)
{
	struct tale *tale = host;
	struct buf *b = &tale->json;

	buf_str(b, b->len ? ",{\"code\":" : "{\"code\":");
	buf_json_str(b, v->code);
	buf_printf(b, ",\"level\":\"%s\",\"subject\":", level_word(v->level));
	buf_json_str(b, v->subject);
	buf_printf(b, ",\"episode\":%u,\"seq\":%lld,\"value\":", v->episode, (long long)v->seq);
	buf_json_num(b, v->value);
	buf_str(b, ",\"threshold\":");
	buf_json_num(b, v->threshold);
	buf_str(b, ",\"unit\":");
	buf_json_str(b, v->unit);
	buf_str(b, ",\"message\":");
	buf_json_str(b, v->message);
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

	while (sim_peek_ns(s) < end_ns)
		sim_next(s, &ev);
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

static int run(const struct demo *d, const char *word, struct tale *tale, struct engine_result *r,
	       struct err *e)
{
	void *sink = db_writer_open(d->db, NULL, e);
	struct engine_cfg cfg = {
		.source = &word,
		.sources = 1,
		.profile = d->profile,
		.sink = &db_sink,
		.sink_state = sink,
		.seconds = d->seconds,
		.verdict = tell,
		.host = tale,
	};
	int rc;

	if (!sink)
		return -e->code;
	rc = engine_run_virtual(&cfg, r, e);
	db_writer_close(sink);
	return rc;
}

int demo_headless(const struct demo *d)
{
	struct engine_result r = {0};
	struct tale tale = {0};
	struct err e = {0};
	char word[256];
	int rc;

	snprintf(word, sizeof(word), "sim:?seed=%lld%s%s", (long long)d->seed,
		 d->fault ? "&fault=" : "", d->fault ? d->fault : "");
	rc = run(d, word, &tale, &r, &e);
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
