/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the kernel's trace that says anything: what is taken from it is within its bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hal/camera_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct camera_sight s;
	char *line = malloc(size ? size : 1); /* of its own size: reading on is seen */

	if (!line)
		return 0;
	if (size)
		memcpy(line, data, size);
	if (camera_trace_line(&s, line, size) &&
	    (s.minor < 0 || (s.t_ns != TIME_UNKNOWN && s.t_ns < 0) ||
	     (s.taken_ns != TIME_UNKNOWN && s.taken_ns < 0)))
		abort();
	free(line);
	return 0;
}
