/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/loglines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/loglines_impl.h"

/* A chain of tracebacks is over when nothing has come for so long. */
static const int64_t trace_wait_ns = 500 * NS_PER_MS;

enum { ESCAPE_MAX = 4096, CSI_MAX = 64 };

static bool in_escape(struct strip *s, unsigned char c)
{
	switch (s->state) {
	case ESC_BEGUN:
		if (c == '[')
			s->state = ESC_CSI;
		else if (strchr("]PX^_", c) && c)
			s->state = ESC_STRING;
		else if (c < 0x20 || c > 0x2f) /* intermediates go on */
			s->state = ESC_NONE;
		break;
	case ESC_CSI:
		if ((c >= 0x40 && c <= 0x7e) || s->len > CSI_MAX)
			s->state = ESC_NONE;
		break;
	case ESC_STRING:
		if (c == '\a' || s->len > ESCAPE_MAX)
			s->state = ESC_NONE;
		else if (c == 0x1b)
			s->state = ESC_STRING_END;
		break;
	case ESC_STRING_END:
	case ESC_NONE:
	default:
		s->state = ESC_NONE;
		break;
	}
	s->len++;
	return s->state != ESC_NONE;
}

bool strip_takes(struct strip *s, unsigned char c)
{
	if (s->state != ESC_NONE && c == '\n')
		s->state = ESC_NONE; /* a newline is never swallowed */
	if (s->state != ESC_NONE) {
		in_escape(s, c);
		return false;
	}
	if (c == 0x1b) {
		*s = (struct strip){.state = ESC_BEGUN};
		return false;
	}
	return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
}

size_t loglines_plain(char *dst, size_t size, const char *src, size_t n)
{
	struct strip s = {0};
	size_t used = 0, len = 0;

	while (used < n) {
		char c = src[used++];

		if (!strip_takes(&s, (unsigned char)c))
			continue;
		if (c == '\n')
			break;
		if (c == '\r') /* what follows is written over it, unless nothing does */
			len = used < n && src[used] != '\n' ? 0 : len;
		else if (len + 1 < size)
			dst[len++] = c;
	}
	dst[len] = '\0';
	return used;
}

static void emit(struct loglines *l, struct event *ev)
{
	ev->t_ns = l->t_ns;
	ev->src_ns = TIME_UNKNOWN;
	l->emit(l->host, ev);
}

static void emit_note(struct loglines *l, enum level level, const char *raw)
{
	struct event ev = {.kind = EVENT_NOTE, .level = (int)level};
	char text[LOG_NOTE_BYTES];

	text_clean(text, sizeof(text), raw, strlen(raw));
	ev.text = text;
	emit(l, &ev);
}

void log_note(struct loglines *l, enum level level, const char *fmt, ...)
{
	char raw[LOG_NOTE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	emit_note(l, level, raw);
}

void log_rule_note(struct loglines *l, const struct log_rule *r, const char *fmt, ...)
{
	size_t i = (size_t)(r - log_rules);
	char raw[LOG_NOTE_BYTES];
	va_list ap;
	int n;

	if (l->rule[i].told_ns != TIME_UNKNOWN && l->t_ns - l->rule[i].told_ns < r->quiet_ns) {
		l->rule[i].held++;
		return;
	}
	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	if (l->rule[i].held && n >= 0 && (size_t)n < sizeof(raw))
		snprintf(raw + n, sizeof(raw) - (size_t)n, " (%llu more since the last note)",
			 (unsigned long long)l->rule[i].held);
	l->rule[i].held = 0;
	l->rule[i].told_ns = l->t_ns;
	emit_note(l, r->level, raw);
}

void log_episode(struct loglines *l, bool start, enum outcome outcome, const char *why)
{
	struct episode_mark m = {.start = start, .outcome = outcome};
	struct event ev = {.kind = EVENT_EPISODE, .episode = &m};
	char full[LOG_NOTE_BYTES];

	if (!start && !l->in_episode)
		return;
	l->in_episode = start;
	if (!l->episodes)
		return;
	snprintf(full, sizeof(full), "log: %s", why);
	text_clean(m.boundary, sizeof(m.boundary), full, strlen(full));
	emit(l, &ev);
}

void log_reset(struct loglines *l)
{
	struct event ev = {.kind = EVENT_RESET};

	l->replanned = l->stopping = false;
	if (l->episodes)
		emit(l, &ev);
}

static void take_line(struct loglines *l)
{
	const struct log_rule *r;
	const char *at;

	l->line[l->len] = '\0';
	l->len = 0;
	l->lines++;
	if (clamp_line(l, l->line) || trace_line(l, l->line))
		return;
	r = log_find(l->line, &at);
	if (!r)
		return;
	if (r->act)
		r->act(l, r, l->line, at);
	else
		log_rule_note(l, r, "%s%s", r->say, at);
}

/* One byte; true: it ended a line. */
static bool take_byte(struct loglines *l, unsigned char c)
{
	bool returned = l->returned;

	l->returned = false;
	if (!strip_takes(&l->strip, c))
		return false;
	if (c == '\n' || c == '\r') {
		l->returned = c == '\r';
		if (c == '\n' && returned)
			return false; /* "\r\n" is one end */
		take_line(l);
		return true;
	}
	if (l->len + 1 < sizeof(l->line))
		l->line[l->len++] = (char)c;
	return false;
}

size_t loglines_bytes(struct loglines *l, const void *p, size_t n, size_t most, int64_t t_ns)
{
	const unsigned char *c = p;
	size_t used = 0, lines = 0;

	l->t_ns = t_ns;
	while (used < n && lines < most)
		lines += take_byte(l, c[used++]);
	return used;
}

void loglines_end(struct loglines *l, int64_t t_ns)
{
	l->t_ns = t_ns;
	if (l->len)
		take_line(l);
	clamp_end(l);
	trace_end(l);
	for (size_t i = 0; log_rules[i].text; i++) {
		if (l->rule[i].held)
			log_note(l, log_rules[i].level, "%llu more time%s: %s",
				 (unsigned long long)l->rule[i].held,
				 l->rule[i].held == 1 ? "" : "s", log_rules[i].text);
		l->rule[i].held = 0;
	}
	l->strip = (struct strip){0};
	l->returned = false;
}

int64_t loglines_due(struct loglines *l, int64_t now_ns)
{
	if (!l->trace.waits)
		return INT64_MAX;
	if (now_ns < l->trace.told_ns + trace_wait_ns)
		return l->trace.told_ns + trace_wait_ns;
	l->t_ns = now_ns;
	trace_end(l);
	return INT64_MAX;
}

struct loglines *loglines_new(void (*out)(void *host, const struct event *ev), void *host,
			      bool episodes)
{
	struct loglines *l = xcalloc(1, sizeof(*l));

	l->emit = out;
	l->host = host;
	l->episodes = episodes;
	for (size_t i = 0; i < LOG_RULES_MAX; i++)
		l->rule[i].told_ns = TIME_UNKNOWN;
	return l;
}

void loglines_free(struct loglines *l)
{
	free(l);
}

uint64_t loglines_count(const struct loglines *l)
{
	return l->lines;
}
