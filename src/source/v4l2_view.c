/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEGs go to the decoder that the other sources use, everything else through libv4lconvert: a
 * picture has the same facts wherever it comes from.
 */
#include "source/v4l2_view.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "wire/photo.h"

static const int64_t look_ns = 200 * NS_PER_MS;

void view_init(struct eye_view *v)
{
	*v = (struct eye_view){.looked_ns = TIME_UNKNOWN};
	v->dark = v->sharpness = (double)NAN;
}

void view_fini(struct eye_view *v)
{
	camera_picture_free(v->picture);
	v->picture = NULL;
}

/* Eight bytes of every 64, and the length: noise alone changes them in every frame. */
static uint64_t hash_of(const uint8_t *p, size_t n)
{
	uint64_t hash = 1469598103934665603u ^ n, word;

	for (size_t i = 0; i + sizeof(word) <= n; i += 64) {
		memcpy(&word, p + i, sizeof(word));
		hash = (hash ^ word) * 1099511628211u;
		hash ^= hash >> 29;
	}
	return hash;
}

static void count_repeats(struct eye_view *v, const struct camera_shot *shot, int64_t now_ns)
{
	uint64_t hash = hash_of(shot->bytes, shot->n);

	if (v->any && hash == v->hash) {
		v->repeats++;
		return;
	}
	v->any = true;
	v->hash = hash;
	v->repeats = 0;
	v->fresh_ns = now_ns;
}

double view_frozen_s(const struct eye_view *v, int64_t now_ns)
{
	if (!v->any)
		return (double)NAN;
	return v->repeats ? (double)(now_ns - v->fresh_ns) / (double)NS_PER_S : 0;
}

static int from_jpeg(struct eye_view *v, struct frame *f, const struct camera_shot *shot,
		     struct err *e)
{
	if (!photo_facts(f, v->thumb, shot->bytes, shot->n))
		return err_set(e, EPROTO, "a frame of %zu bytes is no JPEG", shot->n);
	if (!f->thumb_width)
		return err_set(e, EPROTO, "a JPEG of %zu bytes is damaged or cut short", shot->n);
	return 1;
}

static int from_others(struct eye_view *v, struct frame *f, const struct camera_format *format,
		       const struct camera_shot *shot, struct err *e)
{
	const uint64_t shape[3] = {format->height, format->width, 3};
	struct ndarray a = {.kind = 'u', .bytes = 1, .dims = 3};

	if (!format->width)
		return err_set(e, EPROTO, "the driver tells no size that a picture can have");
	if (!v->picture)
		v->picture = camera_picture_new();
	if (!v->picture)
		return err_set(e, ENOMEM, "libv4lconvert does not start");
	a.data = camera_picture_rgb(v->picture, format, shot, e);
	if (!a.data)
		return -EPROTO;
	if (!ndarray_shape(&a, shape, 3) || !picture_facts(f, v->thumb, &a))
		return err_set(e, EPROTO, "a picture of %u x %u is not looked at", format->width,
			       format->height);
	return 1;
}

static bool is_jpeg(const struct camera_format *f)
{
	return f->fourcc == V4L2_PIX_FMT_MJPEG || f->fourcc == V4L2_PIX_FMT_JPEG;
}

int view_frame(struct eye_view *v, struct frame *f, const struct camera_format *format,
	       const struct camera_shot *shot, int64_t now_ns, struct err *e)
{
	int rc;

	count_repeats(v, shot, now_ns);
	if (v->looked_ns != TIME_UNKNOWN && now_ns - v->looked_ns < look_ns)
		return 0;
	v->looked_ns = now_ns;
	frame_init(f);
	rc = is_jpeg(format) && photo_decodes() ? from_jpeg(v, f, shot, e)
						: from_others(v, f, format, shot, e);
	if (rc < 0)
		return rc;
	f->repeats = v->repeats;
	f->repeat_s = view_frozen_s(v, now_ns);
	v->dark = f->dark;
	v->sharpness = f->sharpness;
	return rc;
}
