/* SPDX-License-Identifier: Apache-2.0 */
/* From column chunks to batches: pages, levels, dictionary, values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/parquet_impl.h"

/* One batch, and the indexes that it came from. */
struct batch_room {
	uint8_t def[PARQUET_BATCH], rep[PARQUET_BATCH];
	uint32_t index[PARQUET_BATCH];
	union {
		uint8_t boolean[PARQUET_BATCH];
		uint32_t w32[PARQUET_BATCH];
		uint64_t w64[PARQUET_BATCH];
		struct parquet_bytes bytes[PARQUET_BATCH];
	};
};

/* The column chunk under work. */
struct reader {
	struct parquet *p;
	const struct parquet_column *column;
	int codec;
	bool has_dict;
	const uint8_t *dict; /* aligned values, or struct parquet_bytes */
	uint32_t dict_n;
	struct rle def, rep;
	struct rle index; /* of the dictionary; or RLE booleans */
	int64_t encoding;
	const uint8_t *at, *end; /* PLAIN values */
	uint64_t bit;		 /* PLAIN booleans */
};

static const size_t value_size[] = {
	[PARQUET_BOOL] = 1,  [PARQUET_INT32] = 4,  [PARQUET_INT64] = 8, [PARQUET_INT96] = 0,
	[PARQUET_FLOAT] = 4, [PARQUET_DOUBLE] = 8, [PARQUET_BYTES] = 0, [PARQUET_FIXED] = 0,
};

static uint32_t load_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool take_bytes(const uint8_t **at, const uint8_t *end, struct parquet_bytes *out)
{
	uint32_t len;

	if (end - *at < 4)
		return false;
	len = load_u32(*at);
	if (len > (size_t)(end - *at) - 4)
		return false;
	*out = (struct parquet_bytes){.p = *at + 4, .len = len};
	*at += 4 + (size_t)len;
	return true;
}

static int load_dict(struct reader *r, const struct page *h, const uint8_t *src, struct err *e)
{
	size_t size = value_size[r->column->type], len = h->unpacked;
	const uint8_t *body, *at;
	int rc;

	if (r->has_dict)
		return err_set(e, EBADMSG, "two dictionaries");
	if (h->encoding != ENC_PLAIN && h->encoding != ENC_PLAIN_DICT)
		return err_set(e, ENOTSUP, "dictionary in encoding %lld, which is not supported",
			       (long long)h->encoding);
	rc = page_unpack(h, r->codec, src, &r->p->dict, &body, e);
	if (rc)
		return rc;
	if (size ? h->entries > len / size : h->entries > len / 4)
		return err_set(e, EBADMSG, "dictionary of %u values in %zu bytes", h->entries, len);
	at = body;
	if (!size) {
		struct parquet_bytes *v = (struct parquet_bytes *)(void *)room_for(
			&r->p->dict_bytes, h->entries * sizeof(*v));

		for (uint32_t i = 0; i < h->entries; i++) {
			if (!take_bytes(&at, body + len, &v[i]))
				return err_set(e, EBADMSG, "dictionary is cut short");
		}
		r->dict = r->p->dict_bytes.p;
	} else {
		if (body != r->p->dict.p)
			memcpy(room_for(&r->p->dict, len), body, len);
		r->dict = r->p->dict.p;
	}
	r->dict_n = h->entries;
	r->has_dict = true;
	return 0;
}

/* The levels of a v1 page stand behind their length. */
static bool v1_levels(struct rle *r, unsigned max, int64_t encoding, const uint8_t **at,
		      const uint8_t *end)
{
	uint32_t len;

	if (!max)
		return true;
	if (encoding != ENC_RLE || end - *at < 4)
		return false;
	len = load_u32(*at);
	if (len > (size_t)(end - *at) - 4)
		return false;
	rle_init(r, *at + 4, len, (unsigned)(32 - __builtin_clz(max)));
	*at += 4 + (size_t)len;
	return true;
}

