/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/openpi.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/camera.h"
#include "wire/msgpack.h"
#include "wire/msgpack_put.h"

enum {
	PICTURE = 224,
	PICTURE_BYTES = PICTURE * PICTURE * 3,
	MESSAGE_MAX = 1 << 20,
	ACTION_BYTES = CHUNK_HORIZON * SO101_JOINTS * sizeof(double),
};

/* What openpi's server closes with after an error: RFC 6455's 1011, and its reason. */
static const char close_error[] =
	"\x03\xf3Internal server error. Traceback included in previous frame.";

void openpi_client_init(struct openpi_end *o, const char *host, uint64_t seed)
{
	uint8_t nonce[16];

	*o = (struct openpi_end){.rng = rng_seed(seed)};
	for (unsigned i = 0; i < sizeof(nonce); i++)
		nonce[i] = (uint8_t)rng_u32(&o->rng);
	websocket_init(&o->frames, false, MESSAGE_MAX);
	websocket_key(o->key, nonce);
	websocket_request(&o->out, host, o->key, NULL);
}

void openpi_server_init(struct openpi_end *o)
{
	*o = (struct openpi_end){.server = true};
	websocket_init(&o->frames, true, MESSAGE_MAX);
}

void openpi_fini(struct openpi_end *o)
{
	websocket_fini(&o->frames);
	buf_fini(&o->head);
	buf_fini(&o->out);
}

static void send_frame(struct openpi_end *o, enum websocket_opcode opcode, const struct buf *b)
{
	uint32_t v = o->server ? 0 : rng_u32(&o->rng);
	uint8_t mask[4];

	memcpy(mask, &v, sizeof(mask));
	websocket_frame(&o->out, opcode, b->p, b->len, o->server ? NULL : mask);
}

/* A server's metadata: none, as of most of openpi's configurations. */
static void send_metadata(struct openpi_end *o)
{
	struct buf b = {0};

	msgpack_put_map(&b, 0);
	send_frame(o, WEBSOCKET_BINARY, &b);
	buf_fini(&b);
}

/* The head so far: 0 more is needed, 1 it is good, -1 it is not; *past: bytes of it. */
static int look_at_head(struct openpi_end *o, size_t *past)
{
	const char *end = memmem(o->head.p, o->head.len, "\r\n\r\n", 4);
	ssize_t used;

	if (!o->server) {
		used = websocket_answer(o->head.p, o->head.len, o->key, NULL, NULL);
		*past = used > 0 ? (size_t)used : 0;
		return used < 0 ? -1 : used > 0;
	}
	if (!end)
		return o->head.len < WEBSOCKET_HEAD_MAX ? 0 : -1;
	*past = (size_t)(end + 4 - o->head.p);
	if (!websocket_request_key(o->key, o->head.p, *past))
		return -1;
	websocket_welcome(&o->out, o->key);
	send_metadata(o);
	return 1;
}

static size_t take_head(struct openpi_end *o, const void *p, size_t n, enum openpi_heard *heard)
{
	size_t before = o->head.len, past = 0;
	int good;

	buf_add(&o->head, p, n);
	good = look_at_head(o, &past);
	if (good < 0)
		*heard = OPENPI_BYE;
	if (good <= 0)
		return n;
	o->shaken = true;
	if (o->server)
		*heard = OPENPI_GREETED;
	return past - before;
}

/* Of a reply only the actions are this large. */
static size_t want_actions(void *host, const struct msgpack_item *item, struct buf **into)
{
	*into = host;
	return item->type == MSGPACK_BIN && item->size == ACTION_BYTES ? ACTION_BYTES : 0;
}

static void ignore_item(void *host, const struct msgpack_item *item)
{
	(void)host;
	(void)item;
}

static bool take_actions(struct openpi_end *o, const struct websocket_message *m)
{
	struct buf actions = {0};
	const struct msgpack_host host = {
		.host = &actions, .want = want_actions, .item = ignore_item};
	struct msgpack reader;
	bool good;

	msgpack_begin(&reader, &host);
	msgpack_take(&reader, m->bytes, m->len);
	good = reader.complete && !reader.error && actions.len == ACTION_BYTES;
	if (good)
		memcpy(o->action, actions.p, ACTION_BYTES);
	buf_fini(&actions);
	return good;
}

