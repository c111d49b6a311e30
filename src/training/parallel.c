/* SPDX-License-Identifier: Apache-2.0 */
#include "training/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/thread.h"

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

void parallel_for(size_t n, void (*job)(void *ctx, size_t i), void *ctx,
		  void (*meanwhile)(void *host, size_t begun, size_t n), void *host)
{
	struct work w = {.n = n, .job = job, .ctx = ctx};
	pthread_t thread;
	bool two = n > 1 && thread_start(&thread, run, &w) == 0;
	size_t begun;

	while (take_one(&w, &begun)) {
		if (meanwhile)
			meanwhile(host, begun, n);
	}
	if (two)
		pthread_join(thread, NULL);
}
