/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmux as `run` uses it: the pane that we are in, a dashboard beside it, its bytes as a log, and a
 * server of our own, so that a lost connection ends nothing. By its commands only. Main thread.
 */
#ifndef POLICYTOP_CMD_RUN_TMUX_H
#define POLICYTOP_CMD_RUN_TMUX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "view/client.h"

enum { DASHBOARD_WIDTH = 80, DASHBOARD_HEIGHT = 24 };

struct tmux_pane {
	char id[16]; /* "%3" */
	int width, height;
	bool piped; /* its bytes go to somebody already */
};

/* tmux is in PATH. */
bool tmux_there(void);

/* The pane of this terminal; false: we are in none, or another program is in between. */
bool tmux_pane_find(struct tmux_pane *p);

/*
 * Shows a program (argv ends with NULL) beside the pane when both then have 80x24, else in a window
 * of its own. id: of its pane, "" when it could not be opened.
 */
void tmux_open_beside(const struct tmux_pane *p, const char *const *argv, char id[16]);
void tmux_kill_pane(const char *id);

/* The pane's bytes go into file from now on. 0 or -errno with e. */
int tmux_log_begin(const struct tmux_pane *p, const char *file, struct err *e);

/* Waits, a second at most, until all that was written so far is in file; then no more is. */
void tmux_log_end(const struct tmux_pane *p, const char *file);

/* "policytop-RIG": name of the server of our own. */
void tmux_server_name(char dst[RIG_BYTES + 16], const char *rig);
bool tmux_server_runs(const char *server);

/*
 * Starts the server with a program in its first pane, on this terminal, and waits until the
 * terminal is free again: the program has ended, or the person has left, or the terminal is gone.
 * 0, or -errno with e.
 */
int tmux_server_attach(const char *server, const char *rig, const char *const *argv, struct err *e);

#endif
