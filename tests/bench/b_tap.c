/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tap costs a policy client: an observation of 300 kB and its reply of 3 kB over loopback,
 * directly, through a plain forwarder (poll, a buffer of 64 KiB, TCP_NODELAY) and through
 * policytop-tap with an engine that decodes, one after the other. Then directly and tapped in turns,
 * while the engine is killed every 1.6 s and without, these in turns, too, so that both meet the same
 * machine: what the worst thousandth costs.
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

enum {
	OBSERVATION = 300000,
	REPLY = 3000,
	HEAD = 12, /* see tests/tap/watcher.c */
	ROUNDS = 1500,
	TRIES = 5,
	LONG_ROUNDS = 10000,
	BLOCK_ROUNDS =
		2500, /* of the same kind, of LONG_ROUNDS; longer than until the first kill */
	LONG_TRIES = 3,
	PATHS = 3,
};

static const char *const path_name[PATHS] = {"direct", "forwarder", "tap"};
static const int64_t kill_every_ns = 1600 * NS_PER_MS;

struct bench {
	struct clock clock;
	unsigned char *message; /* [HEAD + OBSERVATION] */
	int sock[PATHS];
	pid_t server, forwarder, engine;
	bool busy;
	char word[64], store[64];
	int64_t took_ns[2][PATHS][LONG_ROUNDS]; /* [1]: with kills */
	unsigned kills;
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

static int64_t exchange(struct bench *b, int path)
{
	unsigned char reply[HEAD + REPLY];
	int64_t begin = clock_now_ns(&b->clock);

	put_all(b->sock[path], b->message, HEAD + OBSERVATION);
	get_all(b->sock[path], reply, sizeof(reply));
	return clock_now_ns(&b->clock) - begin;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of n sorted values, in us. */
static double quantile(const int64_t *v, unsigned n, double q)
{
	return (double)v[(unsigned)((n - 1) * q)] / 1e3;
}

/* Rounds [from, to), each over every path, or without the forwarder. */
static void measure(struct bench *b, unsigned from, unsigned to, bool with_kills, bool forwarder)
{
	int64_t kill_at = clock_now_ns(&b->clock) + kill_every_ns;
	int port;

	for (unsigned i = from; i < to; i++) {
		fill_head(b->message, OBSERVATION, i);
		for (int path = 0; path < PATHS; path++) {
			if (path != 1 || forwarder)
				b->took_ns[with_kills][path][i] = exchange(b, path);
		}
		if (!forwarder)
			usleep(500);
		if (!with_kills || clock_now_ns(&b->clock) < kill_at)
			continue;
		stop_engine(b, SIGKILL);
		start_engine(b, &port);
		b->kills++;
		kill_at = clock_now_ns(&b->clock) + kill_every_ns;
	}
}

static void sort(struct bench *b, unsigned rounds)
{
	for (int kind = 0; kind < 2; kind++) {
		for (int path = 0; path < PATHS; path++)
			qsort(b->took_ns[kind][path], rounds, sizeof(int64_t), by_size);
	}
}

/* True when the machine was quiet enough for the figures to mean something. */
static bool medians(struct bench *b)
{
	double direct, forwarder, tap, noise;

	measure(b, 0, ROUNDS, false, true);
	sort(b, ROUNDS);
	direct = quantile(b->took_ns[0][0], ROUNDS, 0.5);
	forwarder = quantile(b->took_ns[0][1], ROUNDS, 0.5) - direct;
	tap = quantile(b->took_ns[0][2], ROUNDS, 0.5) - direct;
	noise = quantile(b->took_ns[0][0], ROUNDS, 0.99);
	b->busy = noise > 1000;
	printf("added median: forwarder %.0f us, tap %.0f us: ratio %.2f (at most 2.5, and 350 us); "
	       "direct %.0f us, its p99 %.0f us%s\n",
	       forwarder, tap, tap / forwarder, direct, noise,
	       b->busy ? ": void, the machine is busy" : "");
	return !b->busy;
}

/* What the tap adds to the worst thousandth. */
static double worst_of_tap(const struct bench *b, bool with_kills)
{
	const int64_t(*v)[LONG_ROUNDS] = b->took_ns[with_kills];

	for (int path = 0; path < PATHS; path += 2)
		printf("%-6s %s kills: p50 %.0f p99 %.0f p99.9 %.0f worst %.0f us\n",
		       path_name[path], with_kills ? "with   " : "without",
		       quantile(v[path], LONG_ROUNDS, 0.5), quantile(v[path], LONG_ROUNDS, 0.99),
		       quantile(v[path], LONG_ROUNDS, 0.999), quantile(v[path], LONG_ROUNDS, 1));
	return quantile(v[2], LONG_ROUNDS, 0.999) - quantile(v[0], LONG_ROUNDS, 0.999);
}

/* True when the machine was quiet enough for the figures to mean something. */
static bool kills(struct bench *b)
{
	double without, with;

	b->kills = 0;
	for (unsigned i = 0; i < LONG_ROUNDS; i += BLOCK_ROUNDS) {
		measure(b, i, i + BLOCK_ROUNDS, false, false);
		measure(b, i, i + BLOCK_ROUNDS, true, false);
	}
	sort(b, LONG_ROUNDS);
	b->busy = quantile(b->took_ns[0][0], LONG_ROUNDS, 0.999) > 1000;
	without = worst_of_tap(b, false);
	with = worst_of_tap(b, true);
	printf("tap minus direct at p99.9, %d exchanges each: %.0f us without kills, %.0f us with %u: "
	       "%.0f us more (at most 1000)%s\n",
	       LONG_ROUNDS, without, with, b->kills, with - without,
	       b->busy ? ": void, the machine is busy" : "");
	return !b->busy;
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

	set_up(b, folder);
	for (int i = 0; i < TRIES && !medians(b); i++)
		;
	for (int i = 0; i < LONG_TRIES && !kills(b); i++)
		;
	for (int path = 0; path < PATHS; path++)
		close(b->sock[path]);
	stop_engine(b, SIGTERM);
	kill(b->server, SIGKILL);
	kill(b->forwarder, SIGKILL);
	unlink(b->store);
	free(b->message);
	free(b);
	return 0;
}
