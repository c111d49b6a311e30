/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file whose footer was never written. Pages describe themselves, but not which column they are
 * of: that is known from the order of the columns and from how many rows a page holds. A column
 * chunk of the first column ends where the next dictionary begins; all others end with as many
 * rows as that has.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/parquet_impl.h"

enum { CODEC_SNAPPY = 1 };

/* Where the walk stands. */
struct scan {
	struct parquet *p;
	const unsigned *width;
	uint64_t at;   /* next page header */
	struct page h; /* of the page at `at`, when len */
	size_t len;    /* of its header; 0: no page here */
};

/* Looks at the page that begins at s->at; s->len is 0 when there is no whole page. */
static int peek(struct scan *s, struct err *e)
{
	uint64_t left = s->p->io.size - s->at;
	size_t n = left < 65536 ? (size_t)left : 65536;
	const uint8_t *bytes = n ? s->p->io.at(s->p->io.host, s->at, n, e) : NULL;
	const char *why;

	s->len = 0;
	if (!bytes)
		return n ? -EIO : 0;
	s->len = page_parse(&s->h, bytes, n, &why);
	/* A header longer than the window holds statistics of large values: no joint data. */
	if (s->len && (s->h.packed > left - s->len || s->h.type > PAGE_DATA_V2))
		s->len = 0;
	return 0;
}

static int step(struct scan *s, struct err *e)
{
	s->at += s->len + s->h.packed;
	return peek(s, e);
}

/*
 * Takes the pages of one column chunk: up to `rows` rows, or to the next dictionary when rows is
 * 0. 1: a whole chunk; 0: the file ends before; negative errno.
 */
static int take_chunk(struct scan *s, size_t column, uint64_t rows, struct chunk *c, struct err *e)
{
	uint64_t want = rows * s->width[column];
	bool first = true;
	int rc = 0;

	*c = (struct chunk){.offset = s->at, .codec = CODEC_SNAPPY};
	while (!rc && s->len) {
		if (s->h.type == PAGE_DICT && !first)
			break;
		if (s->h.type != PAGE_DICT && rows && c->values == want)
			break;
		if (s->h.type != PAGE_DICT)
			c->values += s->h.entries;
		first = false;
		rc = step(s, e);
	}
	c->size = s->at - c->offset;
	if (rc)
		return rc;
	return c->values && c->values % s->width[column] == 0 && (!rows || c->values == want);
}

/* 1: a row group was added; 0: no whole one is left. */
static int take_group(struct scan *s, struct err *e)
{
	struct parquet *p = s->p;
	struct chunk *c;
	uint64_t rows = 0;

	p->chunk = xrealloc(p->chunk, (p->ngroups + 1) * p->ncolumns, sizeof(*c));
	p->group = xrealloc(p->group, p->ngroups + 1, sizeof(*p->group));
	c = &p->chunk[p->ngroups * p->ncolumns];
	for (size_t i = 0; i < p->ncolumns; i++) {
		int rc = take_chunk(s, i, rows, &c[i], e);

		if (rc <= 0)
			return rc;
		rows = c[i].values / s->width[i];
	}
	p->group[p->ngroups++].rows = rows;
	return 1;
}

int parquet_recover(struct parquet **out, const struct parquet_io *io,
		    const struct parquet_column *columns, const unsigned *width, size_t n,
		    uint64_t *left_bytes, struct err *e)
{
	struct parquet *p = xcalloc(1, sizeof(*p));
	struct scan s = {.p = p, .width = width, .at = 4};
	uint64_t good = 4;
	int rc;

	*out = NULL;
	p->io = *io;
	p->ncolumns = n;
	p->column = xcalloc(n, sizeof(*p->column));
	for (size_t i = 0; i < n; i++)
		parquet_copy_column(&p->column[i], &columns[i]);
	rc = io->size < 4 || !n ? 0 : peek(&s, e);
	while (!rc && s.len && n) {
		rc = take_group(&s, e);
		if (rc > 0) {
			good = s.at;
			rc = 0;
		} else {
			break;
		}
	}
	*left_bytes = io->size > good ? io->size - good : 0;
	if (!rc && !p->ngroups)
		rc = err_set(e, EBADMSG, "no footer, and no whole row group before it");
	if (rc)
		parquet_close(p);
	else
		*out = p;
	return rc;
}
