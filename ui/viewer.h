/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The viewer: one epoll loop over the engine's socket, the keyboard, signals and a timer, drawing
 * what arrives. Reads only; what the operator wishes goes to the engine as a request. Main thread.
 */
#ifndef POLICYTOP_UI_VIEWER_H
#define POLICYTOP_UI_VIEWER_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/pixels.h"
#include "ui/term.h"
#include "view/client.h"

/* What the operator wants kept of a camera; width 0: there is none. */
struct viewer_image {
	const char *rig, *camera;
	struct pixels live, trained;
};

struct viewer_cfg {
	struct term_cfg term;
	bool bell;
	const char *on_fail; /* --on-fail CMD, NULL none */
	/*
	 * Called once a second after the engine died without a word: a new connection, or NULL
	 * with e while there is none; *give_up: stop asking. NULL: the viewer only says so.
	 */
	struct client *(*again)(void *host, bool *give_up, struct err *e);
	/* Keeps it as a file; 0 with its name in said, or -errno with e. */
	int (*save)(void *host, const struct viewer_image *image, char *said, size_t size,
		    struct err *e);
	void *host;
};

struct viewer_result {
	bool ended;	/* the engine had ended when the viewer left */
	char text[320]; /* why */
	enum level worst;
};

/*
 * Shows until q or a signal. *c may be exchanged by again(); the caller closes it. 0 with *out, or
 * -errno with e when the terminal cannot be used (ENOTTY, ENODEV).
 */
int viewer_run(struct client **c, const struct viewer_cfg *cfg, struct viewer_result *out,
	       struct err *e);

#endif
