/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/parquet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/parquet_impl.h"

static const char *const types[] = {"BOOLEAN", "INT32",	 "INT64",      "INT96",
				    "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};

const char *parquet_type_word(enum parquet_type t)
{
	return t <= PARQUET_FIXED ? types[t] : "unknown";
}

uint8_t *room_for(struct room *r, size_t n)
{
	if (n > r->size || !r->p) {
		free(r->p);
		r->p = xrealloc(NULL, n, 1);
		r->size = n;
	}
	return r->p;
}

static int read_footer(struct parquet *p, struct err *e)
{
	const uint8_t *tail;
	uint64_t size = p->io.size;
	uint32_t len;

	if (size < 12)
		return err_set(e, EBADMSG, "%llu bytes are no Parquet file",
			       (unsigned long long)size);
	tail = p->io.at(p->io.host, 0, 4, e);
	if (!tail)
		return -EIO;
	if (memcmp(tail, "PAR1", 4) != 0)
		return err_set(e, EBADMSG, "no Parquet file: it does not begin with PAR1");
	tail = p->io.at(p->io.host, size - 8, 8, e);
	if (!tail)
		return -EIO;
	if (memcmp(tail + 4, "PAR1", 4) != 0)
		return err_set(e, ENODATA, "no Parquet footer: whoever wrote it did not finish");
	len = (uint32_t)tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 |
	      (uint32_t)tail[3] << 24;
	if (len > size - 12 || len > PARQUET_FOOTER_MAX)
		return err_set(e, EBADMSG, "Parquet footer claims %u bytes of a file of %llu", len,
			       (unsigned long long)size);
	tail = p->io.at(p->io.host, size - 8 - len, len, e);
	return tail ? parquet_parse_footer(p, tail, len, e) : -EIO;
}

int parquet_open(struct parquet **out, const struct parquet_io *io, struct err *e)
{
	struct parquet *p = xcalloc(1, sizeof(*p));
	int rc;

	p->io = *io;
	rc = read_footer(p, e);
	if (rc) {
		parquet_close(p);
		p = NULL;
	}
	*out = p;
	return rc;
}

void parquet_close(struct parquet *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->ncolumns; i++) {
		free(p->column[i].name);
		free(p->column[i].path);
	}
	free(p->column);
	free(p->group);
	free(p->chunk);
	free(p->page.p);
	free(p->dict.p);
	free(p->dict_bytes.p);
	free(p->batch);
	free(p);
}

size_t parquet_columns(const struct parquet *p)
{
	return p->ncolumns;
}

const struct parquet_column *parquet_column(const struct parquet *p, size_t i)
{
	return &p->column[i];
}

int parquet_find(const struct parquet *p, const char *name)
{
	for (size_t i = 0; i < p->ncolumns; i++) {
		if (strcmp(p->column[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

size_t parquet_groups(const struct parquet *p)
{
	return p->ngroups;
}

uint64_t parquet_group_rows(const struct parquet *p, size_t group)
{
	return p->group[group].rows;
}

uint64_t parquet_rows(const struct parquet *p)
{
	uint64_t rows = 0;

	for (size_t g = 0; g < p->ngroups; g++)
		rows += p->group[g].rows;
	return rows;
}
