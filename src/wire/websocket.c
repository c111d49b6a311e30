/* SPDX-License-Identifier: Apache-2.0 */
/* Frames. */
#include "wire/websocket.h"

#include <string.h>

/* The first two bytes of a frame, RFC 6455 section 5.2. */
enum { FIN = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f };
enum { LENGTH_16 = 126, LENGTH_64 = 127, CONTROL = 0x08 };

static size_t put_head(uint8_t head[10], enum websocket_opcode opcode, bool masked, uint64_t n)
{
	unsigned bytes = n < LENGTH_16 ? 0 : n <= UINT16_MAX ? 2 : 8;

	head[0] = (uint8_t)(FIN | opcode);
	head[1] = (uint8_t)(bytes == 0 ? n : bytes == 2 ? LENGTH_16 : LENGTH_64);
	head[1] |= masked ? MASKED : 0;
	for (unsigned i = 0; i < bytes; i++)
		head[2 + i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
	return 2 + bytes;
}

void websocket_frame(struct buf *b, enum websocket_opcode opcode, const void *p, size_t n,
		     const uint8_t mask[4])
{
	const uint8_t *from = p;
	uint8_t head[10];
	size_t at;

	buf_add(b, head, put_head(head, opcode, mask, n));
	if (mask)
		buf_add(b, mask, 4);
	at = b->len;
	if (n)
		buf_add(b, from, n);
	for (size_t i = 0; mask && i < n; i++)
		b->p[at + i] = (char)(from[i] ^ mask[i % 4]);
}

void websocket_init(struct websocket *w, bool from_client, size_t limit)
{
	*w = (struct websocket){.from_client = from_client, .limit = limit, .need = 2};
}

void websocket_fini(struct websocket *w)
{
	buf_fini(&w->message);
}

static bool is_control(const struct websocket *w)
{
	return w->head[0] & CONTROL;
}

static uint64_t payload_length(const struct websocket *w)
{
	unsigned bytes = (w->head[1] & LENGTH) == LENGTH_64 ? 8 : 2;
	uint64_t n = 0;

	if ((w->head[1] & LENGTH) < LENGTH_16)
		return w->head[1] & LENGTH;
	for (unsigned i = 0; i < bytes; i++)
		n = n << 8 | w->head[2 + i];
	return n;
}

/* How long the head is, known from its first two bytes. */
static uint8_t head_length(const struct websocket *w)
{
	uint8_t len = w->head[1] & LENGTH, n = 2;

	if (len == LENGTH_16)
		n = 4;
	else if (len == LENGTH_64)
		n = 10;
	return (uint8_t)(n + (w->head[1] & MASKED ? 4 : 0));
}

/* What forbids this frame, or NULL. */
static const char *head_error(const struct websocket *w, uint64_t len)
{
	unsigned opcode = w->head[0] & OPCODE;

	if (w->head[0] & RESERVED)
		return "a frame uses an extension that nobody agreed on";
	if (!(w->head[1] & MASKED) != !w->from_client)
		return w->from_client ? "a client's frame is not masked"
				      : "a server's frame is masked";
	if (opcode > WEBSOCKET_PONG || (opcode > WEBSOCKET_BINARY && opcode < WEBSOCKET_CLOSE))
		return "a frame of an unknown kind";
	if (opcode >= WEBSOCKET_CLOSE && (len > WEBSOCKET_CONTROL_MAX || !(w->head[0] & FIN)))
		return "a control frame is too long or in pieces";
	if (!opcode && !w->opcode)
		return "a piece of no message";
	if ((opcode == WEBSOCKET_TEXT || opcode == WEBSOCKET_BINARY) && w->opcode)
		return "a message begins inside another";
	if (len >> 63 || w->size + len < w->size)
		return "an impossible length";
	return NULL;
}

static void begin_frame(struct websocket *w)
{
	w->left = payload_length(w);
	w->error = head_error(w, w->left);
	w->in_frame = true;
	w->masked = 0;
	if (w->from_client && !w->error)
		memcpy(w->mask, w->head + w->need - 4, sizeof(w->mask));
	if (is_control(w)) {
		w->control_len = 0;
		return;
	}
	if (w->head[0] & OPCODE) {
		w->opcode = w->head[0] & OPCODE;
		w->size = 0;
		buf_clear(&w->message);
	}
}

/* Takes bytes of a frame's head; true when it is complete. */
static size_t take_head(struct websocket *w, const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n && w->heads < w->need) {
		w->head[w->heads++] = p[at++];
		if (w->heads == 2)
			w->need = head_length(w);
	}
	if (w->heads == w->need)
		begin_frame(w);
	return at;
}

static void unmask(struct websocket *w, uint8_t *p, size_t n)
{
	const uint8_t *mask = w->head + w->need - 4;

	for (size_t i = 0; w->from_client && i < n; i++)
		p[i] ^= mask[(w->masked + i) % 4];
	w->masked = (uint32_t)((w->masked + n) % 4);
}

