/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: descriptors, timers and signals, and what handlers may do to each other. */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../tap.h"
#include "base/clock.h"
#include "base/loop.h"

struct world {
	struct loop *loop;
	struct loop_timer tick, stop, never;
	int pipe[2][2];
	unsigned ticks, reads, signals;
	int64_t started_ns, stopped_ns;
};

static int64_t now(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

static void on_tick(void *arg, int64_t now_ns)
{
	struct world *w = arg;

	w->ticks++;
	loop_timer_set(w->loop, &w->tick, now_ns); /* at once, again and again */
}

static void on_stop(void *arg, int64_t now_ns)
{
	struct world *w = arg;

	w->stopped_ns = now_ns;
	loop_stop(w->loop);
}

/* The first of two readable pipes takes the other one away. */
static void on_read(void *arg, uint32_t events)
{
	struct world *w = arg;

	(void)events;
	w->reads++;
	loop_unwatch(w->loop, w->pipe[0][0]);
	loop_unwatch(w->loop, w->pipe[1][0]);
	loop_timer_remove(&w->never);
}

static void on_signal(void *arg, int signo)
{
	struct world *w = arg;

	w->signals += signo == SIGUSR1;
}

static void run(struct world *w)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	loop_signals(w->loop, &set, on_signal, w);
	loop_timer_init(&w->tick, on_tick, w);
	loop_timer_init(&w->stop, on_stop, w);
	loop_timer_init(&w->never, on_stop, w);
	w->started_ns = now();
	loop_timer_set(w->loop, &w->tick, 0);
	loop_timer_set(w->loop, &w->never, w->started_ns + 10 * NS_PER_S);
	loop_timer_set(w->loop, &w->stop, w->started_ns + 30 * NS_PER_MS);
	for (int i = 0; i < 2; i++) {
		if (pipe2(w->pipe[i], O_CLOEXEC) || write(w->pipe[i][1], "x", 1) != 1)
			return;
		loop_watch(w->loop, w->pipe[i][0], EPOLLIN, on_read, w);
	}
	kill(getpid(), SIGUSR1);
	loop_run(w->loop);
}

int main(void)
{
	struct tap t = {0};
	struct world w = {0};
	struct err e;
	int file = open(__FILE__, O_RDONLY | O_CLOEXEC);

	w.loop = loop_new(&e);
	run(&w);
	ok(&t, w.reads == 1, "a handler taken away in the same batch is not called (%u)", w.reads);
	ok(&t, w.ticks > 10, "a timer in the past runs every round (%u)", w.ticks);
	ok(&t, w.signals == 1, "a signal reaches its handler");
	ok(&t, w.stopped_ns - w.started_ns >= 30 * NS_PER_MS, "a timer is not early");
	ok(&t, w.stopped_ns - w.started_ns < NS_PER_S, "and a busy one does not hold it up");
	ok(&t, file < 0 || loop_watch(w.loop, file, EPOLLIN, on_read, &w) == -EPERM,
	   "a plain file cannot be watched and says so");
	loop_free(w.loop);
	return tap_done(&t);
}
