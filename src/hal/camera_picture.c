/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/camera_picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libv4lconvert.h>
#include <libv4l-plugin.h>

#include "base/mem.h"
#include "base/text.h"

enum {
	SIDE_MIN = 8,
	/* The library trusts sizes that it derives itself: it may look a little too far. */
	SLACK = 1 << 16,
};

struct camera_picture {
	struct v4lconvert_data *convert;
	size_t copy_room, rgb_room;
	uint8_t *copy, *rgb;
};

/*
 * Formats that cameras of robots have, and the library decodes by itself: for some others it starts
 * programs. bits: of a pixel in the first plane, least of all that a row has; 0 compressed.
 */
static const struct {
	uint32_t fourcc;
	unsigned row_bits, frame_bits; /* of all planes */
} understood[] = {
	{V4L2_PIX_FMT_MJPEG, 0, 0},   {V4L2_PIX_FMT_JPEG, 0, 0},    {V4L2_PIX_FMT_YUYV, 16, 16},
	{V4L2_PIX_FMT_UYVY, 16, 16},  {V4L2_PIX_FMT_YVYU, 16, 16},  {V4L2_PIX_FMT_YUV420, 8, 12},
	{V4L2_PIX_FMT_YVU420, 8, 12}, {V4L2_PIX_FMT_RGB24, 24, 24}, {V4L2_PIX_FMT_BGR24, 24, 24},
	{V4L2_PIX_FMT_GREY, 8, 8},    {V4L2_PIX_FMT_SBGGR8, 8, 8},  {V4L2_PIX_FMT_SGBRG8, 8, 8},
	{V4L2_PIX_FMT_SGRBG8, 8, 8},  {V4L2_PIX_FMT_SRGGB8, 8, 8},
};

/* The library asks its "device" who it is, and is told nothing that makes it do more. */
static int answer(void *host, int fd, unsigned long request, void *arg)
{
	struct v4l2_capability *cap = arg;

	(void)host;
	(void)fd;
	if (request != VIDIOC_QUERYCAP) {
		errno = ENOTTY;
		return -1;
	}
	*cap = (struct v4l2_capability){.capabilities = V4L2_CAP_VIDEO_CAPTURE};
	return 0;
}

static const struct libv4l_dev_ops no_device = {.ioctl = answer};

struct camera_picture *camera_picture_new(void)
{
	struct camera_picture *p = xcalloc(1, sizeof(*p));

	p->convert = v4lconvert_create_with_dev_ops(-1, NULL, &no_device);
	if (p->convert)
		return p;
	free(p);
	return NULL;
}

void camera_picture_free(struct camera_picture *p)
{
	if (!p)
		return;
	v4lconvert_destroy(p->convert);
	free(p->copy);
	free(p->rgb);
	free(p);
}

/* Sizes of which the library reads and writes within its buffers. */
static int acceptable(const struct camera_format *f, const struct camera_shot *s, struct err *e)
{
	size_t i = 0, n = sizeof(understood) / sizeof(understood[0]);
	uint64_t pixels = (uint64_t)f->width * f->height;
	char name[8];

	while (i < n && understood[i].fourcc != f->fourcc)
		i++;
	camera_fourcc(name, f->fourcc);
	if (i == n)
		return err_set(e, ENOTSUP, "pictures in the format %s are not understood", name);
	if (f->width < SIDE_MIN || f->height < SIDE_MIN || f->width % 2 || f->height % 2 ||
	    f->width > CAMERA_SIDE_MAX || f->height > CAMERA_SIDE_MAX ||
	    pixels * 3 > CAMERA_BYTES_MAX)
		return err_set(e, EPROTO, "a picture of %u x %u is not looked at", f->width,
			       f->height);
	if (!understood[i].row_bits)
		return s->n >= 4 ? 0 : err_set(e, EPROTO, "an empty frame");
	if (f->stride < f->width * understood[i].row_bits / 8 ||
	    (uint64_t)f->stride * f->height > s->n || pixels * understood[i].frame_bits / 8 > s->n)
		return err_set(e, EPROTO, "a frame of %zu bytes holds no picture of %u x %u %s",
			       s->n, f->width, f->height, name);
	return 0;
}

static void make_room(uint8_t **p, size_t *room, size_t need)
{
	if (*room >= need)
		return;
	free(*p);
	*p = xcalloc(need, 1);
	*room = need;
}

const uint8_t *camera_picture_rgb(struct camera_picture *p, const struct camera_format *f,
				  const struct camera_shot *shot, struct err *e)
{
	struct v4l2_format from = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE}, to = from;
	size_t want = (size_t)f->width * f->height * 3;
	char why[128];
	const char *said;

	if (acceptable(f, shot, e) < 0)
		return NULL;
	make_room(&p->copy, &p->copy_room, shot->n + SLACK);
	make_room(&p->rgb, &p->rgb_room, want + SLACK);
	memcpy(p->copy, shot->bytes, shot->n); /* the driver writes into its own when it likes */
	from.fmt.pix = (struct v4l2_pix_format){.width = f->width,
						.height = f->height,
						.pixelformat = f->fourcc,
						.bytesperline = f->stride,
						.sizeimage = f->size_bytes,
						.field = V4L2_FIELD_NONE};
	to.fmt.pix = (struct v4l2_pix_format){.width = f->width,
					      .height = f->height,
					      .pixelformat = V4L2_PIX_FMT_RGB24,
					      .bytesperline = f->width * 3,
					      .sizeimage = (uint32_t)want,
					      .field = V4L2_FIELD_NONE};
	if (v4lconvert_convert(p->convert, &from, &to, p->copy, (int)shot->n, p->rgb, (int)want) ==
	    (int)want)
		return p->rgb;
	said = v4lconvert_get_error_message(p->convert);
	text_clean(why, sizeof(why), said, strcspn(said, "\n"));
	err_set(e, EPROTO, "a frame cannot be decoded: %s", why);
	return NULL;
}
