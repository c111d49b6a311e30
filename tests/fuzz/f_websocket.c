/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of either direction, in two halves and whole, and a server's answer to the handshake. */
#include <stdint.h>
#include <stdlib.h>

#include "wire/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096 };

/* A sum over the messages, which may not depend on where the bytes were cut. */
static uint64_t take(struct websocket *w, const uint8_t *p, size_t n, uint64_t sum)
{
	size_t at = 0;

	while (at < n) {
		struct websocket_message m;
		bool whole;

		at += websocket_take(w, p + at, n - at, &m, &whole);
		if (at > n || (whole && (m.len > LIMIT || m.len > m.size)))
			abort();
		if (!whole)
			continue;
		sum = sum * 31 + m.opcode + m.size;
		for (size_t i = 0; i < m.len; i++)
			sum = sum * 31 + m.bytes[i];
	}
	return sum;
}

/* The same of the frames as they pass, with every third piece lost. */
static uint64_t pass(struct websocket *w, const uint8_t *p, size_t n, uint64_t sum)
{
	size_t at = 0;

	while (at < n) {
		struct websocket_piece c;
		uint8_t plain[64];
		bool any;

		at += websocket_pieces(w, p + at, n - at, &c, &any);
		if (at > n || (!w->error && websocket_left(w) >> 63))
			abort();
		for (size_t i = 0; any && i < c.len && c.opcode < WEBSOCKET_CLOSE;) {
			size_t some = c.len - i < sizeof(plain) ? c.len - i : sizeof(plain);

			websocket_unmask(w, &c, i, plain, some);
			for (size_t k = 0; k < some; k++)
				sum = sum * 31 + plain[k];
			i += some;
		}
		if (any && c.end)
			sum = sum * 31 + c.opcode;
	}
	return sum;
}

static void lose(bool from_client, const uint8_t *p, size_t n)
{
	struct websocket w;

	websocket_init(&w, from_client, 0);
	for (size_t at = 0; at + 3 <= n; at += 3) {
		pass(&w, p + at, 2, 0);
		if (!websocket_lost(&w, p[at + 2]))
			websocket_resume(&w);
	}
	websocket_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char key[WEBSOCKET_KEY + 1] = "dGhlIHNhbXBsZSBub25jZQ==";

	for (unsigned from_client = 0; from_client < 2; from_client++) {
		struct websocket one, two;
		uint64_t sum;

		websocket_init(&one, from_client, LIMIT);
		websocket_init(&two, from_client, LIMIT);
		sum = take(&two, data, size / 2, 7);
		if (take(&one, data, size, 7) != take(&two, data + size / 2, size - size / 2, sum))
			abort();
		websocket_fini(&one);
		websocket_fini(&two);
		websocket_init(&one, from_client, 0);
		websocket_init(&two, from_client, 0);
		sum = pass(&two, data, size / 2, 7);
		if (pass(&one, data, size, 7) != pass(&two, data + size / 2, size - size / 2, sum))
			abort();
		websocket_fini(&one);
		websocket_fini(&two);
		lose(from_client, data, size);
	}
	if (websocket_answer(data, size, key, "chat", NULL) > (ssize_t)size)
		abort();
	websocket_request_key(key, data, size);
	return 0;
}
