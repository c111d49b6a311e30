/* SPDX-License-Identifier: Apache-2.0 */
#include "source/lines.h"

#include <errno.h>
#include <unistd.h>

#include "base/text.h"

static void emit(void *host, const struct event *ev)
{
	struct event copy = *ev;

	source_emit(host, &copy);
}

void lines_open(struct lines *l, struct source *s)
{
	l->source = s;
	l->stream = stream_new(emit, s);
	stream_prefix(l->stream, s->prefix);
}

void lines_close(struct lines *l)
{
	stream_free(l->stream);
	l->stream = NULL;
}

bool lines_left(const struct lines *l)
{
	return l->at < l->len;
}

static void capture(struct lines *l, int mark, int64_t now_ns, size_t n)
{
	struct source *s = l->source;

	if (s->host.raw)
		s->host.raw(s->host.host, s->index, mark, now_ns, n ? l->bytes : NULL, n);
}

static void count_bad(struct lines *l)
{
	l->source->bad_lines = stream_bad(l->stream);
	text_copy(l->source->first_bad, sizeof(l->source->first_bad), stream_first_bad(l->stream));
}

ssize_t lines_read(struct lines *l, int fd, int64_t now_ns)
{
	ssize_t n = read(fd, l->bytes, sizeof(l->bytes));

	if (n < 0)
		return -errno;
	l->t_ns = now_ns;
	l->at = 0;
	l->len = (size_t)n;
	if (n > 0)
		capture(l, 0, now_ns, l->len);
	return n;
}

void lines_decode(struct lines *l)
{
	l->at += stream_bytes(l->stream, l->bytes + l->at, l->len - l->at, LINES_BITE, l->t_ns);
	count_bad(l);
}

void lines_end(struct lines *l, int64_t now_ns)
{
	capture(l, 1, now_ns, 0);
	stream_end(l->stream, now_ns);
	count_bad(l);
}

struct event lines_gap(int64_t t_ns)
{
	return (struct event){.kind = EVENT_GAP,
			      .t_ns = t_ns,
			      .src_ns = TIME_UNKNOWN,
			      .text = "the connection was lost and began anew",
			      .lost = -1,
			      .unit = "steps"};
}

void lines_anew(struct lines *l, int64_t now_ns)
{
	struct event ev = lines_gap(now_ns);

	capture(l, 0, now_ns, 0);
	stream_end(l->stream, now_ns);
	source_emit(l->source, &ev);
	count_bad(l);
}
