/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Camera lines: a picture's size, a thumbnail of it in base64, and its facts. A sender may leave
 * the facts to us: then they are those of the thumbnail.
 */
#include <math.h>
#include <string.h>

#include "base/base64.h"
#include "wire/picture.h"
#include "wire/stream_impl.h"

enum {
	THUMB_BYTES = FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3,
	THUMB_TEXT = (THUMB_BYTES + 2) / 3 * 4,
	SIDE_MAX = 1 << 16, /* pixels of a picture's side */
};

struct camera_line {
	struct frame frame;
	int64_t src_ns, width, height, thumb_width, thumb_height, channels;
	bool told; /* facts came with the line */
	size_t bytes;
	unsigned char thumb[THUMB_BYTES + 2];
	char text[THUMB_TEXT + 1];
};

static bool take_facts(struct stream *s, struct json *j, const char *what, double out[3])
{
	unsigned n = 0;

	if (json_next(j) != JSON_ARRAY) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "%s is no list", what);
		return false;
	}
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		double v;

		if (n < 3 && j->token == JSON_NUMBER && json_double(j, &v))
			out[n] = v;
		json_skip(j);
		n++;
	}
	return true;
}

static void take_rgb(struct stream *s, struct json *j, struct camera_line *c)
{
	if (json_next(j) != JSON_STRING) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "rgb is no text");
		return;
	}
	c->bytes = base64_bytes(c->thumb, c->text, json_text(j, c->text, sizeof(c->text)));
	if (c->bytes == SIZE_MAX)
		stream_blame(s, "rgb is no base64 of at most %d bytes", THUMB_BYTES);
}

static void take_key(struct stream *s, struct json *j, void *out)
{
	struct camera_line *c = out;

	if (json_is(j, "name"))
		stream_take_text(s, j, c->frame.camera, sizeof(c->frame.camera));
	else if (json_is(j, "width"))
		stream_take_i64(s, j, "width", &c->width);
	else if (json_is(j, "height"))
		stream_take_i64(s, j, "height", &c->height);
	else if (json_is(j, "channels"))
		stream_take_i64(s, j, "channels", &c->channels);
	else if (json_is(j, "thumb_width"))
		stream_take_i64(s, j, "thumb_width", &c->thumb_width);
	else if (json_is(j, "thumb_height"))
		stream_take_i64(s, j, "thumb_height", &c->thumb_height);
	else if (json_is(j, "rgb"))
		take_rgb(s, j, c);
	else if (json_is(j, "t"))
		stream_take_time(s, j, &c->src_ns);
	else if (json_is(j, "mean"))
		c->told = take_facts(s, j, "mean", c->frame.mean);
	else if (json_is(j, "std"))
		take_facts(s, j, "std", c->frame.std);
	else if (json_is(j, "dark"))
		stream_take_double(s, j, "dark", &c->frame.dark);
	else if (json_is(j, "bright"))
		stream_take_double(s, j, "bright", &c->frame.bright);
	else if (json_is(j, "sharpness"))
		stream_take_double(s, j, "sharpness", &c->frame.sharpness);
	else if (json_is(j, "repeats"))
		stream_take_double(s, j, "repeats", &c->frame.repeats);
	else if (json_is(j, "repeat_s"))
		stream_take_double(s, j, "repeat_s", &c->frame.repeat_s);
	else
		stream_skip_value(j);
}

/* The thumbnail, where it is as large as it says and no larger than one can be. */
static void take_thumb(struct stream *s, struct camera_line *c)
{
	struct frame *f = &c->frame;

	if (!c->bytes && !c->thumb_width && !c->thumb_height)
		return;
	if (c->thumb_width < 1 || c->thumb_width > FRAME_THUMB_WIDTH || c->thumb_height < 1 ||
	    c->thumb_height > FRAME_THUMB_HEIGHT ||
	    c->bytes != (size_t)(c->thumb_width * c->thumb_height * 3)) {
		stream_blame(s, "rgb is no thumbnail of %lld x %lld", (long long)c->thumb_width,
			     (long long)c->thumb_height);
		return;
	}
	f->thumb_width = (uint8_t)c->thumb_width;
	f->thumb_height = (uint8_t)c->thumb_height;
	f->thumb = c->thumb;
	if (!c->told)
		picture_measure(f, c->thumb, f->thumb_width, f->thumb_height);
}

void stream_take_camera(struct stream *s, const char *line, size_t len)
{
	struct camera_line c = {.src_ns = TIME_UNKNOWN, .channels = 3};
	struct event ev = {.kind = EVENT_FRAME, .frame = &c.frame};

	frame_init(&c.frame);
	if (!stream_each_key(s, line, len, take_key, &c))
		return;
	if (!c.frame.camera[0] || c.width < 1 || c.width > SIDE_MAX || c.height < 1 ||
	    c.height > SIDE_MAX || (c.channels != 1 && c.channels != 3)) {
		stream_blame(s, "a camera line needs its name, width and height");
		return;
	}
	c.frame.width = (uint32_t)c.width;
	c.frame.height = (uint32_t)c.height;
	c.frame.channels = (uint8_t)c.channels;
	take_thumb(s, &c);
	ev.src_ns = c.src_ns;
	stream_emit(s, &ev);
}
