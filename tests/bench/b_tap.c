/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tap costs a policy client: an observation of 300 kB and its reply of 3 kB over loopback,
 * directly, through a plain forwarder (poll, a buffer of 64 KiB, TCP_NODELAY) and through
 * policytop-tap with an engine that decodes. How they are compared is in contest.h.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tap/tcp.h"
#include "tests/bench/contest.h"

enum {
	OBSERVATION = 300000,
	REPLY = 3000,
	HEAD = 12, /* see tests/tap/watcher.c */
};

struct bench {
	struct clock clock;
	unsigned char *message; /* [HEAD + OBSERVATION] */
	uint64_t number;	/* of the last one */
	int sock[WAYS];
	pid_t server, forwarder, engine;
	char word[64], store[64];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void put_all(int fd, const unsigned char *p, size_t n)
{
	while (n) {
		ssize_t some = write(fd, p, n);

		if (some <= 0)
			exit(0);
		p += some;
		n -= (size_t)some;
	}
}

static void get_all(int fd, unsigned char *p, size_t n)
{
	while (n) {
		ssize_t some = read(fd, p, n);

		if (some <= 0)
			exit(0);
		p += some;
		n -= (size_t)some;
	}
}

static void fill_head(unsigned char *p, uint32_t length, uint64_t number)
{
	memcpy(p, &length, sizeof(length));
	memcpy(p + sizeof(length), &number, sizeof(number));
}

static int listen_local(int *port)
{
	struct place p = {.port = "0"};
	char address[TAP_ADDRESS_BYTES];
	struct err e;
	int fd = tcp_listen(&p, address, &e);

	if (fd < 0)
		die("listen");
	*port = atoi(strrchr(address, ':') + 1);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

static int dial(int port)
{
	struct place p = {.host = "127.0.0.1"};
	struct pollfd ready = {.events = POLLOUT};
	struct tcp_address a;

	snprintf(p.port, sizeof(p.port), "%d", port);
	tcp_in_digits(&a, &p);
	ready.fd = tcp_connect(&a);
	if (poll(&ready, 1, 5000) != 1 || tcp_connected(ready.fd))
		die("connect");
	fcntl(ready.fd, F_SETFL, fcntl(ready.fd, F_GETFL) & ~O_NONBLOCK);
	tcp_tune(ready.fd);
	return ready.fd;
}

static void answer(int fd)
{
	unsigned char *p = xcalloc(1, HEAD + OBSERVATION), reply[HEAD + REPLY] = {0};
	uint64_t number;

	for (;;) {
		get_all(fd, p, HEAD + OBSERVATION);
		memcpy(&number, p + 4, sizeof(number));
		fill_head(reply, REPLY, number);
		put_all(fd, reply, sizeof(reply));
	}
}

static void forward_some(int from, int to, char *buffer, size_t size)
{
	ssize_t n = read(from, buffer, size);

	if (n <= 0)
		exit(0);
	put_all(to, (unsigned char *)buffer, (size_t)n);
}

/* The plainest forwarder there is. */
static void forward(int client, int server)
{
	char *buffer = xcalloc(1, 65536);
	struct pollfd p[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};

	while (poll(p, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			if (p[i].revents)
				forward_some(p[i].fd, p[1 - i].fd, buffer, 65536);
		}
	}
}

/* A process that serves one connection after the other, each in a child; upstream 0: answers. */
static pid_t serve(int listener, int upstream)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0 && fork() == 0) {
			tcp_tune(fd);
			if (upstream)
				forward(fd, dial(upstream));
			else
				answer(fd);
		}
		close(fd);
	}
}

/* The engine; where its tap listens is *port. */
static void start_engine(struct bench *b, int *port)
{
	char line[256] = "";
	int out[2];
	FILE *in;

	if (pipe(out))
		die("pipe");
	b->engine = fork();
	if (b->engine == 0) {
		dup2(out[1], STDOUT_FILENO);
		execl("tests/tap/watcher", "watcher", b->word, b->store, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	in = fdopen(out[0], "r");
	if (!in || !fgets(line, sizeof(line), in) || !strrchr(line, ':'))
		die("tests/tap/watcher");
	fclose(in);
	*port = atoi(strrchr(line, ':') + 1);
}

static void stop_engine(struct bench *b, int how)
{
	kill(b->engine, how);
	waitpid(b->engine, NULL, 0);
}

static void restart_engine(void *user)
{
	int port;

	stop_engine(user, SIGKILL);
	start_engine(user, &port);
}

static int64_t exchange(void *user, enum contest_way way)
{
	struct bench *b = user;
	unsigned char reply[HEAD + REPLY];
	int64_t begin;

	fill_head(b->message, OBSERVATION, ++b->number);
	begin = clock_now_ns(&b->clock);
	put_all(b->sock[way], b->message, HEAD + OBSERVATION);
	get_all(b->sock[way], reply, sizeof(reply));
	return clock_now_ns(&b->clock) - begin;
}

static void set_up(struct bench *b, char *folder)
{
	int port, forwarder_port, tap_port, listener;

	signal(SIGPIPE, SIG_IGN);
	b->clock = clock_real();
	b->message = xcalloc(1, HEAD + OBSERVATION);
	if (!mkdtemp(folder))
		die("mkdtemp");
	setenv("XDG_RUNTIME_DIR", folder, 1);
	setenv("POLICYTOP_LIBEXECDIR", "src/tap", 1);
	snprintf(b->store, sizeof(b->store), "%s/store", folder);
	listener = listen_local(&port);
	b->server = serve(listener, 0);
	snprintf(b->word, sizeof(b->word), "simple:0=127.0.0.1:%d", port);
	listener = listen_local(&forwarder_port);
	b->forwarder = serve(listener, port);
	start_engine(b, &tap_port);
	b->sock[0] = dial(port);
	b->sock[1] = dial(forwarder_port);
	b->sock[2] = dial(tap_port);
}

int main(void)
{
	char folder[] = "/tmp/policytop-bench-XXXXXX";
	struct bench *b = xcalloc(1, sizeof(*b));
	const struct contest contest = {
		.user = b,
		.exchange = exchange,
		.restart = restart_engine,
		.title = "added median",
		.limit = "at most 2.5, and 350 us",
		.noise_us = 1000,
		.rounds = 1500,
		.long_rounds = 10000,
		.block_rounds = 2500,
		.long_pause_us = 250,
	};

	set_up(b, folder);
	contest_run(&contest);
	for (int way = 0; way < WAYS; way++)
		close(b->sock[way]);
	stop_engine(b, SIGTERM);
	kill(b->server, SIGKILL);
	kill(b->forwarder, SIGKILL);
	unlink(b->store);
	free(b->message);
	free(b);
	return 0;
}
