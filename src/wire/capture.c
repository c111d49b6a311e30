/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { KIND_BYTES, KIND_LOST };

enum { LOST_BYTES = 9 };

static const char magic[8] = "PTOPCAP\n";

/* Reflected CRC-32 (polynomial 0x04C11DB7), four bits at a time: small, and fast enough for logs. */
static uint32_t crc32_more(uint32_t crc, const void *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const unsigned char *byte = p;

	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= byte[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static void put_le(unsigned char *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get_le(const unsigned char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = bytes; i--;)
		v = v << 8 | p[i];
	return v;
}

static void add_le(struct buf *b, uint64_t v, unsigned bytes)
{
	unsigned char p[8];

	put_le(p, v, bytes);
	buf_add(b, p, bytes);
}

int capture_put_header(struct buf *b, const char *const *word, unsigned sources, struct err *e)
{
	size_t from = b->len;

	if (!sources || sources > CAPTURE_SOURCES_MAX)
		return err_set(e, EINVAL, "a capture holds 1 to %d sources, not %u",
			       CAPTURE_SOURCES_MAX, sources);
	for (unsigned i = 0; i < sources; i++) {
		if (strlen(word[i]) > CAPTURE_WORD_MAX)
			return err_set(e, EINVAL, "source %u is longer than %d bytes", i,
				       CAPTURE_WORD_MAX);
	}
	buf_add(b, magic, sizeof(magic));
	add_le(b, CAPTURE_VERSION, 2);
	add_le(b, sources, 2);
	for (unsigned i = 0; i < sources; i++) {
		add_le(b, strlen(word[i]), 2);
		buf_str(b, word[i]);
	}
	add_le(b, crc32_more(0, b->p + from, b->len - from), 4);
	return 0;
}

static void put_one(struct buf *b, const struct capture_record *r, const unsigned char *payload,
		    size_t len)
{
	unsigned char head[CAPTURE_HEAD];

	put_le(head, (uint64_t)r->t_ns, 8);
	put_le(head + 8, len, 4);
	put_le(head + 12, r->source, 2);
	head[14] = r->direction;
	head[15] = r->is_lost ? KIND_LOST : KIND_BYTES;
	put_le(head + 16, crc32_more(0, head, 16), 4);
	buf_add(b, head, sizeof(head));
	if (!len)
		return;
	buf_add(b, payload, len);
	add_le(b, crc32_more(0, payload, len), 4);
}

void capture_put(struct buf *b, const struct capture_record *r)
{
	unsigned char lost[LOST_BYTES];
	size_t at = 0;

	if (r->is_lost) {
		put_le(lost, r->lost, 8);
		lost[8] = r->whole;
		put_one(b, r, lost, sizeof(lost));
		return;
	}
	do {
		size_t n = r->len - at < CAPTURE_PAYLOAD ? r->len - at : CAPTURE_PAYLOAD;

		put_one(b, r, n ? r->bytes + at : NULL, n);
		at += n;
	} while (at < r->len);
}

/* The length of a whole header, 0 when more bytes are needed, -EBADMSG. */
static ssize_t header_length(const unsigned char *p, size_t n, struct err *e)
{
	size_t known = n < sizeof(magic) ? n : sizeof(magic), at = 12;
	uint64_t sources;

	if (memcmp(p, magic, known) != 0)
		return err_set(e, EBADMSG, "this is no capture file");
	if (n < at)
		return 0;
	if (get_le(p + 8, 2) != CAPTURE_VERSION)
		return err_set(e, EBADMSG, "capture format %u is not known (%d is)",
			       (unsigned)get_le(p + 8, 2), CAPTURE_VERSION);
	sources = get_le(p + 10, 2);
	if (!sources || sources > CAPTURE_SOURCES_MAX)
		return err_set(e, EBADMSG, "the capture header says %u sources", (unsigned)sources);
	for (uint64_t i = 0; i < sources; i++) {
		if (n < at + 2)
			return 0;
		if (get_le(p + at, 2) > CAPTURE_WORD_MAX)
			return err_set(e, EBADMSG, "the capture header is damaged (a length)");
		at += 2 + (size_t)get_le(p + at, 2);
	}
	return n < at + 4 ? 0 : (ssize_t)(at + 4);
}

ssize_t capture_get_header(struct capture_header *h, const void *bytes, size_t n, struct err *e)
{
	const unsigned char *p = bytes;
	ssize_t len = header_length(p, n, e);
	size_t at = 12;

	if (len <= 0)
		return len;
	if (crc32_more(0, p, (size_t)len - 4) != get_le(p + len - 4, 4))
		return err_set(e, EBADMSG, "the capture header is damaged (checksum)");
	*h = (struct capture_header){.sources = (unsigned)get_le(p + 10, 2)};
	for (unsigned i = 0; i < h->sources; i++) {
		size_t word = (size_t)get_le(p + at, 2);

		h->word[i] = xcalloc(word + 1, 1);
		memcpy(h->word[i], p + at + 2, word);
		at += 2 + word;
	}
	return len;
}

void capture_header_fini(struct capture_header *h)
{
	for (unsigned i = 0; i < h->sources; i++)
		free(h->word[i]);
	*h = (struct capture_header){0};
}

/* What the payload of a record of bytes lost says. */
static int take_lost(struct capture_record *r, const unsigned char *payload, struct err *e)
{
	if (r->len != LOST_BYTES || payload[8] > 1)
		return err_set(e, EBADMSG, "a capture record is damaged (bytes lost)");
	r->lost = get_le(payload, 8);
	r->whole = payload[8];
	r->bytes = NULL;
	r->len = 0;
	return 0;
}

ssize_t capture_get(struct capture_record *r, const void *bytes, size_t n, unsigned sources,
		    struct err *e)
{
	const unsigned char *p = bytes, *payload = p + CAPTURE_HEAD;
	size_t len, used;

	if (n < CAPTURE_HEAD)
		return 0;
	len = (size_t)get_le(p + 8, 4);
	*r = (struct capture_record){
		.t_ns = (int64_t)get_le(p, 8),
		.source = (uint16_t)get_le(p + 12, 2),
		.direction = p[14],
		.is_lost = p[15] == KIND_LOST,
		.bytes = len ? payload : NULL,
		.len = len,
	};
	if (crc32_more(0, p, 16) != get_le(p + 16, 4) || len > CAPTURE_PAYLOAD ||
	    r->source >= sources || r->direction > 1 || p[15] > KIND_LOST || r->t_ns < 0 ||
	    r->t_ns > INT64_MAX / 2)
		return err_set(e, EBADMSG, "a capture record is damaged (its head)");
	used = CAPTURE_HEAD + (len ? len + CAPTURE_TAIL : 0);
	if (n < used)
		return 0;
	if (len && crc32_more(0, payload, len) != get_le(payload + len, 4))
		return err_set(e, EBADMSG, "a capture record is damaged (checksum)");
	if (r->is_lost && take_lost(r, payload, e) < 0)
		return -EBADMSG;
	return (ssize_t)used;
}
