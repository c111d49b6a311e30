/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many requests and replies of a servo bus through the serial tap, with an engine attached: each
 * reply arrives as it was sent, and the engine's copy of both directions is whole. 100 000 cycles.
 *
 * usage: cycles FOLDER. Run by t_cycles.sh.
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

#include "../tap.h"
#include "base/clock.h"
#include "hal/tty.h"
#include "tap/client.h"

enum {
	REQUEST = 14,
	REPLY = 48,
	CYCLES = 100000,
	CYCLES_QUICK = 5000,
	PATIENCE_MS = 30000,
	BAUD = 1000000,
};

struct world {
	char device[256];
	pid_t bus;
	int client;
	struct tap_link link;
	uint64_t at[2], offset[2]; /* in the rings, of the bytes */
	unsigned wrong, torn, lost;
};

static unsigned char byte_of(uint32_t cycle, int direction, unsigned i)
{
	return (unsigned char)(cycle * 31 + i * 7 + (unsigned)direction * 101 + cycle / 256);
}

static void fill(unsigned char *p, unsigned n, uint32_t cycle, int direction)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = byte_of(cycle, direction, i);
}

/* False: the other side is gone, or says nothing. */
static bool get(int fd, unsigned char *p, size_t n)
{
	while (n) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		ssize_t got = poll(&ready, 1, PATIENCE_MS) > 0 ? read(fd, p, n) : 0;

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* Answers requests in their order; one that is not as it was sent gets no answer. */
static void be_bus(int master)
{
	unsigned char request[REQUEST], wanted[REQUEST], reply[REPLY];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (uint32_t cycle = 0; get(master, request, REQUEST); cycle++) {
		fill(wanted, REQUEST, cycle, 1);
		if (memcmp(request, wanted, REQUEST) != 0)
			break;
		fill(reply, REPLY, cycle, 0);
		if (write(master, reply, REPLY) != REPLY)
			break;
	}
	_exit(1);
}

static void start_bus(struct world *w)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	char path[64];

	if (master < 0 || unlockpt(master) || ptsname_r(master, path, sizeof(path)))
		abort();
	slave = open(path, O_RDWR | O_NOCTTY);
	if (slave < 0 || tty_raw(slave, BAUD) || symlink(path, w->device))
		abort();
	w->bus = fork();
	if (w->bus == 0)
		be_bus(master);
	close(master);
	close(slave);
}

static void start_tap(struct world *w, struct tap *t)
{
	struct tap_ends ends = {.link = "arm", .device = w->device};
	struct err e = {0};
	int pid = tap_start(&ends, "test:", &e), rc;

	rc = pid < 0 ? pid : tap_attach(&w->link, pid, &e);
	ok(t, rc == 0, "a tap is started, and an engine attached to it%s", e.msg);
	if (rc)
		exit(1);
	w->client = open(w->link.info.link, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (w->client < 0)
		abort();
}

/* What the tap has copied of direction d so far is what passed, byte for byte. */
static void look(struct world *w, int d, unsigned length)
{
	struct tap_ring *r = &w->link.share.ring[d];
	const struct tap_record *rec;

	while ((rec = tap_ring_at(r, w->at[d]))) {
		const unsigned char *p = (const unsigned char *)(rec + 1);

		w->lost += rec->kind == TAP_BYTES && rec->offset != w->offset[d];
		for (uint32_t i = 0; rec->kind == TAP_BYTES && i < rec->length; i++) {
			uint64_t at = w->offset[d]++;

			w->torn += p[i] !=
				   byte_of((uint32_t)(at / length), d, (unsigned)(at % length));
		}
		w->at[d] += tap_record_size(rec);
		atomic_store(&r->shared->tail, w->at[d]);
	}
}

static uint32_t cycle_on(struct world *w, uint32_t cycles)
{
	unsigned char request[REQUEST], reply[REPLY], wanted[REPLY];
	uint32_t n = 0;

	for (; n < cycles; n++) {
		fill(request, REQUEST, n, 1);
		fill(wanted, REPLY, n, 0);
		if (write(w->client, request, REQUEST) != REQUEST || !get(w->client, reply, REPLY))
			break;
		w->wrong += memcmp(reply, wanted, REPLY) != 0;
		look(w, 1, REQUEST);
		look(w, 0, REPLY);
	}
	return n;
}

/* The copy of the last reply is there before the reply is; that of the last request soon after. */
static bool all_copied(struct world *w, uint32_t cycles)
{
	struct clock clock = clock_real();
	int64_t end = clock_now_ns(&clock) + PATIENCE_MS * NS_PER_MS;

	do
		look(w, 1, REQUEST);
	while (w->offset[1] < (uint64_t)cycles * REQUEST && clock_now_ns(&clock) < end);
	return w->offset[1] == (uint64_t)cycles * REQUEST &&
	       w->offset[0] == (uint64_t)cycles * REPLY;
}

int main(int argc, char **argv)
{
	uint32_t cycles = getenv("POLICYTOP_QUICK") ? CYCLES_QUICK : CYCLES, done;
	struct world w = {.client = -1};
	struct tap t = {0};

	if (argc < 2)
		return 64;
	snprintf(w.device, sizeof(w.device), "%s/bus", argv[1]);
	start_bus(&w);
	start_tap(&w, &t);
	done = cycle_on(&w, cycles);
	ok(&t, done == cycles && !w.wrong, "%u cycles: each reply arrives as it was sent (%u, %u)",
	   cycles, done, w.wrong);
	ok(&t, all_copied(&w, cycles) && !w.torn && !w.lost,
	   "and the engine's copy is whole (%u bytes differ, %u gaps)", w.torn, w.lost);
	close(w.client);
	tap_detach(&w.link, true);
	kill(w.bus, SIGKILL);
	waitpid(w.bus, NULL, 0);
	return tap_done(&t);
}
