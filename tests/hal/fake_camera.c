/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/hal/fake_camera.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

enum { THE_FD = 1000 };

static int fake_open(void *host, const char *path)
{
	struct fake_camera *f = host;

	(void)path;
	if (f->gone)
		return -ENODEV;
	if (f->open_error)
		return -f->open_error;
	f->opened++;
	return THE_FD;
}

static void fake_close(void *host, int fd)
{
	struct fake_camera *f = host;

	if (fd != THE_FD)
		return;
	f->closed++;
	f->maps_at_close += f->live;
	f->streaming = false;
	f->queued = 0;
}

static void *fake_map(void *host, int fd, size_t length, uint32_t offset)
{
	struct fake_camera *f = host;

	if (fd != THE_FD || offset >= CAMERA_BUFFERS || length > FAKE_BYTES)
		return NULL;
	f->mapped++;
	f->live++;
	return f->memory[offset];
}

static void fake_unmap(void *host, void *p, size_t length)
{
	struct fake_camera *f = host;

	(void)p;
	(void)length;
	f->unmapped++;
	f->live--;
}

static int query(const struct fake_camera *f, struct v4l2_capability *cap)
{
	memset(cap, f->endless ? 'x' : 0, sizeof(*cap));
	if (!f->endless) {
		snprintf((char *)cap->card, sizeof(cap->card), "Fake\033[31m Camera");
		snprintf((char *)cap->driver, sizeof(cap->driver), "fake");
	}
	cap->capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_CAPTURE;
	cap->device_caps = f->metadata ? V4L2_CAP_META_CAPTURE
				       : V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	return 0;
}

static int query_control(const struct fake_camera *f, struct v4l2_query_ext_ctrl *q)
{
	for (unsigned i = 0; i < f->ncontrols; i++) {
		if (f->control[i].id != q->id)
			continue;
		snprintf(q->name, sizeof(q->name), "%s", f->control[i].name);
		return 0;
	}
	return -EINVAL;
}

static int get_control(const struct fake_camera *f, struct v4l2_control *c)
{
	for (unsigned i = 0; i < f->ncontrols; i++) {
		if (f->control[i].id == c->id) {
			c->value = f->control[i].value;
			return 0;
		}
	}
	return -EINVAL;
}

static int next_event(struct fake_camera *f, struct v4l2_event *ev)
{
	if (!f->events)
		return -ENOENT;
	*ev = (struct v4l2_event){.type = V4L2_EVENT_CTRL, .id = f->event[0].id};
	ev->u.ctrl.changes = V4L2_EVENT_CTRL_CH_VALUE;
	ev->u.ctrl.value = f->event[0].value;
	memmove(f->event, f->event + 1, --f->events * sizeof(f->event[0]));
	return 0;
}

static int request_buffers(struct fake_camera *f, struct v4l2_requestbuffers *r)
{
	if (!r->count) {
		f->freed++;
		return 0;
	}
	f->takes++;
	if (f->reqbufs_error)
		return -f->reqbufs_error;
	if (f->buffers)
		r->count = f->buffers;
	return 0;
}

static int take_frame(struct fake_camera *f, struct v4l2_buffer *b)
{
	struct fake_frame one = f->frame[0];
	unsigned index = 0;

	if (f->dqbuf_error)
		return -f->dqbuf_error;
	while (index < CAMERA_BUFFERS && !(f->queued & 1u << index))
		index++;
	if (!f->frames || index == CAMERA_BUFFERS)
		return -EAGAIN;
	memmove(f->frame, f->frame + 1, --f->frames * sizeof(f->frame[0]));
	f->queued &= ~(1u << index);
	memset(f->memory[index], one.fill, FAKE_BYTES);
	b->index = f->index ? f->index - 1 : index;
	b->sequence = one.sequence;
	b->flags = one.flags;
	b->bytesused = one.bytes;
	b->timestamp.tv_sec = (time_t)(one.t_ns / 1000000000);
	b->timestamp.tv_usec = (suseconds_t)(one.t_ns % 1000000000 / 1000);
	return 0;
}

