/* SPDX-License-Identifier: Apache-2.0 */
/* A client of either protocol as a capture has it, whole and in two halves: the same last request. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/infer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t hear(const struct infer_wire *wire, const uint8_t *p, size_t n, size_t half)
{
	struct infer_heard *h = infer_heard_new(wire);
	const struct buf *last;
	uint64_t sum = 1;
	int64_t t_ns;

	infer_heard_take(h, p, half, 1);
	infer_heard_take(h, p + half, n - half, 1);
	last = infer_heard_last(h, &t_ns);
	for (size_t i = 0; last && i < last->len; i++)
		sum = sum * 31 + (uint8_t)last->p[i];
	infer_heard_lost(h);
	infer_heard_take(h, p, n, 2);
	infer_heard_begin(h);
	infer_heard_take(h, p, n, 3);
	infer_heard_free(h);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (hear(&infer_openpi, data, size, 0) != hear(&infer_openpi, data, size, size / 2) ||
	    hear(&infer_groot, data, size, 0) != hear(&infer_groot, data, size, size / 2))
		abort();
	return 0;
}
