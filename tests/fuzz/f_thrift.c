/* SPDX-License-Identifier: Apache-2.0 */
/* Thrift structs: skipping, and reading every field as each type, stays inside the bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "wire/thrift.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_field(struct thrift *t, const struct thrift_field *f, unsigned how)
{
	size_t len;

	switch (how % 5) {
	case 0:
		thrift_skip(t, f);
		break;
	case 1:
		thrift_int(t, f);
		break;
	case 2:
		thrift_binary(t, f, &len);
		if (len > (size_t)(t->end - t->p) + len)
			abort();
		break;
	case 3:
		thrift_list(t, f, THRIFT_STRUCT);
		break;
	default:
		thrift_struct(t, f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned how = 0; how < 5; how++) {
		struct thrift_field f = {0};
		struct thrift t;

		thrift_init(&t, data, size);
		for (unsigned n = 0; n < 10000 && thrift_next(&t, &f); n++)
			read_field(&t, &f, f.type == THRIFT_STRUCT ? how : (unsigned)f.type + how);
		if (t.p > data + size)
			abort();
	}
	return 0;
}
