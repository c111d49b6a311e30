/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of this room only: thin helpers over sqlite3 that speak in struct err. */
#ifndef POLICYTOP_DB_SQL_H
#define POLICYTOP_DB_SQL_H

#include <stdbool.h>
#include <sqlite3.h>

#include "base/err.h"
#include "db/db.h"

struct db {
	sqlite3 *h;
	char *path;
};

/* Turns the result code rc of db into -errno and "PATH: doing: why". */
int sql_fail(struct db *db, int rc, struct err *e, const char *doing);

int sql_exec(struct db *db, const char *sql, struct err *e);
int sql_prepare(struct db *db, const char *sql, sqlite3_stmt **st, struct err *e);

/* Runs st to its end and resets it; for statements without rows. */
int sql_run(struct db *db, sqlite3_stmt *st, struct err *e, const char *doing);

/* The first column of the first row of sql; fallback when there is no row. */
int sql_i64(struct db *db, const char *sql, sqlite3_int64 fallback, sqlite3_int64 *out,
	    struct err *e);

void sql_bind_text(sqlite3_stmt *st, int at, const char *s); /* NULL and "" become NULL */
void sql_bind_num(sqlite3_stmt *st, int at, double v);	     /* NaN becomes NULL */
void sql_bind_known(sqlite3_stmt *st, int at, bool known, sqlite3_int64 v); /* else NULL */
bool sql_column_text(sqlite3_stmt *st, int at, char *dst, unsigned size);

#endif
