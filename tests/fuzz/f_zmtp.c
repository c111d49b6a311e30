/* SPDX-License-Identifier: Apache-2.0 */
/* ZMTP whole and in two halves, behind a good greeting or as it comes, and with bytes lost. */
#include <stdint.h>
#include <stdlib.h>

#include "wire/zmtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sum over the bodies, which may not depend on where the bytes were cut. */
static uint64_t take(struct zmtp *z, const uint8_t *p, size_t n, uint64_t sum)
{
	size_t at = 0;

	while (at < n) {
		struct zmtp_piece c;

		at += zmtp_take(z, p + at, n - at, &c);
		if (at > n || (!z->error && zmtp_left(z) >> 63))
			abort();
		for (size_t i = 0; i < c.len; i++)
			sum = sum * 31 + c.bytes[i];
		if (c.end || c.command)
			sum = sum * 31 + c.end + 2 * c.command;
	}
	return sum;
}

static void greet(struct zmtp *z, bool greeted)
{
	zmtp_init(z);
	if (greeted)
		zmtp_resume(z);
}

static uint64_t halves(const uint8_t *data, size_t size, size_t half, bool greeted)
{
	struct zmtp z;
	uint64_t sum;

	greet(&z, greeted);
	sum = take(&z, data, half, 7);
	return take(&z, data + half, size - half, sum) + 2 * z.ready;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned greeted = 0; greeted < 2; greeted++) {
		struct zmtp z;

		if (halves(data, size, 0, greeted) != halves(data, size, size / 2, greeted))
			abort();
		greet(&z, greeted);
		for (size_t at = 0; at + 3 <= size; at += 3) {
			take(&z, data + at, 2, 0);
			if (!zmtp_lost(&z, data[at + 2]))
				zmtp_resume(&z);
		}
	}
	return 0;
}
