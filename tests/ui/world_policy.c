/* SPDX-License-Identifier: Apache-2.0 */
/* What the policy does in the worlds: chunks, traffic as openpi's, the rhythm of the loop. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/ui/world.h"

#define TEXT(field, s) text_copy((field), sizeof(field), (s))

static void add_tensor(struct view_traffic *t, const char *name, const char *dtype, bool reply,
		       const uint32_t shape[4], double min, double max, double mean)
{
	struct tensor *to = &t->tensor[t->ntensors++];

	TEXT(to->name, name);
	TEXT(to->dtype, dtype);
	to->reply = reply;
	for (unsigned i = 0; i < 4 && shape[i]; i++)
		to->shape[to->dims++] = shape[i];
	to->min = min;
	to->max = max;
	to->mean = mean;
}

void world_traffic(struct view_traffic *t, unsigned joints)
{
	const uint32_t image[4] = {224, 224, 3}, state[4] = {joints}, actions[4] = {10, joints},
		       one[4] = {0};

	*t = (struct view_traffic){.seen = true,
				   .number = 1234,
				   .state = EXCHANGE_ANSWERED,
				   .acted = true,
				   .in_flight_s = (double)NAN,
				   .age_s = 0.21,
				   .took_ms = 41.2,
				   .server_ms = 38.04,
				   .policy_ms = 35.1,
				   .request_bytes = 301123,
				   .reply_bytes = 2310,
				   .error_age_s = 95,
				   .requests = 1290,
				   .acts = 1288,
				   .errors = 1,
				   .broken = 1,
				   .reconnects = 1};
	TEXT(t->endpoint, "infer");
	TEXT(t->error,
	     "ValueError: could not broadcast input array from shape (7,) into shape (6,)");
	add_tensor(t, "observation/exterior_image_1_left", "|u1", false, image, 0, 255, 113.1);
	add_tensor(t, "observation/wrist_image_left", "|u1", false, image, 0, 251, 97.25);
	add_tensor(t, "observation/joint_position", "<f4", false, state, -98.7, 100, 12.31);
	add_tensor(t, "observation/gripper_position", "<f8", false, one, 0.66, 0.66, 0.66);
	add_tensor(t, "actions", "<f8", true, actions, -99.8, 100.4, 11.9);
	add_tensor(t, "policy_timing/infer_ms", "<f8", true, one, 35.1, 35.1, 35.1);
	add_tensor(t, "mystery", "|O", true, one, (double)NAN, (double)NAN, (double)NAN);
}

void world_cadence(struct view_cadence *c)
{
	static const unsigned bins[VIEW_BINS] = {
		[8] = 1, [9] = 60, [10] = 180, [11] = 12, [14] = 2, [23] = 1};

	*c = (struct view_cadence){.n = 256,
				   .budget_ms = 100.0 / 3,
				   .median_hz = 29.8,
				   .p95_ms = 36.4,
				   .worst_ms = 81.2,
				   .late = 0.012,
				   .over = 0.004,
				   .replans = 12,
				   .pauses = 1,
				   .pause_ms = 81.2,
				   .idle = 0.031,
				   .bin_ms = 10.0 / 3};
	memcpy(c->bin, bins, sizeof(bins));
}

static void add_camera(struct snapshot *s, const char *name, double age_s, double dark)
{
	struct view_frame *f = &s->frame[s->nframes++];

	TEXT(f->camera, name);
	f->width = 640;
	f->height = 480;
	f->channels = 3;
	f->mean[0] = f->mean[1] = f->mean[2] = 0.4;
	f->dark = dark;
	f->bright = 0.01;
	f->sharpness = 812;
	f->frozen_s = 0;
	f->age_s = age_s;
	f->count = 31;
}

static void add_eye(struct snapshot *s, const char *name)
{
	struct view_eye *k = &s->eye[s->neyes++];

	camera_init(&k->v);
	TEXT(k->v.name, name);
	TEXT(k->v.is, name);
	TEXT(k->v.method, "picture");
	TEXT(k->v.device, "/dev/v4l/by-id/usb-SimCo_SimCam_CAM0001-video-index0");
	TEXT(k->v.owner, "python3 (4711)");
	TEXT(k->v.format, "MJPG");
	k->v.mode = CAMERA_WATCH;
	k->v.state = CAMERA_STREAMING;
	k->v.width = 640;
	k->v.height = 480;
	k->v.lost = 2;
	k->v.errors = 0;
	k->v.fps = 29.94;
	k->v.jitter_ms = 1.8;
	k->v.age_ms = 41;
	k->v.margin = 6.2;
	k->age_s = 0.4;
}

void world_cameras(struct snapshot *s)
{
	add_camera(s, "exterior_image_1_left", 0.4, 0.02);
	add_camera(s, "wrist_image_left", 1.2, 0.93);
	add_eye(s, "exterior_image_1_left");
}

void world_chunk(struct snapshot *s)
{
	s->chunk = (struct view_chunk){.seen = true,
				       .number = 12,
				       .horizon = 10,
				       .dims = s->njoints,
				       .execute = 10,
				       .ran = 4,
				       .queue = 6,
				       .last_ran = 10,
				       .age_s = 0.14,
				       .replan_s = 0.333,
				       .match = PROMPT_TASK};
	TEXT(s->chunk.prompt, s->task);
	s->chunk.seam_joint = s->njoints > 1 ? 1 : -1;
	s->chunk.off_joint = s->njoints > 2 ? 2 : -1;
	s->latency = (struct view_latency){.n = 64,
					   .last_ms = 41,
					   .p50_ms = 40.2,
					   .p95_ms = 58,
					   .worst_ms = 112,
					   .first_ms = 4310};
	for (unsigned i = 0; i < s->njoints; i++) {
		struct view_joint *j = &s->joint[i];

		j->seam = j->delta_peak;
		j->inside = j->delta_max * 0.7;
		j->plan_off = j->err_peak * 2;
	}
}

void world_plans(struct history *h, double base, double span)
{
	h->nchunks = 4;
	for (unsigned i = 0; i < h->nchunks; i++) {
		struct history_chunk *c = &h->chunk[i];

		c->number = 12 - (int64_t)i;
		c->start_s = -0.14 - 0.333 * i;
		c->ran = i ? 10 : 4;
		c->n = 30;
		for (unsigned k = 0; k < c->n; k++)
			c->v[k] = (float)(base + span * (0.12 * i + sin(6.0 + 0.02 * k - 0.2 * i)));
	}
}

/* A sky that turns from dark blue to orange over green ground, and a red disc at x. */
static void paint(uint8_t *rgb, int at)
{
	for (int y = 0; y < FRAME_THUMB_HEIGHT; y++) {
		for (int x = 0; x < FRAME_THUMB_WIDTH; x++) {
			uint8_t *p = rgb + 3 * (y * FRAME_THUMB_WIDTH + x);
			int dx = x - at, dy = y - 24;

			p[0] = (uint8_t)(y < 32 ? 4 * x : 30);
			p[1] = (uint8_t)(y < 32 ? 2 * x : 60 + 2 * x);
			p[2] = (uint8_t)(y < 32 ? 160 - 2 * x : 40);
			if (dx * dx + dy * dy < 100) {
				p[0] = 230;
				p[1] = p[2] = 30;
			}
		}
	}
}

void world_thumb(struct view_thumb *t)
{
	t->count = 31;
	t->width = FRAME_THUMB_WIDTH;
	t->height = FRAME_THUMB_HEIGHT;
	paint(t->rgb, 20);
}

/* In training the disc stood further to the right. */
void world_reference(struct view_reference *r)
{
	TEXT(r->camera, "exterior_image_1_left");
	r->episodes = 16;
	r->width = FRAME_THUMB_WIDTH;
	r->height = FRAME_THUMB_HEIGHT;
	paint(r->rgb, 32);
}
