/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures. A subscription makes the robot's process send every one of them, so a camera is only
 * subscribed to until one has come, once a second, and one camera at a time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/foxglove_impl.h"
#include "wire/photo.h"
#include "wire/picture.h"
#include "wire/protobuf.h"

static const char camera_topics[] = "/observation/images/";

/*
 * PATIENCE: a camera that shows nothing for so long lets the next one have its turn. ENOUGH: what
 * was under way when the subscription ended is not looked at; shorter than PERIOD, so that a
 * replay, which only has the times of the bytes, looks at the same pictures.
 */
static const int64_t period_ns = NS_PER_S, enough_ns = 900 * NS_PER_MS, patience_ns = NS_PER_S;

enum { SIDE_MAX = 1 << 15 };

/* How the pixels of a RawImage lie. */
struct encoding {
	const char *name;
	unsigned channels, bytes; /* of one channel */
	char kind;		  /* as in struct ndarray */
	bool swapped;		  /* blue comes first */
};

static const struct encoding encodings[] = {
	{"rgb8", 3, 1, 'u', false},  {"rgba8", 4, 1, 'u', false},  {"bgr8", 3, 1, 'u', true},
	{"8UC3", 3, 1, 'u', true},   {"bgra8", 4, 1, 'u', true},   {"mono8", 1, 1, 'u', false},
	{"8UC1", 1, 1, 'u', false},  {"mono16", 1, 2, 'u', false}, {"16UC1", 1, 2, 'u', false},
	{"32FC1", 1, 4, 'f', false},
};

/* The fields of both kinds of message. */
struct image {
	uint32_t width, height, step;
	char name[NAME_BYTES]; /* of the encoding, or the format; cleaned */
	const uint8_t *data;
	size_t len;
};

static struct viewpoint *camera_of(struct foxglove *f, const char *name)
{
	for (unsigned i = 0; i < f->cameras; i++) {
		if (strcmp(f->camera[i].name, name) == 0)
			return &f->camera[i];
	}
	if (f->cameras == FOXGLOVE_CAMERAS)
		return NULL;
	text_copy(f->camera[f->cameras].name, NAME_BYTES, name);
	f->camera[f->cameras].told_ns = TIME_UNKNOWN;
	f->hello.facts |= FACT_FRAMES;
	f->grown = true;
	return &f->camera[f->cameras++];
}

bool foxglove_offer_picture(struct foxglove *f, const char *topic, const char *encoding,
			    const char *schema, int64_t channel)
{
	bool raw = strcmp(schema, "foxglove.RawImage") == 0;
	const char *name = topic + sizeof(camera_topics) - 1;
	struct viewpoint *c;

	if (!f->pictures || strncmp(topic, camera_topics, sizeof(camera_topics) - 1) != 0 ||
	    !name[0] || strcmp(encoding, "protobuf") != 0 ||
	    (!raw && strcmp(schema, "foxglove.CompressedImage") != 0))
		return false;
	c = camera_of(f, name);
	if (!c)
		return false;
	if (!c->live || c->channel != channel) {
		c->live = true;
		c->open = false;
		c->raw = raw;
		c->channel = channel;
		c->next_ns = f->t_ns;
	}
	return true;
}

void foxglove_withdraw_picture(struct foxglove *f, int64_t channel)
{
	for (unsigned i = 0; i < f->cameras; i++) {
		struct viewpoint *c = &f->camera[i];

		if (c->channel == channel)
			c->live = c->open = false;
	}
}

bool foxglove_refuse_picture(struct foxglove *f, int64_t channel)
{
	for (unsigned i = 0; i < f->cameras; i++) {
		struct viewpoint *c = &f->camera[i];

		if (!c->live || c->channel != channel)
			continue;
		c->open = false;
		c->next_ns = f->t_ns + period_ns;
		return true;
	}
	return false;
}

static uint32_t subscription_of(const struct foxglove *f, const struct viewpoint *c)
{
	return FOXGLOVE_CAMERA_0 + (uint32_t)(c - f->camera);
}

static void open_camera(struct foxglove *f, struct viewpoint *c)
{
	c->open = true;
	c->next_ns = f->t_ns + patience_ns;
	foxglove_say(f,
		     "{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":%lu,\"channelId\":%lld}]}",
		     (unsigned long)subscription_of(f, c), (long long)c->channel);
}

static void close_camera(struct foxglove *f, struct viewpoint *c)
{
	if (!c->open)
		return;
	c->open = false;
	c->next_ns = f->t_ns + period_ns;
	foxglove_say(f, "{\"op\":\"unsubscribe\",\"subscriptionIds\":[%lu]}",
		     (unsigned long)subscription_of(f, c));
}

void foxglove_refuse_large(struct foxglove *f)
{
	for (unsigned i = 0; i < f->cameras; i++) {
		struct viewpoint *c = &f->camera[i];

		c->live = c->live && !c->open;
		close_camera(f, c);
	}
}

int64_t foxglove_due_picture(struct foxglove *f)
{
	struct viewpoint *next = NULL;

	for (unsigned i = 0; i < f->cameras; i++) {
		struct viewpoint *c = &f->camera[i];

		if (c->open && c->next_ns > f->t_ns)
			return c->next_ns;
		close_camera(f, c);
	}
	for (unsigned i = 0; i < f->cameras; i++) {
		struct viewpoint *c = &f->camera[i];

		if (c->live && (!next || c->next_ns < next->next_ns))
			next = c;
	}
	if (next && next->next_ns <= f->t_ns)
		open_camera(f, next);
	return next ? next->next_ns : INT64_MAX;
}

