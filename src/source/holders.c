/* SPDX-License-Identifier: Apache-2.0 */
#include "source/holders.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

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

struct holders *holders_start(const char *path)
{
	struct holders *h = xcalloc(1, sizeof(*h));

	h->path = xstrdup(path);
	atomic_init(&h->owners, 2);
	if (thread_start(NULL, look, h) == 0)
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
