/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a PNG: all of what is said to be a picture is there. */
#include <stdint.h>
#include <stdlib.h>

#include "wire/pngfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned width, height;
	uint8_t *rgb = pngfile_rgb_dup(data, size, &width, &height);
	volatile uint8_t last;

	if (rgb) /* a sanitizer sees a read beyond */
		last = rgb[(size_t)width * height * 3 - 1];
	(void)last;
	free(rgb);
	return 0;
}
