/* SPDX-License-Identifier: Apache-2.0 */
/* Which run a word means. Main thread. */
#ifndef POLICYTOP_DB_RUN_FIND_H
#define POLICYTOP_DB_RUN_FIND_H

#include "db/reader.h"

/* The only number of a query, 0 without one. 0, or -errno with e. */
int run_number(struct db *db, const struct query *q, int64_t *out, struct err *e);

/*
 * A number, or "last" or NULL for the newest. command: for the messages. 0; -EINVAL for a word that
 * is no number, -ENOENT where there is no run, or none so high, with e.
 */
int run_find(struct db *db, const char *command, const char *word, int64_t *run, struct err *e);

#endif
