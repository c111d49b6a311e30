/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

enum { MEASURED_ROWS = 1000, CELL_BYTES = 4096 };

struct writing {
	FILE *out;
	enum rows_format format;
	int64_t rows;
	int columns;
	char **names; /* JSON: the keys */
	/* A table holds its first rows back until their widths are known. */
	char **cells;
	bool *number;
	size_t held;
	int *width;
};

FILE *rows_spool(struct err *e)
{
	FILE *f = tmpfile();

	if (!f)
		err_set(e, errno, "cannot make a temporary file for the result: %m");
	return f;
}

int rows_deliver(FILE *spool, struct err *e)
{
	char block[65536];
	bool failed = fflush(spool) || ferror(spool);
	size_t n;
	int why;

	rewind(spool);
	while (!failed && (n = fread(block, 1, sizeof(block), spool)) > 0)
		failed = fwrite(block, 1, n, stdout) != n;
	failed |= ferror(spool) || fflush(stdout);
	why = errno;
	fclose(spool);
	return failed ? err_set(e, EIO, "standard output: %s", strerror(why)) : 0;
}

static void add_exact(struct buf *b, double v, const char *infinite)
{
	if (isinf(v))
		buf_printf(b, "%s%s", v < 0 ? "-" : "", infinite);
	else
		buf_json_num(b, v);
}

static void add_hex(struct buf *b, const struct value *v)
{
	for (size_t i = 0; i < v->len; i++)
		buf_printf(b, "%02x", (unsigned)(unsigned char)v->text[i]);
}

static void add_csv(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
		buf_printf(b, "%lld", (long long)v->i);
		break;
	case VALUE_REAL:
		add_exact(b, v->r, "Inf");
		break;
	case VALUE_BLOB:
		add_hex(b, v);
		break;
	case VALUE_TEXT:
		if (!strpbrk(v->text, ",\"\r\n") && v->len) {
			buf_str(b, v->text);
			break;
		}
		buf_str(b, "\"");
		for (const char *p = v->text; *p; p++)
			buf_add(b, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
		buf_str(b, "\"");
		break;
	case VALUE_NULL:
	default:
		break;
	}
}

static void add_json(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
		buf_printf(b, "%lld", (long long)v->i);
		break;
	case VALUE_REAL:
		add_exact(b, v->r, "9e999");
		break;
	case VALUE_TEXT:
		buf_json_str(b, v->text);
		break;
	case VALUE_BLOB:
		buf_str(b, "\"");
		add_hex(b, v);
		buf_str(b, "\"");
		break;
	case VALUE_NULL:
	default:
		buf_str(b, "null");
		break;
	}
}

static char *cell_dup(const struct value *v)
{
	char text[CELL_BYTES];

	switch (v->type) {
	case VALUE_INT:
		snprintf(text, sizeof(text), "%lld", (long long)v->i);
		break;
	case VALUE_REAL:
		snprintf(text, sizeof(text), "%.7g", v->r);
		break;
	case VALUE_TEXT:
		text_clean(text, sizeof(text), v->text, v->len);
		break;
	case VALUE_BLOB:
		snprintf(text, sizeof(text), "(%zu bytes)", v->len);
		break;
	case VALUE_NULL:
	default:
		snprintf(text, sizeof(text), "-");
		break;
	}
	return xstrdup(text);
}

static int cell_width(const char *s)
{
	size_t len = strlen(s);
	int width = 0;

	for (size_t i = 0, n; i < len; i += n) {
		uint32_t rune = 0;
		int w;

		n = text_rune(s + i, len - i, &rune);
		if (!n)
			n = 1;
		w = wcwidth((wchar_t)rune);
		width += w < 0 ? 1 : w;
	}
	return width;
}

/* One line: texts to the left, numbers to the right, nothing behind the last column. */
static void print_line(struct writing *w, char *const *cells, const bool *number)
{
	for (int i = 0; i < w->columns; i++) {
		int pad = w->width[i] - cell_width(cells[i]);
		bool last = i == w->columns - 1;

		if (pad < 0)
			pad = 0;
		if (number[i])
			fprintf(w->out, "%*s%s", pad, "", cells[i]);
		else
			fprintf(w->out, "%s%*s", cells[i], last ? 0 : pad, "");
		fputs(last ? "\n" : "  ", w->out);
	}
}

