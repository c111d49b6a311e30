/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading by SQL: one statement, its rows handed to a callback. Used for the user's own SQL as for
 * ours, so everything is bounded: reading only, a time limit, no other files. One thread.
 */
#ifndef POLICYTOP_DB_READER_H
#define POLICYTOP_DB_READER_H

#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

/* One field of a row; text and blob are valid during the call that hands it over. */
struct value {
	enum value_type type;
	int64_t i;
	double r;
	const char *text; /* TEXT: terminated; BLOB: its bytes */
	size_t len;
};

/* A named parameter (":run"); one that the statement does not have is ignored. */
struct param {
	const char *name;
	struct value value;
};

struct rows {
	void *ctx;
	/*
	 * Once, before any row, also when there is none; NULL: nobody wants the names. Both return 0,
	 * or -errno to stop.
	 */
	int (*head)(void *ctx, int n, const char *const *names, struct err *e);
	int (*row)(void *ctx, int n, const struct value *v, struct err *e);
};

struct query {
	const char *sql;
	const struct param *params; /* name NULL ends; NULL: none, they are NULL in SQL */
	double limit_s;		    /* 0: the default, QUERY_LIMIT_S */
};

enum { QUERY_LIMIT_S = 30 };

/*
 * Runs the one statement of q. -EINVAL: SQL error, more than one statement; -EPERM: a statement
 * that would write, attach or change settings; -ETIMEDOUT: over the limit; -errno of a callback.
 */
int db_query(struct db *db, const struct query *q, const struct rows *rows, struct err *e);

/* The canned queries, from db/queries/NAME.sql; name NULL ends. */
struct canned {
	const char *name, *summary, *sql;
};
extern const struct canned canned_queries[];

const struct canned *canned_find(const char *name);

#endif
