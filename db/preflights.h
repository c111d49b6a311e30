/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what was found before an episode; the rig's next run within 10 minutes claims it. */
#ifndef POLICYTOP_DB_PREFLIGHTS_H
#define POLICYTOP_DB_PREFLIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "model/preflight.h"

/*
 * Stores n items in one transaction; wall_ns is when (CLOCK_REALTIME). *id, when not NULL, is the
 * number given. db: DB_WRITE. 0, or -errno with e.
 */
int db_preflight_put(struct db *db, const char *rig, int64_t wall_ns,
		     const struct preflight_item *item, size_t n, int64_t *id, struct err *e);

#endif