static void print_held(struct writing *w)
{
	size_t n = (size_t)w->columns;

	for (size_t r = 0; r < w->held; r++) {
		for (size_t i = 0; i < n; i++) {
			int width = cell_width(w->cells[r * n + i]);

			if (width > w->width[i])
				w->width[i] = width;
		}
	}
	for (size_t r = 0; r < w->held; r++) {
		print_line(w, w->cells + r * n, w->number + r * n);
		for (size_t i = 0; i < n; i++)
			free(w->cells[r * n + i]);
	}
	w->held = 0;
}

static int head(void *ctx, int n, const char *const *names, struct err *e)
{
	struct writing *w = ctx;
	struct buf b = {0};

	(void)e;
	w->columns = n;
	w->names = xcalloc((size_t)n, sizeof(*w->names));
	w->width = xcalloc((size_t)n, sizeof(*w->width));
	w->cells = xcalloc((size_t)n * (MEASURED_ROWS + 1), sizeof(*w->cells));
	w->number = xcalloc((size_t)n * (MEASURED_ROWS + 1), sizeof(*w->number));
	for (int i = 0; i < n; i++) {
		struct value name = {.type = VALUE_TEXT, .text = names[i], .len = strlen(names[i])};

		w->names[i] = xstrdup(names[i]);
		if (w->format == ROWS_TABLE)
			w->cells[i] = cell_dup(&name);
		if (w->format == ROWS_CSV) {
			buf_str(&b, i ? "," : "");
			add_csv(&b, &name);
		}
	}
	w->held = w->format == ROWS_TABLE;
	if (w->format == ROWS_CSV)
		fprintf(w->out, "%s\r\n", buf_text(&b));
	buf_fini(&b);
	return 0;
}

static void table_row(struct writing *w, const struct value *v)
{
	size_t n = (size_t)w->columns, at = w->held++ * n;

	for (size_t i = 0; i < n; i++) {
		w->cells[at + i] = cell_dup(&v[i]);
		w->number[at + i] = v[i].type == VALUE_INT || v[i].type == VALUE_REAL;
	}
	if (w->held > MEASURED_ROWS || w->rows >= MEASURED_ROWS)
		print_held(w);
}

static int row(void *ctx, int n, const struct value *v, struct err *e)
{
	struct writing *w = ctx;
	struct buf b = {0};

	if (w->format == ROWS_TABLE)
		table_row(w, v);
	for (int i = 0; w->format == ROWS_CSV && i < n; i++) {
		buf_str(&b, i ? "," : "");
		add_csv(&b, &v[i]);
	}
	for (int i = 0; w->format == ROWS_JSON && i < n; i++) {
		buf_str(&b, i ? "," : w->rows ? ",\n{" : "\n{");
		buf_json_str(&b, w->names[i]);
		buf_str(&b, ":");
		add_json(&b, &v[i]);
	}
	if (b.len) {
		buf_str(&b, w->format == ROWS_CSV ? "\r\n" : "}");
		fwrite(b.p, 1, b.len, w->out);
	}
	buf_fini(&b);
	w->rows++;
	return ferror(w->out) ? err_set(e, ENOSPC, "no room for the result in the temporary folder")
			      : 0;
}

static void writing_fini(struct writing *w)
{
	for (size_t i = 0; i < w->held * (size_t)w->columns; i++)
		free(w->cells[i]);
	for (int i = 0; i < w->columns; i++)
		free(w->names[i]);
	free(w->cells);
	free(w->number);
	free(w->names);
	free(w->width);
}

int64_t rows_write(FILE *spool, struct db *db, const struct query *q, enum rows_format format,
		   struct err *e)
{
	struct writing w = {.out = spool, .format = format};
	struct rows rows = {.ctx = &w, .head = head, .row = row};
	int rc;

	if (format == ROWS_JSON)
		fputs("[", spool);
	rc = db_query(db, q, &rows, e);
	if (!rc && format == ROWS_TABLE)
		print_held(&w);
	if (format == ROWS_JSON)
		fputs("]", spool);
	writing_fini(&w);
	return rc ? rc : w.rows;
}
