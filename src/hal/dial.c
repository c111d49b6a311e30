/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

enum { CONNECT_MS = 1000 };

bool dial_split(char host[DIAL_HOST_BYTES], const char **port, const char *address)
{
	const char *scheme = strstr(address, "://");
	char *colon, *slash;

	text_copy(host, DIAL_HOST_BYTES, scheme ? scheme + 3 : address);
	slash = strchr(host, '/');
	if (slash)
		*slash = '\0';
	colon = strrchr(host, ':');
	if (!colon || colon == host || !colon[1])
		return false;
	*colon = '\0';
	*port = colon + 1;
	return true;
}

bool dial_wait(int fd, short events, int ms)
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
	if (errno == EINPROGRESS && !dial_wait(fd, POLLOUT, CONNECT_MS))
		error = ETIMEDOUT;
	else if (errno != EINPROGRESS || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
		error = errno;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

int dial(const char *host, const char *port, char why[DIAL_WHY_BYTES])
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(host, port, &hints, &list), fd = -1;

	if (rc) {
		snprintf(why, DIAL_WHY_BYTES, "%s", gai_strerror(rc));
		return -1;
	}
	for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = connect_one(a);
	if (fd < 0)
		snprintf(why, DIAL_WHY_BYTES, "%s", strerror(errno));
	freeaddrinfo(list);
	return fd;
}

ssize_t dial_hear(int fd, char *dst, size_t size, int ms)
{
	ssize_t n = dial_wait(fd, POLLIN, ms) ? recv(fd, dst, size - 1, 0) : -1;

	dst[n > 0 ? n : 0] = '\0';
	return n;
}
