/* SPDX-License-Identifier: Apache-2.0 */
#include "source/lookup.h"

#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"

/* Shared by the thread and its asker; whoever lets go last frees it. */
struct lookup {
	atomic_int holders;
	atomic_bool done;
	int fd;
	char *host, *port;
	int rc; /* of getaddrinfo() */
	int count;
	struct address address[LOOKUP_MAX];
};

void lookup_drop(struct lookup *l)
{
	if (!l || atomic_fetch_sub(&l->holders, 1) != 1)
		return;
	close(l->fd);
	free(l->host);
	free(l->port);
	free(l);
}

static void *ask(void *arg)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	struct lookup *l = arg;
	uint64_t one = 1;

	l->rc = getaddrinfo(l->host, l->port, &hints, &list);
	for (struct addrinfo *a = l->rc ? NULL : list; a && l->count < LOOKUP_MAX; a = a->ai_next) {
		if (a->ai_addrlen > sizeof(l->address[0].sa))
			continue;
		memcpy(&l->address[l->count].sa, a->ai_addr, a->ai_addrlen);
		l->address[l->count++].len = a->ai_addrlen;
	}
	if (!l->rc)
		freeaddrinfo(list);
	atomic_store(&l->done, true);
	/* A full counter is impossible: it is written once. */
	while (write(l->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	lookup_drop(l);
	return NULL;
}

struct lookup *lookup_start(const char *host, const char *port, struct err *e)
{
	struct lookup *l = xcalloc(1, sizeof(*l));
	int rc;

	l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->host = xstrdup(host);
	l->port = xstrdup(port);
	atomic_init(&l->holders, 2);
	rc = l->fd < 0 ? errno : thread_start(NULL, ask, l);
	if (!rc)
		return l;
	err_set(e, rc, "cannot look up %s: %s", host, strerror(rc));
	atomic_store(&l->holders, 1);
	lookup_drop(l);
	return NULL;
}

int lookup_fd(const struct lookup *l)
{
	return l->fd;
}

int lookup_take(struct lookup *l, struct address out[LOOKUP_MAX], struct err *e)
{
	if (!atomic_load(&l->done))
		return 0;
	if (l->rc || !l->count)
		return err_set(e, EHOSTUNREACH, "%s",
			       l->rc ? gai_strerror(l->rc) : "the name has no address");
	memcpy(out, l->address, sizeof(l->address));
	return l->count;
}
