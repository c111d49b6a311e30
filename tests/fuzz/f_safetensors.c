/* SPDX-License-Identifier: Apache-2.0 */
/* A safetensors file that says anything: no tensor that is told lies outside of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
	const uint8_t *p;
	size_t n;
	double sum;
};

static int tensor(void *host, const struct tensor *t, struct err *e)
{
	struct file *f = host;

	(void)e;
	if (t->from > f->n || t->size > f->n - t->from || t->dims > SAFETENSORS_DIMS ||
	    (t->bytes && t->count * t->bytes != t->size) || strlen(t->name) >= SAFETENSORS_NAME)
		abort();
	for (uint64_t i = 0; t->bytes && i < t->count && i < 64; i++)
		f->sum += tensor_value(t->type, f->p + t->from + i * t->bytes);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file f = {data, size, 0};
	struct err e = {0};
	size_t length = 0;
	int rc;

	if (size < SAFETENSORS_FIRST || safetensors_length(data, size, &length, &e))
		return 0;
	if (length > size - SAFETENSORS_FIRST)
		abort();
	rc = safetensors_each((const char *)data + SAFETENSORS_FIRST, length, size, tensor, &f, &e);
	if (rc && !e.code)
		abort();
	return 0;
}
