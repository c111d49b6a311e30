/* SPDX-License-Identifier: Apache-2.0 */
/* `stdin:`: the stream protocol on standard input. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "source/reader.h"
#include "wire/stream.h"

/* Regular files and /dev/null cannot be watched (EPERM): they are always readable. */
static bool can_be_watched(int fd)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int ep = epoll_create1(EPOLL_CLOEXEC);
	bool can = ep >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0;

	if (ep >= 0)
		close(ep);
	return can;
}

static int stdin_open(struct source *s, struct uri *u, struct err *e)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	int rc = reader_open(s->state, s, u, e);

	if (rc < 0)
		return rc;
	if (u->rest[0])
		return err_set(e, EINVAL, "%s: nothing follows stdin:", u->word);
	if (poll(&p, 1, 0) < 0 || p.revents & POLLNVAL)
		return err_set(e, EBADF, "%s: standard input is closed", u->word);
	s->fd = can_be_watched(STDIN_FILENO) ? STDIN_FILENO : -1;
	return 0;
}

/* O_NONBLOCK would change the file for everybody who shares it: ask before each read instead. */
static bool readable(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

static int64_t stdin_run(struct source *s, int64_t now_ns)
{
	struct reader *l = s->state;
	struct event end = {.kind = EVENT_END, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};

	if (!reader_left(l)) {
		ssize_t n = readable() ? reader_read(l, STDIN_FILENO, now_ns) : -EAGAIN;

		if (n == -EAGAIN || n == -EINTR)
			return s->fd >= 0 ? INT64_MAX : now_ns;
		if (n < 0)
			return err_set(&s->error, (int)-n, "standard input: %s", strerror((int)-n));
		if (n == 0) {
			reader_end(l, now_ns);
			source_emit(s, &end);
			return INT64_MAX;
		}
	}
	reader_decode(l);
	return reader_left(l) || s->fd < 0 ? now_ns : INT64_MAX;
}

static void stdin_close(struct source *s)
{
	reader_close(s->state);
}

static const struct source_param params[] = {{0}};

const struct source_class source_stdin = {
	.kind = "stdin",
	.rest = "",
	.summary = "stream protocol on standard input",
	.facts = STREAM_FACTS,
	.waits = true,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct reader),
	.open = stdin_open,
	.run = stdin_run,
	.close = stdin_close,
};
