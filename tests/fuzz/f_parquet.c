/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet files, whole or without footer: every column that can be read is read. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "wire/parquet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES_MAX = 200000, GROUPS_MAX = 16, COLUMNS_MAX = 32 };

struct input {
	const uint8_t *p;
	size_t n;
	size_t entries;
	volatile uint8_t sum;
};

static const uint8_t *at(void *host, uint64_t offset, size_t n, struct err *e)
{
	struct input *in = host;

	if (offset > in->n || n > in->n - offset) {
		err_set(e, EIO, "outside");
		return NULL;
	}
	return in->p + offset;
}

/* Touches every byte that the batch says is there. */
static int take(void *host, const struct parquet_batch *b, struct err *e)
{
	struct input *in = host;

	in->entries += b->entries;
	if (in->entries > ENTRIES_MAX)
		return err_set(e, EFBIG, "enough");
	if (b->values > b->entries)
		abort();
	for (size_t i = 0; i < b->entries; i++)
		in->sum = (uint8_t)(in->sum + (b->def ? b->def[i] : 0) + (b->rep ? b->rep[i] : 0));
	return 0;
}

static int take_bytes(void *host, const struct parquet_batch *b, struct err *e)
{
	struct input *in = host;

	for (size_t i = 0; i < b->values; i++) {
		for (size_t k = 0; k < b->bytes[i].len && k < 64; k++)
			in->sum = (uint8_t)(in->sum + b->bytes[i].p[k]);
	}
	return take(host, b, e);
}

static void read_all(struct input *in, struct parquet *p)
{
	for (size_t g = 0; g < parquet_groups(p) && g < GROUPS_MAX; g++) {
		for (size_t c = 0; c < parquet_columns(p) && c < COLUMNS_MAX; c++) {
			bool bytes = parquet_column(p, c)->type == PARQUET_BYTES;

			parquet_read(p, g, c, bytes ? take_bytes : take, in, NULL);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned width[] = {2, 1};
	char name[] = "v";
	struct parquet_column columns[] = {
		{name, name, PARQUET_FLOAT, 3, 1, 2},
		{name, name, PARQUET_INT64, 1, 0, 0},
	};
	struct input in = {.p = data, .n = size};
	struct parquet_io io = {.host = &in, .size = size, .at = at};
	struct parquet *p;
	uint64_t left;

	if (parquet_open(&p, &io, NULL) == 0) {
		read_all(&in, p);
		parquet_close(p);
	}
	if (parquet_recover(&p, &io, columns, width, 2, &left, NULL) == 0) {
		read_all(&in, p);
		parquet_close(p);
	}
	return 0;
}
