/* SPDX-License-Identifier: Apache-2.0 */
#include "training/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

struct work {
	size_t n;
	void (*job)(void *ctx, size_t i);
	void *ctx;
	atomic_size_t next;
};

static bool take_one(struct work *w, size_t *begun)
{
	size_t i = atomic_fetch_add(&w->next, 1);

	*begun = i + 1;
	if (i >= w->n)
		return false;
	w->job(w->ctx, i);
	return true;
}

static void *run(void *work)
{
	size_t begun;

	while (take_one(work, &begun))
		;
	return NULL;
}

/* Signals are for the main thread. */
static bool start(pthread_t *thread, struct work *w)
{
	sigset_t all, old;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	started = pthread_create(thread, NULL, run, w) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return started;
}

void parallel_for(size_t n, void (*job)(void *ctx, size_t i), void *ctx,
		  void (*meanwhile)(void *host, size_t begun, size_t n), void *host)
{
	struct work w = {.n = n, .job = job, .ctx = ctx};
	pthread_t thread;
	bool two = n > 1 && start(&thread, &w);
	size_t begun;

	while (take_one(&w, &begun)) {
		if (meanwhile)
			meanwhile(host, begun, n);
	}
	if (two)
		pthread_join(thread, NULL);
}
