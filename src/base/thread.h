/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads beside the main one. Signals are the main thread's: every other starts with all of them
 * blocked, so that a handler never runs in the middle of its work. Any thread.
 */
#ifndef POLICYTOP_BASE_THREAD_H
#define POLICYTOP_BASE_THREAD_H

#include <pthread.h>

/* Starts run(arg). thread: to be joined by the caller; NULL: nobody will. 0, or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
