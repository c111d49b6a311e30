/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terminal devices by their system calls: raw bytes at any baud rate, and who else has one open.
 * For what libserialport cannot do (pseudo terminals), and for the tap, which is libc alone and
 * links nothing else of this room. Any thread; a descriptor belongs to one thread at a time.
 */
#ifndef POLICYTOP_HAL_TTY_H
#define POLICYTOP_HAL_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What both ends of a wire have to agree on. */
struct tty_line {
	unsigned baud;
	unsigned frame; /* stop bits, RTS/CTS, parity (that a pseudo terminal does not know) */
};

enum tty_queue { TTY_INPUT, TTY_OUTPUT, TTY_BOTH };

/* A process that has a device open. */
struct tty_holder {
	int pid;
	char name[64]; /* clean */
};

/* Raw, 8N1, no flow control; a read that finds nothing fails with EAGAIN. 0 or -errno. */
int tty_raw(int fd, unsigned baud);

/* Raw again where it is not, at the rate that it has. 0 or -errno. */
int tty_raw_again(int fd);

/* Of the master of a pseudo terminal: those of the other side. 0 or -errno. */
int tty_line_get(int fd, struct tty_line *out);
int tty_line_set(int fd, const struct tty_line *line); /* all else stays as it is */

/* Throws away what was received and not read, or written and not sent. */
void tty_purge(int fd, enum tty_queue queue);

/*
 * The processes but ours that have the device at the resolved path open, as far as this user may
 * see them: how many, at most max in out. Who made a pseudo terminal does not count as using it.
 */
size_t tty_holders(const char *real_path, struct tty_holder *out, size_t max);

/*
 * Opens for reading and writing, without waiting; exclusive: so that no other process (but root)
 * can open it, and only when none has. The descriptor, or -errno with e: EBUSY names the process.
 */
int tty_open(const char *real_path, bool exclusive, struct err *e);

/* What tty_open() does after opening, for a descriptor that was made elsewhere. */
int tty_claim(int fd, const char *real_path, struct err *e);
int tty_lock(int fd); /* of it the locks alone, without asking who else has it; 0 or -errno */

/* Waits until all has been sent, a tenth of a second at most. */
void tty_drain(int fd);

#endif
