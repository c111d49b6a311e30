/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small Parquet files of several codecs, encodings and page versions: known values, and what
 * happens when they are cut at every length, or any bit of them is flipped, or they lie.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/tap.h"
#include "wire/parquet.h"
#include "wire/thrift.h"

enum { ENTRIES_MAX = 1 << 20 };

struct bytes {
	uint8_t *p;
	size_t n;
};

static const uint8_t *at(void *host, uint64_t offset, size_t n, struct err *e)
{
	struct bytes *b = host;

	if (offset > b->n || n > b->n - offset) {
		err_set(e, EIO, "outside");
		return NULL;
	}
	return b->p + offset;
}

static struct bytes load(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	struct bytes b = {0};
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/wire/parquet/%s.parquet", top ? top : ".", name);
	f = fopen(path, "rb");
	if (!f)
		return b;
	b.p = xcalloc(1 << 16, 1);
	b.n = fread(b.p, 1, 1 << 16, f);
	fclose(f);
	/* Its exact size, so that a sanitizer sees what is read behind it. */
	b.p = xrealloc(b.p, b.n, 1);
	return b;
}

struct taker {
	size_t entries;
	struct buf out; /* of the values, when print */
	const struct parquet_column *column;
	bool print;
};

static void print_value(struct taker *t, const struct parquet_batch *b, size_t i)
{
	switch (t->column->type) {
	case PARQUET_FLOAT:
		buf_printf(&t->out, "%g ", (double)b->f32[i]);
		break;
	case PARQUET_DOUBLE:
		buf_printf(&t->out, "%g ", b->f64[i]);
		break;
	case PARQUET_INT32:
		buf_printf(&t->out, "%d ", (int)b->i32[i]);
		break;
	case PARQUET_BOOL:
		buf_printf(&t->out, "%d ", b->boolean[i]);
		break;
	case PARQUET_BYTES:
		buf_printf(&t->out, "'%.*s' ", (int)b->bytes[i].len, (const char *)b->bytes[i].p);
		break;
	case PARQUET_INT64:
	case PARQUET_INT96:
	case PARQUET_FIXED:
	default:
		buf_str(&t->out, "? ");
	}
}

static int take(void *host, const struct parquet_batch *b, struct err *e)
{
	struct taker *t = host;
	size_t value = 0;

	t->entries += b->entries;
	if (t->entries > ENTRIES_MAX)
		return err_set(e, EFBIG, "enough");
	for (size_t i = 0; t->print && i < b->entries; i++) {
		unsigned def = b->def ? b->def[i] : t->column->max_def;

		if (b->rep)
			buf_printf(&t->out, "%u:", b->rep[i]);
		if (def == t->column->max_def)
			print_value(t, b, value++);
		else
			buf_printf(&t->out, "-%u ", def);
	}
	return 0;
}

/* Opens and reads everything; the first error, or 0. What was printed goes to out. */
static int read_all(struct bytes *b, struct buf *out, struct err *e)
{
	struct parquet_io io = {.host = b, .size = b->n, .at = at};
	struct parquet *p = NULL;
	int rc = parquet_open(&p, &io, e);

	for (size_t c = 0; !rc && c < parquet_columns(p); c++) {
		struct taker t = {.column = parquet_column(p, c), .print = out != NULL};

		for (size_t g = 0; !rc && g < parquet_groups(p) && g < 64; g++)
			rc = parquet_read(p, g, c, take, &t, e);
		if (out)
			buf_printf(out, "%s\n", buf_text(&t.out));
		buf_fini(&t.out);
	}
	parquet_close(p);
	return rc;
}

static const char *const files[] = {"snappy", "zstd_v2", "gzip", "lz4_plain", "none"};

static void test_values(struct tap *t)
{
	static const char want[] = "0:1.5 1:-2 0:-0 0:-1 0:2.5 0:3.5 1:4.5 \n"
				   "1 -0 3 1 3 \n"
				   "0 -0 1 2 3 \n"
				   "1 0 -0 1 1 \n"
				   "'a' 'bc' -0 '' 'a' \n";

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct bytes b = load(files[i]);
		struct buf out = {0};
		struct err e = {0};
		int rc = read_all(&b, &out, &e);

		ok(t, rc == 0 && strcmp(buf_text(&out), want) == 0, "%s: all values: %s", files[i],
		   rc ? e.msg : "");
		if (rc || strcmp(buf_text(&out), want) != 0)
			printf("# %s\n", buf_text(&out));
		buf_fini(&out);
		free(b.p);
	}
}

