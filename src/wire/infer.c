/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/infer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/groot.h"
#include "wire/msgpack_put.h"
#include "wire/npy.h"
#include "wire/openpi.h"
#include "wire/websocket.h"

static const char nested[] = "images/";

/* Rows of RGB to one plane a colour. The caller frees it. */
static uint8_t *planes_dup(const struct infer_image *m)
{
	size_t n = (size_t)m->width * m->height;
	uint8_t *p = xcalloc(n + 1, 3);

	for (size_t i = 0; i < n; i++) {
		for (unsigned c = 0; c < 3; c++)
			p[c * n + i] = m->rgb[3 * i + c];
	}
	return p;
}

static void openpi_image(struct buf *b, const struct infer_image *m)
{
	bool apart = text_starts(m->key, nested);
	uint32_t bytes = m->width * m->height * 3;

	msgpack_put_str(b, apart ? m->key + strlen(nested) : m->key);
	if (apart) {
		uint8_t *p = planes_dup(m);

		msgpack_put_ndarray(b, "|u1", (uint32_t[]){3, m->height, m->width}, 3, p, bytes);
		free(p);
	} else {
		msgpack_put_ndarray(b, "|u1", (uint32_t[]){m->height, m->width, 3}, 3, m->rgb,
				    bytes);
	}
}

static void openpi_images(struct buf *b, const struct observation *o, bool apart)
{
	for (unsigned i = 0; i < o->images; i++) {
		if (text_starts(o->image[i].key, nested) == apart)
			openpi_image(b, &o->image[i]);
	}
}

static void openpi_put(struct buf *b, const struct observation *o)
{
	unsigned apart = 0;

	for (unsigned i = 0; i < o->images; i++)
		apart += text_starts(o->image[i].key, nested);
	msgpack_put_map(b, o->states + o->images - apart + (apart > 0) + (o->prompt != NULL));
	for (unsigned i = 0; i < o->states; i++) {
		const struct infer_state *s = &o->state[i];

		msgpack_put_str(b, s->key);
		msgpack_put_ndarray(b, "<f8", (uint32_t[]){s->n}, 1, s->value,
				    (uint32_t)(s->n * sizeof(double)));
	}
	openpi_images(b, o, false);
	if (apart) {
		msgpack_put_str(b, "images");
		msgpack_put_map(b, apart);
		openpi_images(b, o, true);
	}
	if (o->prompt) {
		msgpack_put_str(b, o->prompt_key);
		msgpack_put_str(b, o->prompt);
	}
}

/* GR00T's array: a map of a .npy file. */
static void groot_array(struct buf *b, const char *dtype, const uint32_t *shape, unsigned dims,
			const void *p, size_t n)
{
	struct buf file = {0};

	npy_put(&file, dtype, shape, dims, p, n);
	msgpack_put_map(b, 2);
	msgpack_put_str(b, "__ndarray_class__");
	msgpack_put_bool(b, true);
	msgpack_put_str(b, "as_npy");
	msgpack_put_bin(b, file.p, (uint32_t)file.len);
	buf_fini(&file);
}

static void groot_image(struct buf *b, const struct infer_image *m, bool batch)
{
	const uint32_t shape[] = {1, 1, m->height, m->width, 3};

	groot_array(b, "|u1", shape + !batch, batch ? 5 : 4, m->rgb,
		    (size_t)m->width * m->height * 3);
}

static void groot_state(struct buf *b, const struct infer_state *s, bool batch)
{
	const uint32_t shape[] = {1, 1, s->n};
	float *small;

	if (!batch) {
		groot_array(b, "<f8", shape + 1, 2, s->value, s->n * sizeof(double));
		return;
	}
	small = xcalloc(s->n + 1, sizeof(*small));
	for (unsigned i = 0; i < s->n; i++)
		small[i] = (float)s->value[i];
	groot_array(b, "<f4", shape, 3, small, s->n * sizeof(*small));
	free(small);
}

static void groot_prompt(struct buf *b, const struct observation *o, unsigned depth)
{
	msgpack_put_str(b, o->prompt_key);
	for (unsigned i = 0; i < depth; i++)
		msgpack_put_array(b, 1);
	msgpack_put_str(b, o->prompt);
}

