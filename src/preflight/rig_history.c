/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/rig_history.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/reader.h"

enum { ANSWERS_MAX = 64 };

/* The first answer of a run is slow, so many are asked for and the one in the middle taken. */
static const char sql[] =
	"SELECT latency_s FROM chunks WHERE latency_s IS NOT NULL AND run = "
	"(SELECT max(r.run) FROM runs r WHERE r.rig = :rig AND EXISTS "
	"(SELECT 1 FROM chunks c WHERE c.run = r.run AND c.latency_s IS NOT NULL)) "
	"ORDER BY t_ns DESC LIMIT 64";

struct answers {
	unsigned n;
	double s[ANSWERS_MAX];
};

static int row(void *ctx, int n, const struct value *v, struct err *e)
{
	struct answers *a = ctx;

	(void)e;
	if (n == 1 && v->type == VALUE_REAL && a->n < ANSWERS_MAX)
		a->s[a->n++] = v->r;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double rig_latency_s(const char *db, const char *rig)
{
	const struct param params[] = {{.name = ":rig", .value = {.type = VALUE_TEXT, .text = rig}},
				       {0}};
	struct answers a = {0};
	const struct query q = {.sql = sql, .params = params};
	const struct rows rows = {.ctx = &a, .row = row};
	struct err none = {0};
	struct db *d = access(db, R_OK) == 0 ? db_open(db, DB_READ, &none) : NULL;

	if (d)
		db_query(d, &q, &rows, &none);
	db_close(d);
	if (!a.n)
		return NAN;
	qsort(a.s, a.n, sizeof(a.s[0]), by_size);
	return a.s[a.n / 2];
}
