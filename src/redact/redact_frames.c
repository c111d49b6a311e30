/* SPDX-License-Identifier: Apache-2.0 */
#include "redact/redact_frames.h"

#include <string.h>

#include "wire/msgpack.h"

enum { ZMTP_GREETING = 64, HTTP_HEAD_MAX = 16384, KEY_MAX = 256, NPY_HEAD_MAX = 512 };

/* A frame: bytes before its payload, and of it. */
struct frame {
	size_t head, len;
	bool control; /* nothing of a message */
	bool goes_on; /* with the message of the frame before */
	bool masked;
	unsigned char mask[4];
};

/* A message, over its frames. */
struct message {
	struct msgpack reader;
	struct msgpack_host host;
	struct redact *redact;
	struct buf text; /* of the item under way: a key, or a prompt */
	bool large;	 /* of the text or binary under way */
	bool is_prompt;	 /* the key before it says so */
};

static size_t want(void *host, const struct msgpack_item *item, struct buf **into)
{
	struct message *m = host;

	buf_clear(&m->text);
	*into = &m->text;
	if (item->key)
		return item->size < KEY_MAX ? item->size : 0;
	return m->is_prompt && item->size < REPORT_LARGE_BYTES ? item->size : 0;
}

/* "prompt", "annotation.human.task_description": a text behind such a key is a task. */
static void take_item(void *host, const struct msgpack_item *item)
{
	static const char *const words[] = {"prompt", "task", "instruction", "language"};
	struct message *m = host;

	if (item->key) {
		m->is_prompt = false;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			m->is_prompt |= m->text.len && strstr(m->text.p, words[i]) != NULL;
	} else if (m->is_prompt && m->text.len &&
		   (item->type == MSGPACK_STR || item->type == MSGPACK_BIN)) {
		redact_know(m->redact, REDACT_TASK, m->text.p, m->text.len);
	}
	buf_clear(&m->text);
}

static uint64_t big_endian(const unsigned char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

/* False: no frame, or not all of its head. */
static bool websocket_frame(const unsigned char *p, size_t n, struct frame *f)
{
	unsigned more, opcode;
	uint64_t len;

	if (n < 2 || (p[0] & 0x70)) /* a packed one, which openpi has none of */
		return false;
	opcode = p[0] & 15;
	len = p[1] & 127;
	more = len == 126 ? 2 : len == 127 ? 8 : 0;
	f->masked = p[1] & 128;
	f->head = 2 + more + (f->masked ? 4 : 0);
	if (n < f->head || (opcode > 2 && (opcode < 8 || opcode > 10)))
		return false;
	if (more)
		len = big_endian(p + 2, more);
	if (f->masked)
		memcpy(f->mask, p + f->head - 4, 4);
	f->len = len < n - f->head ? (size_t)len : n - f->head;
	f->control = opcode > 2;
	f->goes_on = opcode == 0;
	return true;
}

/* Each part of a message is an object of its own. */
static bool zmtp_frame(const unsigned char *p, size_t n, struct frame *f)
{
	uint64_t len;

	f->head = n && (p[0] & 2) ? 9 : 2;
	if (n < f->head || (p[0] & 0xf8))
		return false;
	len = big_endian(p + 1, (unsigned)f->head - 1);
	f->len = len < n - f->head ? (size_t)len : n - f->head;
	f->control = p[0] & 4;
	return true;
}

/* What stands before frames: a handshake. 0: none. */
static size_t greeting(enum redact_framing framing, const char *p, size_t n)
{
	const char *end;

	if (framing == REPORT_ZMTP)
		return n >= ZMTP_GREETING && (unsigned char)p[0] == 0xff && p[9] == 0x7f
			       ? ZMTP_GREETING
			       : 0;
	if (n < 5 || (memcmp(p, "GET ", 4) != 0 && memcmp(p, "HTTP/", 5) != 0))
		return 0;
	end = memmem(p, n < HTTP_HEAD_MAX ? n : HTTP_HEAD_MAX, "\r\n\r\n", 4);
	return end ? (size_t)(end - p) + 4 : 0;
}

/* The head of a .npy file, without which nobody knows what the zeros are. */
static size_t npy_head(const char *p, size_t n)
{
	const unsigned char *byte = (const unsigned char *)p;
	size_t len;

	if (n < 10 || memcmp(p, "\x93NUMPY\x01", 7) != 0)
		return 0;
	len = 10 + (size_t)(byte[8] | byte[9] << 8);
	return len < NPY_HEAD_MAX && len < n ? len : 0;
}

/* Goes through an object by its heads, and makes what is large in it zeros. */
static void blank_large(struct redact_frames *r, struct message *m, char *p, size_t n)
{
	size_t at = 0;

	while (at < n && !m->reader.error && !m->reader.complete) {
		size_t skip = msgpack_skippable(&m->reader), keep = 0;

		if (!skip) { /* a head, or what is wanted */
			m->large = false;
			msgpack_take(&m->reader, p + at++, 1);
			continue;
		}
		if (!m->large && skip >= REPORT_LARGE_BYTES) {
			m->large = true;
			r->dropped++;
			r->dropped_bytes += skip;
			keep = npy_head(p + at, n - at);
		}
		skip = skip < n - at ? skip : n - at;
		if (m->large)
			memset(p + at + keep, 0, skip - keep);
		msgpack_skip(&m->reader, skip);
		at += skip;
	}
	/* What cannot be read as an object, nobody can vouch for. */
	if (m->reader.error && n - at >= REPORT_LARGE_BYTES) {
		r->dropped++;
		r->dropped_bytes += n - at;
		memset(p + at, 0, n - at);
	}
}

static void apply_mask(const struct frame *f, char *p)
{
	for (size_t i = 0; f->masked && i < f->len; i++)
		p[i] = (char)(p[i] ^ f->mask[i & 3]);
}

static void take_frame(struct redact_frames *r, struct message *m, const struct frame *f, char *p)
{
	apply_mask(f, p);
	if (!f->control && !f->goes_on)
		msgpack_begin(&m->reader, &m->host);
	if (!f->control && r->asks)
		blank_large(r, m, p, f->len);
	redact_bytes(r->redact, p, f->len);
	apply_mask(f, p);
}

size_t redact_frames(struct redact_frames *r, enum redact_framing framing, char *p, size_t n)
{
	struct message m = {.host = {&m, want, take_item}, .redact = r->redact};
	size_t at = 0;

	if (!greeting(framing, p, n))
		return 0;
	msgpack_begin(&m.reader, &m.host);
	while (at < n) {
		const unsigned char *byte = (const unsigned char *)p + at;
		size_t again = greeting(framing, p + at, n - at);
		struct frame f = {0};

		if (again) { /* of this connection, or another one */
			redact_bytes(r->redact, p + at, again);
			at += again;
			continue;
		}
		if (framing == REPORT_ZMTP ? !zmtp_frame(byte, n - at, &f)
					   : !websocket_frame(byte, n - at, &f))
			break;
		take_frame(r, &m, &f, p + at + f.head);
		at += f.head + f.len;
	}
	buf_fini(&m.text);
	return at;
}
