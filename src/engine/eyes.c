/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/eyes.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* A little early is on time: five pictures a second must not give one in 1.2 s. */
static const int64_t keep_ns = 900 * NS_PER_MS, health_ns = 3 * NS_PER_S;

/* The entry of a camera of a source, made where there is room; -1: there are too many. */
static int place(struct eyes *e, const char *name, uint16_t source)
{
	for (unsigned i = 0; i < e->n; i++) {
		if (e->eye[i].source == source && strcmp(e->eye[i].name, name) == 0)
			return (int)i;
	}
	if (e->n == EYES_MAX)
		return -1;
	text_copy(e->eye[e->n].name, NAME_BYTES, name);
	e->eye[e->n].source = source;
	e->eye[e->n].health_ns = e->eye[e->n].kept_ns = TIME_UNKNOWN;
	return (int)e->n++;
}

/* A clock that went back is another one. */
static bool within(int64_t then_ns, int64_t now_ns, int64_t most_ns)
{
	return then_ns != TIME_UNKNOWN && now_ns >= then_ns && now_ns - then_ns < most_ns;
}

void eyes_health(struct eyes *e, const struct event *ev)
{
	int at = place(e, ev->camera->name, ev->source);

	if (at >= 0)
		e->eye[at].health_ns = ev->t_ns;
}

bool eyes_keep(struct eyes *e, const struct event *ev, uint32_t episode)
{
	int at = place(e, ev->frame->camera, ev->source);

	if (at < 0)
		return true;
	if (e->eye[at].episode == episode && within(e->eye[at].kept_ns, ev->t_ns, keep_ns))
		return false;
	e->eye[at].kept_ns = ev->t_ns;
	e->eye[at].episode = episode;
	return true;
}

bool eyes_tell(const struct eyes *e, const struct event *ev, struct camera *out)
{
	const struct frame *f = ev->frame;

	for (unsigned i = 0; i < e->n; i++) {
		if (strcmp(e->eye[i].name, f->camera) == 0 &&
		    within(e->eye[i].health_ns, ev->t_ns, health_ns))
			return false;
	}
	camera_init(out);
	text_copy(out->name, sizeof(out->name), f->camera);
	out->mode = CAMERA_TRAFFIC;
	out->state = CAMERA_STREAMING;
	out->width = f->width;
	out->height = f->height;
	out->frozen_s = f->repeat_s;
	out->dark = f->dark;
	out->sharpness = f->sharpness;
	return true;
}
