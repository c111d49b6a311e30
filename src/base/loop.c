/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { BATCH = 32 };

struct watch {
	struct watch *next;
	int fd; /* -1: removed, freed after the batch */
	void (*fn)(void *arg, uint32_t events);
	void *arg;
};

struct loop {
	int epoll, timer, signals; /* signals: -1 none */
	bool stop;
	int64_t armed_ns; /* what the timer descriptor is set to */
	uint64_t round;
	struct clock clock;
	struct watch *watches;
	struct loop_timer *timers;
	void (*signal_fn)(void *arg, int signo);
	void *signal_arg;
};

static void on_timer(void *arg, uint32_t events)
{
	(void)arg; /* waking up was all; due timers run after every batch */
	(void)events;
}

struct loop *loop_new(struct err *e)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	l->armed_ns = INT64_MAX;
	l->clock = clock_real();
	l->signals = -1;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (l->epoll < 0 || l->timer < 0 || loop_watch(l, l->timer, EPOLLIN, on_timer, l)) {
		err_set(e, errno, "cannot make an event loop: %m");
		loop_free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->timers)
		loop_timer_remove(l->timers);
	for (struct watch *w = l->watches, *next; w; w = next) {
		next = w->next;
		free(w);
	}
	if (l->signals >= 0)
		close(l->signals);
	if (l->timer >= 0)
		close(l->timer);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
}

static struct watch *find(const struct loop *l, int fd)
{
	struct watch *w = l->watches;

	while (w && w->fd != fd)
		w = w->next;
	return w;
}

int loop_watch(struct loop *l, int fd, uint32_t events, void (*fn)(void *arg, uint32_t events),
	       void *arg)
{
	struct watch *old = find(l, fd), *w = old ? old : xcalloc(1, sizeof(*w));
	struct epoll_event ev = {.events = events, .data = {.ptr = w}};

	w->fn = fn;
	w->arg = arg;
	if (epoll_ctl(l->epoll, old ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev)) {
		int rc = -errno;

		if (!old)
			free(w);
		return rc;
	}
	if (!old) {
		w->fd = fd;
		w->next = l->watches;
		l->watches = w;
	}
	return 0;
}

void loop_unwatch(struct loop *l, int fd)
{
	struct watch *w = fd < 0 ? NULL : find(l, fd);

	if (!w)
		return;
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
	w->fd = -1; /* an event for it may still be in the batch */
}

static void sweep(struct loop *l)
{
	for (struct watch **p = &l->watches; *p;) {
		struct watch *w = *p;

		if (w->fd >= 0) {
			p = &w->next;
			continue;
		}
		*p = w->next;
		free(w);
	}
}

void loop_timer_init(struct loop_timer *t, void (*fn)(void *arg, int64_t now_ns), void *arg)
{
	*t = (struct loop_timer){.at_ns = INT64_MAX, .fn = fn, .arg = arg};
}

void loop_timer_set(struct loop *l, struct loop_timer *t, int64_t at_ns)
{
	if (!t->loop) {
		t->loop = l;
		t->next = l->timers;
		l->timers = t;
	}
	t->at_ns = at_ns;
}

void loop_timer_remove(struct loop_timer *t)
{
	if (!t->loop)
		return;
	for (struct loop_timer **p = &t->loop->timers; *p; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			break;
		}
	}
	t->loop = NULL;
	t->at_ns = INT64_MAX;
}

static void on_signal(void *arg, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (read(l->signals, &si, sizeof(si)) == (ssize_t)sizeof(si))
		l->signal_fn(l->signal_arg, (int)si.ssi_signo);
}

int loop_signals(struct loop *l, const sigset_t *set, void (*fn)(void *arg, int signo), void *arg)
{
	if (sigprocmask(SIG_BLOCK, set, NULL))
		return -errno;
	l->signal_fn = fn;
	l->signal_arg = arg;
	l->signals = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signals < 0 ? -errno : loop_watch(l, l->signals, EPOLLIN, on_signal, l);
}

/*
 * Each due timer once a round: one that sets itself to the past again must not keep descriptors
 * waiting. A handler may remove any timer, so the list is walked anew after each call.
 */
static void run_timers(struct loop *l)
{
	int64_t now = l->timers ? clock_now_ns(&l->clock) : 0;
	struct loop_timer *t;

	l->round++;
	do {
		t = l->timers;
		while (t && (t->at_ns > now || t->round == l->round))
			t = t->next;
		if (t) {
			t->round = l->round;
			t->at_ns = INT64_MAX;
			t->fn(t->arg, now);
		}
	} while (t && !l->stop);
}

static int arm(struct loop *l)
{
	struct itimerspec its = {{0}, {0}};
	int64_t at = INT64_MAX;

	for (const struct loop_timer *t = l->timers; t; t = t->next) {
		if (t->at_ns < at)
			at = t->at_ns;
	}
	if (at < 1)
		at = 1; /* zero would disarm */
	if (at == l->armed_ns)
		return 0;
	l->armed_ns = at;
	if (at != INT64_MAX) {
		its.it_value.tv_sec = (time_t)(at / NS_PER_S);
		its.it_value.tv_nsec = (long)(at % NS_PER_S);
	}
	return timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &its, NULL) ? -errno : 0;
}

int loop_run(struct loop *l)
{
	struct epoll_event ev[BATCH];

	l->stop = false;
	while (!l->stop) {
		int rc = arm(l), n;

		if (rc)
			return rc;
		n = epoll_wait(l->epoll, ev, BATCH, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n && !l->stop; i++) {
			struct watch *w = ev[i].data.ptr;

			if (w->fd >= 0)
				w->fn(w->arg, ev[i].events);
		}
		if (!l->stop)
			run_timers(l);
		sweep(l);
	}
	return 0;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}
