/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { BACKLOG = 128 };

bool place_parse(struct place *p, const char *text, size_t len)
{
	const char *colon = memrchr(text, ':', len);
	size_t host = colon ? (size_t)(colon - text) : 0;
	const char *port = colon ? colon + 1 : text, *from = text;
	size_t digits = len - (size_t)(port - text);
	int64_t number;

	if (!digits || digits >= sizeof(p->port))
		return false;
	memcpy(p->port, port, digits);
	p->port[digits] = '\0';
	if (strspn(p->port, "0123456789") != digits || !text_to_i64(p->port, &number) ||
	    number > 65535)
		return false;
	if (host >= 2 && from[0] == '[' && from[host - 1] == ']') {
		from++;
		host -= 2;
	} else if (memchr(from, ':', host)) {
		return false;
	}
	if (host >= sizeof(p->host) || memchr(from, '\0', host))
		return false;
	memcpy(p->host, from, host);
	p->host[host] = '\0';
	return true;
}

bool tcp_in_digits(struct tcp_address *a, const struct place *p)
{
	uint16_t port = htons((uint16_t)atoi(p->port));
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = port};

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, p->host, &in.sin_addr) == 1) {
		memcpy(&a->sa, &in, sizeof(in));
		a->len = sizeof(in);
	} else if (inet_pton(AF_INET6, p->host, &in6.sin6_addr) == 1) {
		memcpy(&a->sa, &in6, sizeof(in6));
		a->len = sizeof(in6);
	} else {
		return false;
	}
	return true;
}

static void tell_address(int fd, char address[TAP_ADDRESS_BYTES])
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	char host[64] = "?", port[8] = "?";

	getsockname(fd, (struct sockaddr *)&sa, &len);
	getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(address, TAP_ADDRESS_BYTES, sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		 port);
}

int tcp_listen(const struct place *where, char address[TAP_ADDRESS_BYTES], struct err *e)
{
	struct place p = *where;
	struct tcp_address a;
	int fd, on = 1, rc;

	if (!p.host[0] || strcmp(p.host, "localhost") == 0)
		text_copy(p.host, sizeof(p.host), "127.0.0.1");
	if (!tcp_in_digits(&a, &p))
		return err_set(e, EINVAL, "%s: where to listen is an address in digits", p.host);
	fd = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd >= 0 && bind(fd, (struct sockaddr *)&a.sa, a.len) == 0 && listen(fd, BACKLOG) == 0) {
		tell_address(fd, address);
		return fd;
	}
	rc = err_set(e, errno, "cannot listen at %s:%s: %m", p.host, p.port);
	if (fd >= 0)
		close(fd);
	return rc;
}

bool tcp_exposed(int listener)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	getsockname(listener, (struct sockaddr *)&sa, &len);
	memcpy(&in, &sa, sizeof(in));
	memcpy(&in6, &sa, sizeof(in6));
	if (sa.ss_family == AF_INET)
		return ntohl(in.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
	return !IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

static void look_up(const struct place *p, int out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
	struct tcp_address a[TCP_ADDRESSES] = {0};
	unsigned n = 0;

	if (getaddrinfo(p->host, p->port, &hints, &list))
		return;
	for (struct addrinfo *i = list; i && n < TCP_ADDRESSES; i = i->ai_next) {
		if (i->ai_addrlen > sizeof(a[0].sa))
			continue;
		memcpy(&a[n].sa, i->ai_addr, i->ai_addrlen);
		a[n++].len = i->ai_addrlen;
	}
	freeaddrinfo(list);
	/* Less than a pipe takes at once; a tap that is gone wants no answer. */
	if (write(out, a, n * sizeof(a[0])) < 0)
		return;
}

int tcp_ask(const struct place *p)
{
	int fd[2], code;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pid = fork();
	code = errno;
	if (pid == 0) {
		look_up(p, fd[1]);
		_exit(0);
	}
	close(fd[1]);
	if (pid > 0)
		return fd[0];
	close(fd[0]);
	return -code;
}

unsigned tcp_answer(int fd, struct tcp_address out[TCP_ADDRESSES])
{
	ssize_t n = read(fd, out, TCP_ADDRESSES * sizeof(out[0]));

	return n < 0 ? 0 : (unsigned)((size_t)n / sizeof(out[0]));
}

int tcp_connect(const struct tcp_address *a)
{
	int fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), code;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&a->sa, a->len) == 0 || errno == EINPROGRESS)
		return fd;
	code = errno;
	close(fd);
	return -code;
}

int tcp_connected(int fd)
{
	struct sockaddr_storage here = {0}, there = {0};
	socklen_t h = sizeof(here), t = sizeof(there), len = sizeof(int);
	int code = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0 || code)
		return code ? code : errno;
	/* The kernel may give our own port where nobody listens: then we have met ourselves. */
	if (getsockname(fd, (struct sockaddr *)&here, &h) == 0 &&
	    getpeername(fd, (struct sockaddr *)&there, &t) == 0 && h == t &&
	    memcmp(&here, &there, h) == 0)
		return ECONNREFUSED;
	return 0;
}

void tcp_tune(int fd)
{
	int on = 1, idle_s = 60, every_s = 15, count = 4;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof(every_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

void tcp_end(int fd)
{
	shutdown(fd, SHUT_WR);
}

void tcp_abort(int fd)
{
	struct linger now = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}