/* Keeps bytes of a data frame while the message is within the limit. */
static void keep(struct websocket *w, const uint8_t *p, size_t n)
{
	size_t at = w->message.len;

	w->size += n;
	if (w->size > w->limit) {
		buf_clear(&w->message); /* whoever cannot have all of it has no use for a part */
		return;
	}
	buf_add(&w->message, p, n);
	unmask(w, (uint8_t *)w->message.p + at, n);
}

static size_t take_payload(struct websocket *w, const uint8_t *p, size_t n)
{
	size_t take = w->left < n ? (size_t)w->left : n;

	if (!take)
		return 0;
	w->left -= take;
	if (is_control(w)) {
		memcpy(w->control + w->control_len, p, take);
		unmask(w, w->control + w->control_len, take);
		w->control_len += (unsigned)take;
	} else {
		keep(w, p, take);
	}
	return take;
}

/* The frame is complete; true when a message or a control frame is. */
static bool end_frame(struct websocket *w, struct websocket_message *out)
{
	w->in_frame = false;
	w->heads = 0;
	w->need = 2;
	if (is_control(w)) {
		*out = (struct websocket_message){
			.opcode = (enum websocket_opcode)(w->head[0] & OPCODE),
			.bytes = w->control_len ? w->control : NULL,
			.len = w->control_len,
			.size = w->control_len};
		return true;
	}
	if (!(w->head[0] & FIN))
		return false;
	*out = (struct websocket_message){.opcode = (enum websocket_opcode)w->opcode,
					  .bytes = w->message.len ? (const uint8_t *)w->message.p
								  : NULL,
					  .len = w->message.len,
					  .size = w->size};
	w->opcode = 0;
	w->size = 0;
	return true;
}

size_t websocket_take(struct websocket *w, const void *bytes, size_t n,
		      struct websocket_message *out, bool *whole)
{
	const uint8_t *p = bytes;
	size_t at = 0;

	*whole = false;
	while (!w->error && !*whole && at < n) {
		if (!w->in_frame)
			at += take_head(w, p + at, n - at);
		if (w->in_frame && !w->error) {
			at += take_payload(w, p + at, n - at);
			*whole = !w->left && end_frame(w, out);
		}
	}
	return w->error ? n : at;
}

/* The frame under way as a piece: what is there of it. */
static size_t take_piece(struct websocket *w, const uint8_t *p, size_t n,
			 struct websocket_piece *out, bool *any)
{
	size_t take = w->left < n ? (size_t)w->left : n;
	struct websocket_message m;

	*out = (struct websocket_piece){.opcode = (enum websocket_opcode)w->opcode,
					.bytes = p,
					.len = take,
					.phase = w->masked};
	w->left -= take;
	w->masked = (uint32_t)((w->masked + take) % 4);
	w->size += take;
	if (!w->left)
		out->end = end_frame(w, &m);
	*any = take || out->end;
	return take;
}

size_t websocket_pieces(struct websocket *w, const void *bytes, size_t n,
			struct websocket_piece *out, bool *any)
{
	const uint8_t *p = bytes;
	size_t at = 0;

	*any = false;
	while (!w->error && !*any && at < n) {
		if (!w->in_frame)
			at += take_head(w, p + at, n - at);
		if (!w->in_frame || w->error)
			continue;
		if (is_control(w)) {
			struct websocket_message m;

			at += take_payload(w, p + at, n - at);
			*any = !w->left && end_frame(w, &m);
			if (*any)
				*out = (struct websocket_piece){
					.opcode = m.opcode, .bytes = m.bytes, .len = m.len};
		} else {
			at += take_piece(w, p + at, n - at, out, any);
		}
	}
	return w->error ? n : at;
}

void websocket_unmask(const struct websocket *w, const struct websocket_piece *piece, size_t at,
		      uint8_t *dst, size_t n)
{
	const uint8_t *mask = w->mask;

	if (!w->from_client) {
		memcpy(dst, piece->bytes + at, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		dst[i] = piece->bytes[at + i] ^ mask[(piece->phase + at + i) % 4];
}

uint64_t websocket_left(const struct websocket *w)
{
	bool last = is_control(w) ? !w->opcode : w->head[0] & FIN;

	return w->in_frame && last ? w->left : 0;
}

bool websocket_between(const struct websocket *w)
{
	return !w->in_frame && !w->heads && !w->opcode;
}

bool websocket_lost(struct websocket *w, uint64_t n)
{
	struct websocket_message m;

	if (!w->in_frame || n > w->left)
		return n == 0;
	w->left -= n;
	w->size += n;
	w->masked = (uint32_t)((w->masked + n) % 4);
	if (!w->left)
		end_frame(w, &m);
	return true;
}

void websocket_resume(struct websocket *w)
{
	w->error = NULL;
	w->in_frame = false;
	w->heads = w->opcode = 0;
	w->need = 2;
	w->left = w->size = 0;
	buf_clear(&w->message);
}
