/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explainer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"

/* Episodes begin seconds apart, and an explanation takes milliseconds. */
enum { WAITING_MAX = 4 };

struct explainer {
	pthread_t thread;
	int ready; /* counts answers */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool end, busy;
	unsigned waiting, answers;
	struct outset_case waits[WAITING_MAX];
	struct explainer_answer answer[2 * WAITING_MAX];
};

/* Under the lock, which is given up while it works. */
static void work_one(struct explainer *x)
{
	struct outset_case c = x->waits[0];
	struct explainer_answer a = {.episode = c.episode};
	uint64_t one = 1;
	bool tell;

	memmove(x->waits, x->waits + 1, --x->waiting * sizeof(c));
	x->busy = true;
	pthread_mutex_unlock(&x->lock);
	tell = outset_explain(&c, a.text, &a.level);
	outset_case_fini(&c);
	pthread_mutex_lock(&x->lock);
	x->busy = false;
	if (tell && x->answers < sizeof(x->answer) / sizeof(x->answer[0])) {
		x->answer[x->answers++] = a;
		while (write(x->ready, &one, sizeof(one)) < 0 && errno == EINTR)
			;
	}
	pthread_cond_broadcast(&x->changed);
}

static void *live(void *arg)
{
	struct explainer *x = arg;

	pthread_mutex_lock(&x->lock);
	while (!x->end) {
		if (x->waiting)
			work_one(x);
		else
			pthread_cond_wait(&x->changed, &x->lock);
	}
	pthread_mutex_unlock(&x->lock);
	return NULL;
}

struct explainer *explainer_new(struct err *e)
{
	struct explainer *x = xcalloc(1, sizeof(*x));
	int rc;

	x->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->changed, NULL);
	rc = x->ready < 0 ? errno : thread_start(&x->thread, live, x);
	if (rc == 0)
		return x;
	err_set(e, rc, "no thread to explain first actions: %s", strerror(rc));
	if (x->ready >= 0)
		close(x->ready);
	free(x);
	return NULL;
}

void explainer_free(struct explainer *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&x->lock);
	x->end = true;
	pthread_cond_broadcast(&x->changed);
	pthread_mutex_unlock(&x->lock);
	pthread_join(x->thread, NULL);
	for (unsigned i = 0; i < x->waiting; i++)
		outset_case_fini(&x->waits[i]);
	pthread_cond_destroy(&x->changed);
	pthread_mutex_destroy(&x->lock);
	close(x->ready);
	free(x);
}

int explainer_fd(const struct explainer *x)
{
	return x->ready;
}

bool explainer_give(struct explainer *x, struct outset_case *c)
{
	bool room;

	pthread_mutex_lock(&x->lock);
	room = x->waiting < WAITING_MAX;
	if (room)
		x->waits[x->waiting++] = *c;
	pthread_cond_broadcast(&x->changed);
	pthread_mutex_unlock(&x->lock);
	if (!room)
		outset_case_fini(c);
	return room;
}

bool explainer_answer(struct explainer *x, struct explainer_answer *out)
{
	uint64_t count;
	bool any;

	while (read(x->ready, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&x->lock);
	any = x->answers > 0;
	if (any) {
		*out = x->answer[0];
		memmove(x->answer, x->answer + 1, --x->answers * sizeof(*out));
	}
	pthread_mutex_unlock(&x->lock);
	return any;
}

void explainer_finish(struct explainer *x)
{
	pthread_mutex_lock(&x->lock);
	while (x->waiting || x->busy)
		pthread_cond_wait(&x->changed, &x->lock);
	pthread_mutex_unlock(&x->lock);
}
