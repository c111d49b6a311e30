/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame of any format and size from a driver: libv4lconvert, and what is before it, keep within
 * the bytes. The first twelve bytes say format, size and row.
 */
#include <linux/videodev2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hal/camera_picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned number(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t formats[] = {
		V4L2_PIX_FMT_YUYV,   V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_RGB24,
		V4L2_PIX_FMT_SBGGR8, V4L2_PIX_FMT_GREY,	 V4L2_PIX_FMT_UYVY,   V4L2_PIX_FMT_YVU420};
	struct camera_format f = {0};
	struct camera_shot shot = {0};
	struct camera_picture *p;
	const uint8_t *rgb;
	volatile uint8_t last;

	if (size < 12)
		return 0;
	p = camera_picture_new();
	if (!p)
		abort();
	f.fourcc = formats[data[0] % (sizeof(formats) / sizeof(formats[0]))];
	f.width = number(data + 2) % 1024;
	f.height = number(data + 4) % 1024;
	f.stride = number(data + 6);
	f.size_bytes = number(data + 8) * number(data + 10);
	shot.bytes = data + 12;
	shot.n = size - 12;
	rgb = camera_picture_rgb(p, &f, &shot, NULL);
	if (rgb) /* all of it is there: a sanitizer sees a read beyond */
		last = rgb[(size_t)f.width * f.height * 3 - 1];
	(void)last;
	camera_picture_free(p);
	return 0;
}
