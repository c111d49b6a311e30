/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints what a capture's events are, one JSON object a line, with doubles that read back exactly:
 * for oracles that look at what no table of the database holds. Usage: dump_events WORD
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "source/source.h"

static void number(struct buf *b, const char *key, double v)
{
	if (isnan(v))
		buf_printf(b, ",\"%s\":NaN", key);
	else if (isinf(v))
		buf_printf(b, ",\"%s\":%sInfinity", key, v < 0 ? "-" : "");
	else
		buf_printf(b, ",\"%s\":%.17g", key, v);
}

static void text(struct buf *b, const char *key, const char *s)
{
	buf_printf(b, ",\"%s\":", key);
	if (s)
		buf_json_str(b, s);
	else
		buf_str(b, "null");
}

static void numbers(struct buf *b, const char *key, const double *v, size_t n)
{
	buf_printf(b, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		if (v[i] == 0)
			buf_printf(b, "%s%s", i ? "," : "", signbit(v[i]) ? "-0.0" : "0.0");
		else if (isfinite(v[i]))
			buf_printf(b, "%s%.17g", i ? "," : "", v[i]);
		else
			buf_printf(b, "%s%s", i ? "," : "",
				   isnan(v[i]) ? "NaN"
				   : v[i] < 0  ? "-Infinity"
					       : "Infinity");
	}
	buf_str(b, "]");
}

static void hello(struct buf *b, const struct hello *h)
{
	buf_printf(b, ",\"fps\":%g,\"facts\":%u,\"no_tick\":%s,\"joints\":[", h->fps, h->facts,
		   h->no_tick ? "true" : "false");
	for (unsigned i = 0; i < h->joints; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, h->joint[i].name);
	}
	buf_str(b, "]");
}

static void exchange(struct buf *b, const struct exchange *x)
{
	static const char *const states[] = {"asked", "answered", "failed", "broken", "stranger"};

	text(b, "state", states[x->state]);
	buf_printf(b, ",\"number\":%llu,\"acted\":%s,\"request_bytes\":%llu,\"reply_bytes\":%llu",
		   (unsigned long long)x->number, x->acted ? "true" : "false",
		   (unsigned long long)x->request_bytes, (unsigned long long)x->reply_bytes);
	number(b, "server_ms", x->server_ms);
	number(b, "policy_ms", x->policy_ms);
	text(b, "endpoint", x->endpoint);
	text(b, "error", x->error);
	buf_str(b, ",\"tensors\":[");
	for (unsigned i = 0; i < x->tensors; i++) {
		const struct tensor *t = &x->tensor[i];

		buf_printf(b, "%s{\"reply\":%s", i ? "," : "", t->reply ? "true" : "false");
		text(b, "name", t->name);
		text(b, "dtype", t->dtype);
		buf_str(b, ",\"shape\":[");
		for (unsigned d = 0; d < t->dims; d++)
			buf_printf(b, "%s%u", d ? "," : "", t->shape[d]);
		buf_str(b, "]");
		number(b, "min", t->min);
		number(b, "max", t->max);
		number(b, "mean", t->mean);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

static void chunk(struct buf *b, const struct chunk *c)
{
	buf_printf(b, ",\"horizon\":%u,\"dims\":%u", c->horizon, c->dims);
	number(b, "latency_s", c->latency_s);
	text(b, "prompt", c->prompt_known ? c->prompt : NULL);
	numbers(b, "actions", c->actions, (size_t)c->horizon * c->dims);
}

static void step(struct buf *b, const struct step *s)
{
	static const char *const words[VEC_N] = {"seen", "asked", "sent", "got"};

	buf_printf(b, ",\"position\":%d,\"driver\":\"%s\"", s->position, driver_word(s->driver));
	for (unsigned k = 0; k < VEC_N; k++) {
		if (s->vec[k].present)
			numbers(b, words[k], s->vec[k].v, s->joints);
	}
}

static void frame(struct buf *b, const struct frame *f)
{
	text(b, "camera", f->camera);
	buf_printf(b, ",\"width\":%u,\"height\":%u,\"channels\":%u", f->width, f->height,
		   f->channels);
	numbers(b, "mean", f->mean, 3);
	numbers(b, "std", f->std, 3);
	number(b, "dark", f->dark);
	number(b, "bright", f->bright);
	buf_printf(b, ",\"thumb\":[%u,%u],\"pixel\":[%u,%u,%u]", f->thumb_width, f->thumb_height,
		   f->thumb[0], f->thumb[1], f->thumb[2]);
}

static void emit(void *host, const struct event *ev)
{
	static const char *const kinds[] = {
		[EVENT_HELLO] = "hello",       [EVENT_EPISODE] = "episode",
		[EVENT_STEP] = "step",	       [EVENT_CHUNK] = "chunk",
		[EVENT_RESET] = "reset",       [EVENT_NOTE] = "note",
		[EVENT_GAP] = "gap",	       [EVENT_EXECUTED] = "executed",
		[EVENT_EXCHANGE] = "exchange", [EVENT_FRAME] = "frame",
		[EVENT_CAMERA] = "camera",     [EVENT_MOTOR] = "motor",
		[EVENT_BUS] = "bus",	       [EVENT_END] = "end"};
	struct buf *b = host;

	buf_printf(b, "{\"t_ns\":%lld,\"source\":%u", (long long)ev->t_ns, ev->source);
	text(b, "kind", kinds[ev->kind]);
	if (ev->kind == EVENT_HELLO)
		hello(b, ev->hello);
	else if (ev->kind == EVENT_EXCHANGE)
		exchange(b, ev->exchange);
	else if (ev->kind == EVENT_CHUNK)
		chunk(b, ev->chunk);
	else if (ev->kind == EVENT_STEP)
		step(b, ev->step);
	else if (ev->kind == EVENT_FRAME)
		frame(b, ev->frame);
	else if (ev->kind == EVENT_EXECUTED)
		buf_printf(b, ",\"steps\":%u", ev->executed->steps);
	else if (ev->kind == EVENT_NOTE || ev->kind == EVENT_GAP)
		text(b, "text", ev->text);
	if (ev->kind == EVENT_EPISODE) {
		text(b, "event", ev->episode->start ? "start" : "end");
		text(b, "boundary", ev->episode->boundary);
		text(b, "task", ev->episode->task);
	}
	buf_str(b, "}\n");
	fwrite(b->p, 1, b->len, stdout);
	buf_clear(b);
}

/* What it took at most, on standard error: getrusage() would count what this was forked from. */
static void tell_memory(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			fputs(line, stderr);
	}
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	struct buf b = {0};
	struct source_host host = {.host = &b, .emit = emit};
	struct clock clock = clock_real();
	struct err e = {0};
	struct source *s = argc == 2 ? source_open(argv[1], 0, &host, &clock, &e) : NULL;
	int64_t next = 0;

	if (!s) {
		fprintf(stderr, "dump_events: %s\n", e.msg);
		return 1;
	}
	while (next != INT64_MAX && next >= 0)
		next = s->class->run(s, clock_now_ns(&clock));
	if (next < 0)
		fprintf(stderr, "dump_events: %s\n", s->error.msg);
	if (s->bad_lines)
		fprintf(stderr, "bad: %llu: %s\n", (unsigned long long)s->bad_lines, s->first_bad);
	tell_memory();
	source_close(s);
	buf_fini(&b);
	return next < 0;
}
