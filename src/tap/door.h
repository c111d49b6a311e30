/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said at the door of a tap: a SOCK_SEQPACKET socket `taps/tap-PID.sock` in the runtime
 * folder, which is its owner's alone. Each side begins with magic and version; a tap answers every
 * version in the layout of its own head, so that a stranger can at least be told which one it is.
 */
#ifndef POLICYTOP_TAP_DOOR_H
#define POLICYTOP_TAP_DOOR_H

#include <stdint.h>

#include "base/err.h"

#define TAP_MAGIC "PTOPTAP"

enum {
	TAP_WORD_BYTES = 2048,
	TAP_ADDRESS_BYTES = 256,
	TAP_PTY_BYTES = 32,
};

enum tap_ask {
	TAP_STATUS = 1, /* answered */
	TAP_ATTACH,	/* answered, with the memory, or EBUSY: one engine at a time */
	TAP_DETACH,	/* not answered: the engine ends in order, the tap with its last client */
	TAP_END,	/* answered: EBUSY while it has a client or an engine; else it ends */
};

struct tap_request {
	char magic[8];
	uint32_t version;
	uint32_t ask; /* enum tap_ask */
};

struct tap_info {
	char magic[8];
	uint32_t version;
	int32_t error;	     /* errno of what was asked, 0 done */
	int32_t pid, engine; /* processes; engine 0: none is attached */
	uint32_t clients, uncopied;
	uint64_t lost[2];	     /* bytes that found no room, by direction */
	char source[TAP_WORD_BYTES]; /* its source word */
	/* Where clients connect, "" at a link: address, or path, and what it leads to now, "" nowhere. */
	char listen[TAP_ADDRESS_BYTES], link[TAP_ADDRESS_BYTES], pty[TAP_PTY_BYTES];
	char upstream[TAP_ADDRESS_BYTES]; /* address, or path of a device */
};

/* Where its clients connect; or, of one that has none, what it hears. */
const char *tap_place(const struct tap_info *info);

/* The folder, made when it is not there; NULL with e. The caller frees it. */
char *tap_folder_dup(struct err *e);

#endif