static void take_text(char dst[NAME_BYTES], const struct protobuf *p)
{
	text_clean(dst, NAME_BYTES, (const char *)p->bytes, p->len);
}

static void take_raw_field(struct image *m, const struct protobuf *p)
{
	if (p->number == 2 && p->type == PROTOBUF_FIXED32)
		m->width = (uint32_t)p->value;
	else if (p->number == 3 && p->type == PROTOBUF_FIXED32)
		m->height = (uint32_t)p->value;
	else if (p->number == 5 && p->type == PROTOBUF_FIXED32)
		m->step = (uint32_t)p->value;
	else if (p->number == 4 && p->type == PROTOBUF_BYTES)
		take_text(m->name, p);
	else if (p->number == 6 && p->type == PROTOBUF_BYTES) {
		m->data = p->bytes;
		m->len = p->len;
	}
}

static void take_compressed_field(struct image *m, const struct protobuf *p)
{
	if (p->number == 3 && p->type == PROTOBUF_BYTES)
		take_text(m->name, p);
	else if (p->number == 2 && p->type == PROTOBUF_BYTES) {
		m->data = p->bytes;
		m->len = p->len;
	}
}

/* The rows without what pads them, red first. */
static uint8_t *pack(const struct image *m, const struct encoding *e)
{
	size_t row = (size_t)m->width * e->channels;
	uint8_t *tight = xcalloc(m->height, row * e->bytes);

	row *= e->bytes;
	for (size_t y = 0; y < m->height; y++)
		memcpy(tight + y * row, m->data + y * m->step, row);
	for (size_t i = 0; e->swapped && i < m->height * row; i += e->channels) {
		uint8_t blue = tight[i];

		tight[i] = tight[i + 2];
		tight[i + 2] = blue;
	}
	return tight;
}

/* What cannot be said of the pixels stays unknown. */
static void look(struct frame *f, uint8_t *thumb, const struct image *m, const struct encoding *e)
{
	uint64_t shape[3] = {m->height, m->width, e->channels};
	struct ndarray a = {.kind = e->kind, .bytes = e->bytes, .dims = 3, .data = m->data};
	uint8_t *tight = NULL;

	if (e->kind == 'u' && e->bytes != 1) /* depth: no light */
		return;
	if (e->swapped || m->step != m->width * e->channels * e->bytes)
		a.data = tight = pack(m, e);
	if (ndarray_shape(&a, shape, 3))
		picture_facts(f, thumb, &a);
	free(tight);
}

static bool raw_facts(struct foxglove *f, struct frame *out, uint8_t *thumb, const struct image *m)
{
	if (!m->width || !m->height || m->width > SIDE_MAX || m->height > SIDE_MAX) {
		foxglove_blame(f, "a picture of %lu x %lu", (unsigned long)m->width,
			       (unsigned long)m->height);
		return false;
	}
	out->width = m->width;
	out->height = m->height;
	out->channels = 3;
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		const struct encoding *e = &encodings[i];
		uint64_t row = (uint64_t)m->width * e->channels * e->bytes;

		if (strcmp(m->name, e->name) != 0)
			continue;
		if (m->step < row || (uint64_t)m->step * (m->height - 1) + row > m->len) {
			foxglove_blame(f, "a picture of %lu x %lu in %s has %zu bytes",
				       (unsigned long)m->width, (unsigned long)m->height, e->name,
				       m->len);
			return false;
		}
		out->channels = e->channels == 1 ? 1 : 3;
		look(out, thumb, m, e);
	}
	return true;
}

static bool compressed_facts(struct foxglove *f, struct frame *out, uint8_t *thumb,
			     const struct image *m)
{
	if (photo_facts(out, thumb, m->data, m->len))
		return true;
	foxglove_blame(f, "a picture in format '%s' is neither JPEG nor PNG", m->name);
	return false;
}

static void tell_picture(struct foxglove *f, const struct viewpoint *c, uint64_t log_time,
			 const struct image *m)
{
	struct frame out;
	struct event ev = {.kind = EVENT_FRAME, .t_ns = f->t_ns, .src_ns = TIME_UNKNOWN};
	uint8_t thumb[PICTURE_THUMB_BYTES];

	frame_init(&out);
	if (!(c->raw ? raw_facts(f, &out, thumb, m) : compressed_facts(f, &out, thumb, m)))
		return;
	text_copy(out.camera, sizeof(out.camera), c->name);
	if (log_time <= INT64_MAX)
		ev.src_ns = (int64_t)log_time;
	ev.frame = &out;
	f->emit(f->host, &ev);
}

bool foxglove_take_picture(struct foxglove *f, uint64_t subscription, uint64_t log_time,
			   const uint8_t *bytes, size_t n)
{
	uint64_t which = subscription - FOXGLOVE_CAMERA_0;
	struct image m = {0};
	struct viewpoint *c;
	struct protobuf p;

	if (subscription < FOXGLOVE_CAMERA_0 || which >= f->cameras)
		return false;
	c = &f->camera[which];
	close_camera(f, c);
	if (c->told_ns != TIME_UNKNOWN && f->t_ns - c->told_ns < enough_ns)
		return true;
	c->told_ns = f->t_ns;
	protobuf_init(&p, bytes, n);
	while (protobuf_next(&p)) {
		if (c->raw)
			take_raw_field(&m, &p);
		else
			take_compressed_field(&m, &p);
	}
	if (p.error)
		foxglove_blame(f, "a picture of %s that is no message", c->name);
	else
		tell_picture(f, c, log_time, &m);
	return true;
}
