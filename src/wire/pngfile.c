/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pngfile.h"

#include <errno.h>
#include <stdlib.h>

#include <png.h>

#include "base/mem.h"

int pngfile_encode(struct buf *b, const uint8_t *rgb, unsigned width, unsigned height)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
			   .width = width,
			   .height = height,
			   .format = PNG_FORMAT_RGB};
	png_alloc_size_t n;
	uint8_t *bytes;
	int rc;

	if (!width || !height || width > PNGFILE_SIDE_MAX || height > PNGFILE_SIDE_MAX)
		return -EINVAL;
	n = PNG_IMAGE_PNG_SIZE_MAX(image);
	bytes = xcalloc(n, 1);
	rc = png_image_write_to_memory(&image, bytes, &n, 0, rgb, 0, NULL) ? 0 : -ENOMEM;
	if (!rc)
		buf_add(b, bytes, n);
	png_image_free(&image);
	free(bytes);
	return rc;
}

/* libpng would mix what is transparent with a background that nobody asked for. */
static void leave_out_alpha(uint8_t *p, size_t pixels)
{
	for (size_t i = 0; i < pixels; i++) {
		for (size_t c = 0; c < 3; c++)
			p[i * 3 + c] = p[i * 4 + c];
	}
}

uint8_t *pngfile_rgb_dup(const void *bytes, size_t n, unsigned *width, unsigned *height)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	uint8_t *rgba = NULL;
	size_t pixels;

	if (!png_image_begin_read_from_memory(&image, bytes, n))
		return NULL;
	pixels = (size_t)image.width * image.height;
	if (!(image.format & PNG_FORMAT_FLAG_LINEAR) && pixels && pixels <= PNGFILE_PIXELS_MAX)
		rgba = xcalloc(pixels, 4);
	image.format = PNG_FORMAT_RGBA;
	if (rgba && !png_image_finish_read(&image, NULL, rgba, 0, NULL)) {
		free(rgba);
		rgba = NULL;
	}
	*width = image.width;
	*height = image.height;
	png_image_free(&image);
	if (rgba)
		leave_out_alpha(rgba, pixels);
	return rgba;
}

const char *pngfile_library(void)
{
	return png_get_libpng_ver(NULL);
}
