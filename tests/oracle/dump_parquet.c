/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints every column of a Parquet file as our reader sees it, for the comparison with pyarrow:
 * "PATH TYPE", then a line a row: bytes of the values in hex, "N" for null, lists in brackets. A
 * column that is refused is "PATH refused: WHY".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "training/files.h"

struct dump {
	struct buf out;
	const struct parquet_column *column;
	bool open; /* a list is under way */
};

static void put_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *s = p;

	for (size_t i = 0; i < n; i++) {
		char hex[2] = {digits[s[i] >> 4], digits[s[i] & 15]};

		buf_add(b, hex, 2);
	}
}

static void put_value(struct buf *b, enum parquet_type type, const struct parquet_batch *v,
		      size_t i)
{
	static const size_t size[] = {
		[PARQUET_BOOL] = 1,  [PARQUET_INT32] = 4, [PARQUET_INT64] = 8,
		[PARQUET_INT96] = 0, [PARQUET_FLOAT] = 4, [PARQUET_DOUBLE] = 8};

	if (type == PARQUET_BYTES)
		put_hex(b, v->bytes[i].p, v->bytes[i].len);
	else
		put_hex(b, (const uint8_t *)v->any + i * size[type], size[type]);
}

static int take(void *host, const struct parquet_batch *b, struct err *e)
{
	struct dump *d = host;
	const struct parquet_column *c = d->column;
	size_t at = 0;

	(void)e;
	for (size_t i = 0; i < b->entries; i++) {
		unsigned def = b->def ? b->def[i] : c->max_def;

		if (!b->rep || b->rep[i] == 0) {
			if (d->open)
				buf_str(&d->out, "]\n");
			d->open = c->max_rep > 0 && def + 1 >= c->list_def;
			buf_str(&d->out, d->open ? "[" : "");
		} else {
			buf_str(&d->out, ",");
		}
		if (def == c->max_def)
			put_value(&d->out, c->type, b, at++);
		else if (!c->max_rep || def >= c->list_def || def + 1 < c->list_def)
			buf_str(&d->out, "N");
		if (!d->open)
			buf_str(&d->out, "\n");
	}
	return 0;
}

static void dump_column(struct parquet *p, size_t column)
{
	struct dump d = {.column = parquet_column(p, column)};
	struct err e = {0};
	int rc = 0;

	for (size_t g = 0; g < parquet_groups(p) && !rc; g++)
		rc = parquet_read(p, g, column, take, &d, &e);
	if (d.open)
		buf_str(&d.out, "]\n");
	if (rc)
		printf("%s refused: %s\n", d.column->path, e.msg);
	else
		printf("%s %s\n%s", d.column->path, parquet_type_word(d.column->type),
		       buf_text(&d.out));
	buf_fini(&d.out);
}

int main(int argc, char **argv)
{
	struct parquet *p = NULL;
	struct data_file f;
	struct err e = {0};

	if (argc != 2 || file_open(&f, argv[1], &e) || parquet_open(&p, &f.io, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	for (size_t i = 0; i < parquet_columns(p); i++)
		dump_column(p, i);
	parquet_close(p);
	file_close(&f);
	return 0;
}
