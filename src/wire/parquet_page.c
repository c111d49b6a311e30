/* SPDX-License-Identifier: Apache-2.0 */
/* Page headers and what unpacks pages. Field numbers are those of parquet.thrift. */
#include <errno.h>
#include <lz4.h>
#include <snappy-c.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "wire/parquet_impl.h"

enum codec {
	CODEC_NONE,
	CODEC_SNAPPY,
	CODEC_GZIP,
	CODEC_LZO,
	CODEC_BROTLI,
	CODEC_LZ4,
	CODEC_ZSTD,
	CODEC_LZ4_RAW
};

static void take_u32(struct thrift *t, const struct thrift_field *f, uint32_t *out)
{
	int64_t v = thrift_int(t, f);

	if (!t->error && (v < 0 || v > INT32_MAX))
		t->error = "a size that is negative or too large";
	*out = t->error ? 0 : (uint32_t)v;
}

static void parse_data(struct thrift *t, struct page *h)
{
	struct thrift_field f = {0};

	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			take_u32(t, &f, &h->entries);
			break;
		case 2:
			h->encoding = thrift_int(t, &f);
			break;
		case 3:
			h->def_encoding = thrift_int(t, &f);
			break;
		case 4:
			h->rep_encoding = thrift_int(t, &f);
			break;
		default:
			thrift_skip(t, &f);
		}
	}
}

static void parse_dict(struct thrift *t, struct page *h)
{
	struct thrift_field f = {0};

	while (thrift_next(t, &f)) {
		if (f.id == 1)
			take_u32(t, &f, &h->entries);
		else if (f.id == 2)
			h->encoding = thrift_int(t, &f);
		else
			thrift_skip(t, &f);
	}
}

static void parse_data_v2(struct thrift *t, struct page *h)
{
	struct thrift_field f = {0};

	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			take_u32(t, &f, &h->entries);
			break;
		case 4:
			h->encoding = thrift_int(t, &f);
			break;
		case 5:
			take_u32(t, &f, &h->def_bytes);
			break;
		case 6:
			take_u32(t, &f, &h->rep_bytes);
			break;
		case 7:
			h->plain_v2 = !thrift_bool(t, &f);
			break;
		default:
			thrift_skip(t, &f);
		}
	}
}

static bool parse_part(struct thrift *t, const struct thrift_field *f, struct page *h)
{
	if (f->id == 5 && h->type == PAGE_DATA && thrift_struct(t, f))
		parse_data(t, h);
	else if (f->id == 7 && h->type == PAGE_DICT && thrift_struct(t, f))
		parse_dict(t, h);
	else if (f->id == 8 && h->type == PAGE_DATA_V2 && thrift_struct(t, f))
		parse_data_v2(t, h);
	else
		return false;
	return true;
}

size_t page_parse(struct page *h, const uint8_t *p, size_t n, const char **why)
{
	struct thrift_field f = {0};
	bool part = false;
	struct thrift t;

	thrift_init(&t, p, n < PAGE_HEADER_MAX ? n : PAGE_HEADER_MAX);
	*h = (struct page){.type = -1, .encoding = -1, .def_encoding = -1, .rep_encoding = -1};
	while (thrift_next(&t, &f)) {
		if (f.id == 1)
			h->type = thrift_int(&t, &f);
		else if (f.id == 2)
			take_u32(&t, &f, &h->unpacked);
		else if (f.id == 3)
			take_u32(&t, &f, &h->packed);
		else if (parse_part(&t, &f, h))
			part = true;
		else
			thrift_skip(&t, &f);
	}
	*why = t.error;
	if (!t.error && (h->type < 0 || (!part && h->type != PAGE_INDEX)))
		*why = "no page header";
	return *why ? 0 : (size_t)(t.p - p);
}

