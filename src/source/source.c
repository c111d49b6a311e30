/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "wire/stream.h"

enum { PREFIX_MAX = 31 };

const struct source_param source_prefix_param = {
	"prefix", "", "", "text before its joint names: left gives left/shoulder_pan.pos"};

const struct source_class *source_find(const char *kind)
{
	for (size_t i = 0; source_table[i]; i++) {
		if (strcmp(source_table[i]->kind, kind) == 0)
			return source_table[i];
	}
	return NULL;
}

static int unknown_kind(const struct uri *u, struct err *e)
{
	const struct source_class *best = NULL;
	unsigned least = 3;

	if (!u->kind[0])
		return err_set(e, EINVAL, "%s: a source is a KIND:REST word (see: list sources)",
			       u->word);
	for (size_t i = 0; source_table[i]; i++) {
		unsigned d = text_distance(u->kind, source_table[i]->kind);

		if (d < least) {
			least = d;
			best = source_table[i];
		}
	}
	if (best)
		return err_set(e, EINVAL, "%s: no source kind '%s', did you mean %s:?", u->word,
			       u->kind, best->kind);
	return err_set(e, EINVAL, "%s: no source kind '%s' (see: list sources)", u->word, u->kind);
}

/* "left" and "left/" are both meant as left/NAME; any other last character stands as it is. */
int source_prefix(char dst[NAME_BYTES], struct uri *u, struct err *e)
{
	const char *text = uri_param(u, source_prefix_param.key);
	size_t n;

	dst[0] = '\0';
	if (!text || !text[0])
		return 0;
	n = text_clean(dst, NAME_BYTES - 1, text, strlen(text));
	if (n > PREFIX_MAX || strlen(text) > PREFIX_MAX)
		return err_set(e, EINVAL, "%s: prefix is longer than %d bytes", u->word,
			       PREFIX_MAX);
	if (isalnum((unsigned char)dst[n - 1]))
		text_copy(dst + n, 2, "/");
	return 0;
}

static int all_used(const struct uri *u, const struct source_class *c, struct err *e)
{
	struct buf known = {0};
	int rc;

	for (const struct source_param *p = c->params; p && p->key; p++)
		buf_printf(&known, "%s=, ", p->key);
	buf_printf(&known, "%s=", source_prefix_param.key);
	rc = uri_all_used(u, buf_text(&known), e);
	buf_fini(&known);
	return rc;
}

static int open_class(struct source *s, struct uri *u, struct err *e)
{
	int rc;

	s->class = source_find(u->kind);
	if (!s->class)
		return unknown_kind(u, e);
	if (s->class->slots)
		s->span = (uint16_t)s->class->slots;
	rc = source_prefix(s->prefix, u, e);
	if (rc < 0)
		return rc;
	s->state = xcalloc(1, s->class->state_size);
	rc = s->class->open(s, u, e);
	return rc == 0 ? all_used(u, s->class, e) : rc;
}

struct source *source_open(const char *word, uint16_t index, const struct source_host *host,
			   struct clock *clock, struct err *e)
{
	struct source *s;
	struct uri u;
	int rc;

	if (uri_parse(&u, word, e) < 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->host = *host;
	s->clock = clock;
	s->index = index;
	s->span = 1;
	s->fd = -1;
	rc = open_class(s, &u, e);
	uri_fini(&u);
	if (rc == 0)
		return s;
	source_close(s);
	return NULL;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->state) /* the class has seen it */
		s->class->close(s);
	free(s->state);
	free(s);
}

void source_emit(struct source *s, struct event *ev)
{
	ev->source = s->index;
	s->host.emit(s->host.host, ev);
}

static void capture_event(struct source *s, const struct event *ev)
{
	struct buf line = {0};

	if (stream_encode(&line, ev) == 0)
		s->host.raw(s->host.host, s->index, 0, ev->t_ns, line.p, line.len);
	else
		s->host.raw(s->host.host, s->index, 1, ev->t_ns, NULL, 0);
	buf_fini(&line);
}

/* dst: prefix and name, cut to NAME_BYTES. */
static void put_prefix(const struct source *s, char dst[NAME_BYTES], const char *name)
{
	char full[2 * NAME_BYTES];

	snprintf(full, sizeof(full), "%s%s", s->prefix, name);
	text_copy(dst, NAME_BYTES, full);
}

void source_deliver(struct source *s, struct event *ev)
{
	struct hello named;
	struct motor motor;
	struct bus bus;

	if (s->host.raw)
		capture_event(s, ev);
	if (ev->kind == EVENT_HELLO && s->prefix[0]) {
		named = *ev->hello;
		for (unsigned i = 0; i < named.joints; i++)
			put_prefix(s, named.joint[i].name, ev->hello->joint[i].name);
		ev->hello = &named;
	} else if (ev->kind == EVENT_MOTOR && s->prefix[0]) {
		motor = *ev->motor;
		put_prefix(s, motor.joint, ev->motor->joint);
		ev->motor = &motor;
	} else if (ev->kind == EVENT_BUS && s->prefix[0]) {
		bus = *ev->bus;
		put_prefix(s, bus.name, ev->bus->name);
		ev->bus = &bus;
	}
	source_emit(s, ev);
}

void source_note(struct source *s, int64_t t_ns, const char *fmt, ...)
{
	struct event ev = {
		.kind = EVENT_NOTE, .t_ns = t_ns, .src_ns = TIME_UNKNOWN, .level = LEVEL_NOTE};
	char raw[256], text[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(text, sizeof(text), raw, strlen(raw));
	ev.text = text;
	source_emit(s, &ev);
}
