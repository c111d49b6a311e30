/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial ends of a tap: the real port, which it has alone, and a pseudo terminal for the
 * program, under a link. line.c passes on, plug.c makes the ends and makes them anew after the
 * device was unplugged. Only src/tap includes this.
 */
#ifndef POLICYTOP_TAP_LINE_H
#define POLICYTOP_TAP_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/tty.h"
#include "tap/link.h"
#include "tap/tap.h"

struct line {
	char device[TAP_ADDRESS_BYTES]; /* as it was asked for: a link to follow at each plug */
	struct link link;
	int port, master; /* -1: unplugged */
	int nodes;	  /* inotify of both device nodes */
	int port_watch, pty_watch;
	struct tty_line set; /* what the port has */
	unsigned asked;	     /* by the program, bits of packet mode: not done yet */
	bool client;	     /* the pseudo terminal is open */
	bool left;	     /* and is not any more: its session ends when all is passed on */
	bool gone;	     /* the port */
	int64_t retry_ns;    /* when to look for it again */
	unsigned char rest[2][TAP_READ_BYTES];
	unsigned char held[TAP_READ_BYTES]; /* of the program: comes after what is asked */
	size_t held_len;
};

/* Between the two files; the first four are of struct wire. */
int line_open(struct tap *t, const struct tap_cfg *cfg, struct err *e);
int64_t line_due(struct tap *t);
void line_close(struct tap *t);
void line_unplug(struct tap *t);  /* the port is gone */
void line_hang_up(struct tap *t); /* ends the session, if there is one, as broken off by the port */
void line_clear(struct tap *t);	  /* makes the pseudo terminal as new for the next program */
void line_attach(struct tap *t);  /* passes on between port and master from now on */

#endif
