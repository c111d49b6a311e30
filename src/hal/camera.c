/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/camera.h"

#include <ctype.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "hal/camera_impl.h"

/* Controls that change rate or picture behind a policy's back; a driver has some of them. */
static const struct {
	uint32_t id;
	enum camera_role role;
} watched[] = {
	{V4L2_CID_EXPOSURE_AUTO, CAMERA_EXPOSURE_MODE},
	{V4L2_CID_EXPOSURE_AUTO_PRIORITY, CAMERA_RATE_SWITCH},
	{V4L2_CID_AUTO_WHITE_BALANCE, CAMERA_WHITE_SWITCH},
	{V4L2_CID_FOCUS_AUTO, CAMERA_FOCUS_SWITCH},
	{V4L2_CID_AUTOGAIN, CAMERA_GAIN_SWITCH},
	{V4L2_CID_PRIVACY, CAMERA_PRIVACY},
	{V4L2_CID_EXPOSURE_ABSOLUTE, CAMERA_SETTING},
	{V4L2_CID_FOCUS_ABSOLUTE, CAMERA_SETTING},
	{V4L2_CID_ZOOM_ABSOLUTE, CAMERA_SETTING},
	{V4L2_CID_WHITE_BALANCE_TEMPERATURE, CAMERA_SETTING},
	{V4L2_CID_GAIN, CAMERA_SETTING},
	{V4L2_CID_POWER_LINE_FREQUENCY, CAMERA_SETTING},
	{V4L2_CID_BACKLIGHT_COMPENSATION, CAMERA_SETTING},
	{V4L2_CID_BRIGHTNESS, CAMERA_SETTING},
	{V4L2_CID_CONTRAST, CAMERA_SETTING},
	{V4L2_CID_SHARPNESS, CAMERA_SETTING},
};

_Static_assert(sizeof(watched) / sizeof(watched[0]) <= CAMERA_CONTROLS, "room for all of them");

int camera_call(const struct camera_dev *c, unsigned long request, void *arg)
{
	return c->sys->control(c->sys->host, c->fd, request, arg);
}

/* A driver's text need not end. */
static void clean(char *dst, size_t size, const void *src, size_t n)
{
	text_clean(dst, size, src, strnlen(src, n));
}

/* "Exposure, Dynamic Framerate" as exposure_dynamic_framerate. */
static void control_name(char *dst, size_t size, const char *src, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n && src[i] && len + 1 < size; i++) {
		unsigned char ch = (unsigned char)src[i];

		if (isalnum(ch) && ch < 0x80)
			dst[len++] = (char)tolower(ch);
		else if (len && dst[len - 1] != '_')
			dst[len++] = '_';
	}
	if (len && dst[len - 1] == '_')
		len--;
	dst[len] = '\0';
}

bool camera_compressed(uint32_t fourcc)
{
	return fourcc == V4L2_PIX_FMT_MJPEG || fourcc == V4L2_PIX_FMT_JPEG ||
	       fourcc == V4L2_PIX_FMT_H264 || fourcc == V4L2_PIX_FMT_HEVC ||
	       fourcc == V4L2_PIX_FMT_MPEG || fourcc == V4L2_PIX_FMT_PJPG;
}

void camera_fourcc(char dst[8], uint32_t fourcc)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned ch = fourcc >> (8 * i) & 0x7f;

		dst[i] = ch > 0x20 && ch < 0x7f ? (char)ch : ch == ' ' ? '\0' : '?';
	}
	dst[4] = '\0';
}

static int identify(struct camera_dev *c, struct err *e)
{
	struct v4l2_capability cap = {0};
	int rc = camera_call(c, VIDIOC_QUERYCAP, &cap);
	uint32_t can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;

	if (rc < 0)
		return err_set(e, -rc, "%s does not answer as a camera: %s", c->path,
			       strerror(-rc));
	if (!(can & V4L2_CAP_VIDEO_CAPTURE))
		return err_set(e, ENOTTY, "%s gives no pictures (it is no capture node)", c->path);
	clean(c->card, sizeof(c->card), cap.card, sizeof(cap.card));
	clean(c->bus, sizeof(c->bus), cap.bus_info, sizeof(cap.bus_info));
	clean(c->driver, sizeof(c->driver), cap.driver, sizeof(cap.driver));
	return 0;
}

