/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/msgpack.h"

#include <string.h>

/* First bytes, https://github.com/msgpack/msgpack/blob/master/spec.md. */
enum { FIXMAP = 0x80, FIXARRAY = 0x90, FIXSTR = 0xa0, NIL = 0xc0, NEVER = 0xc1, FALSE = 0xc2 };
enum { TRUE = 0xc3, BIN8 = 0xc4, EXT8 = 0xc7, FLOAT32 = 0xca, FLOAT64 = 0xcb, UINT8 = 0xcc };
enum { INT8 = 0xd0, FIXEXT1 = 0xd4, STR8 = 0xd9, ARRAY16 = 0xdc, MAP16 = 0xde, NEGATIVE = 0xe0 };

void msgpack_begin(struct msgpack *m, const struct msgpack_host *host)
{
	*m = (struct msgpack){.host = host, .need = 1};
}

/* Bytes of an item's head, its first one included. */
static uint8_t head_length(uint8_t b)
{
	static const uint8_t length[] = {
		1, 1, 1, 1, 2, 3, 5, 3, 4, 6, 5, 9, 2, 3, 5, 9, /* nil … uint 64 */
		2, 3, 5, 9, 2, 2, 2, 2, 2, 2, 3, 5, 3, 5, 3, 5, /* int 8 … map 32 */
	};

	return b >= NIL && b < NEGATIVE ? length[b - NIL] : 1;
}

/* The big-endian number behind the first byte. */
static uint64_t number(const struct msgpack *m, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | m->head[1 + i];
	return v;
}

static double real(const struct msgpack *m)
{
	uint32_t small = (uint32_t)number(m, 4);
	uint64_t large = number(m, 8);
	float f;
	double d;

	memcpy(&f, &small, sizeof(f));
	memcpy(&d, &large, sizeof(d));
	return m->head[0] == FLOAT32 ? (double)f : d;
}

static void set_integer(const struct msgpack *m, struct msgpack_item *it)
{
	uint8_t b = m->head[0];
	unsigned bytes = 1u << (b & 3);
	uint64_t v = number(m, bytes);

	it->type = MSGPACK_INT;
	if (b >= INT8) {
		it->i = (int64_t)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes);
	} else if (v > INT64_MAX) {
		it->type = MSGPACK_UINT;
		it->u = v;
	} else {
		it->i = (int64_t)v;
	}
}

/* Items whose first byte holds everything, or the size. False: another one. */
static bool set_fixed(uint8_t b, struct msgpack_item *it)
{
	if (b < FIXMAP || b >= NEGATIVE) {
		it->type = MSGPACK_INT;
		it->i = (int8_t)b;
	} else if (b < FIXARRAY) {
		it->type = MSGPACK_MAP;
		it->size = b & 15;
	} else if (b < FIXSTR) {
		it->type = MSGPACK_ARRAY;
		it->size = b & 15;
	} else if (b < NIL) {
		it->type = MSGPACK_STR;
		it->size = b & 31;
	} else {
		return false;
	}
	return true;
}

/* What a complete head begins. */
static struct msgpack_item head_item(struct msgpack *m)
{
	struct msgpack_item it = {.depth = m->depth};
	uint8_t b = m->head[0];

	if (set_fixed(b, &it))
		return it;
	if (b >= BIN8)
		it.size = (uint32_t)number(m, b >= STR8 ? m->need - 1u : 1u << (b - BIN8) % 3);
	if (b == NIL || b == NEVER) {
		it.type = MSGPACK_NIL;
		m->error = b == NEVER ? "a byte that begins nothing" : NULL;
	} else if (b <= TRUE) {
		it.type = MSGPACK_BOOL;
		it.truth = b == TRUE;
	} else if (b < EXT8) {
		it.type = MSGPACK_BIN;
	} else if (b < FLOAT32) {
		it.type = MSGPACK_EXT;
	} else if (b < UINT8) {
		it.type = MSGPACK_FLOAT;
		it.f = real(m);
	} else if (b < FIXEXT1) {
		set_integer(m, &it);
	} else if (b < STR8) {
		it.type = MSGPACK_EXT;
		it.size = 1u << (b - FIXEXT1);
	} else {
		it.type = b < ARRAY16 ? MSGPACK_STR : b < MAP16 ? MSGPACK_ARRAY : MSGPACK_MAP;
	}
	return it;
}

