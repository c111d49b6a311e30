/* SPDX-License-Identifier: Apache-2.0 */
#include "source/decoder.h"

#include <errno.h>

#include "wire/stream.h"

int decoder_open(struct decoder *d, const struct decoder_class *class,
		 void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		 struct uri *u, struct err *e)
{
	*d = (struct decoder){.class = class, .emit = emit, .host = host};
	d->state = class->make(emit, host, prefix, u, e);
	return d->state ? 0 : -EINVAL;
}

void decoder_close(struct decoder *d)
{
	if (d->class)
		d->class->free(d->state);
	d->state = NULL;
}

size_t decoder_bytes(struct decoder *d, const void *p, size_t n, int64_t t_ns)
{
	return d->class->bytes(d->state, p, n, DECODER_BITE, t_ns);
}

void decoder_sent(struct decoder *d, const void *p, size_t n, int64_t t_ns)
{
	if (d->class->sent)
		d->class->sent(d->state, p, n, t_ns);
}

void decoder_lost(struct decoder *d, int direction, uint64_t n, bool whole, int64_t t_ns)
{
	if (d->class->lost)
		d->class->lost(d->state, direction, n, whole, t_ns);
}

int64_t decoder_due(struct decoder *d, int64_t now_ns)
{
	return d->class->due ? d->class->due(d->state, now_ns) : INT64_MAX;
}

void decoder_end(struct decoder *d, int64_t t_ns)
{
	d->class->end(d->state, t_ns);
}

void decoder_anew(struct decoder *d, int64_t t_ns)
{
	struct event gap = {.kind = EVENT_GAP,
			    .t_ns = t_ns,
			    .src_ns = TIME_UNKNOWN,
			    .text = "the connection was lost and began anew",
			    .lost = -1,
			    .unit = "steps"};

	decoder_end(d, t_ns);
	if (decoder_count(d) > d->begun && !d->class->lost)
		d->emit(d->host, &gap);
	d->begun = decoder_count(d);
}

uint64_t decoder_count(const struct decoder *d)
{
	return d->class->count(d->state);
}

uint64_t decoder_bad(const struct decoder *d)
{
	return d->class->bad(d->state);
}

const char *decoder_first_bad(const struct decoder *d)
{
	return d->class->first_bad(d->state);
}

int decoder_ready(const struct decoder *d, const char **why)
{
	*why = "";
	return d->class->ready ? d->class->ready(d->state, why) : 1;
}

/* The stream protocol: lines, and nobody to talk to. */

static void *make_lines(void (*emit)(void *host, const struct event *ev), void *host,
			const char *prefix, struct uri *u, struct err *e)
{
	struct stream *s = stream_new(emit, host);

	(void)u;
	(void)e;
	stream_prefix(s, prefix);
	return s;
}

static void free_lines(void *state)
{
	stream_free(state);
}

static size_t take_lines(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return stream_bytes(state, p, n, most, t_ns);
}

static void end_lines(void *state, int64_t t_ns)
{
	stream_end(state, t_ns);
}

static uint64_t count_lines(const void *state)
{
	return stream_lines(state);
}

static uint64_t bad_lines(const void *state)
{
	return stream_bad(state);
}

static const char *first_bad_line(const void *state)
{
	return stream_first_bad(state);
}

const struct decoder_class decoder_lines = {
	.make = make_lines,
	.free = free_lines,
	.bytes = take_lines,
	.end = end_lines,
	.count = count_lines,
	.bad = bad_lines,
	.first_bad = first_bad_line,
};