static bool begin_levels(struct reader *r, const struct page *h, const uint8_t **at,
			 const uint8_t *end)
{
	unsigned max_def = r->column->max_def, max_rep = r->column->max_rep;

	if (h->type == PAGE_DATA)
		return v1_levels(&r->rep, max_rep, h->rep_encoding, at, end) &&
		       v1_levels(&r->def, max_def, h->def_encoding, at, end);
	if ((size_t)h->rep_bytes + h->def_bytes > (size_t)(end - *at))
		return false;
	if (max_rep)
		rle_init(&r->rep, *at, h->rep_bytes, (unsigned)(32 - __builtin_clz(max_rep)));
	*at += h->rep_bytes;
	if (max_def)
		rle_init(&r->def, *at, h->def_bytes, (unsigned)(32 - __builtin_clz(max_def)));
	*at += h->def_bytes;
	return true;
}

static int begin_values(struct reader *r, const struct page *h, const uint8_t *at,
			const uint8_t *end, struct err *e)
{
	r->encoding = h->encoding;
	r->at = at;
	r->end = end;
	r->bit = 0;
	if (h->encoding == ENC_PLAIN)
		return 0;
	if (h->encoding == ENC_RLE_DICT || h->encoding == ENC_PLAIN_DICT) {
		if (!r->has_dict)
			return err_set(e, EBADMSG, "indexes without a dictionary");
		/* A page of nulls only may be empty. */
		if (at<end && * at> 32)
			return err_set(e, EBADMSG, "indexes of %u bits", *at);
		rle_init(&r->index, at + (at < end), (size_t)(end - at) - (at < end),
			 at < end ? *at : 0);
		return 0;
	}
	if (h->encoding == ENC_RLE && r->column->type == PARQUET_BOOL) {
		if (end - at < 4 || load_u32(at) > (size_t)(end - at) - 4)
			return err_set(e, EBADMSG, "booleans are cut short");
		rle_init(&r->index, at + 4, load_u32(at), 1);
		return 0;
	}
	return err_set(e, ENOTSUP,
		       "values in encoding %lld, which is not supported; write it with "
		       "use_dictionary or plain values",
		       (long long)h->encoding);
}

static bool plain_values(struct reader *r, size_t n, struct batch_room *b)
{
	size_t size = value_size[r->column->type], left = (size_t)(r->end - r->at);

	if (r->column->type == PARQUET_BOOL) {
		if (r->bit + n > (uint64_t)left * 8)
			return false;
		for (size_t i = 0; i < n; i++, r->bit++)
			b->boolean[i] = (r->at[r->bit / 8] >> (r->bit % 8)) & 1;
		return true;
	}
	if (size) {
		if (n > left / size)
			return false;
		memcpy(b->w64, r->at, n * size);
		r->at += n * size;
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		if (!take_bytes(&r->at, r->end, &b->bytes[i]))
			return false;
	}
	return true;
}

static bool dict_values(struct reader *r, size_t n, struct batch_room *b)
{
	const uint32_t *index = b->index;
	const uint32_t *d32 = (const uint32_t *)(const void *)r->dict;
	const uint64_t *d64 = (const uint64_t *)(const void *)r->dict;
	const struct parquet_bytes *db = (const struct parquet_bytes *)(const void *)r->dict;
	const uint32_t dict_n = r->dict_n;
	uint32_t beyond = 0;

	if (!rle_words(&r->index, b->index, n))
		return false;
	for (size_t i = 0; i < n; i++)
		beyond |= index[i] >= dict_n;
	if (beyond)
		return false;
	switch (value_size[r->column->type]) {
	case 1:
		for (size_t i = 0; i < n; i++)
			b->boolean[i] = r->dict[index[i]] & 1;
		break;
	case 4:
		for (size_t i = 0; i < n; i++)
			b->w32[i] = d32[index[i]];
		break;
	case 8:
		for (size_t i = 0; i < n; i++)
			b->w64[i] = d64[index[i]];
		break;
	default:
		for (size_t i = 0; i < n; i++)
			b->bytes[i] = db[index[i]];
	}
	return true;
}

static bool take_values(struct reader *r, size_t n, struct batch_room *b)
{
	if (!n)
		return true;
	if (r->encoding == ENC_PLAIN)
		return plain_values(r, n, b);
	if (r->encoding == ENC_RLE)
		return rle_bytes(&r->index, b->boolean, n);
	return dict_values(r, n, b);
}

/* Fills the levels of n entries; false when the page has fewer or a level is too high. */
static bool take_levels(struct reader *r, size_t n, struct batch_room *room,
			struct parquet_batch *b)
{
	const struct parquet_column *c = r->column;
	uint8_t high = 0;

