/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Foxglove server that says anything. The first byte chooses: its own handshake and frames, or a
 * good handshake and the rest as the payloads of frames: kind, u16 length, bytes. Its second bit
 * wants pictures; between frames time goes by.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "wire/foxglove.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
			     "Sec-WebSocket-Protocol: foxglove.sdk.v1\r\n\r\n";

static void check_frame(const struct frame *f)
{
	unsigned sum = 0;

	if (!f->camera[0] || !f->width || !f->height || (f->channels != 1 && f->channels != 3) ||
	    f->thumb_width > FRAME_THUMB_WIDTH || f->thumb_height > FRAME_THUMB_HEIGHT)
		abort();
	for (unsigned i = 0; i < f->thumb_width * f->thumb_height * 3u; i++)
		sum += f->thumb[i];
	if (sum > 255u * 3 * FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT)
		abort();
}

static void check(void *host, const struct event *ev)
{
	(void)host;
	if (ev->kind == EVENT_STEP && (!ev->step->joints || ev->step->joints > MAX_JOINTS))
		abort();
	if (ev->kind == EVENT_FRAME)
		check_frame(ev->frame);
	if (ev->kind == EVENT_NOTE && strpbrk(ev->text, "\x1b\n\r"))
		abort();
}

static void feed(struct foxglove *f, const void *p, size_t n, int64_t t_ns)
{
	size_t at = 0;

	while (at < n)
		at += foxglove_bytes(f, (const char *)p + at, n - at, 3, t_ns);
	if (foxglove_replies(f)->len > 4096 + 2 * n || foxglove_due(f, t_ns) <= t_ns ||
	    foxglove_replies(f)->len > 4096)
		abort();
}

static void feed_frames(struct foxglove *f, const uint8_t *p, size_t n)
{
	for (int64_t t_ns = 1; n >= 3; t_ns += NS_PER_S) {
		size_t len = p[1] | (size_t)p[2] << 8;
		uint8_t head[4] = {(uint8_t)(0x80 | (p[0] & 15)), 126};

		p += 3;
		n -= 3;
		len = len < n ? len : n;
		head[2] = (uint8_t)(len >> 8);
		head[3] = (uint8_t)len;
		feed(f, head, 4, t_ns);
		feed(f, p, len, t_ns);
		p += len;
		n -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct foxglove *f = foxglove_new(check, NULL, "left/", 30);
	struct buf request = {0};

	foxglove_request(&request, "h:1", (const uint8_t *)"the sample nonce");
	foxglove_sent(f, request.p, request.len);
	if (size && data[0] & 2)
		foxglove_want_pictures(f);
	if (size && data[0] & 1) {
		feed(f, answer, sizeof(answer) - 1, 1);
		feed_frames(f, data + 1, size - 1);
		foxglove_end(f, 2);
		foxglove_sent(f, request.p, request.len);
	}
	if (size)
		feed(f, data + 1, size - 1, INT64_C(1) << 40);
	foxglove_end(f, 3);
	foxglove_free(f);
	buf_fini(&request);
	return 0;
}
