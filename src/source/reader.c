/* SPDX-License-Identifier: Apache-2.0 */
#include "source/reader.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

static void emit(void *host, const struct event *ev)
{
	struct event copy = *ev;

	source_emit(host, &copy);
}

int reader_open(struct reader *r, struct source *s, struct uri *u, struct err *e)
{
	r->source = s;
	return decoder_open(&r->decoder, s->class->decoder, emit, s, s->prefix, u, e);
}

void reader_close(struct reader *r)
{
	decoder_close(&r->decoder);
}

bool reader_left(const struct reader *r)
{
	return r->at < r->len;
}

static void capture(struct reader *r, int direction, int64_t now_ns, const void *p, size_t n)
{
	struct source *s = r->source;

	if (s->host.raw)
		s->host.raw(s->host.host, s->index, direction, now_ns, p, n);
}

static void count_bad(struct reader *r)
{
	struct source *s = r->source;

	s->bad_lines = decoder_bad(&r->decoder);
	text_copy(s->first_bad, sizeof(s->first_bad), decoder_first_bad(&r->decoder));
}

ssize_t reader_read(struct reader *r, int fd, int64_t now_ns)
{
	ssize_t n = read(fd, r->bytes, sizeof(r->bytes));

	if (n < 0)
		return -errno;
	r->t_ns = now_ns;
	r->at = 0;
	r->len = (size_t)n;
	if (n > 0)
		capture(r, 0, now_ns, r->bytes, r->len);
	return n;
}

void reader_decode(struct reader *r)
{
	r->at += decoder_bytes(&r->decoder, r->bytes + r->at, r->len - r->at, r->t_ns);
	count_bad(r);
}

int reader_send(struct reader *r, int fd, const struct buf *b, int64_t now_ns)
{
	ssize_t n;

	if (!b->len)
		return 0;
	n = send(fd, b->p, b->len, MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	capture(r, 1, now_ns, b->p, (size_t)n);
	decoder_sent(&r->decoder, b->p, (size_t)n, now_ns);
	return (size_t)n == b->len ? 0 : -EAGAIN;
}

void reader_end(struct reader *r, int64_t now_ns)
{
	capture(r, 1, now_ns, NULL, 0);
	decoder_end(&r->decoder, now_ns);
	count_bad(r);
}

void reader_anew(struct reader *r, int64_t now_ns)
{
	capture(r, 0, now_ns, NULL, 0);
	decoder_anew(&r->decoder, now_ns);
	count_bad(r);
}
