/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations: one SQL text for each version, db/schema/N.sql, run in one transaction that also
 * raises user_version. A file that holds data is copied first (VACUUM INTO "FILE.vN.bak"). Inside
 * of this room; tests call it with tables of their own.
 */
#ifndef POLICYTOP_DB_MIGRATE_H
#define POLICYTOP_DB_MIGRATE_H

#include "base/err.h"

struct db;

/* [i] makes version i + 1 out of version i; NULL ends. Generated from db/schema. */
extern const char *const schema_versions[];

/* Brings db to the last version of the table. 0, or -errno with e and the file as it was. */
int migrate(struct db *db, const char *const versions[], struct err *e);

#endif
