/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside: what text_clean() lets through holds no control character and ends in time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *src, size_t len, size_t room)
{
	char *dst = malloc(room);
	size_t n;

	if (!dst)
		return;
	n = text_clean(dst, room, src, len);
	if (n >= room || strlen(dst) != n)
		abort();
	for (size_t at = 0, step; at < n; at += step) {
		uint32_t rune;

		step = text_rune(dst + at, n - at, &rune);
		if (!step || rune < 0x20 || (rune >= 0x7f && rune < 0xa0))
			abort();
	}
	free(dst);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check((const char *)data, size, 1);
	check((const char *)data, size, 16);
	check((const char *)data, size, 4 * size + 16);
	return 0;
}
