/* SPDX-License-Identifier: Apache-2.0 */
/* The last picture of every camera, and what training saw of it. */
#include <string.h>

#include "base/text.h"
#include "engine/live_internal.h"

static double seconds(int64_t from_ns, int64_t to_ns)
{
	return (double)(to_ns - from_ns) / 1e9;
}

/* The camera's place; a fifth one takes that of the picture that is oldest. */
static struct live_frame *place_of(struct live *l, const char *camera)
{
	struct live_frame *oldest = &l->frame[0];

	for (unsigned i = 0; i < l->frames; i++) {
		if (strcmp(l->frame[i].v.camera, camera) == 0)
			return &l->frame[i];
		if (l->frame[i].at_ns < oldest->at_ns)
			oldest = &l->frame[i];
	}
	if (l->frames < VIEW_CAMERAS)
		oldest = &l->frame[l->frames++];
	oldest->v.count = 0;
	oldest->thumb.width = oldest->thumb.height = 0;
	return oldest;
}

/* A frame without one leaves the last: sources that look at every picture make few of them. */
static void keep_thumb(struct view_thumb *to, const struct frame *f)
{
	if (!f->thumb || !f->thumb_width || !f->thumb_height ||
	    f->thumb_width > FRAME_THUMB_WIDTH || f->thumb_height > FRAME_THUMB_HEIGHT)
		return;
	to->width = f->thumb_width;
	to->height = f->thumb_height;
	memcpy(to->rgb, f->thumb, (size_t)3 * to->width * to->height);
}

void live_frame(struct live *l, const struct frame *f, int64_t now_ns)
{
	struct live_frame *to = place_of(l, f->camera);
	uint64_t count = to->v.count + 1;

	to->v = (struct view_frame){.width = f->width, .height = f->height};
	text_copy(to->v.camera, sizeof(to->v.camera), f->camera);
	to->v.channels = f->channels;
	memcpy(to->v.mean, f->mean, sizeof(to->v.mean));
	memcpy(to->v.std, f->std, sizeof(to->v.std));
	to->v.dark = f->dark;
	to->v.bright = f->bright;
	to->v.sharpness = f->sharpness;
	to->v.frozen_s = f->repeat_s;
	to->v.count = count;
	keep_thumb(&to->thumb, f);
	to->at_ns = now_ns;
	l->facts |= FACT_FRAMES;
}

void live_frames_show(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	out->nframes = l->frames;
	for (unsigned i = 0; i < l->frames; i++) {
		out->frame[i] = l->frame[i].v;
		out->frame[i].age_s = seconds(l->frame[i].at_ns, now_ns);
	}
}

void live_thumb(const struct live *l, unsigned camera, struct view_thumb *out)
{
	*out = (struct view_thumb){.camera = camera};
	if (camera >= l->frames)
		return;
	*out = l->frame[camera].thumb;
	out->camera = camera;
	out->count = l->frame[camera].v.count;
}

_Static_assert(REFERENCE_BYTES == sizeof(((struct view_reference *)0)->rgb), "one fits");

/* Its first view is the start of an episode: what the camera should see before the policy acts. */
void live_reference(const struct live *l, const char *camera, struct view_reference *out)
{
	const struct profile *p = l->profile;
	const struct reference *r = NULL;

	*out = (struct view_reference){.width = 0};
	text_copy(out->camera, sizeof(out->camera), camera);
	for (unsigned i = 0; p && p->reference && i < p->ncameras; i++) {
		if (strcmp(p->cameras[i].name, camera) == 0)
			r = p->reference[i];
	}
	if (!p)
		text_copy(out->why, sizeof(out->why), "no profile of training");
	else if (!r || !r->views)
		text_copy(out->why, sizeof(out->why), "training has no pictures of it");
	else
		out->episodes = r->episodes;
	if (!out->episodes)
		return;
	out->width = FRAME_THUMB_WIDTH;
	out->height = FRAME_THUMB_HEIGHT;
	memcpy(out->rgb, r->rgb[0], sizeof(out->rgb));
}
