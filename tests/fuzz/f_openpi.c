/* SPDX-License-Identifier: Apache-2.0 */
/* An openpi server and its client that say anything. Odd first byte: behind a good handshake. */
#include "tests/fuzz/traffic.h"
#include "wire/openpi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void greet(void *w)
{
	static const char request[] = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
	static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\x01\x80";

	openpi_wire.bytes(w, 1, request, sizeof(request) - 1, SIZE_MAX, 1);
	openpi_wire.bytes(w, 0, answer, sizeof(answer) - 1, SIZE_MAX, 1);
}

/* A whole message, or with a first byte below 16 the opcode and flags of that. */
static void frame(struct buf *b, unsigned direction, const uint8_t *p, size_t n)
{
	uint8_t head[8] = {0x82, (uint8_t)(direction ? 0xfe : 126), (uint8_t)(n >> 8), (uint8_t)n};

	if (n && p[0] < 16) {
		head[0] = (uint8_t)((p[0] & 8 ? 0 : 0x80) | (p[0] & 7));
		p++;
		n--;
		head[2] = (uint8_t)(n >> 8);
		head[3] = (uint8_t)n;
	}
	buf_add(b, head, direction ? 8 : 4);
	if (n)
		buf_add(b, p, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct traffic_talk talk = {
		.wire = &openpi_wire,
		.greet = size && data[0] & 1 ? greet : NULL,
		.frame = frame,
	};

	if (size && traffic_run(&talk, data + 1, size - 1, SIZE_MAX) !=
			    traffic_run(&talk, data + 1, size - 1, 3))
		abort();
	return 0;
}
