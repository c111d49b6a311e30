/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name look-up that does not hold up the loop: getaddrinfo() may wait for seconds, so it runs in
 * a thread of its own. One look-up a struct; all calls from the loop thread.
 */
#ifndef POLICYTOP_SOURCE_LOOKUP_H
#define POLICYTOP_SOURCE_LOOKUP_H

#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

enum { LOOKUP_MAX = 8 };

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

struct lookup;

/* Starts to look up host; NULL with e filled when no thread or descriptor is left. */
struct lookup *lookup_start(const char *host, const char *port, struct err *e);

/* Becomes readable when the answer is there. Belongs to the look-up. */
int lookup_fd(const struct lookup *l);

/*
 * The answer: how many addresses it has, 0 while it is not there, or -errno with e filled. Call
 * lookup_drop() afterwards.
 */
int lookup_take(struct lookup *l, struct address out[LOOKUP_MAX], struct err *e);

/* Forgets it, answered or not; NULL is allowed. */
void lookup_drop(struct lookup *l);

#endif
