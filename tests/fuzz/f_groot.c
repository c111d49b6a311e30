/* SPDX-License-Identifier: Apache-2.0 */
/* A GR00T server and its client that say anything. Odd first byte: behind good greetings. */
#include "tests/fuzz/traffic.h"
#include "wire/groot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void greet(void *w)
{
	static const char ready[] = "\4\x19\5READY\xbSocket-Type\0\0\0\3REP";
	uint8_t g[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L'};

	for (unsigned i = 0; i < 2; i++) {
		groot_wire.bytes(w, !i, g, sizeof(g), SIZE_MAX, 1);
		groot_wire.bytes(w, !i, ready, sizeof(ready) - 1, SIZE_MAX, 1);
	}
}

/* A delimiter and a body. */
static void frame(struct buf *b, unsigned direction, const uint8_t *p, size_t n)
{
	uint8_t head[11] = {1, 0, 2, 0, 0, 0, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n};

	(void)direction;
	buf_add(b, head, sizeof(head));
	if (n)
		buf_add(b, p, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct traffic_talk talk = {
		.wire = &groot_wire,
		.greet = size && data[0] & 1 ? greet : NULL,
		.frame = frame,
	};

	if (size && traffic_run(&talk, data + 1, size - 1, SIZE_MAX) !=
			    traffic_run(&talk, data + 1, size - 1, 3))
		abort();
	return 0;
}
