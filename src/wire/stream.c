/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, what is wrong with them, and the small kinds of line. */
#include "wire/stream.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "wire/stream_impl.h"

struct stream *stream_new(void (*emit)(void *host, const struct event *ev), void *host)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->emit = emit;
	s->host = host;
	s->told_ns = TIME_UNKNOWN;
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	free(s->actions);
	free(s->part);
	free(s);
}

void stream_prefix(struct stream *s, const char *prefix)
{
	text_copy(s->prefix, sizeof(s->prefix), prefix);
}

uint64_t stream_lines(const struct stream *s)
{
	return s->lines;
}

uint64_t stream_bad(const struct stream *s)
{
	return s->bad;
}

const char *stream_first_bad(const struct stream *s)
{
	return s->first_bad;
}

void stream_emit(struct stream *s, struct event *ev)
{
	ev->t_ns = s->t_ns;
	s->emit(s->host, ev);
}

void stream_blame(struct stream *s, const char *fmt, ...)
{
	char raw[sizeof(s->reason)];
	va_list ap;

	if (s->reason[0])
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(s->reason, sizeof(s->reason), raw, strlen(raw));
}

/* Counts the bad line and tells it, unless another one was told within the last second. */
static int line_is_bad(struct stream *s)
{
	struct event ev = {.kind = EVENT_NOTE, .src_ns = TIME_UNKNOWN, .level = LEVEL_NOTE};
	char text[256];

	if (!s->bad++)
		snprintf(s->first_bad, sizeof(s->first_bad), "line %llu: %s",
			 (unsigned long long)s->lines, s->reason);
	if (s->told_ns != TIME_UNKNOWN && s->t_ns - s->told_ns < NS_PER_S) {
		s->untold++;
		return -EBADMSG;
	}
	if (s->untold)
		snprintf(text, sizeof(text), "line %llu: %s (and %llu more bad lines before)",
			 (unsigned long long)s->lines, s->reason, (unsigned long long)s->untold);
	else
		snprintf(text, sizeof(text), "line %llu: %s", (unsigned long long)s->lines,
			 s->reason);
	s->told_ns = s->t_ns;
	s->untold = 0;
	ev.text = text;
	stream_emit(s, &ev);
	return -EBADMSG;
}

bool stream_take_text(struct stream *s, struct json *j, char *dst, size_t size)
{
	char raw[TASK_BYTES + 4]; /* cleaning never makes a text shorter */

	dst[0] = '\0';
	if (json_next(j) != JSON_STRING) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "a text is expected");
		return false;
	}
	text_clean(dst, size, raw, json_text(j, raw, sizeof(raw)));
	return true;
}

bool stream_take_double(struct stream *s, struct json *j, const char *key, double *out)
{
	if (json_next(j) != JSON_NUMBER) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "%s is no number", key);
		return false;
	}
	if (!json_double(j, out)) {
		stream_blame(s, "%s: %.*s is more than a double can hold", key, (int)j->len,
			     j->text);
		return false;
	}
	return true;
}

bool stream_take_i64(struct stream *s, struct json *j, const char *key, int64_t *out)
{
	double v;

	if (!stream_take_double(s, j, key, &v))
		return false;
	if (json_i64(j, out))
		return true;
	if (v >= -9e15 && v <= 9e15 && (double)(int64_t)v == v) { /* 3.0 */
		*out = (int64_t)v;
		return true;
	}
	stream_blame(s, "%s: %.*s is no whole number in range", key, (int)j->len, j->text);
	return false;
}

void stream_take_flag(struct stream *s, struct json *j, const char *key, bool *out)
{
	json_next(j);
	if (j->token == JSON_TRUE || j->token == JSON_FALSE)
		*out = j->token == JSON_TRUE;
	else if (json_skip(j) != JSON_NULL)
		stream_blame(s, "%s is neither true nor false", key);
}

void stream_skip_value(struct json *j)
{
	json_next(j);
	json_skip(j);
}

void stream_take_time(struct stream *s, struct json *j, int64_t *src_ns)
{
	double seconds;
	int64_t ns;

	if (!stream_take_double(s, j, "t", &seconds))
		return;
	/* The difference of any two times must be one, too. */
	if (json_nano(j, &ns) && ns > -INT64_MAX / 2 && ns < INT64_MAX / 2)
		*src_ns = ns;
	else
		stream_blame(s, "t: %.*s is no time in seconds", (int)j->len, j->text);
}

