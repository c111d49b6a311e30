/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is somebody at the policy server's address, and does it speak a policy's protocol? A handshake
 * asks for no action: ZeroMQ greets by itself, openpi answers an upgrade.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd/inspect.h"

enum { CONNECT_MS = 1000, GREETING_MS = 300, ANSWER_MS = 1500 };

static bool wait_for(int fd, short events, int ms)
{
	struct pollfd p = {.fd = fd, .events = events};

	return poll(&p, 1, ms) == 1 && p.revents & events;
}

/* A connected socket, or -1 with errno. */
static int connect_one(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
	socklen_t size = sizeof(error);

	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	if (errno == EINPROGRESS && !wait_for(fd, POLLOUT, CONNECT_MS))
		error = ETIMEDOUT;
	else if (errno != EINPROGRESS || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
		error = errno;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

static int connect_to(const char *host, const char *port, char why[128])
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(host, port, &hints, &list), fd = -1;

	if (rc) {
		snprintf(why, 128, "%s", gai_strerror(rc));
		return -1;
	}
	for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = connect_one(a);
	if (fd < 0)
		snprintf(why, 128, "%s", strerror(errno));
	freeaddrinfo(list);
	return fd;
}

static ssize_t hear(int fd, char *dst, size_t size, int ms)
{
	ssize_t n = wait_for(fd, POLLIN, ms) ? recv(fd, dst, size - 1, 0) : -1;

	dst[n > 0 ? n : 0] = '\0';
	return n;
}

/* "zmq" or "openpi"; NULL with a text: what was answered instead. */
static const char *speaks(int fd, const char *host, char answer[128])
{
	char text[512];
	int n;

	if (hear(fd, text, sizeof(text), GREETING_MS) > 0) {
		if ((unsigned char)text[0] == 0xff)
			return "zmq";
		text_clean(answer, 128, text, strcspn(text, "\r\n"));
		return NULL;
	}
	n = snprintf(
		text, sizeof(text),
		"GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: cG9saWN5dG9wIGxvb2tzIQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
		host);
	if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n ||
	    hear(fd, text, sizeof(text), ANSWER_MS) <= 0) {
		snprintf(answer, 128, "no answer");
		return NULL;
	}
	if (text_starts(text, "HTTP/1.1 101"))
		return "openpi";
	text_clean(answer, 128, text, strcspn(text, "\r\n"));
	return NULL;
}

void inspect_server(struct inspect *l)
{
	char host[RIG_WORD_BYTES], why[128] = "", *colon;
	const char *at = l->rig->server, *protocol;
	struct clock clock = clock_real();
	int64_t begin_ns = clock_now_ns(&clock);
	struct preflight_item *i;
	int fd;

	if (!at[0])
		return;
	text_copy(host, sizeof(host), strstr(at, "://") ? strstr(at, "://") + 3 : at);
	colon = strrchr(host, ':');
	if (!colon) {
		inspect_add(l, "server", at, LEVEL_UNKNOWN, "it is no HOST:PORT");
		return;
	}
	*colon = '\0';
	fd = connect_to(host, colon + 1, why);
	if (fd < 0) {
		inspect_do(inspect_add(l, "server", at, LEVEL_FAIL, "%s", why),
			   "start the policy server");
		return;
	}
	protocol = speaks(fd, host, why);
	close(fd);
	if (!protocol) {
		inspect_do(inspect_add(l, "server", at, LEVEL_FAIL,
				       "who answers is no policy server: %s", why),
			   "is it the right port?");
		return;
	}
	i = inspect_add(l, "server", at, LEVEL_OK, "it answers, and speaks %s", protocol);
	inspect_number(i, (double)(clock_now_ns(&clock) - begin_ns) / 1e6, NAN, "ms");
}
