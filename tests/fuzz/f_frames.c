/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of policy servers, redacted in place: nothing beyond them is touched, and lengths stay. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "redact/redact_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try(enum redact_framing framing, const uint8_t *data, size_t size)
{
	struct redact_frames f = {.redact = redact_new(true), .asks = true};
	char *copy = malloc(size ? size : 1);
	size_t used;

	if (!copy)
		return;
	memcpy(copy, data, size);
	used = redact_frames(&f, framing, copy, size);
	if (used > size || memcmp(copy + used, data + used, size - used) != 0)
		abort();
	free(copy);
	redact_free(f.redact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try(REPORT_WEBSOCKET, data, size);
	try(REPORT_ZMTP, data, size);
	return 0;
}