/* Sizes that cannot be are unknown, not used. */
static int ask_format(struct camera_dev *c, struct camera_format *out)
{
	struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	struct v4l2_streamparm p = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	const struct v4l2_pix_format *pix = &f.fmt.pix;
	const struct v4l2_fract *per = &p.parm.capture.timeperframe;
	int rc = camera_call(c, VIDIOC_G_FMT, &f);

	*out = (struct camera_format){.fps = (double)NAN};
	if (rc < 0)
		return rc == -EINVAL || rc == -ENOTTY ? 0 : rc;
	if (pix->width && pix->height && pix->width <= CAMERA_SIDE_MAX &&
	    pix->height <= CAMERA_SIDE_MAX && pix->sizeimage <= CAMERA_BYTES_MAX) {
		out->width = pix->width;
		out->height = pix->height;
		out->stride = pix->bytesperline;
		out->size_bytes = pix->sizeimage;
		out->fourcc = pix->pixelformat;
		out->field = pix->field;
		out->colorspace = pix->colorspace;
	}
	rc = camera_call(c, VIDIOC_G_PARM, &p);
	if (rc == 0 && per->numerator && per->denominator)
		out->fps = (double)per->denominator / (double)per->numerator;
	if (!(out->fps >= 0.01 && out->fps <= 10000))
		out->fps = (double)NAN;
	return rc == -ENODEV ? rc : 0;
}

static bool read_control(struct camera_dev *c, struct camera_control *k)
{
	struct v4l2_control v = {.id = k->id};

	k->known = camera_call(c, VIDIOC_G_CTRL, &v) == 0;
	k->value = k->known ? v.value : 0;
	return k->known;
}

static void subscribe(struct camera_dev *c, const struct camera_control *k)
{
	struct v4l2_event_subscription s = {.type = V4L2_EVENT_CTRL, .id = k->id};

	camera_call(c, VIDIOC_SUBSCRIBE_EVENT, &s);
}

static void find_controls(struct camera_dev *c)
{
	c->ncontrols = 0;
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
		struct v4l2_query_ext_ctrl q = {.id = watched[i].id};
		struct camera_control *k = &c->control[c->ncontrols];

		if (camera_call(c, VIDIOC_QUERY_EXT_CTRL, &q) < 0 ||
		    q.flags & V4L2_CTRL_FLAG_DISABLED)
			continue;
		*k = (struct camera_control){.id = q.id, .role = watched[i].role};
		control_name(k->name, sizeof(k->name), q.name, sizeof(q.name));
		subscribe(c, k); /* first: what changes in between is then told, too */
		read_control(c, k);
		c->ncontrols++;
	}
}

int camera_open(struct camera_dev *c, const struct camera_sys *sys, const char *path, struct err *e)
{
	int rc;

	*c = (struct camera_dev){.sys = sys, .fd = -1, .held = -1};
	text_copy(c->path, sizeof(c->path), path);
	c->format.fps = (double)NAN;
	rc = sys->open(sys->host, path);
	if (rc < 0)
		return err_set(e, -rc, "%s: %s%s", path, strerror(-rc),
			       rc == -EACCES ? ": add yourself to the group video" : "");
	c->fd = rc;
	rc = identify(c, e);
	if (rc == 0) {
		rc = ask_format(c, &c->format);
		if (rc < 0)
			err_set(e, -rc, "%s does not tell its format: %s", path, strerror(-rc));
	}
	if (rc < 0) {
		camera_close(c);
		return rc;
	}
	find_controls(c);
	return 0;
}

void camera_close(struct camera_dev *c)
{
	if (c->fd < 0)
		return;
	camera_stop(c);
	c->sys->close(c->sys->host, c->fd);
	c->fd = -1;
}

static bool same_rate(double a, double b)
{
	return isnan(a) ? isnan(b) : fabs(a - b) < 1e-6;
}

int camera_look(struct camera_dev *c)
{
	struct camera_format now;
	int rc = ask_format(c, &now);
	bool same;

	if (rc < 0)
		return rc;
	same = now.width == c->format.width && now.height == c->format.height &&
	       now.fourcc == c->format.fourcc && same_rate(now.fps, c->format.fps);
	c->format = now;
	return same ? 0 : 1;
}

int camera_changed(struct camera_dev *c, struct camera_change *out)
{
	enum { MANY = 64 }; /* events of other kinds in a row */

	for (unsigned turn = 0; turn < MANY; turn++) {
		struct v4l2_event ev = {0};
		int rc = camera_call(c, VIDIOC_DQEVENT, &ev);

		if (rc < 0)
			return rc == -ENOENT || rc == -EAGAIN || rc == -EINVAL || rc == -ENOTTY
				       ? 0
				       : rc;
		if (ev.type != V4L2_EVENT_CTRL || !(ev.u.ctrl.changes & V4L2_EVENT_CTRL_CH_VALUE))
			continue;
		for (unsigned i = 0; i < c->ncontrols; i++) {
			struct camera_control *k = &c->control[i];

			if (k->id != ev.id || (k->known && k->value == ev.u.ctrl.value))
				continue;
			*out = (struct camera_change){i, k->known, k->value};
			k->known = true;
			k->value = ev.u.ctrl.value;
			return 1;
		}
	}
	return 0;
}
