/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/demo_traffic.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum { LISTENER, SERVER, CLIENT };

/* openpi's own client waits longer; nobody wants to watch that. */
static const int64_t retry_pause_ns = NS_PER_S / 2;

static const char stranger_text[] = "SSH-2.0-OpenSSH_9.2p1\r\n";

int traffic_open(struct traffic *t, bool stranger, struct err *e)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(sa);

	*t = (struct traffic){.stranger = stranger, .server_fd = -1, .client_fd = -1};
	t->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (t->listen_fd < 0 || bind(t->listen_fd, (struct sockaddr *)&sa, len) < 0 ||
	    listen(t->listen_fd, 4) < 0 ||
	    getsockname(t->listen_fd, (struct sockaddr *)&sa, &len) < 0) {
		err_set(e, errno, "the demo's policy server cannot listen: %s", strerror(errno));
		traffic_close(t);
		return -e->code;
	}
	t->port = ntohs(sa.sin_port);
	return 0;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void drop_server(struct traffic *t)
{
	shut(&t->server_fd);
	openpi_fini(&t->server);
	t->answer_ns = INT64_MAX;
}

static void drop_client(struct traffic *t, int64_t now_ns)
{
	shut(&t->client_fd);
	openpi_fini(&t->client);
	t->state = TRAFFIC_APART;
	t->retry_ns = now_ns + retry_pause_ns;
}

void traffic_close(struct traffic *t)
{
	shut(&t->listen_fd);
	drop_server(t);
	drop_client(t, 0);
}

int64_t traffic_poll(const struct traffic *t, struct pollfd p[TRAFFIC_FDS])
{
	int64_t due = INT64_MAX;

	p[LISTENER] = (struct pollfd){.fd = t->listen_fd, .events = POLLIN};
	p[SERVER] = (struct pollfd){.fd = t->server_fd, .events = POLLIN};
	p[CLIENT] = (struct pollfd){.fd = t->client_fd, .events = POLLIN};
	p[SERVER].events |= t->server.out.len ? POLLOUT : 0;
	p[CLIENT].events |= t->client.out.len ? POLLOUT : 0;
	if (t->state == TRAFFIC_APART && t->target[0])
		due = t->retry_ns;
	if (t->server_fd >= 0 && t->answer_ns < due)
		due = t->answer_ns;
	return due;
}

/* Sends what it takes. False: the connection is gone. */
static bool send_some(int fd, struct buf *out)
{
	ssize_t n;

	if (!out->len)
		return true;
	n = send(fd, out->p, out->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	memmove(out->p, out->p + n, out->len - (size_t)n);
	out->len -= (size_t)n;
	return true;
}

static void hear_client(struct traffic *t, enum openpi_heard heard, int64_t now_ns)
{
	if (heard == OPENPI_GREETED)
		t->state = TRAFFIC_IDLE;
	else if (heard == OPENPI_REPLY && t->state == TRAFFIC_ASKED)
		t->state = TRAFFIC_ANSWERED;
	else if (heard == OPENPI_ERROR || heard == OPENPI_BYE)
		drop_client(t, now_ns);
	if (t->state == TRAFFIC_IDLE && t->wanted) {
		openpi_ask(&t->client, t->observation, t->serving.prompt);
		t->state = TRAFFIC_ASKED;
	}
	t->wanted &= t->state != TRAFFIC_ANSWERED;
}

static void hear_server(struct traffic *t, enum openpi_heard heard, int64_t now_ns)
{
	if (heard == OPENPI_REQUEST)
		t->answer_ns = now_ns +
			       (int64_t)llround((t->infer_s + t->serving.late_s) * NS_PER_S);
	else if (heard == OPENPI_BYE)
		drop_server(t);
}

/* Reads what one end has got. */
static void receive(struct traffic *t, bool server, int64_t now_ns)
{
	int *fd = server ? &t->server_fd : &t->client_fd;
	struct openpi_end *o = server ? &t->server : &t->client;
	char bytes[65536];
	ssize_t n = recv(*fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 && server)
		drop_server(t);
	else if (n <= 0)
		drop_client(t, now_ns);
	while (n > 0 && *fd >= 0 && at < (size_t)n) {
		enum openpi_heard heard;

		at += openpi_take(o, bytes + at, (size_t)n - at, &heard);
		if (server)
			hear_server(t, heard, now_ns);
		else
			hear_client(t, heard, now_ns);
	}
}

/* A new client of the server; one at a time, as the world has one. */
static void welcome(struct traffic *t)
{
	int fd = accept4(t->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;

	if (fd < 0)
		return;
	drop_server(t);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	t->server_fd = fd;
	openpi_server_init(&t->server);
	if (!t->stranger)
		return;
	buf_str(&t->server.out, stranger_text);
	send_some(fd, &t->server.out);
	shutdown(fd, SHUT_WR);
}

static void answer(struct traffic *t)
{
	t->answer_ns = INT64_MAX;
	if (t->serving.error)
		openpi_fail(&t->server, t->serving.error);
	else
		openpi_answer(&t->server, t->action, (t->infer_s + t->serving.late_s) * 1e3);
	t->serving.error = NULL; /* asked again, it answers */
	if (!send_some(t->server_fd, &t->server.out))
		drop_server(t);
}

static void join(struct traffic *t, int64_t now_ns)
{
	const char *colon = strrchr(t->target, ':');
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1;

	sa.sin_port = htons((uint16_t)(colon ? atoi(colon + 1) : 0));
	t->client_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* On loopback a connection is there at once, or refused. */
	if (t->client_fd < 0 || connect(t->client_fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		drop_client(t, now_ns);
		return;
	}
	setsockopt(t->client_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	openpi_client_init(&t->client, t->target, (uint64_t)now_ns);
	t->state = TRAFFIC_JOINING;
}

void traffic_run(struct traffic *t, const struct pollfd p[TRAFFIC_FDS], int64_t now_ns)
{
	if (p[LISTENER].revents)
		welcome(t);
	else if (p[SERVER].revents && t->server_fd >= 0)
		receive(t, true, now_ns);
	if (p[CLIENT].revents && t->client_fd >= 0)
		receive(t, false, now_ns);
	if (t->server_fd >= 0 && now_ns >= t->answer_ns)
		answer(t);
	if (t->state == TRAFFIC_APART && t->target[0] && now_ns >= t->retry_ns)
		join(t, now_ns);
	if (t->server_fd >= 0 && !send_some(t->server_fd, &t->server.out))
		drop_server(t);
	if (t->client_fd >= 0 && !send_some(t->client_fd, &t->client.out))
		drop_client(t, now_ns);
}

void traffic_ask(struct traffic *t, const double observation[SO101_JOINTS], const double *action,
		 double infer_s, const struct sim_serving *how, int64_t now_ns)
{
	memcpy(t->observation, observation, sizeof(t->observation));
	memcpy(t->action, action, sizeof(t->action));
	t->infer_s = infer_s;
	t->serving = *how;
	t->wanted = true;
	if (t->state == TRAFFIC_ANSWERED)
		t->state = TRAFFIC_IDLE;
	hear_client(t, OPENPI_NOTHING, now_ns);
}
