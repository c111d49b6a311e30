/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that run or watch an engine share. Main thread. */
#ifndef POLICYTOP_CMD_RUN_H
#define POLICYTOP_CMD_RUN_H

#include "cmd/cmd.h"
#include "engine/engine.h"

/* The database file: --db, else the default place (folders made). NULL with e. Caller frees. */
char *run_db_dup(const struct app *app, struct err *e);

/* The file is on an SD card or eMMC, which many small commits wear out. */
bool run_slow_disk(const char *path);

/* The last line of record and engine --json (freshly allocated), and the exit status. */
char *run_result_json_dup(const struct engine_result *r);
int run_exit_status(const struct engine_result *r);

#endif
