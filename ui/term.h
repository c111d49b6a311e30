/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A canvas on a real terminal, through ncurses: this is the only file that knows curses. One
 * terminal at a time, main thread. The terminal is put back by term_close(), and by a handler
 * when the program crashes.
 */
#ifndef POLICYTOP_UI_TERM_H
#define POLICYTOP_UI_TERM_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/canvas.h"

struct term_cfg {
	int in_fd, out_fd; /* the caller's; both must be terminals */
	bool ascii;	   /* never anything but ASCII */
	bool mono;	   /* no colours (NO_COLOR, --color=never) */
};

struct tty;

/* 0 when a screen is possible, else -ENOTTY or -ENODEV with e, as term_open() would say. */
int term_check(const struct term_cfg *cfg, struct err *e);

/*
 * Takes the screen. NULL with e: ENOTTY no terminal, ENODEV one that cannot place the cursor
 * (TERM=dumb, unknown). setlocale() must have been called.
 */
struct tty *term_open(const struct term_cfg *cfg, struct err *e);
void term_close(struct tty *t); /* NULL is allowed */

enum symbols term_symbols(const struct tty *t);
bool term_colourful(const struct tty *t); /* pictures may have colours */

/* The size now; after SIGWINCH it is asked for again. */
void term_size(struct tty *t, int *w, int *h);

/* How many bytes that took; NaN: the system does not tell. */
double term_show(struct tty *t, const struct canvas *c);
void term_redraw(struct tty *t); /* the next term_show() sends every cell */

/* The next key that waits: a rune or UI_KEY_*; 0 none. Never blocks. */
uint32_t term_key(struct tty *t);

void term_bell(struct tty *t);

const char *term_library(void); /* "ncurses 6.4.20221231" */

/* Gives the terminal back and stops the process until it is continued. */
void term_suspend(struct tty *t);

#endif
