/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/infer.h"
#include "wire/websocket.h"
#include "wire/zmtp.h"

enum { REQUEST_MAX = 64 << 20 }; /* bytes; some raw pictures of 4K */

struct infer_heard {
	const struct infer_wire *wire;
	bool deaf; /* nothing more of this connection can be read */
	struct buf head;
	bool open; /* the HTTP head is over */
	struct websocket socket;
	struct zmtp zmtp;
	struct buf body; /* under way */
	bool too_long;
	bool acts; /* the body asks for actions */
	bool any;
	struct buf last;
	int64_t last_ns;
};

struct infer_heard *infer_heard_new(const struct infer_wire *wire)
{
	struct infer_heard *h = xcalloc(1, sizeof(*h));

	h->wire = wire;
	websocket_init(&h->socket, true, REQUEST_MAX);
	zmtp_init(&h->zmtp);
	return h;
}

void infer_heard_free(struct infer_heard *h)
{
	if (!h)
		return;
	websocket_fini(&h->socket);
	buf_fini(&h->head);
	buf_fini(&h->body);
	buf_fini(&h->last);
	free(h);
}

void infer_heard_begin(struct infer_heard *h)
{
	websocket_fini(&h->socket);
	websocket_init(&h->socket, true, REQUEST_MAX);
	zmtp_init(&h->zmtp);
	buf_clear(&h->head);
	buf_clear(&h->body);
	h->open = h->deaf = h->too_long = false;
}

void infer_heard_lost(struct infer_heard *h)
{
	h->deaf = true;
}

static void keep(struct infer_heard *h, const void *p, size_t n, int64_t t_ns)
{
	buf_clear(&h->last);
	buf_add(&h->last, p, n);
	h->last_ns = t_ns;
	h->any = true;
}

/* Bytes of the HTTP head; returns how many belong to it. */
static size_t skip_head(struct infer_heard *h, const uint8_t *p, size_t n)
{
	size_t before = h->head.len;
	const char *end;

	if (before + n > WEBSOCKET_HEAD_MAX)
		n = WEBSOCKET_HEAD_MAX - before;
	buf_add(&h->head, p, n);
	end = memmem(h->head.p, h->head.len, "\r\n\r\n", 4);
	h->open = end != NULL;
	h->deaf = !end && h->head.len == WEBSOCKET_HEAD_MAX;
	return end ? (size_t)(end - h->head.p) + 4 - before : n;
}

static size_t take_openpi(struct infer_heard *h, const uint8_t *p, size_t n, int64_t t_ns)
{
	struct websocket_message m;
	bool whole;
	size_t took;

	if (!h->open)
		return skip_head(h, p, n);
	took = websocket_take(&h->socket, p, n, &m, &whole);
	if (h->socket.error)
		h->deaf = true;
	else if (whole && m.opcode == WEBSOCKET_BINARY && m.len)
		keep(h, m.bytes, m.len, t_ns);
	return took;
}

static size_t want_nothing(void *host, const char *path, uint32_t size)
{
	(void)host;
	(void)path;
	(void)size;
	return 0;
}

static void look_at_leaf(void *host, const struct payload_leaf *leaf)
{
	struct infer_heard *h = host;

	if (leaf->kind == PAYLOAD_STRING && strcmp(leaf->path, "endpoint") == 0)
		h->acts = leaf->len == 10 && memcmp(leaf->text, "get_action", 10) == 0;
}

/* A request without an endpoint is one for actions, as GR00T's server takes it. */
static bool asks_for_actions(struct infer_heard *h)
{
	const struct payload_host host = {h, want_nothing, look_at_leaf};
	struct payload reader;
	bool good;

	h->acts = true;
	payload_init(&reader, &host, '.');
	payload_begin(&reader);
	payload_take(&reader, h->body.p, h->body.len);
	good = payload_end(&reader) && reader.map;
	payload_fini(&reader);
	return good && h->acts;
}

static size_t take_groot(struct infer_heard *h, const uint8_t *p, size_t n, int64_t t_ns)
{
	struct zmtp_piece c;
	size_t took = zmtp_take(&h->zmtp, p, n, &c);

	if (h->zmtp.error)
		h->deaf = true;
	if (h->zmtp.error || !c.body)
		return took;
	h->too_long = h->too_long || h->body.len + c.len > REQUEST_MAX;
	if (!h->too_long && c.len)
		buf_add(&h->body, c.bytes, c.len);
	if (!c.end)
		return took;
	if (!h->too_long && h->body.len && asks_for_actions(h))
		keep(h, h->body.p, h->body.len, t_ns);
	buf_clear(&h->body);
	h->too_long = false;
	return took;
}

void infer_heard_take(struct infer_heard *h, const void *p, size_t n, int64_t t_ns)
{
	const uint8_t *b = p;
	size_t at = 0;

	while (at < n && !h->deaf)
		at += h->wire == &infer_openpi ? take_openpi(h, b + at, n - at, t_ns)
					       : take_groot(h, b + at, n - at, t_ns);
}

const struct buf *infer_heard_last(const struct infer_heard *h, int64_t *t_ns)
{
	*t_ns = h->last_ns;
	return h->any ? &h->last : NULL;
}
