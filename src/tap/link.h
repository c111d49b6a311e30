/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name by which clients find a pseudo terminal that changes: a symbolic link in the runtime
 * folder, which is its owner's alone. A name is one tap's at a time; what else stands there under
 * that name is left alone. Nothing here allocates once the name is had.
 */
#ifndef POLICYTOP_TAP_LINK_H
#define POLICYTOP_TAP_LINK_H

#include <stdbool.h>

#include "base/err.h"
#include "tap/door.h"

struct link {
	int lock; /* -1: not had */
	char path[TAP_ADDRESS_BYTES];
	char fresh[TAP_ADDRESS_BYTES]; /* put in its place at once */
	char target[TAP_PTY_BYTES];    /* "": leads nowhere, and is not there */
};

bool link_name_good(const char *name); /* of a file that cannot be mistaken for one of ours */

/* 0, or -errno with e: EBUSY another tap has the name, EEXIST it is a file of somebody's. */
int link_claim(struct link *l, const char *name, struct err *e);
int link_place(struct link *l, const char *target, struct err *e); /* in the place of a stale one */
void link_remove(struct link *l); /* while there is nothing behind it */
void link_release(struct link *l);

#endif
