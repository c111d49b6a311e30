/* SPDX-License-Identifier: Apache-2.0 */
#include "source/holders.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Shared by the thread and its asker; whoever lets go last frees it. */
struct holders {
	atomic_int owners;
	atomic_bool done;
	char *path;
	size_t count;
	struct tty_holder found[HOLDERS_MAX];
};

void holders_drop(struct holders *h)
{
	if (!h || atomic_fetch_sub(&h->owners, 1) != 1)
		return;
	free(h->path);
	free(h);
}

static void *look(void *arg)
{
	struct holders *h = arg;
	char *real = realpath(h->path, NULL);

	if (real)
		h->count = tty_holders(real, h->found, HOLDERS_MAX);
	free(real);
	atomic_store(&h->done, true);
	holders_drop(h);
	return NULL;
}

/* Signals are the main thread's: the new thread starts with all of them blocked. */
static int start_thread(struct holders *h)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int rc = pthread_attr_init(&attr);

	if (rc)
		return rc;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, look, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

struct holders *holders_start(const char *path)
{
	struct holders *h = xcalloc(1, sizeof(*h));

	h->path = xstrdup(path);
	atomic_init(&h->owners, 2);
	if (start_thread(h) == 0)
		return h;
	atomic_store(&h->owners, 1);
	holders_drop(h);
	return NULL;
}

int holders_take(const struct holders *h, struct tty_holder out[HOLDERS_MAX])
{
	if (!atomic_load(&h->done))
		return -1;
	memcpy(out, h->found, sizeof(h->found));
	return (int)h->count;
}
