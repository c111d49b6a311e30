/* SPDX-License-Identifier: Apache-2.0 */
/* Redaction of any bytes: it ends, in place every byte keeps its place, and a known name is gone. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "redact/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try(bool all, const char *text, size_t size)
{
	static const char known[] = "Zq8w7e6r5t";
	struct redact *r = redact_new(all);
	char *copy = xcalloc(size + 1, 1);
	struct buf out = {0};

	redact_know(r, REDACT_SECRET, known, strlen(known));
	redact_know(r, REDACT_TASK, "pick up the cube", 16);
	redact_text(r, &out, text, size);
	if (out.len && memmem(out.p, out.len, known, strlen(known)))
		abort();
	memcpy(copy, text, size);
	redact_bytes(r, copy, size);
	if (copy[size] || memmem(copy, size, known, strlen(known)))
		abort();
	for (size_t i = 0; i < size; i++) {
		if (copy[i] != text[i] && (unsigned char)copy[i] < ' ')
			abort();
	}
	buf_fini(&out);
	free(copy);
	redact_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try(false, (const char *)data, size);
	try(true, (const char *)data, size);
	return 0;
}