bool stream_each_key(struct stream *s, const char *line, size_t len,
		     void (*take)(struct stream *s, struct json *j, void *out), void *out)
{
	struct json j;

	json_init(&j, line, len);
	if (json_next(&j) == JSON_OBJECT) {
		while (json_next(&j) == JSON_KEY)
			take(s, &j, out);
		if (j.token == JSON_OBJECT_END && json_next(&j) == JSON_END)
			return true;
	}
	s->reason[0] = '\0'; /* what broke the line comes before what it led to */
	stream_blame(s, "%s", j.error ? j.error : "no JSON object");
	return false;
}

static void find_type(struct stream *s, struct json *j, void *out)
{
	char *type = out;

	if (json_is(j, "type") && !type[0])
		stream_take_text(s, j, type, NAME_BYTES);
	else
		stream_skip_value(j);
}

/* The word of the "type" key; nearly always the first key, so that the line is not read twice. */
static bool line_type(struct stream *s, const char *line, size_t len, char type[NAME_BYTES])
{
	struct json j;

	type[0] = '\0';
	json_init(&j, line, len);
	if (json_next(&j) == JSON_OBJECT && json_next(&j) == JSON_KEY && json_is(&j, "type") &&
	    stream_take_text(s, &j, type, NAME_BYTES))
		return true;
	if (!stream_each_key(s, line, len, find_type, type))
		return false;
	if (!type[0])
		stream_blame(s, "no type");
	return type[0];
}

static void decode(struct stream *s, const char *line, size_t len)
{
	char type[NAME_BYTES];

	if (!line_type(s, line, len, type))
		return;
	if (strcmp(type, "step") == 0)
		stream_take_step(s, line, len);
	else if (strcmp(type, "chunk") == 0)
		stream_take_chunk(s, line, len);
	else if (strcmp(type, "hello") == 0)
		stream_take_hello(s, line, len);
	else if (strcmp(type, "camera") == 0)
		stream_take_camera(s, line, len);
	else if (!stream_take_small(s, type, line, len))
		stream_blame(s, "unknown type '%s'", type);
}

int stream_line(struct stream *s, const char *line, size_t len, int64_t t_ns)
{
	s->t_ns = t_ns;
	s->lines++;
	s->reason[0] = '\0';
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	if (len > STREAM_LINE_MAX)
		stream_blame(s, "longer than %d bytes", STREAM_LINE_MAX);
	else if (len)
		decode(s, line, len);
	return s->reason[0] ? line_is_bad(s) : 0;
}

/* Keeps n more bytes of a line that is not complete yet, at most STREAM_LINE_MAX + 1 in all. */
static void keep_part(struct stream *s, const char *p, size_t n)
{
	size_t room = STREAM_LINE_MAX + 1 - s->part_len;

	if (n > room)
		n = room;
	if (s->part_len + n > s->part_room) {
		s->part_room = (s->part_len + n) * 2;
		if (s->part_room > STREAM_LINE_MAX + 1)
			s->part_room = STREAM_LINE_MAX + 1;
		s->part = xrealloc(s->part, s->part_room, 1);
	}
	memcpy(s->part + s->part_len, p, n);
	s->part_len += n;
}

size_t stream_bytes(struct stream *s, const void *bytes, size_t n, size_t max_lines, int64_t t_ns)
{
	const char *p = bytes;
	size_t at = 0;

	while (at < n && max_lines) {
		const char *newline = memchr(p + at, '\n', n - at);
		size_t take = newline ? (size_t)(newline - p) - at : n - at;

		if (s->part_len || !newline)
			keep_part(s, p + at, take);
		if (newline) {
			if (s->part_len)
				stream_line(s, s->part, s->part_len, t_ns);
			else
				stream_line(s, p + at, take, t_ns);
			s->part_len = 0;
			max_lines--;
		}
		at += take + (newline != NULL);
	}
	return at;
}

void stream_end(struct stream *s, int64_t t_ns)
{
	if (s->part_len)
		stream_line(s, s->part, s->part_len, t_ns);
	s->part_len = 0;
	if (s->joints_guessed)
		s->joints_known = s->joints_guessed = false;
}
