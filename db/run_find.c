/* SPDX-License-Identifier: Apache-2.0 */
#include "db/run_find.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static int take_number(void *ctx, int n, const struct value *v, struct err *e)
{
	(void)n;
	(void)e;
	*(int64_t *)ctx = v[0].type == VALUE_INT ? v[0].i : 0;
	return 0;
}

int run_number(struct db *db, const struct query *q, int64_t *out, struct err *e)
{
	const struct rows rows = {.ctx = out, .row = take_number};

	*out = 0;
	return db_query(db, q, &rows, e);
}

int run_find(struct db *db, const char *command, const char *word, int64_t *run, struct err *e)
{
	const struct query q = {.sql = "SELECT coalesce(max(run), 0) FROM runs"};
	int64_t wanted = 0;
	int rc;

	if (word && strcmp(word, "last") != 0 && (!text_to_i64(word, &wanted) || wanted < 1))
		return err_set(e, EINVAL, "%s: '%s' is no run number (see policytop runs)", command,
			       word);
	rc = run_number(db, &q, run, e);
	if (rc)
		return rc;
	if (!*run)
		return err_set(e, ENOENT, "%s: no run was recorded yet", command);
	if (wanted > *run)
		return err_set(e, ENOENT, "%s: no run %" PRId64 "; the newest is %" PRId64, command,
			       wanted, *run);
	if (wanted)
		*run = wanted;
	return 0;
}
