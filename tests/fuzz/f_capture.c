/* SPDX-License-Identifier: Apache-2.0 */
/* Capture files: header and records; what is read must be what a writer would have written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_header h = {0};
	struct capture_record r;
	struct buf again = {0};
	struct err e = {0};
	ssize_t used = capture_get_header(&h, data, size, &e);
	size_t at = 0;

	/* Checksums keep a fuzzer out: without a good header, records are tried from the start. */
	while (used > 0 || at == 0) {
		at += used > 0 ? (size_t)used : 0;
		used = capture_get(&r, data + at, size - at, h.sources ? h.sources : 1, &e);
		if (used <= 0)
			break;
		buf_clear(&again);
		capture_put(&again, &r);
		if (again.len != (size_t)used || memcmp(again.p, data + at, again.len) != 0)
			abort();
	}
	capture_header_fini(&h);
	buf_fini(&again);
	return 0;
}
