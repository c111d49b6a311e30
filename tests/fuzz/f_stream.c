/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream decoder, fed in two halves; and what it emitted, written down and read again, must
 * not be bad.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_down(void *host, const struct event *ev)
{
	stream_encode(host, ev);
}

static void drop(void *host, const struct event *ev)
{
	(void)host;
	(void)ev;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = {0};
	struct stream *s = stream_new(write_down, &out), *again = stream_new(drop, NULL);

	stream_prefix(s, "left/");
	stream_bytes(s, data, size / 2, SIZE_MAX, 1);
	stream_bytes(s, data + size / 2, size - size / 2, SIZE_MAX, 2000000000);
	stream_end(s, 5000000000);
	stream_bytes(again, buf_text(&out), out.len, SIZE_MAX, 1);
	if (stream_bad(again))
		abort();
	stream_free(s);
	stream_free(again);
	buf_fini(&out);
	return 0;
}
