/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tap costs a control loop on a servo bus: a request of 14 bytes and its reply of 48 every
 * 5 ms, over a pseudo terminal directly, through a plain forwarder (poll, read, write), and through
 * policytop-tap with an engine that reads. How they are compared is in contest.h.
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
#include "tests/bench/contest.h"

enum {
	REQUEST = 14,
	REPLY = 48,
	BAUD = 1000000,
};

struct bench {
	struct clock clock;
	int port[WAYS];
	pid_t child[WAYS + 1], engine; /* the buses, and the forwarder */
	int tap;		       /* its process */
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

static void restart_engine(void *user)
{
	stop_engine(user);
	start_engine(user);
}

static int64_t exchange(void *user, enum contest_way way)
{
	static const unsigned char request[REQUEST] = {0xff, 0xff, 0xfe, 0x0a, 0x82, 0x38, 0x02,
						       1,    2,	   3,	 4,    5,    6,	   0x26};
	struct bench *b = user;
	unsigned char reply[REPLY];
	int64_t begin = clock_now_ns(&b->clock);

	put_all(b->port[way], request, REQUEST);
	get_all(b->port[way], reply, REPLY);
	return clock_now_ns(&b->clock) - begin;
}

static void set_up(struct bench *b, char *folder)
{
	char path[WAYS][64];
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
	b->child[WAYS] = start_forwarder(device, &b->port[1]);
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
	const struct contest contest = {
		.user = b,
		.exchange = exchange,
		.restart = restart_engine,
		.title = "every 5 ms, added median",
		.limit = "at most 2",
		.noise_us = 2000,
		.rounds = 1000,
		.pause_us = 5000,
		.long_rounds = 8000,
		.block_rounds = 2000,
		.long_pause_us = 500,
	};

	set_up(b, folder);
	contest_run(&contest);
	stop_engine(b);
	kill(b->tap, SIGTERM);
	for (int i = 0; i <= WAYS; i++)
		kill(b->child[i], SIGKILL);
	free(b);
	return 0;
}
