/* SPDX-License-Identifier: Apache-2.0 */
#include "source/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define PAUSE_LEAST_NS (250 * NS_PER_MS)
#define PAUSE_MOST_NS  (4 * NS_PER_S)
#define PATIENCE_NS    (5 * NS_PER_S) /* with one address, or a greeting, that nobody answers */

int net_init(struct source *s, struct uri *u, struct err *e)
{
	struct net *n = s->state;

	n->epoll = n->watched = n->sock = n->listener = -1;
	n->pause_ns = PAUSE_LEAST_NS;
	return reader_open(&n->reader, s, u, e);
}

static int take_flag(struct uri *u, const char *key, bool *out, struct err *e)
{
	const char *text = uri_param(u, key);

	if (text && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return err_set(e, EINVAL, "%s: %s is 0 or 1", u->word, key);
	*out = text && text[0] == '1';
	return 0;
}

int net_params(struct source *s, struct uri *u, struct err *e)
{
	struct net *n = s->state;
	int rc = take_flag(u, "listen", &n->listens, e);

	return rc == 0 ? take_flag(u, "once", &n->once, e) : rc;
}

/* Waits for events of fd alone (-1: nothing). */
static void watch(struct net *n, int fd, uint32_t events)
{
	struct epoll_event ev = {.events = events};

	/* A watched descriptor that was closed has left the epoll by itself. */
	if (n->watched >= 0)
		epoll_ctl(n->epoll, EPOLL_CTL_DEL, n->watched, NULL);
	n->watched = fd;
	if (fd >= 0)
		epoll_ctl(n->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static void drop_socket(struct net *n)
{
	watch(n, -1, 0);
	if (n->sock >= 0)
		close(n->sock);
	n->sock = -1;
}

/* Listens again, or pauses before the next attempt; the pause grows until bytes come. */
static int64_t retry(struct net *n, int64_t now_ns)
{
	drop_socket(n);
	if (n->listens) {
		n->state = NET_LISTENING;
		watch(n, n->listener, EPOLLIN);
		return INT64_MAX;
	}
	n->state = NET_PAUSE;
	n->due_ns = now_ns + n->pause_ns;
	n->pause_ns = n->pause_ns * 2 < PAUSE_MOST_NS ? n->pause_ns * 2 : PAUSE_MOST_NS;
	return n->due_ns;
}

/* An attempt failed: told once, and again when the reason changes. */
static int64_t failed(struct source *s, int64_t now_ns, int code, const char *why)
{
	struct net *n = s->state;

	if (n->told != code)
		source_note(s, now_ns, "cannot connect to %s: %s; trying again", n->where, why);
	n->told = code;
	return retry(n, now_ns);
}

/* The peer is understood: a server of another kind is none that we were connected to. */
static void tell_up(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;

	n->told_up = true;
	n->told = 0;
	source_note(s, now_ns, n->listens ? "%s: a client has connected" : "connected to %s",
		    n->where);
}

/* Says what opens the conversation; a peer that only talks needs no word. 0 or -errno. */
static int greet(struct net *n, int64_t now_ns, struct err *e)
{
	const struct decoder *d = &n->reader.decoder;
	struct buf b = {0};
	int rc;

	if (!d->class->greet)
		return 0;
	rc = d->class->greet(d->state, n->where, &b, e);
	if (rc == 0) {
		rc = reader_send(&n->reader, n->sock, &b, now_ns);
		if (rc < 0)
			err_set(e, -rc, "%s", strerror(-rc));
	}
	buf_fini(&b);
	return rc;
}

static int64_t up(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	int on = 1, idle_s = 5, every_s = 2, count = 3;
	struct err e = {0};
	const char *why;

	/* A robot that lost its power says no good-bye. They fail on unix sockets: no matter. */
	setsockopt(n->sock, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(n->sock, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(n->sock, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof(every_s));
	setsockopt(n->sock, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	watch(n, n->sock, EPOLLIN);
	n->state = NET_UP;
	n->told_up = false;
	n->due_ns = now_ns + PATIENCE_NS;
	if (n->was_up)
		reader_anew(&n->reader, now_ns);
	n->was_up = true;
	if (greet(n, now_ns, &e) < 0)
		return failed(s, now_ns, e.code, e.msg);
	if (decoder_ready(&n->reader.decoder, &why) > 0)
		tell_up(s, now_ns);
	return now_ns;
}

static int64_t lost(struct source *s, int64_t now_ns, const char *why)
{
	struct event end = {.kind = EVENT_END, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};
	struct net *n = s->state;

	if (!n->once) {
		source_note(s, now_ns, "%s: connection lost (%s)", n->where, why);
		return retry(n, now_ns);
	}
	drop_socket(n);
	reader_end(&n->reader, now_ns);
	source_emit(s, &end);
	return INT64_MAX;
}

/* Begins to connect to the next address. */
static int64_t attempt(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	const struct address *a = &n->address[n->next];
	int code;

	n->next++;
	n->sock = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->sock >= 0 && connect(n->sock, (const struct sockaddr *)&a->sa, a->len) == 0)
		return up(s, now_ns);
	code = errno;
	if (n->sock >= 0 && code == EINPROGRESS) { /* always, of TCP */
		watch(n, n->sock, EPOLLOUT);
		n->state = NET_CONNECTING;
		n->due_ns = now_ns + PATIENCE_NS;
		return n->due_ns;
	}
	drop_socket(n);
	return n->next < n->addresses ? attempt(s, now_ns)
				      : failed(s, now_ns, code, strerror(code));
}

static int64_t after_pause(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	struct err e = {0};

	if (now_ns < n->due_ns)
		return n->due_ns;
	n->next = 0;
	if (!n->host)
		return attempt(s, now_ns);
	n->lookup = lookup_start(n->host, n->port, &e);
	if (!n->lookup)
		return failed(s, now_ns, e.code, e.msg);
	n->state = NET_LOOKUP;
	watch(n, lookup_fd(n->lookup), EPOLLIN);
	return INT64_MAX;
}

static int64_t after_lookup(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	struct err e = {0};

	n->addresses = lookup_take(n->lookup, n->address, &e);
	if (!n->addresses)
		return INT64_MAX;
	watch(n, -1, 0);
	lookup_drop(n->lookup);
	n->lookup = NULL;
	return n->addresses > 0 ? attempt(s, now_ns) : failed(s, now_ns, e.code, e.msg);
}

static int64_t after_connect(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	struct pollfd p = {.fd = n->sock, .events = POLLOUT};
	int code = ETIMEDOUT;
	socklen_t len = sizeof(code);

	if (poll(&p, 1, 0) > 0)
		getsockopt(n->sock, SOL_SOCKET, SO_ERROR, &code, &len);
	else if (now_ns < n->due_ns)
		return n->due_ns;
	if (code == 0 && net_is_own_peer(n->sock))
		code = ECONNREFUSED;
	if (code == 0)
		return up(s, now_ns);
	drop_socket(n);
	return n->next < n->addresses ? attempt(s, now_ns)
				      : failed(s, now_ns, code, strerror(code));
}

static int64_t after_accept(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;

	if (n->exposed)
		source_note(s, now_ns, "%s can be reached from other machines, by anybody",
			    n->where);
	n->exposed = false;
	n->sock = accept4(n->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (n->sock >= 0)
		return up(s, now_ns);
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return INT64_MAX;
	return err_set(&s->error, errno, "%s: cannot accept: %s", n->where, strerror(errno));
}

/* What the bytes that were decoded mean for the connection. */
static int64_t converse(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	struct reader *r = &n->reader;
	const struct decoder *d = &r->decoder;
	const char *why;
	int ready, rc = 0;

	if (d->class->replies)
		rc = reader_send(r, n->sock, d->class->replies(d->state), now_ns);
	while (rc < 0 && reader_left(r)) /* the capture has them */
		reader_decode(r);
	ready = decoder_ready(d, &why);
	if (ready > 0 && !n->told_up)
		tell_up(s, now_ns);
	if (rc < 0 || ready < 0) {
		if (ready >= 0)
			why = rc == -EAGAIN ? "it does not read" : strerror(-rc);
		return n->told_up ? lost(s, now_ns, why) : failed(s, now_ns, EPROTO, why);
	}
	if (ready > 0)
		n->pause_ns = PAUSE_LEAST_NS;
	if (reader_left(r))
		return now_ns;
	return ready > 0 ? INT64_MAX : n->due_ns;
}

/* There is nothing to read. A peer that has not answered our greeting gets some time. */
static int64_t wait_longer(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;

	if (n->told_up)
		return INT64_MAX;
	if (now_ns < n->due_ns)
		return n->due_ns;
	return failed(s, now_ns, ETIMEDOUT, "what listens there does not answer");
}

/* code 0: the other end closed. */
static int64_t hang_up(struct source *s, int64_t now_ns, int code)
{
	const struct net *n = s->state;
	const char *why = code ? strerror(code) : "closed by the other end";

	return n->told_up ? lost(s, now_ns, why) : failed(s, now_ns, code ? code : ECONNRESET, why);
}

static int64_t receive(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;

	if (!reader_left(&n->reader)) {
		ssize_t got = reader_read(&n->reader, n->sock, now_ns);

		if (got == -EAGAIN || got == -EINTR)
			return wait_longer(s, now_ns);
		if (got <= 0)
			return hang_up(s, now_ns, (int)-got);
	}
	reader_decode(&n->reader);
	return converse(s, now_ns);
}

/* What the decoder wants to be said by itself; *due_ns when it next will. 0 or -errno. */
static int speak(struct net *n, int64_t now_ns, int64_t *due_ns)
{
	const struct decoder *d = &n->reader.decoder;

	*due_ns = decoder_due(&n->reader.decoder, now_ns);
	return d->class->due && d->class->replies
		       ? reader_send(&n->reader, n->sock, d->class->replies(d->state), now_ns)
		       : 0;
}

static int64_t listen_and_speak(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;
	int64_t next_ns = receive(s, now_ns), due_ns;
	int rc;

	if (n->state != NET_UP || next_ns < 0)
		return next_ns;
	rc = speak(n, now_ns, &due_ns); /* after: what came may want it */
	if (rc < 0)
		return lost(s, now_ns, rc == -EAGAIN ? "it does not read" : strerror(-rc));
	return due_ns < next_ns ? due_ns : next_ns;
}

int64_t net_run(struct source *s, int64_t now_ns)
{
	struct net *n = s->state;

	switch (n->state) {
	case NET_PAUSE:
		return after_pause(s, now_ns);
	case NET_LOOKUP:
		return after_lookup(s, now_ns);
	case NET_CONNECTING:
		return after_connect(s, now_ns);
	case NET_LISTENING:
		return after_accept(s, now_ns);
	case NET_UP:
	default:
		return listen_and_speak(s, now_ns);
	}
}

static int start_listening(struct net *n, struct err *e)
{
	const struct address *a = &n->address[0];
	int on = 1;

	n->listener = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->listener >= 0) {
		setsockopt(n->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		/* On a unix socket this is the mode of its file: ours alone, from the start. */
		if (a->sa.ss_family == AF_UNIX)
			fchmod(n->listener, 0600);
	}
	if (n->listener < 0 || bind(n->listener, (const struct sockaddr *)&a->sa, a->len) < 0 ||
	    listen(n->listener, 4) < 0)
		return err_set(e, errno, "cannot listen at %s: %s", n->where, strerror(errno));
	n->state = NET_LISTENING;
	watch(n, n->listener, EPOLLIN);
	return 0;
}

int net_start(struct source *s, struct err *e)
{
	struct net *n = s->state;

	n->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (n->epoll < 0)
		return err_set(e, errno, "%s: %s", n->where, strerror(errno));
	s->fd = n->epoll;
	if (n->listens)
		return start_listening(n, e);
	n->state = NET_PAUSE;
	n->due_ns = INT64_MIN;
	return 0;
}

void net_close(struct source *s)
{
	struct net *n = s->state;

	drop_socket(n);
	if (n->listener >= 0)
		close(n->listener);
	if (n->epoll >= 0)
		close(n->epoll);
	lookup_drop(n->lookup);
	reader_close(&n->reader);
	free(n->host);
	free(n->port);
}
