/* SPDX-License-Identifier: Apache-2.0 */
/* The live screen of `policytop check`: looks again and again until the operator leaves. Main thread. */
#ifndef POLICYTOP_CMD_CHECK_SCREEN_H
#define POLICYTOP_CMD_CHECK_SCREEN_H

#include "cmd/cmd.h"
#include "preflight/inspect.h"

/* Neither --once nor --json, and both ends are a terminal. */
bool check_screen_wanted(const struct app *app);

/*
 * look() looks at everything anew, fills *status and says whether it is GO. wait: leaves with the
 * first GO. The sources stay open from look to look, and are closed before it returns. 0, or -errno
 * with e: no screen is possible.
 */
int check_screen(struct inspect *l, bool (*look)(void *host, int *status), void *host, bool wait,
		 int *status, struct err *e);

#endif
