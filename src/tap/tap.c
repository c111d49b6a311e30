/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/tap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"

enum { EVENTS_AT_ONCE = 64, KIND_SHIFT = 56, NICE = -10 };

void tap_watch(struct tap *t, int fd, uint32_t events, enum watch_kind kind, uint64_t which)
{
	struct epoll_event ev = {.events = events};

	ev.data.u64 = (uint64_t)kind << KIND_SHIFT | which;
	epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &ev);
}

void tap_wake(struct tap *t)
{
	uint64_t one = 1;

	/* The head of a ring is written before we look, as it says it sleeps before it looks. */
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load(&t->share.control->waiting))
		return;
	atomic_store(&t->share.control->waiting, 0);
	if (write(t->fd[3], &one, sizeof(one)) < 0)
		return; /* the counter is full: nobody listens */
}

void tap_record(struct tap *t, const struct connection *c, int direction, enum tap_kind kind,
		uint32_t length)
{
	struct tap_record r = {
		.t_ns = clock_now_ns(&t->clock),
		.connection = c->id,
		.offset = c->offset[direction],
		.length = length,
		.kind = (uint16_t)kind,
		.slot = (uint8_t)(c->slot < 0 ? 0 : c->slot),
	};

	if (c->slot < 0)
		return;
	r.order = ++t->order;
	tap_ring_put(&t->share.ring[direction], &r, NULL);
	tap_wake(t);
}

void tap_tell(struct tap *t, enum tap_kind kind)
{
	struct tap_record r = {.t_ns = clock_now_ns(&t->clock), .kind = (uint16_t)kind};

	r.order = ++t->order;
	tap_ring_put(&t->share.ring[0], &r, NULL);
	tap_wake(t);
}

/* Told to end it still puts away what others would find: its door, its link. */
static int end_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_all(struct tap *t, const struct tap_cfg *cfg, struct err *e)
{
	int rc;

	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->fd[3] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (t->epoll < 0 || t->fd[3] < 0)
		return err_set(e, errno, "no descriptors left: %m");
	t->signals = end_signal();
	if (t->signals < 0)
		return err_set(e, errno, "cannot listen to signals: %m");
	tap_watch(t, t->signals, EPOLLIN, WATCH_SIGNAL, 0);
	rc = tap_share_make(&t->share, t->wire->ring_bytes, t->fd, e);
	if (!rc)
		rc = t->wire->open(t, cfg, e);
	return rc ? rc : door_open(t, e);
}

struct tap *tap_new(const struct tap_cfg *cfg, struct err *e)
{
	struct tap *t = calloc(1, sizeof(*t));

	if (!t) {
		err_set(e, ENOMEM, "not enough memory");
		return NULL;
	}
	/* A robot waits for it: before others, where the system allows that. */
	setpriority(PRIO_PROCESS, 0, NICE);
	/* Program and library; the rest, which is large, only where there is no limit. */
	mlockall(MCL_CURRENT);
	t->wire = cfg->usbmon ? &wire_usbmon : cfg->device ? &wire_line : &wire_tcp;
	t->epoll = t->signals = t->listener = t->door = t->lookup = t->engine = -1;
	for (int i = 0; i < TAP_FDS; i++)
		t->fd[i] = -1;
	for (unsigned i = 0; i < TAP_GUESTS; i++)
		t->guest[i].fd = -1;
	t->clock = clock_real();
	t->linger_ns = cfg->linger_ns;
	t->alone_ns = clock_now_ns(&t->clock);
	memcpy(t->info.magic, TAP_MAGIC, sizeof(t->info.magic));
	t->info.version = TAP_VERSION;
	t->info.pid = getpid();
	text_copy(t->info.source, sizeof(t->info.source), cfg->source);
	if (open_all(t, cfg, e)) {
		tap_free(t);
		return NULL;
	}
	mlockall(MCL_CURRENT | MCL_ONFAULT);
	t->wire->begin(t);
	return t;
}

void tap_free(struct tap *t)
{
	if (!t)
		return;
	if (t->door_path)
		unlink(t->door_path);
	free(t->door_path);
	for (unsigned i = 0; i < TAP_GUESTS; i++) {
		if (t->guest[i].fd >= 0)
			close(t->guest[i].fd);
	}
	for (int i = 0; i < TAP_FDS; i++) {
		if (t->fd[i] >= 0)
			close(t->fd[i]);
	}
	t->wire->close(t);
	if (t->door >= 0)
		close(t->door);
	if (t->signals >= 0)
		close(t->signals);
	if (t->epoll >= 0)
		close(t->epoll);
	tap_share_unmap(&t->share);
	free(t->connection);
	free(t);
}

static void on_event(struct tap *t, const struct epoll_event *ev)
{
	uint64_t which = ev->data.u64 & (((uint64_t)1 << KIND_SHIFT) - 1);

	enum watch_kind kind = (enum watch_kind)(ev->data.u64 >> KIND_SHIFT);

	if (kind == WATCH_DOOR)
		door_accept(t);
	else if (kind == WATCH_GUEST)
		door_hear(t, (unsigned)which);
	else if (kind == WATCH_SIGNAL)
		t->ended = true;
	else
		t->wire->event(t, kind, which, ev->events);
}

/* How long it may sleep, in ms; 0 and *over when it has nobody left to be there for. */
static int patience_ms(struct tap *t, bool *over)
{
	int64_t now = clock_now_ns(&t->clock), end = t->wire->due(t);

	*over = t->ended || (!t->live && t->engine < 0 && t->detached);
	if (*over || t->busy)
		return 0;
	if (!t->live && t->engine < 0) {
		int64_t last = t->alone_ns + t->linger_ns;

		*over = last <= now;
		end = last < end ? last : end;
	}
	if (end == INT64_MAX)
		return -1;
	return end <= now ? 0 : (int)((end - now) / NS_PER_MS) + 1;
}

int tap_serve(struct tap *t)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	bool over = false;

	for (;;) {
		int wait_ms = patience_ms(t, &over);
		int n = over ? 0 : epoll_wait(t->epoll, ev, EVENTS_AT_ONCE, wait_ms);

		if (over)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++)
			on_event(t, &ev[i]);
		t->wire->busy(t);
	}
}
