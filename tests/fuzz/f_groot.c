/* SPDX-License-Identifier: Apache-2.0 */
/* A GR00T server and its client that say anything. Odd first byte: behind good greetings. */
#include "tests/fuzz/traffic.h"
#include "wire/groot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *make(void (*emit)(void *host, const struct event *ev), void *host)
{
	return groot_new(emit, host, "left/", 30);
}

static void *make_open(void (*emit)(void *host, const struct event *ev), void *host)
{
	static const char ready[] = "\4\x19\5READY\xbSocket-Type\0\0\0\3REP";
	uint8_t g[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L'};
	void *d = make(emit, host);

	for (unsigned i = 0; i < 2; i++) {
		groot_bytes(d, !i, g, sizeof(g), SIZE_MAX, 1);
		groot_bytes(d, !i, ready, sizeof(ready) - 1, SIZE_MAX, 1);
	}
	return d;
}

static void drop(void *d)
{
	groot_free(d);
}

static size_t bytes(void *d, unsigned direction, const void *p, size_t n, int64_t t_ns)
{
	return groot_bytes(d, direction, p, n, 2, t_ns);
}

static void lost(void *d, unsigned direction, uint64_t n, bool whole, int64_t t_ns)
{
	groot_lost(d, direction, n, whole, t_ns);
}

static void place(void *d, unsigned direction, uint64_t *held, uint64_t *left)
{
	groot_place(d, direction, held, left);
}

static void end(void *d, int64_t t_ns)
{
	groot_end(d, t_ns);
}

static struct traffic *session(void *d)
{
	return groot_session(d);
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
	const struct traffic_ops ops = {
		.make = size && data[0] & 1 ? make_open : make,
		.free = drop,
		.bytes = bytes,
		.lost = lost,
		.place = place,
		.end = end,
		.session = session,
		.frame = frame,
	};

	if (size && traffic_run(&ops, data + 1, size - 1, SIZE_MAX) !=
			    traffic_run(&ops, data + 1, size - 1, 3))
		abort();
	return 0;
}