static int buffer_call(struct fake_camera *f, unsigned long request, struct v4l2_buffer *b)
{
	if (request == VIDIOC_DQBUF)
		return take_frame(f, b);
	if (b->index >= CAMERA_BUFFERS)
		return -EINVAL;
	if (request == VIDIOC_QBUF) {
		if (!f->qbuf_error)
			f->queued |= 1u << b->index;
		return -f->qbuf_error;
	}
	b->length = f->length ? f->length : FAKE_BYTES;
	b->m.offset = b->index;
	return -f->querybuf_error;
}

static int tell_format(const struct fake_camera *f, struct v4l2_format *out)
{
	out->fmt.pix = (struct v4l2_pix_format){.width = f->width,
						.height = f->height,
						.pixelformat = f->fourcc,
						.bytesperline = f->stride,
						.sizeimage = f->size_bytes};
	return 0;
}

static int tell_rate(const struct fake_camera *f, struct v4l2_streamparm *p)
{
	p->parm.capture.timeperframe.numerator = f->per_numerator;
	p->parm.capture.timeperframe.denominator = f->per_denominator;
	return 0;
}

static int switch_stream(struct fake_camera *f, bool on)
{
	f->takes += on;
	f->streaming = on && !f->streamon_error;
	if (!on)
		f->queued = 0;
	return on ? -f->streamon_error : 0;
}

static int fake_control(void *host, int fd, unsigned long request, void *arg)
{
	struct fake_camera *f = host;

	if (f->gone || fd != THE_FD)
		return -ENODEV;
	switch (request) {
	case VIDIOC_QUERYCAP:
		return query(f, arg);
	case VIDIOC_G_FMT:
		return tell_format(f, arg);
	case VIDIOC_G_PARM:
		return tell_rate(f, arg);
	case VIDIOC_QUERY_EXT_CTRL:
		return query_control(f, arg);
	case VIDIOC_G_CTRL:
		return get_control(f, arg);
	case VIDIOC_SUBSCRIBE_EVENT:
		return 0;
	case VIDIOC_DQEVENT:
		return next_event(f, arg);
	case VIDIOC_REQBUFS:
		return request_buffers(f, arg);
	case VIDIOC_QUERYBUF:
	case VIDIOC_QBUF:
	case VIDIOC_DQBUF:
		return buffer_call(f, request, arg);
	case VIDIOC_STREAMON:
	case VIDIOC_STREAMOFF:
		return switch_stream(f, request == VIDIOC_STREAMON);
	case VIDIOC_S_FMT:
	case VIDIOC_S_PARM:
	case VIDIOC_S_INPUT:
	case VIDIOC_S_CTRL:
		f->sets++;
		return -EBUSY;
	default:
		return -ENOTTY;
	}
}

void fake_camera_init(struct fake_camera *f)
{
	*f = (struct fake_camera){
		.width = 64,
		.height = 48,
		.stride = 128,
		.size_bytes = FAKE_BYTES,
		.fourcc = V4L2_PIX_FMT_YUYV,
		.per_numerator = 1,
		.per_denominator = 30,
		.ncontrols = 3,
		.control = {{V4L2_CID_EXPOSURE_AUTO, "Auto Exposure", 1},
			    {V4L2_CID_EXPOSURE_AUTO_PRIORITY, "Exposure, Dynamic Framerate", 0},
			    {V4L2_CID_BRIGHTNESS, "Brightness", 0}},
	};
	f->sys = (struct camera_sys){.host = f,
				     .open = fake_open,
				     .close = fake_close,
				     .control = fake_control,
				     .map = fake_map,
				     .unmap = fake_unmap};
}

void fake_camera_frame(struct fake_camera *f, uint32_t sequence, int64_t t_ns, uint8_t fill)
{
	if (f->frames < FAKE_FRAMES)
		f->frame[f->frames++] = (struct fake_frame){
			sequence, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, FAKE_BYTES, t_ns, fill};
}

void fake_camera_set(struct fake_camera *f, uint32_t id, int32_t value)
{
	for (unsigned i = 0; i < f->ncontrols; i++) {
		if (f->control[i].id == id)
			f->control[i].value = value;
	}
	if (f->events < FAKE_EVENTS)
		f->event[f->events++] = (struct fake_control){id, "", value};
}
