/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tap costs a control loop on a servo bus: a request of 14 bytes and its reply of 48 every
 * 5 ms, over a pseudo terminal directly, through a plain forwarder (poll, read, write), and through
 * policytop-tap with an engine that reads, one after the other. Then directly and tapped in turns,
 * while the engine is killed every 1.6 s and without: what the worst thousandth costs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hal/tty.h"
#include "tap/client.h"

enum {
	REQUEST = 14,
	REPLY = 48,
	BAUD = 1000000,
	PERIOD_US = 5000,
	ROUNDS = 1000,
	TRIES = 5,
	LONG_ROUNDS = 8000,
	BLOCK_ROUNDS = 2000, /* of the same kind: longer than until the first kill */
	LONG_TRIES = 3,
	PATHS = 3,
};

static const char *const path_name[PATHS] = {"direct", "forwarder", "tap"};
static const int64_t kill_every_ns = 1600 * NS_PER_MS;

struct bench {
	struct clock clock;
	int port[PATHS];
	pid_t child[PATHS + 1], engine;		/* the buses, and the forwarder */
	int tap;				/* its process */
	int64_t took_ns[2][PATHS][LONG_ROUNDS]; /* [1]: with kills */
	unsigned kills;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int make_pty(char path[64], int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || unlockpt(master) || ptsname_r(master, path, 64))
		die("pty");
	*slave = open(path, O_RDWR | O_NOCTTY);
	if (*slave < 0 || tty_raw(*slave, BAUD))
		die(path);
	return master;
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

static void put_all(int fd, const unsigned char *p, size_t n)
{
	if (write(fd, p, n) != (ssize_t)n)
		exit(0);
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* A bus that answers everything, on a pseudo terminal of its own; *port: the other side. */
static pid_t start_bus(char path[64], int *port)
{
	unsigned char request[REQUEST], reply[REPLY] = {0xff, 0xff};
	int master = make_pty(path, port);
	pid_t pid = start_child();

	if (pid == 0) {
		/* It keeps its other side: without anybody there it would be hung up. */
		for (;;) {
			get_all(master, request, REQUEST);
			put_all(master, reply, REPLY);
		}
	}
	close(master);
	return pid;
}

/* The plainest forwarder there is. */
static pid_t start_forwarder(int device, int *port)
{
	char path[64];
	int master = make_pty(path, port);
	struct pollfd p[2] = {{.fd = device, .events = POLLIN}, {.fd = master, .events = POLLIN}};
	unsigned char bytes[4096];
	pid_t pid = start_child();

	if (pid == 0) {
		close(*port);
		while (poll(p, 2, -1) > 0) {
			for (int i = 0; i < 2; i++) {
				ssize_t n = p[i].revents ? read(p[i].fd, bytes, sizeof(bytes)) : 0;

				if (n > 0)
					put_all(p[1 - i].fd, bytes, (size_t)n);
			}
		}
		_exit(0);
	}
	close(master);
	close(device);
	return pid;
}

/* Reads what the tap copies, as an engine does. */
static void be_engine(int tap)
{
	struct tap_link l;
	struct err e;
	uint64_t count;

	while (tap_attach(&l, tap, &e) == -EBUSY)
		usleep(1000); /* the tap has not yet seen that the one before is gone */
	for (;;) {
		struct pollfd p = {.fd = l.wake, .events = POLLIN};

		for (int d = 0; d < 2; d++) {
			struct tap_ring *r = &l.share.ring[d];
			uint64_t at = atomic_load(&r->shared->tail);
			const struct tap_record *rec;

			while ((rec = tap_ring_at(r, at)))
				at += tap_record_size(rec);
			atomic_store(&r->shared->tail, at);
		}
		atomic_store(&l.share.control->waiting, 1);
		if (poll(&p, 1, 100) > 0 && read(l.wake, &count, sizeof(count)) < 0)
			_exit(1);
	}
}

static void start_engine(struct bench *b)
{
	b->engine = start_child();
	if (b->engine == 0)
		be_engine(b->tap);
}

static void stop_engine(struct bench *b)
{
	kill(b->engine, SIGKILL);
	waitpid(b->engine, NULL, 0);
}

static int64_t exchange(struct bench *b, int path)
{
	static const unsigned char request[REQUEST] = {0xff, 0xff, 0xfe, 0x0a, 0x82, 0x38, 0x02,
						       1,    2,	   3,	 4,    5,    6,	   0x26};
	unsigned char reply[REPLY];
	int64_t begin = clock_now_ns(&b->clock);

	put_all(b->port[path], request, REQUEST);
	get_all(b->port[path], reply, REPLY);
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

	for (unsigned i = from; i < to; i++) {
		for (int path = 0; path < PATHS; path++) {
			if (path == 1 && !forwarder)
				continue;
			usleep(forwarder ? PERIOD_US : 500);
			b->took_ns[with_kills][path][i] = exchange(b, path);
		}
		if (!with_kills || clock_now_ns(&b->clock) < kill_at)
			continue;
		stop_engine(b);
		start_engine(b);
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
	printf("every 5 ms, added median: forwarder %.0f us, tap %.0f us: ratio %.2f (at most 2); "
	       "direct %.0f us, its p99 %.0f us%s\n",
	       forwarder, tap, tap / forwarder, direct, noise,
	       noise > 2000 ? ": void, the machine is busy" : "");
	return noise <= 2000;
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
	bool busy;

	b->kills = 0;
	for (unsigned i = 0; i < LONG_ROUNDS; i += BLOCK_ROUNDS) {
		measure(b, i, i + BLOCK_ROUNDS, false, false);
		measure(b, i, i + BLOCK_ROUNDS, true, false);
	}
	sort(b, LONG_ROUNDS);
	busy = quantile(b->took_ns[0][0], LONG_ROUNDS, 0.999) > 1000;
	without = worst_of_tap(b, false);
	with = worst_of_tap(b, true);
	printf("tap minus direct at p99.9, %d exchanges each: %.0f us without kills, %.0f us with %u: "
	       "%.0f us more (at most 1000)%s\n",
	       LONG_ROUNDS, without, with, b->kills, with - without,
	       busy ? ": void, the machine is busy" : "");
	return !busy;
}

static void set_up(struct bench *b, char *folder)
{
	char path[PATHS][64];
	struct tap_ends ends = {.link = "bench", .device = path[2]};
	struct tap_link l;
	struct err e;
	int device;

	if (!mkdtemp(folder))
		die("mkdtemp");
	setenv("XDG_RUNTIME_DIR", folder, 1);
	setenv("POLICYTOP_LIBEXECDIR", "src/tap", 1);
	b->clock = clock_real();
	b->child[0] = start_bus(path[0], &b->port[0]);
	b->child[1] = start_bus(path[1], &device);
	b->child[PATHS] = start_forwarder(device, &b->port[1]);
	b->child[2] = start_bus(path[2], &device);
	close(device);
	b->tap = tap_start(&ends, "bench:", &e);
	if (b->tap < 0 || tap_attach(&l, b->tap, &e))
		die(e.msg);
	b->port[2] = open(l.info.link, O_RDWR | O_NOCTTY);
	tap_detach(&l, false);
	if (b->port[2] < 0)
		die("tap");
	start_engine(b);
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
	stop_engine(b);
	kill(b->tap, SIGTERM);
	for (int i = 0; i <= PATHS; i++)
		kill(b->child[i], SIGKILL);
	free(b);
	return 0;
}
