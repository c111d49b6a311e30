/* SPDX-License-Identifier: Apache-2.0 */
/* Values at their own times: a row each, appended. */
#include "db/writer_internal.h"

enum { SAMPLE_BITS = 40 };

static int64_t first_of(int64_t run)
{
	return (int64_t)((uint64_t)run << SAMPLE_BITS);
}

/* The run's next one; a run that is continued has some already. */
static int find_next(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_NEXT_SAMPLE];
	int rc;

	sqlite3_bind_int64(st, 1, first_of(w->now.run));
	sqlite3_bind_int64(st, 2, first_of(w->now.run + 1));
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		w->now.next_sample = sqlite3_column_int64(st, 0) + 1;
	rc = rc == SQLITE_ROW ? 0 : sql_fail(w->db, rc, e, "recording");
	sqlite3_reset(st);
	return rc;
}

int put_sample(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_SAMPLE];
	int rc = w->now.next_sample ? 0 : find_next(w, e);

	for (unsigned i = 0; !rc && i < r->sample->n; i++) {
		const struct sample_value *v = &r->sample->v[i];
		int place = v->joint < w->now.places ? w->now.place[v->joint] : -1;

		if (place < 0)
			continue;
		sqlite3_bind_int64(st, 1, w->now.next_sample++);
		sqlite3_bind_int64(st, 2, r->t_ns);
		sqlite3_bind_int(st, 3, r->source);
		sqlite3_bind_int(st, 4, place);
		sqlite3_bind_int(st, 5, v->vector);
		sqlite3_bind_int(st, 6, v->unit);
		sql_bind_num(st, 7, v->value);
		rc = writer_run_st(w, ST_SAMPLE, e);
	}
	return rc;
}