/* Cut anywhere: never read as a whole file. */
static void test_truncated(struct tap *t)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct bytes b = load(files[i]);
		size_t accepted = 0, silent = 0;

		for (size_t n = 0; n < b.n; n++) {
			struct bytes cut = {.p = xcalloc(n, 1), .n = n};
			struct err e = {0};

			memcpy(cut.p, b.p, n);
			if (read_all(&cut, NULL, &e) >= 0)
				accepted++;
			else if (!e.msg[0])
				silent++;
			free(cut.p);
		}
		ok(t, b.n && !accepted && !silent, "%s: cut at every of %zu lengths: refused",
		   files[i], b.n);
		free(b.p);
	}
}

static void test_flipped(struct tap *t)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct bytes b = load(files[i]);
		size_t refused = 0, silent = 0;

		for (size_t bit = 0; bit < 8 * b.n; bit++) {
			struct err e = {0};

			b.p[bit / 8] ^= (uint8_t)(1U << (bit % 8));
			if (read_all(&b, NULL, &e) < 0) {
				refused++;
				silent += !e.msg[0];
			}
			b.p[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		}
		for (size_t k = 0; k < b.n; k++) {
			uint8_t was = b.p[k];

			b.p[k] = was == 0xff ? 0x7f : 0xff;
			read_all(&b, NULL, NULL);
			b.p[k] = was;
		}
		ok(t, refused > b.n / 4 && !silent, "%s: %zu of %zu flipped bits are errors",
		   files[i], refused, 8 * b.n);
		free(b.p);
	}
}

/* A footer after the magic: what it says, then its length and the magic. */
static int open_footer(const char *footer, size_t n, struct err *e)
{
	struct bytes b = {.n = 4 + 64 + n + 8};
	int rc;

	b.p = xcalloc(b.n, 1);
	memcpy(b.p, "PAR1", 4);
	memcpy(b.p + 68, footer, n);
	b.p[68 + n] = (uint8_t)n;
	memcpy(b.p + 68 + n + 4, "PAR1", 4);
	rc = read_all(&b, NULL, e);
	free(b.p);
	return rc;
}

#define TWO_60 "\x80\x80\x80\x80\x80\x80\x80\x80\x20" /* 2^60, zigzag */
#define SCHEMA                                                                                     \
	"\x15\x02\x19\x2c\x48\x01s\x15\x02\x00\x15\x02\x25\x00\x18\x01"                            \
	"a\x00"

static void test_lies(struct tap *t)
{
	/* One row group of 2^60 rows; its one INT32 column: 2^60 values in 8 bytes at 4. */
	static const char many[] = SCHEMA "\x16\x02\x19\x1c\x19\x1c\x3c\x45\x00\x16" TWO_60
					  "\x26\x10\x26\x08\x00\x00\x26" TWO_60 "\x00\x00";
	/* The same with 2^60 bytes. */
	static const char large[] = SCHEMA "\x16\x02\x19\x1c\x19\x1c\x3c\x45\x00\x16\x02"
					   "\x26" TWO_60 "\x26\x08\x00\x00\x26\x02\x00\x00";
	/* And at byte 2^60. */
	static const char far[] = SCHEMA "\x16\x02\x19\x1c\x19\x1c\x3c\x45\x00\x16\x02"
					 "\x26\x10\x26" TWO_60 "\x00\x00\x26\x02\x00\x00";
	static const char lists[] = "\x15\x02\x19\xfc\xff\xff\xff\xff\x0f";
	struct err e = {0};

	ok(t, open_footer(many, sizeof(many) - 1, &e) < 0, "2^60 values: %s", e.msg);
	e = (struct err){0};
	ok(t, open_footer(large, sizeof(large) - 1, &e) < 0, "2^60 bytes: %s", e.msg);
	e = (struct err){0};
	ok(t, open_footer(far, sizeof(far) - 1, &e) < 0, "at byte 2^60: %s", e.msg);
	e = (struct err){0};
	ok(t, open_footer(lists, sizeof(lists) - 1, &e) < 0, "a schema of 2^32 nodes: %s", e.msg);
	e = (struct err){0};
	ok(t, open_footer("", 0, &e) < 0, "an empty footer: %s", e.msg);
}

static void test_no_parquet(struct tap *t)
{
	uint8_t text[] = "{\"this\": \"is JSON, not Parquet\"}";
	struct bytes b = {.p = text, .n = sizeof(text)};
	struct err e = {0};

	ok(t, read_all(&b, NULL, &e) == -EBADMSG && strstr(e.msg, "PAR1"), "no Parquet: %s", e.msg);
	b.n = 0;
	ok(t, read_all(&b, NULL, &e) == -EBADMSG, "an empty file: %s", e.msg);
}

int main(void)
{
	struct tap t = {0};

	test_values(&t);
	test_truncated(&t);
	test_flipped(&t);
	test_lies(&t);
	test_no_parquet(&t);
	return tap_done(&t);
}
