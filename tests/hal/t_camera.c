/* SPDX-License-Identifier: Apache-2.0 */
/* One camera, against a driver that answers well, badly and not at all. */
#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/hal/fake_camera.h"
#include "hal/camera_picture.h"
#include "tests/tap.h"

struct bed {
	struct tap t;
	struct fake_camera f;
	struct camera_dev c;
	struct err e;
};

static int open_one(struct bed *b)
{
	b->e = (struct err){0};
	return camera_open(&b->c, &b->f.sys, "/dev/video0", &b->e);
}

static void fresh(struct bed *b)
{
	fake_camera_init(&b->f);
	open_one(b);
}

static void test_watch(struct bed *b)
{
	struct tap *t = &b->t;
	struct camera_change change;
	char name[8];

	fresh(b);
	ok(t,
	   b->c.fd >= 0 && b->c.format.width == 64 && b->c.format.height == 48 &&
		   fabs(b->c.format.fps - 30) < 1e-9,
	   "a camera tells its format and rate");
	camera_fourcc(name, b->c.format.fourcc);
	ok(t, strcmp(name, "YUYV") == 0, "its fourcc is %s", name);
	ok(t, strcmp(b->c.card, "Fake\\x1b[31m Camera") == 0, "its name is cleaned: %s", b->c.card);
	ok(t,
	   b->c.ncontrols == 3 && strcmp(b->c.control[1].name, "exposure_dynamic_framerate") == 0 &&
		   b->c.control[1].known && b->c.control[1].role == CAMERA_RATE_SWITCH,
	   "its controls have the names that v4l2-ctl gives them");
	ok(t, camera_changed(&b->c, &change) == 0, "nothing was changed");
	fake_camera_set(&b->f, V4L2_CID_EXPOSURE_AUTO_PRIORITY, 1);
	ok(t,
	   camera_changed(&b->c, &change) == 1 && change.index == 1 && change.was_known &&
		   change.was == 0 && b->c.control[1].value == 1,
	   "another program's change is told, with what it was before");
	ok(t, camera_changed(&b->c, &change) == 0, "once");
	ok(t, camera_look(&b->c) == 0, "the format is the same");
	b->f.width = 32;
	b->f.per_denominator = 15;
	ok(t, camera_look(&b->c) == 1 && b->c.format.width == 32, "and another one is seen");
	camera_close(&b->c);
	ok(t,
	   b->f.takes == 0 && b->f.sets == 0 && b->f.freed == 0 && b->f.opened == 1 &&
		   b->f.closed == 1,
	   "a watcher asks for no buffer, sets nothing, and closes");
	camera_close(&b->c);
	ok(t, b->f.closed == 1, "closing twice is harmless");
}

static void test_open(struct bed *b)
{
	struct tap *t = &b->t;

	fake_camera_init(&b->f);
	b->f.open_error = EACCES;
	ok(t, open_one(b) == -EACCES && strstr(b->e.msg, "group video"), "no permission: %s",
	   b->e.msg);
	b->f.open_error = 0;
	b->f.gone = true;
	ok(t, open_one(b) == -ENODEV, "no device: %s", b->e.msg);
	b->f.gone = false;
	b->f.metadata = true;
	ok(t, open_one(b) == -ENOTTY && b->f.opened == b->f.closed, "a metadata node: %s",
	   b->e.msg);
	b->f.metadata = false;
	b->f.endless = true;
	ok(t, open_one(b) == 0 && strlen(b->c.card) == 32, "a name without an end is cut");
	camera_close(&b->c);
}

/* What a driver should never say. */
static void test_absurd(struct bed *b)
{
	struct tap *t = &b->t;
	struct camera_shot shot;

	fake_camera_init(&b->f);
	b->f.width = UINT32_MAX;
	b->f.per_numerator = 0;
	ok(t, open_one(b) == 0 && b->c.format.width == 0 && isnan(b->c.format.fps),
	   "absurd sizes and rates are unknown");
	camera_close(&b->c);
	fresh(b);
	b->f.length = UINT32_MAX;
	ok(t, camera_start(&b->c, &b->e) == -EOVERFLOW && b->f.live == 0, "a buffer of 4 GB: %s",
	   b->e.msg);
	camera_close(&b->c);
	fresh(b);
	b->f.buffers = 1000;
	ok(t, camera_start(&b->c, &b->e) == 0 && b->c.nbuffers == CAMERA_BUFFERS,
	   "of a thousand buffers four are used");
	b->f.index = 999;
	fake_camera_frame(&b->f, 0, NS_PER_S, 1);
	ok(t, camera_take(&b->c, &shot) == -EPROTO, "a frame in a buffer that is none is refused");
	b->f.index = 0;
	fake_camera_frame(&b->f, 1, NS_PER_S, 1);
	b->f.frame[0].bytes = UINT32_MAX;
	ok(t, camera_take(&b->c, &shot) == 1 && shot.n == FAKE_BYTES,
	   "more bytes than the buffer has are not read");
	camera_close(&b->c);
	ok(t, b->f.live == 0 && b->f.maps_at_close == 0, "nothing is left mapped");
}

