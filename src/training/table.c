/* SPDX-License-Identifier: Apache-2.0 */
#include "training/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/values.h"

enum { TEXT_BYTES = 4096 };

struct sink {
	struct table_column *t;
	const struct parquet_column *column;
	size_t row_room, entry_room;
};

static void make_room(struct sink *s, size_t entries)
{
	struct table_column *t = s->t;

	/* Every entry may begin a row; one more marks the end. */
	if (t->rows + entries + 1 > s->row_room) {
		s->row_room = 2 * (t->rows + entries + 1);
		t->first = xrealloc(t->first, s->row_room, sizeof(*t->first));
	}
	if (t->entries + entries > s->entry_room) {
		s->entry_room = 2 * (t->entries + entries);
		if (s->column->type == PARQUET_BYTES)
			t->text = xrealloc(t->text, s->entry_room, sizeof(*t->text));
		else
			t->value = xrealloc(t->value, s->entry_room, sizeof(*t->value));
	}
}

static char *text_of(const struct parquet_bytes *b)
{
	char text[TEXT_BYTES];

	text_clean(text, sizeof(text), (const char *)b->p, b->len);
	return xstrdup(text);
}

static int take(void *host, const struct parquet_batch *b, struct err *e)
{
	struct sink *s = host;
	struct table_column *t = s->t;
	size_t at = 0;

	if (t->entries + t->rows + b->entries > TABLE_ENTRIES_MAX)
		return err_set(e, EFBIG, "more than %d values", TABLE_ENTRIES_MAX);
	make_room(s, b->entries);
	for (size_t i = 0; i < b->entries; i++) {
		uint8_t def = b->def ? b->def[i] : s->column->max_def;
		bool known = def == s->column->max_def;

		if (!b->rep || b->rep[i] == 0)
			t->first[t->rows++] = t->entries;
		else if (!t->rows)
			return err_set(e, EBADMSG, "begins inside a list");
		if (s->column->max_rep && def < s->column->list_def)
			continue;
		if (t->text)
			t->text[t->entries++] = known ? text_of(&b->bytes[at++]) : xstrdup("");
		else
			t->value[t->entries++] = known ? value_double(s->column->type, b, at++)
						       : (double)NAN;
	}
	t->first[t->rows] = t->entries;
	return 0;
}

int table_read(struct table_column *t, struct parquet *p, size_t column, struct err *e)
{
	struct sink s = {.t = t, .column = parquet_column(p, column)};
	int rc = 0;

	*t = (struct table_column){0};
	make_room(&s, 1);
	t->first[0] = 0;
	for (size_t g = 0; g < parquet_groups(p) && !rc; g++)
		rc = parquet_read(p, g, column, take, &s, e);
	if (!rc && t->rows != parquet_rows(p))
		rc = err_set(e, EBADMSG, "column %s: %zu rows of %llu", s.column->name, t->rows,
			     (unsigned long long)parquet_rows(p));
	if (rc)
		table_fini(t);
	return rc;
}

void table_fini(struct table_column *t)
{
	for (size_t i = 0; t->text && i < t->entries; i++)
		free(t->text[i]);
	free(t->text);
	free(t->value);
	free(t->first);
	*t = (struct table_column){0};
}

int table_numbers(struct table_column *t, struct parquet *p, const char *name, struct err *e)
{
	int i = parquet_find(p, name), rc;

	if (i < 0)
		return 1;
	rc = table_read(t, p, (size_t)i, e);
	if (!rc && (!t->value || t->entries != t->rows)) {
		table_fini(t);
		rc = err_set(e, EBADMSG, "column %s is no column of numbers", name);
	}
	return rc;
}
