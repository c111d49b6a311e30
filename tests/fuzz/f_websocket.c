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
	}
	if (websocket_answer(data, size, key, "chat", NULL) > (ssize_t)size)
		abort();
	websocket_request_key(key, data, size);
	return 0;
}
