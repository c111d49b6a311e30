/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of our own, on the driver's own buffers: libv4l2 would hide frames that it cannot
 * decode. A mapping that is left over keeps the camera busy after close(): all are undone first.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "hal/camera_impl.h"

static int ask_buffers(struct camera_dev *c, uint32_t count, uint32_t *got)
{
	struct v4l2_requestbuffers r = {
		.count = count, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	int rc = camera_call(c, VIDIOC_REQBUFS, &r);

	*got = r.count;
	return rc;
}

static int queue(struct camera_dev *c, unsigned index)
{
	struct v4l2_buffer b = {
		.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};

	return camera_call(c, VIDIOC_QBUF, &b);
}

static int map_one(struct camera_dev *c, unsigned index)
{
	struct v4l2_buffer b = {
		.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	int rc = camera_call(c, VIDIOC_QUERYBUF, &b);
	void *p;

	if (rc < 0)
		return rc;
	if (!b.length || b.length > CAMERA_BYTES_MAX)
		return -EOVERFLOW;
	p = c->sys->map(c->sys->host, c->fd, b.length, b.m.offset);
	if (!p)
		return -ENOMEM;
	c->buffer[index] = (struct camera_buffer){p, b.length};
	c->nbuffers = index + 1;
	return queue(c, index);
}

static int start(struct camera_dev *c, const char **call)
{
	int rc, type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	uint32_t got = 0;

	*call = "REQBUFS";
	rc = ask_buffers(c, CAMERA_BUFFERS, &got);
	if (rc < 0)
		return rc;
	c->taken = true;
	/* A driver may give more than it was asked for: those stay unused. */
	if (got > CAMERA_BUFFERS)
		got = CAMERA_BUFFERS;
	if (!got)
		return -ENOMEM;
	*call = "QBUF";
	for (unsigned i = 0; i < got && rc >= 0; i++)
		rc = map_one(c, i);
	if (rc < 0)
		return rc;
	*call = "STREAMON";
	rc = camera_call(c, VIDIOC_STREAMON, &type);
	c->streaming = rc >= 0;
	return rc < 0 ? rc : 0;
}

static const char *advice(int code)
{
	switch (code) {
	case EBUSY:
		return "another program has it";
	case ENOSPC:
		return "the USB bus has no bandwidth left: another port of the computer, MJPG, or a "
		       "lower rate";
	case EOVERFLOW:
		return "the driver tells of buffers that cannot be";
	default:
		return strerror(code);
	}
}

int camera_start(struct camera_dev *c, struct err *e)
{
	const char *call = "";
	int rc = start(c, &call);

	if (rc == 0)
		return 0;
	camera_stop(c);
	return err_set(e, -rc, "%s cannot stream (%s): %s", c->path, call, advice(-rc));
}

void camera_stop(struct camera_dev *c)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	uint32_t none;

	if (c->fd >= 0 && c->streaming)
		camera_call(c, VIDIOC_STREAMOFF, &type);
	c->streaming = false;
	for (unsigned i = 0; i < c->nbuffers; i++)
		c->sys->unmap(c->sys->host, c->buffer[i].p, c->buffer[i].length);
	c->nbuffers = 0;
	c->held = -1;
	if (c->fd >= 0 && c->taken)
		ask_buffers(c, 0, &none);
	c->taken = false;
}

static int64_t stamp(const struct v4l2_buffer *b)
{
	int64_t s = (int64_t)b->timestamp.tv_sec, us = (int64_t)b->timestamp.tv_usec, ns;

	if ((b->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC ||
	    us < 0 || us >= 1000000 || s < 0 || __builtin_mul_overflow(s, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, us * 1000, &ns))
		return TIME_UNKNOWN;
	return ns;
}

int camera_take(struct camera_dev *c, struct camera_shot *out)
{
	struct v4l2_buffer b = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	int rc;

	if (!c->streaming)
		return -EINVAL;
	if (c->held >= 0)
		return -EBUSY;
	rc = camera_call(c, VIDIOC_DQBUF, &b);
	if (rc < 0)
		return rc == -EAGAIN ? 0 : rc;
	if (b.index >= c->nbuffers)
		return -EPROTO;
	c->held = (int)b.index;
	*out = (struct camera_shot){
		.sequence = b.sequence,
		.t_ns = stamp(&b),
		.start = (b.flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK) == V4L2_BUF_FLAG_TSTAMP_SRC_SOE,
		.damaged = b.flags & V4L2_BUF_FLAG_ERROR,
		.bytes = c->buffer[b.index].p,
		.n = b.bytesused < c->buffer[b.index].length ? b.bytesused
							     : c->buffer[b.index].length,
	};
	out->cut = !camera_compressed(c->format.fourcc) && out->n < c->format.size_bytes;
	return 1;
}

int camera_give(struct camera_dev *c)
{
	int index = c->held;

	if (index < 0)
		return 0;
	c->held = -1;
	return queue(c, (unsigned)index);
}