static enum openpi_heard understand(struct openpi_end *o, const struct websocket_message *m)
{
	if (m->opcode == WEBSOCKET_CLOSE)
		return OPENPI_BYE;
	if (m->opcode == WEBSOCKET_TEXT)
		return OPENPI_ERROR;
	if (m->opcode != WEBSOCKET_BINARY)
		return OPENPI_NOTHING;
	if (o->server)
		return OPENPI_REQUEST;
	if (!o->greeted) {
		o->greeted = true;
		return OPENPI_GREETED;
	}
	return take_actions(o, m) ? OPENPI_REPLY : OPENPI_BYE;
}

size_t openpi_take(struct openpi_end *o, const void *p, size_t n, enum openpi_heard *heard)
{
	struct websocket_message m;
	const char *bytes = p;
	size_t at = 0;
	bool whole = false;

	*heard = OPENPI_NOTHING;
	if (!o->shaken)
		at = take_head(o, p, n, heard);
	while (*heard == OPENPI_NOTHING && at < n) {
		at += websocket_take(&o->frames, bytes + at, n - at, &m, &whole);
		if (whole)
			*heard = understand(o, &m);
	}
	if (o->frames.error)
		*heard = OPENPI_BYE;
	return at;
}

/* The pictures of the world's cameras, resized as clients do: no matter what shape they had. */
static void put_picture(struct openpi_end *o, struct buf *b, const char *key,
			const struct sim_sight *sight, enum sim_camera which)
{
	static const uint32_t shape[] = {PICTURE, PICTURE, 3};
	struct paint *room = xcalloc(2, sizeof(*room)), *p = room + 1;
	uint8_t *rgb = xcalloc(PICTURE_BYTES, 1);
	struct sim_sight s = *sight;

	s.noise = rng_u32(&o->rng);
	sim_camera_room(room);
	sim_camera_draw(p, room, which, &s);
	for (unsigned i = 0; i < PICTURE * PICTURE; i++)
		memcpy(rgb + 3 * i,
		       p->rgb[i / PICTURE * PAINT_HEIGHT / PICTURE]
			     [i % PICTURE * PAINT_WIDTH / PICTURE],
		       3);
	msgpack_put_str(b, key);
	msgpack_put_ndarray(b, "|u1", shape, 3, rgb, PICTURE_BYTES);
	free(rgb);
	free(room);
}

void openpi_ask(struct openpi_end *o, const double state[SO101_JOINTS], const char *prompt)
{
	static const uint32_t shape[] = {SO101_JOINTS};
	struct sim_sight sight = {.gain = 1};
	struct buf b = {0};

	memcpy(sight.joint, state, sizeof(sight.joint));
	msgpack_put_map(&b, 4);
	msgpack_put_str(&b, "observation/state");
	msgpack_put_ndarray(&b, "<f8", shape, 1, state, sizeof(double) * SO101_JOINTS);
	put_picture(o, &b, "observation/image", &sight, SIM_FRONT);
	put_picture(o, &b, "observation/wrist_image", &sight, SIM_WRIST);
	msgpack_put_str(&b, "prompt");
	msgpack_put_str(&b, prompt);
	send_frame(o, WEBSOCKET_BINARY, &b);
	buf_fini(&b);
}

static void put_timing(struct buf *b, const char *key, double infer_ms)
{
	msgpack_put_str(b, key);
	msgpack_put_map(b, 1);
	msgpack_put_str(b, "infer_ms");
	msgpack_put_double(b, infer_ms);
}

void openpi_answer(struct openpi_end *o, const double action[CHUNK_HORIZON][SO101_JOINTS],
		   double infer_ms)
{
	static const uint32_t shape[] = {CHUNK_HORIZON, SO101_JOINTS};
	struct buf b = {0};

	msgpack_put_map(&b, 3);
	msgpack_put_str(&b, "actions");
	msgpack_put_ndarray(&b, "<f8", shape, 2, action, ACTION_BYTES);
	put_timing(&b, "policy_timing", infer_ms * 0.9);
	put_timing(&b, "server_timing", infer_ms);
	send_frame(o, WEBSOCKET_BINARY, &b);
	buf_fini(&b);
	o->answers++;
}

void openpi_fail(struct openpi_end *o, const char *traceback)
{
	struct buf b = {0};

	buf_str(&b, traceback);
	send_frame(o, WEBSOCKET_TEXT, &b);
	buf_clear(&b);
	buf_add(&b, close_error, sizeof(close_error) - 1);
	send_frame(o, WEBSOCKET_CLOSE, &b);
	buf_fini(&b);
}
