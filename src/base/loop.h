/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One epoll loop: descriptors, timers and signals. One thread. Handlers may add and remove
 * anything, themselves included; a removed handler is not called again.
 */
#ifndef POLICYTOP_BASE_LOOP_H
#define POLICYTOP_BASE_LOOP_H

#include <signal.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

struct loop *loop_new(struct err *e); /* NULL with e: no descriptors left */
void loop_free(struct loop *l);	      /* NULL is allowed; closes none of the users' descriptors */

/*
 * Watches fd for events (EPOLLIN, EPOLLOUT; hang-ups always come), or changes what is watched.
 * 0 or -errno; -EPERM for a plain file, which is always ready and cannot be watched.
 */
int loop_watch(struct loop *l, int fd, uint32_t events, void (*fn)(void *arg, uint32_t events),
	       void *arg);
void loop_unwatch(struct loop *l, int fd); /* before it is closed; unknown fds are allowed */

/* A timer, embedded in its owner, which may not go away while it is set. */
struct loop_timer {
	int64_t at_ns; /* CLOCK_MONOTONIC; INT64_MAX: off */
	void (*fn)(void *arg, int64_t now_ns);
	void *arg;
	struct loop_timer *next;
	struct loop *loop; /* NULL: never set */
	uint64_t round;	   /* of the loop when it last ran */
};

void loop_timer_init(struct loop_timer *t, void (*fn)(void *arg, int64_t now_ns), void *arg);
void loop_timer_set(struct loop *l, struct loop_timer *t, int64_t at_ns); /* INT64_MAX stops it */
void loop_timer_remove(struct loop_timer *t);

/* Blocks the signals of set for the process and hands them to fn instead. 0 or -errno. */
int loop_signals(struct loop *l, const sigset_t *set, void (*fn)(void *arg, int signo), void *arg);

/* Runs handlers until loop_stop(); 0 or -errno. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
