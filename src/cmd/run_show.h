/* SPDX-License-Identifier: Apache-2.0 */
/* One run at a glance, as `show` prints it and a bug report carries it. Main thread. */
#ifndef POLICYTOP_CMD_RUN_SHOW_H
#define POLICYTOP_CMD_RUN_SHOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "db/db.h"

/* Writes tables, or one JSON object. 0; -ENOENT the run was removed, or -errno, with e. */
int run_show(FILE *out, struct db *db, int64_t run, bool json, struct err *e);

#endif
