/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/shots.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/world.h"
#include "wire/picture.h"

/* A plug that slips for less is nothing that a kernel tells. */
static const int64_t slip_ns = 300 * NS_PER_MS;

void shots_init(struct shots *s)
{
	sim_camera_room(&s->room);
}

struct due {
	int64_t ns;
	enum sim_camera which;
	bool health;
};

static struct due next_of(const struct sim *s)
{
	struct due d = {.ns = INT64_MAX};

	for (unsigned i = 0; s->cfg.cameras && i < SIM_CAMERAS; i++) {
		if (s->shots.of[i].picture_ns < d.ns)
			d = (struct due){s->shots.of[i].picture_ns, (enum sim_camera)i, false};
		if (s->shots.of[i].health_ns < d.ns)
			d = (struct due){s->shots.of[i].health_ns, (enum sim_camera)i, true};
	}
	return d;
}

int64_t shots_due_ns(const struct sim *s)
{
	return next_of(s).ns;
}

static struct sim_eye eye_of(struct sim *s, const struct due *d)
{
	const struct sim_fault *row = s->fault.row;
	struct sim_eye eye = {.shows = d->which, .light = 1, .fps = SHOTS_FPS};

	if (s->fault.begun && row->acts->camera &&
	    row->acts->camera(&s->fault, d->ns, d->which, &eye))
		fault_touch(&s->fault, s->seq);
	return eye;
}

/* The lamp is not the same every day. */
static double lamp(const struct sim *s)
{
	struct rng r = rng_seed(s->cfg.seed ^ (0x6c616d70u + ((uint64_t)s->episode << 32)));

	return rng_range(&r, 0.97, 1.03);
}

static void take(struct sim *s, const struct due *d, const struct sim_eye *eye)
{
	static const uint64_t shape[] = {PAINT_HEIGHT, PAINT_WIDTH, 3};
	struct sim_sight sight = {.scene = s->scene, .held = s->held, .placed = s->placed};
	struct ndarray a = {.kind = 'u', .bytes = 1, .data = s->shots.paint.rgb[0][0]};

	for (unsigned j = 0; j < SO101_JOINTS; j++)
		sight.joint[j] = s->arm.servo[j].pos;
	sight.gain = lamp(s) * eye->light;
	sight.noise = s->cfg.seed * SIM_CAMERAS + d->which + (uint64_t)d->ns;
	sim_camera_draw(&s->shots.paint, &s->shots.room, eye->shows, &sight);
	frame_init(&s->shots.of[d->which].frame);
	if (ndarray_shape(&a, shape, 3))
		picture_facts(&s->shots.of[d->which].frame, s->shots.of[d->which].thumb, &a);
	s->shots.of[d->which].fresh_ns = d->ns;
}

static bool picture(struct sim *s, const struct due *d, struct event *ev)
{
	struct sim_eye eye = eye_of(s, d);
	struct frame *f = &s->shots.frame;
	double pause_s = fmax(1.0 / SHOTS_HZ, 1 / fmax(eye.fps, 0.1));

	s->shots.of[d->which].picture_ns += (int64_t)llround(pause_s * (double)NS_PER_S);
	if (eye.gone)
		return false;
	if (!eye.frozen || !s->shots.of[d->which].frame.thumb)
		take(s, d, &eye);
	*f = s->shots.of[d->which].frame;
	text_copy(f->camera, sizeof(f->camera), sim_camera_name[d->which]);
	f->repeat_s = (double)(d->ns - s->shots.of[d->which].fresh_ns) / (double)NS_PER_S;
	f->repeats = round(f->repeat_s * eye.fps);
	ev->kind = EVENT_FRAME;
	ev->frame = f;
	return true;
}

static void tell(struct sim *s, const struct due *d, const struct sim_eye *eye)
{
	struct camera *c = &s->shots.camera;
	double lost = s->shots.of[d->which].lost;

	camera_init(c);
	text_copy(c->name, sizeof(c->name), sim_camera_name[d->which]);
	snprintf(c->device, sizeof(c->device), "/dev/v4l/by-id/usb-simulated_%s-video-index0",
		 c->name);
	c->mode = CAMERA_WATCH;
	c->state = s->shots.of[d->which].away ? CAMERA_GONE : CAMERA_STREAMING;
	if (c->state == CAMERA_GONE)
		return;
	text_copy(c->format, sizeof(c->format), "MJPG");
	c->width = PAINT_WIDTH;
	c->height = PAINT_HEIGHT;
	c->sequence = SHOTS_FPS * d->ns / NS_PER_S;
	c->lost = (int64_t)lost;
	c->errors = c->automatic = 0;
	c->fps_set = SHOTS_FPS;
	c->fps = eye->fps;
	c->jitter_ms = 0.7;
	c->age_ms = 38;
}

static bool health(struct sim *s, const struct due *d, struct event *ev)
{
	struct sim_eye eye = eye_of(s, d);
	bool away = eye.gone && d->ns - s->fault.begun_ns >= slip_ns;

	s->shots.of[d->which].health_ns += eye.gone && !away ? NS_PER_S / SHOTS_HZ : NS_PER_S;
	s->shots.of[d->which].lost += SHOTS_FPS - eye.fps;
	s->shots.of[d->which].away = away;
	if (eye.gone && !away)
		return false;
	tell(s, d, &eye);
	ev->kind = EVENT_CAMERA;
	ev->camera = &s->shots.camera;
	return true;
}

bool shots_next(struct sim *s, struct event *ev)
{
	struct due d = next_of(s);

	ev->src_ns = d.ns;
	return d.health ? health(s, &d, ev) : picture(s, &d, ev);
}