static void groot_flat(struct buf *b, const struct observation *o)
{
	msgpack_put_map(b, 2);
	msgpack_put_str(b, "endpoint");
	msgpack_put_str(b, "get_action");
	msgpack_put_str(b, "data");
	msgpack_put_map(b, o->images + o->states + (o->prompt != NULL));
	for (unsigned i = 0; i < o->images; i++) {
		msgpack_put_str(b, o->image[i].key);
		groot_image(b, &o->image[i], false);
	}
	for (unsigned i = 0; i < o->states; i++) {
		msgpack_put_str(b, o->state[i].key);
		groot_state(b, &o->state[i], false);
	}
	if (o->prompt)
		groot_prompt(b, o, 1);
}

/* "video.front" is "front" in the map of pictures. */
static const char *last_part(const char *key)
{
	const char *dot = strchr(key, '.');

	return dot ? dot + 1 : key;
}

static void groot_nested(struct buf *b, const struct observation *o)
{
	msgpack_put_map(b, 2);
	msgpack_put_str(b, "endpoint");
	msgpack_put_str(b, "get_action");
	msgpack_put_str(b, "data");
	msgpack_put_map(b, 2);
	msgpack_put_str(b, "observation");
	msgpack_put_map(b, 2 + (o->prompt != NULL));
	msgpack_put_str(b, "video");
	msgpack_put_map(b, o->images);
	for (unsigned i = 0; i < o->images; i++) {
		msgpack_put_str(b, last_part(o->image[i].key));
		groot_image(b, &o->image[i], true);
	}
	msgpack_put_str(b, "state");
	msgpack_put_map(b, o->states);
	for (unsigned i = 0; i < o->states; i++) {
		msgpack_put_str(b, last_part(o->state[i].key));
		groot_state(b, &o->state[i], true);
	}
	if (o->prompt) {
		msgpack_put_str(b, "language");
		msgpack_put_map(b, 1);
		groot_prompt(b, o, 2);
	}
	msgpack_put_str(b, "options");
	msgpack_put_nil(b);
}

void infer_put(struct buf *b, enum infer_form form, const struct observation *o)
{
	static void (*const puts[])(struct buf * b, const struct observation *o) = {
		[INFER_OPENPI] = openpi_put,
		[INFER_GROOT_B] = groot_flat,
		[INFER_GROOT_C] = groot_nested,
	};

	puts[form](b, o);
}

static void fill(uint8_t *dst, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		dst[i] = (uint8_t)(seed >> 56);
	}
}

static void openpi_hello(struct buf *out, const char *host, uint64_t seed)
{
	char key[WEBSOCKET_KEY + 1];
	uint8_t nonce[16];

	fill(nonce, sizeof(nonce), seed);
	websocket_key(key, nonce);
	websocket_request(out, host, key, NULL);
}

static void openpi_request(struct buf *out, const struct buf *body, uint64_t seed)
{
	uint8_t mask[4];

	fill(mask, sizeof(mask), seed);
	websocket_frame(out, WEBSOCKET_BINARY, body->p, body->len, mask);
}

/* Greeting and READY in one: a server reads the second once it has sent its own greeting. */
static void groot_hello(struct buf *out, const char *host, uint64_t seed)
{
	static const char ready[] = "\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ"
				    "\x08Identity\x00\x00\x00\x00";
	uint8_t greeting[64] = {0xff, [9] = 0x7f, [10] = 3};

	(void)host;
	(void)seed;
	greeting[8] = 1; /* as libzmq pads it */
	memcpy(greeting + 12, "NULL", 4);
	buf_add(out, greeting, sizeof(greeting));
	buf_add(out, ready, sizeof(ready) - 1);
}

static void groot_request(struct buf *out, const struct buf *body, uint64_t seed)
{
	uint8_t head[9] = {2};

	(void)seed;
	for (unsigned i = 0; i < 8; i++)
		head[1 + i] = (uint8_t)((uint64_t)body->len >> 8 * (7 - i));
	buf_add(out, "\x01\x00", 2); /* the empty frame before a REQ's body */
	buf_add(out, head, sizeof(head));
	buf_add(out, body->p, body->len);
}

const struct infer_wire infer_openpi = {"openpi", &openpi_wire, openpi_hello, openpi_request};
const struct infer_wire infer_groot = {"groot", &groot_wire, groot_hello, groot_request};

const struct infer_wire *infer_find(const char *word)
{
	static const struct infer_wire *const wires[] = {&infer_openpi, &infer_groot};

	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		if (strcmp(wires[i]->word, word) == 0)
			return wires[i];
	}
	return NULL;
}
