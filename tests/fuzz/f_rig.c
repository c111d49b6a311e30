/* SPDX-License-Identifier: Apache-2.0 */
/* A rig's file that says anything: what is understood of it is written, and read again the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rig/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig *r = xcalloc(1, sizeof(*r)), *again = xcalloc(1, sizeof(*again));
	struct rig_errors errors;
	struct buf b = {0}, c = {0};
	unsigned n = rig_parse(r, (const char *)data, size, &errors);

	if (n < errors.n || (n && !errors.n))
		abort();
	for (unsigned i = 0; i < errors.n; i++) {
		if (!errors.error[i].line || strlen(errors.error[i].text) == 0)
			abort();
	}
	rig_write(&b, r);
	if (rig_parse(again, b.p, b.len, &errors))
		abort();
	rig_write(&c, again);
	if (b.len != c.len || memcmp(b.p, c.p, b.len) != 0)
		abort();
	buf_fini(&b);
	buf_fini(&c);
	free(r);
	free(again);
	return 0;
}
