/* SPDX-License-Identifier: Apache-2.0 */
/* Requests on the engine's control socket. What is accepted is within its bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/request.h"
#include "view/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request r;
	struct err e = {0};
	int rc = request_parse(&r, (const char *)data, size, &e);

	if (rc ? !e.code
	       : !(r.hz >= 0 && r.hz <= CLIENT_HZ_MAX && r.joint <= MAX_JOINTS &&
		   r.columns <= HISTORY_COLUMNS && r.span_s > 0))
		abort();
	return 0;
}
