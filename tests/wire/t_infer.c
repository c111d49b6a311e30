/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that are put together are heard again, however they are cut, by what listens for the last
 * one and by the decoders that `record` uses; and pictures in another size. What servers make of
 * them is tests/oracle/ask.py's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/tap.h"
#include "vision/resize.h"
#include "wire/infer.h"

enum { W = 40, H = 30 };

struct heard {
	bool greeted;
	unsigned exchanges, frames;
};

static void on_event(void *host, const struct event *ev)
{
	struct heard *h = host;

	h->greeted = h->greeted || ev->kind == EVENT_HELLO;
	h->exchanges += ev->kind == EVENT_EXCHANGE;
	h->frames += ev->kind == EVENT_FRAME && ev->frame->width == W && ev->frame->height == H;
}

static void make(struct observation *o, const double *state, const uint8_t *rgb, bool groot)
{
	*o = (struct observation){.states = 2, .images = 1, .prompt = "pick ä cube"};
	strcpy(o->state[0].key, groot ? "state.arm" : "observation/joint_position");
	strcpy(o->state[1].key, groot ? "state.hand" : "observation/gripper_position");
	o->state[0].n = 5;
	o->state[0].value = state;
	o->state[1].n = 1;
	o->state[1].value = state + 5;
	strcpy(o->image[0].key, groot ? "video.front" : "observation/image");
	o->image[0].width = W;
	o->image[0].height = H;
	o->image[0].rgb = rgb;
	strcpy(o->prompt_key, groot ? "annotation.task" : "prompt");
}

/* Hello and n requests as they cross the wire. */
static void talk(struct buf *out, const struct infer_wire *wire, const struct buf *body, unsigned n)
{
	wire->hello(out, "127.0.0.1:8000", 7);
	for (unsigned i = 0; i < n; i++)
		wire->request(out, &body[i], 7 + i);
}

static void test_heard(struct tap *t, const struct infer_wire *wire, enum infer_form form)
{
	const double state[2][6] = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, NAN}};
	uint8_t *rgb = xcalloc(W * H, 3);
	struct buf body[2] = {{0}}, out = {0};
	struct rng rng = rng_seed(form);
	bool good = true;
	int64_t t_ns;

	for (unsigned i = 0; i < 2; i++) {
		struct observation o;

		make(&o, state[i], rgb, form != INFER_OPENPI);
		infer_put(&body[i], form, &o);
	}
	talk(&out, wire, body, 2);
	for (unsigned round = 0; round < 20; round++) {
		struct infer_heard *h = infer_heard_new(wire);
		const struct buf *last;

		for (size_t at = 0; at < out.len;) {
			size_t n = 1 + rng_u32(&rng) % (round ? 700 : 1);

			n = n < out.len - at ? n : out.len - at;
			infer_heard_take(h, out.p + at, n, (int64_t)at);
			at += n;
		}
		last = infer_heard_last(h, &t_ns);
		good = good && last && last->len == body[1].len &&
		       !memcmp(last->p, body[1].p, last->len) && t_ns > (int64_t)body[0].len;
		infer_heard_begin(h);
		infer_heard_take(h, out.p, out.len / 2, 1);
		infer_heard_lost(h);
		infer_heard_take(h, out.p + out.len / 2, out.len - out.len / 2, 2);
		last = infer_heard_last(h, &t_ns);
		good = good && last && t_ns != 2;
		infer_heard_free(h);
	}
	ok(t, good, "%s %u: the last whole request, however it is cut; none after a hole",
	   wire->word, (unsigned)form);
	buf_fini(&body[0]);
	buf_fini(&body[1]);
	buf_fini(&out);
	free(rgb);
}

/* A client's side, and the server's agreement. */
static void test_decoded(struct tap *t)
{
	static const char welcome[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\x01\x80";
	const double state[6] = {1, 2, 3, 4, 5, 6};
	uint8_t *rgb = xcalloc(W * H, 3);
	struct heard heard = {0};
	void *d = infer_openpi.traffic->make(on_event, &heard, "", 0);
	struct buf body = {0}, out = {0};
	struct observation o;

	make(&o, state, rgb, false);
	infer_put(&body, INFER_OPENPI, &o);
	infer_openpi.hello(&out, "h:1", 1);
	infer_openpi.traffic->bytes(d, 1, out.p, out.len, SIZE_MAX, 1);
	ok(t, !heard.greeted, "a hello alone is no connection");
	infer_openpi.traffic->bytes(d, 0, welcome, sizeof(welcome) - 1, SIZE_MAX, 2);
	ok(t, heard.greeted, "it is with the server's");
	buf_clear(&out);
	infer_openpi.request(&out, &body, 9);
	infer_openpi.traffic->bytes(d, 1, out.p, out.len, SIZE_MAX, 3);
	ok(t, heard.exchanges == 1 && heard.frames == 1,
	   "the decoder that taps openpi sees one request with its picture");
	infer_openpi.traffic->free(d);
	buf_fini(&body);
	buf_fini(&out);
	free(rgb);
}

static void test_resize(struct tap *t)
{
	uint8_t src[4 * 2 * 3], dst[6 * 6 * 3], same[4 * 2 * 3];

	for (unsigned i = 0; i < sizeof(src); i++)
		src[i] = (uint8_t)(10 * i);
	resize_fit(same, 4, 2, src, 4, 2);
	ok(t, !memcmp(same, src, sizeof(src)), "the same size is the same picture");
	resize_fit(dst, 2, 1, src, 4, 2);
	ok(t, dst[0] == (0 + 30 + 120 + 150) / 4 && dst[3] == (60 + 90 + 180 + 210) / 4,
	   "half the size is the mean of four");
	memset(dst, 9, sizeof(dst));
	resize_fit(dst, 6, 6, src, 4, 2);
	ok(t,
	   dst[0] == 0 && dst[6 * 3] == 0 && dst[5 * 6 * 3] == 0 &&
		   dst[2 * 6 * 3 + 3] == src[0] + 0,
	   "a wide one has black above and below");
	resize_fit(dst, 1, 6, src, 4, 2);
	ok(t, dst[0] == 0 && dst[5 * 3] == 0, "none is too narrow");
}

int main(void)
{
	struct tap t = {0};

	test_heard(&t, &infer_openpi, INFER_OPENPI);
	test_heard(&t, &infer_groot, INFER_GROOT_B);
	test_heard(&t, &infer_groot, INFER_GROOT_C);
	test_decoded(&t);
	test_resize(&t);
	ok(&t, infer_find("openpi") == &infer_openpi && !infer_find("grpc"), "found by its word");
	return tap_done(&t);
}
