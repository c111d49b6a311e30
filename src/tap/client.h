/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the other programs meet taps: start one, list them, attach to one. Starting and asking wait
 * for a process of our own on this machine, 2 s at most. One thread at a time.
 */
#ifndef POLICYTOP_TAP_CLIENT_H
#define POLICYTOP_TAP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "tap/door.h"
#include "tap/share.h"

enum { TAPS_MAX = 64 };

struct tap_link {
	int door; /* -1: none; readable: the tap is gone */
	int wake; /* an eventfd; readable: it has written, after control->waiting was set */
	struct tap_share share;
	struct tap_info info; /* when it was attached */
};

/* The taps of this user, by process; entries that nobody listens at are removed. */
size_t tap_list(struct tap_info *out, size_t max);

/* Tells one to end. 0, -EBUSY it has clients or an engine, or -errno. */
int tap_stop(int pid, struct err *e);

/* What a tap is to stand between, or beside; the others are NULL. */
struct tap_ends {
	const char *listen, *upstream; /* [HOST:]PORT and HOST:PORT */
	const char *link, *device;     /* the name of a link, and the whole path of a port */
	const char *usbmon, *user;     /* BUS-DEV; UID:GID, or NULL: as it is */
};

/*
 * A tap in the background, with none of our descriptors: clients can connect when this returns. Its
 * process id, or -errno with its own sentence.
 */
int tap_start(const struct tap_ends *ends, const char *source, struct err *e);

/* Attaches to the tap of that process. 0, or -errno with e: EBUSY it has an engine. */
int tap_attach(struct tap_link *l, int pid, struct err *e);
void tap_detach(struct tap_link *l, bool in_order); /* also after a failed or no attach */

#endif