/* An item is complete: so may be what is around it. */
static void item_done(struct msgpack *m)
{
	while (m->depth && --m->level[m->depth - 1].left == 0) {
		struct msgpack_item end = {.type = MSGPACK_END, .depth = --m->depth};

		m->host->item(m->host->host, &end);
	}
	m->complete = !m->depth;
}

static void begin_container(struct msgpack *m, const struct msgpack_item *it)
{
	bool map = it->type == MSGPACK_MAP;

	if (m->depth == MSGPACK_DEPTH_MAX) {
		m->error = "it is nested too deep";
		return;
	}
	m->host->item(m->host->host, it);
	m->level[m->depth].map = map;
	m->level[m->depth++].left = (uint64_t)it->size * (map ? 2 : 1) + 1;
	item_done(m); /* the 1 was for the opening: an empty one ends here */
}

static void begin_bytes(struct msgpack *m, const struct msgpack_item *it)
{
	size_t want = 0;

	m->into = NULL;
	if (it->type != MSGPACK_EXT)
		want = m->host->want(m->host->host, it, &m->into);
	m->item = *it;
	m->in_bytes = true;
	m->keep = want < it->size ? (uint32_t)want : it->size;
	m->skip = it->size - m->keep;
}

static void begin_item(struct msgpack *m)
{
	struct msgpack_item it = head_item(m);

	m->heads = 0;
	m->need = 1;
	if (m->error)
		return;
	it.key = m->depth && m->level[m->depth - 1].map && !(m->level[m->depth - 1].left & 1);
	if (it.type == MSGPACK_ARRAY || it.type == MSGPACK_MAP) {
		if (it.key)
			m->error = "a key that is no word";
		else
			begin_container(m, &it);
	} else if (it.type == MSGPACK_STR || it.type == MSGPACK_BIN || it.type == MSGPACK_EXT) {
		begin_bytes(m, &it);
	} else {
		m->host->item(m->host->host, &it);
		item_done(m);
	}
}

static void end_bytes(struct msgpack *m)
{
	if (!m->in_bytes || m->keep || m->skip)
		return;
	m->in_bytes = false;
	m->host->item(m->host->host, &m->item);
	item_done(m);
}

static size_t take_bytes(struct msgpack *m, const uint8_t *p, size_t n)
{
	size_t keep = m->keep < n ? m->keep : n;
	size_t skip = m->skip < n - keep ? m->skip : n - keep;

	if (keep)
		buf_add(m->into, p, keep);
	m->keep -= (uint32_t)keep;
	m->skip -= (uint32_t)skip;
	end_bytes(m);
	return keep + skip;
}

static size_t take_head(struct msgpack *m, const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n && m->heads < m->need) {
		m->head[m->heads++] = p[at++];
		if (m->heads == 1)
			m->need = head_length(m->head[0]);
	}
	if (m->heads == m->need) {
		begin_item(m);
		end_bytes(m); /* an empty one */
	}
	return at;
}

void msgpack_take(struct msgpack *m, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t at = 0;

	while (at < n && !m->error) {
		if (m->complete)
			m->error = "bytes follow the object";
		else if (m->in_bytes)
			at += take_bytes(m, p + at, n - at);
		else
			at += take_head(m, p + at, n - at);
	}
}

size_t msgpack_skippable(const struct msgpack *m)
{
	if (m->error)
		return SIZE_MAX;
	return m->in_bytes && !m->keep ? m->skip : 0;
}

void msgpack_skip(struct msgpack *m, size_t n)
{
	if (m->error || !n)
		return;
	m->skip -= (uint32_t)n;
	end_bytes(m);
}
