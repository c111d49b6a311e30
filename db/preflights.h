/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what was found before an episode; the rig's next run within 10 minutes claims it. */
#ifndef POLICYTOP_DB_PREFLIGHTS_H
#define POLICYTOP_DB_PREFLIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "model/preflight.h"

/*
 * Stores n items in one transaction; wall_ns is when (CLOCK_REALTIME), before_run: a run looked, as
 * it began. db: DB_WRITE. 0, or -errno with e.
 */
int db_preflight_put(struct db *db, const char *rig, int64_t wall_ns, bool before_run,
		     const struct preflight_item *item, size_t n, struct err *e);

/*
 * What was waived in the rig's last look, when an operator made it at most 10 minutes before
 * wall_ns and no run has had it: tell() once each. 0, or -errno with e.
 */
int db_preflight_waived(struct db *db, const char *rig, int64_t wall_ns,
			void (*tell)(void *host, const char *code, const char *subject,
				     const char *reason),
			void *host, struct err *e);

#endif