	*b = (struct parquet_batch){.entries = n, .values = n, .any = room->w64};
	if (c->max_rep) {
		if (!rle_bytes(&r->rep, room->rep, n))
			return false;
		b->rep = room->rep;
		for (size_t i = 0; i < n; i++)
			high |= room->rep[i] > c->max_rep;
	}
	if (c->max_def && !rle_take_run(&r->def, c->max_def, n)) {
		size_t known = 0;

		if (!rle_bytes(&r->def, room->def, n))
			return false;
		b->def = room->def;
		for (size_t i = 0; i < n; i++) {
			high |= room->def[i] > c->max_def;
			known += room->def[i] == c->max_def;
		}
		b->values = known;
	}
	return !high;
}

typedef int (*take_fn)(void *host, const struct parquet_batch *b, struct err *e);

static int read_page(struct reader *r, const struct page *h, const uint8_t *src, take_fn take,
		     void *host, struct err *e)
{
	struct batch_room *room = r->p->batch;
	struct parquet_batch b;
	const uint8_t *at;
	int rc = page_unpack(h, r->codec, src, &r->p->page, &at, e);

	if (rc)
		return rc;
	r->end = at + h->unpacked;
	if (!begin_levels(r, h, &at, r->end))
		return err_set(e, EBADMSG, "levels are cut short or in an old encoding");
	rc = begin_values(r, h, at, r->end, e);
	for (size_t left = h->entries, n; left && !rc; left -= n) {
		n = left < PARQUET_BATCH ? left : PARQUET_BATCH;
		if (!take_levels(r, n, room, &b) || !take_values(r, b.values, room))
			return err_set(e, EBADMSG,
				       "page of %u values is cut short, or an index lies outside "
				       "the dictionary of %u",
				       h->entries, r->dict_n);
		rc = take(host, &b, e);
	}
	return rc;
}

static int read_pages(struct reader *r, const struct chunk *c, const uint8_t *view, take_fn take,
		      void *host, struct err *e)
{
	uint64_t left = c->values;
	struct page h;

	for (size_t at = 0; left;) {
		const char *why;
		size_t len = page_parse(&h, view + at, (size_t)c->size - at, &why);
		int rc = 0;

		if (!len)
			return err_set(e, EBADMSG, "page header at byte %llu: %s",
				       (unsigned long long)c->offset + at, why);
		at += len;
		if (h.packed > c->size - at)
			return err_set(e, EBADMSG, "page at byte %llu runs out of its column",
				       (unsigned long long)c->offset + at);
		if (h.type == PAGE_DICT) {
			rc = load_dict(r, &h, view + at, e);
		} else if (h.type == PAGE_DATA || h.type == PAGE_DATA_V2) {
			if (h.entries > left)
				return err_set(e, EBADMSG, "pages hold more than the %llu values",
					       (unsigned long long)c->values);
			left -= h.entries;
			rc = read_page(r, &h, view + at, take, host, e);
		}
		if (rc)
			return rc;
		at += h.packed;
	}
	return 0;
}

static int read_column(struct parquet *p, size_t group, size_t column, take_fn take, void *host,
		       struct err *e)
{
	const struct chunk *c = &p->chunk[group * p->ncolumns + column];
	struct reader r = {.p = p, .column = &p->column[column], .codec = c->codec};
	const uint8_t *view;

	if (r.column->max_rep > 1)
		return err_set(e, ENOTSUP, "lists in lists are not supported");
	if (!value_size[r.column->type] && r.column->type != PARQUET_BYTES)
		return err_set(e, ENOTSUP, "values of type %s are not supported",
			       parquet_type_word(r.column->type));
	if (!r.column->max_rep && c->values != p->group[group].rows)
		return err_set(e, EBADMSG, "%llu values for %llu rows",
			       (unsigned long long)c->values,
			       (unsigned long long)p->group[group].rows);
	if (!p->batch)
		p->batch = xrealloc(NULL, 1, sizeof(*p->batch));
	view = p->io.at(p->io.host, c->offset, (size_t)c->size, e);
	return view ? read_pages(&r, c, view, take, host, e) : -(e && e->code ? e->code : EIO);
}

int parquet_read(struct parquet *p, size_t group, size_t column, take_fn take, void *host,
		 struct err *e)
{
	int rc = read_column(p, group, column, take, host, e);

	if (rc)
		err_prefix(e, "row group %zu, column %s", group, p->column[column].name);
	return rc;
}