static bool gunzip(const uint8_t *src, size_t n, uint8_t *dst, size_t size)
{
	z_stream z = {0};
	int status;
	bool whole;

	/* 15 + 32: gzip or zlib, whichever the header says. */
	if (inflateInit2(&z, 15 + 32) != Z_OK)
		return false;
	z.next_in = (z_const Bytef *)(uintptr_t)src;
	z.avail_in = (uInt)n;
	z.next_out = dst;
	z.avail_out = (uInt)size;
	status = inflate(&z, Z_FINISH);
	whole = status == Z_STREAM_END && z.avail_out == 0;
	inflateEnd(&z);
	return whole;
}

static bool unpack(int codec, const uint8_t *src, size_t n, uint8_t *dst, size_t size)
{
	size_t len = size;

	switch (codec) {
	case CODEC_SNAPPY:
		return snappy_uncompressed_length((const char *)src, n, &len) == SNAPPY_OK &&
		       len == size &&
		       snappy_uncompress((const char *)src, n, (char *)dst, &len) == SNAPPY_OK;
	case CODEC_GZIP:
		return gunzip(src, n, dst, size);
	case CODEC_ZSTD:
		return ZSTD_decompress(dst, size, src, n) == size;
	default:
		return LZ4_decompress_safe((const char *)src, (char *)dst, (int)n, (int)size) ==
		       (int)size;
	}
}

static int check_codec(int codec, struct err *e)
{
	static const char *const others[] = {
		[CODEC_LZO] = "LZO", [CODEC_BROTLI] = "BROTLI", [CODEC_LZ4] = "LZ4 (Hadoop)"};

	switch (codec) {
	case CODEC_NONE:
	case CODEC_SNAPPY:
	case CODEC_GZIP:
	case CODEC_ZSTD:
	case CODEC_LZ4_RAW:
		return 0;
	case CODEC_LZO:
	case CODEC_BROTLI:
	case CODEC_LZ4:
		return err_set(e, ENOTSUP,
			       "compressed with %s, which is not supported; write it with snappy "
			       "or zstd",
			       others[codec]);
	default:
		return err_set(e, EBADMSG, "compression %d is none", codec);
	}
}

/* In a v2 page the levels stand before the compressed values and are never compressed. */
static int unpack_v2(const struct page *h, int codec, const uint8_t *src, struct room *room,
		     const uint8_t **body, struct err *e)
{
	size_t levels = (size_t)h->def_bytes + h->rep_bytes;
	uint8_t *dst;

	if (levels > h->packed || levels > h->unpacked)
		return err_set(e, EBADMSG, "page has levels longer than itself");
	dst = room_for(room, h->unpacked);
	memcpy(dst, src, levels);
	/* Pages of nulls only: nothing was compressed. */
	if (h->unpacked > levels &&
	    !unpack(codec, src + levels, h->packed - levels, dst + levels, h->unpacked - levels))
		return err_set(e, EBADMSG, "page of %u bytes does not unpack to %u", h->packed,
			       h->unpacked);
	*body = dst;
	return 0;
}

int page_unpack(const struct page *h, int codec, const uint8_t *src, struct room *room,
		const uint8_t **body, struct err *e)
{
	int rc = check_codec(codec, e);
	uint8_t *dst;

	if (rc)
		return rc;
	if (h->unpacked > PARQUET_PAGE_MAX)
		return err_set(e, EFBIG, "page of %u bytes, at most %d are supported", h->unpacked,
			       PARQUET_PAGE_MAX);
	if (codec == CODEC_NONE || h->plain_v2) {
		if (h->packed != h->unpacked)
			return err_set(e, EBADMSG, "page of %u bytes claims %u", h->packed,
				       h->unpacked);
		*body = src;
		return 0;
	}
	if (h->type == PAGE_DATA_V2)
		return unpack_v2(h, codec, src, room, body, e);
	dst = room_for(room, h->unpacked);
	if (!unpack(codec, src, h->packed, dst, h->unpacked))
		return err_set(e, EBADMSG, "page of %u bytes does not unpack to %u", h->packed,
			       h->unpacked);
	*body = dst;
	return 0;
}

struct parquet_libraries parquet_libraries(void)
{
	return (struct parquet_libraries){
		.zlib = zlibVersion(), .zstd = ZSTD_versionString(), .lz4 = LZ4_versionString()};
}
