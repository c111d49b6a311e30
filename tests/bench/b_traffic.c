/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading along with openpi: 1000 requests with two images of 224x224x3 and replies of 10x7, 50 ms
 * apart, so that a picture of each camera is looked at once a second. The control only unmasks and
 * keeps each message, as a decoder would that wants them whole.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/wire/events.h"
#include "wire/openpi.h"
#include "wire/websocket.h"

enum { REQUESTS = 1000, ROUNDS = 5, PIECE = 65536, IMAGE = 224 * 224 * 3 };

static void put_array(struct buf *b, const char *name, const void *data, size_t n,
		      const char *dtype_and_shape)
{
	put_str(b, name);
	put_hex(b, "84c40b5f5f6e6461727261795f5fc3c40464617461");
	put_bin(b, data, n);
	put_hex(b, dtype_and_shape);
}

static void make_request(struct buf *out)
{
	static uint8_t image[IMAGE];
	static const double state[8];
	struct buf b = {0};

	for (size_t i = 0; i < IMAGE; i++)
		image[i] = (uint8_t)(i * 7);
	put_hex(&b, "84");
	put_array(&b, "observation/image", image, IMAGE,
		  "c4056474797065a37c7531c405736861706593cce0cce003");
	put_array(&b, "observation/wrist_image", image, IMAGE,
		  "c4056474797065a37c7531c405736861706593cce0cce003");
	put_array(&b, "observation/state", state, sizeof(state),
		  "c4056474797065a33c6638c40573686170659108");
	put_str(&b, "prompt");
	put_str(&b, "do something");
	put_frame(out, true, 0x82, b.p, b.len);
	buf_fini(&b);
}

static void make_reply(struct buf *out)
{
	double actions[70];
	struct buf b = {0};

	for (unsigned i = 0; i < 70; i++)
		actions[i] = i / 7.0;
	put_hex(&b, "81");
	put_array(&b, "actions", actions, sizeof(actions),
		  "c4056474797065a33c6638c4057368617065920a07");
	put_frame(out, false, 0x82, b.p, b.len);
	buf_fini(&b);
}

static void count(void *host, const struct event *ev)
{
	*(unsigned *)host += ev->kind == EVENT_CHUNK;
}

static void feed(void *o, unsigned direction, const struct buf *b, int64_t t_ns)
{
	for (size_t at = 0; at < b->len; at += PIECE)
		openpi_wire.bytes(o, direction, b->p + at,
				  b->len - at < PIECE ? b->len - at : PIECE, SIZE_MAX, t_ns);
}

static double seconds(int64_t from_ns)
{
	struct clock c = clock_real();

	return (double)(clock_now_ns(&c) - from_ns) / 1e9;
}

static double decode(const struct buf *request, const struct buf *reply, unsigned *chunks)
{
	static const char ask[] = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
	static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\x01\x80";
	void *o = openpi_wire.make(count, chunks, "", 20);
	struct clock c = clock_real();
	int64_t from = clock_now_ns(&c), t_ns = NS_PER_S;
	double took;

	*chunks = 0;
	openpi_wire.bytes(o, 1, ask, sizeof(ask) - 1, SIZE_MAX, t_ns);
	openpi_wire.bytes(o, 0, answer, sizeof(answer) - 1, SIZE_MAX, t_ns);
	for (unsigned i = 0; i < REQUESTS; i++, t_ns += 50 * NS_PER_MS) {
		feed(o, 1, request, t_ns);
		feed(o, 0, reply, t_ns + 20 * NS_PER_MS);
	}
	took = seconds(from);
	openpi_wire.free(o);
	return took;
}

static double keep(const struct buf *request)
{
	struct clock c = clock_real();
	int64_t from = clock_now_ns(&c);
	struct websocket w;
	double took;

	websocket_init(&w, true, 1 << 20);
	for (unsigned i = 0; i < REQUESTS; i++) {
		for (size_t at = 0; at < request->len;) {
			struct websocket_message m;
			size_t n = request->len - at < PIECE ? request->len - at : PIECE;
			bool whole;

			at += websocket_take(&w, request->p + at, n, &m, &whole);
		}
	}
	took = seconds(from);
	websocket_fini(&w);
	return took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	double ours[ROUNDS], plain[ROUNDS];
	struct buf request = {0}, reply = {0};
	unsigned chunks;

	make_request(&request);
	make_reply(&reply);
	for (unsigned i = 0; i < ROUNDS; i++) {
		ours[i] = decode(&request, &reply, &chunks);
		plain[i] = keep(&request);
		if (chunks != REQUESTS)
			return 1;
	}
	qsort(ours, ROUNDS, sizeof(ours[0]), by_value);
	qsort(plain, ROUNDS, sizeof(plain[0]), by_value);
	printf("openpi: %.2fx keeping each message (wanted <= 1): %.0f against %.0f us a request of "
	       "%zu bytes, %.0f MB/s\n",
	       ours[ROUNDS / 2] / plain[ROUNDS / 2], ours[ROUNDS / 2] / REQUESTS * 1e6,
	       plain[ROUNDS / 2] / REQUESTS * 1e6, request.len,
	       (double)request.len * REQUESTS / ours[ROUNDS / 2] / 1e6);
	buf_fini(&request);
	buf_fini(&reply);
	return 0;
}