static void test_stream(struct bed *b)
{
	struct tap *t = &b->t;
	struct camera_shot shot;

	fresh(b);
	ok(t, camera_start(&b->c, &b->e) == 0 && b->f.streaming && b->f.sets == 0,
	   "a stream starts, and nothing is set");
	ok(t, camera_take(&b->c, &shot) == 0, "no frame yet");
	fake_camera_frame(&b->f, 7, 5 * NS_PER_S + 1000, 9);
	ok(t,
	   camera_take(&b->c, &shot) == 1 && shot.sequence == 7 && shot.n == FAKE_BYTES &&
		   shot.bytes[0] == 9 && shot.t_ns == 5 * NS_PER_S + 1000 && !shot.damaged &&
		   !shot.cut,
	   "a frame comes with its number, time and bytes");
	ok(t, camera_take(&b->c, &shot) == -EBUSY, "one at a time");
	ok(t, camera_give(&b->c) == 0 && b->f.queued == 15, "and goes back");
	fake_camera_frame(&b->f, 9, 6 * NS_PER_S, 9);
	b->f.frame[0].flags |= V4L2_BUF_FLAG_ERROR;
	b->f.frame[0].bytes = 100;
	ok(t, camera_take(&b->c, &shot) == 1 && shot.damaged && shot.cut, "damaged, cut short");
	camera_give(&b->c);
	fake_camera_frame(&b->f, 10, 6 * NS_PER_S, 9);
	b->f.frame[0].flags = 0;
	ok(t, camera_take(&b->c, &shot) == 1 && shot.t_ns == TIME_UNKNOWN,
	   "a time of another clock is unknown");
	camera_give(&b->c);
	b->f.dqbuf_error = EIO;
	ok(t, camera_take(&b->c, &shot) == -EIO, "a broken stream is an error");
	b->f.gone = true;
	ok(t, camera_take(&b->c, &shot) == -ENODEV, "a pulled plug is another");
	camera_close(&b->c);
	ok(t, b->f.mapped == 4 && b->f.unmapped == 4 && b->f.maps_at_close == 0,
	   "all mappings end before the camera is closed");
}

static void test_refused(struct bed *b)
{
	static const struct {
		size_t offset;
		int error;
		const char *says;
	} cases[] = {
		{offsetof(struct fake_camera, reqbufs_error), EBUSY, "another program"},
		{offsetof(struct fake_camera, reqbufs_error), EINVAL, "REQBUFS"},
		{offsetof(struct fake_camera, querybuf_error), EINVAL, "QBUF"},
		{offsetof(struct fake_camera, qbuf_error), EINVAL, "QBUF"},
		{offsetof(struct fake_camera, streamon_error), ENOSPC, "bandwidth"},
		{offsetof(struct fake_camera, streamon_error), EIO, "STREAMON"},
	};
	struct tap *t = &b->t;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc;

		fresh(b);
		memcpy((char *)&b->f + cases[i].offset, &cases[i].error, sizeof(int));
		rc = camera_start(&b->c, &b->e);
		ok(t,
		   rc == -cases[i].error && strstr(b->e.msg, cases[i].says) && b->f.live == 0 &&
			   b->f.freed == (rc == -EBUSY || i == 1 ? 0 : 1),
		   "refused, and everything given back: %s", b->e.msg);
		camera_close(&b->c);
	}
}

static void test_picture(struct bed *b)
{
	struct tap *t = &b->t;
	struct camera_picture *p = camera_picture_new();
	struct camera_format f = {64, 48, V4L2_PIX_FMT_YUYV, 128, FAKE_BYTES, 0, 0, 30};
	uint8_t *bytes = xcalloc(FAKE_BYTES, 1);
	struct camera_shot shot = {.bytes = bytes, .n = FAKE_BYTES};
	const uint8_t *rgb;

	for (unsigned i = 0; i < FAKE_BYTES; i++)
		bytes[i] = i % 2 ? 128 : i < FAKE_BYTES / 2 ? 16 : 235;
	rgb = p ? camera_picture_rgb(p, &f, &shot, &b->e) : NULL;
	ok(t, rgb && rgb[0] < 24 && rgb[64 * 48 * 3 - 1] > 230,
	   "a YUYV picture: dark, then bright");
	shot.n--;
	ok(t, p && !camera_picture_rgb(p, &f, &shot, &b->e), "a byte is missing: %s", b->e.msg);
	shot.n++;
	f.stride = 1 << 20;
	ok(t, p && !camera_picture_rgb(p, &f, &shot, &b->e), "rows too long: %s", b->e.msg);
	f.stride = 128;
	f.width = CAMERA_SIDE_MAX;
	ok(t, p && !camera_picture_rgb(p, &f, &shot, &b->e), "too large: %s", b->e.msg);
	f.width = 64;
	f.fourcc = V4L2_PIX_FMT_Z16;
	ok(t, p && !camera_picture_rgb(p, &f, &shot, &b->e), "depth: %s", b->e.msg);
	f.fourcc = V4L2_PIX_FMT_MJPEG;
	ok(t, p && !camera_picture_rgb(p, &f, &shot, &b->e), "no JPEG: %s", b->e.msg);
	camera_picture_free(p);
	free(bytes);
}

int main(void)
{
	struct bed *b = xcalloc(1, sizeof(*b));
	int rc;

	test_watch(b);
	test_open(b);
	test_absurd(b);
	test_stream(b);
	test_refused(b);
	test_picture(b);
	rc = tap_done(&b->t);
	free(b);
	return rc;
}
