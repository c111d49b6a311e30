/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/demo_training.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "sim/camera.h"
#include "sim/shots.h"
#include "sim/sim.h"
#include "training/reference.h"
#include "training/scan.h"

const char demo_profile_name[] = "demo";

enum {
	ROOM = 4096, /* frames of the first allocation */
	FILMED = 8,  /* episodes that cameras took */
};

static void take_hello(struct episodes *e, const struct hello *h)
{
	text_copy(e->robot, sizeof(e->robot), h->robot);
	e->fps = h->fps;
	e->nstate = h->joints;
	e->naction = h->joints;
	memcpy(e->state_joint, h->joint, sizeof(e->state_joint));
	memcpy(e->action_joint, h->joint, sizeof(e->action_joint));
	e->ntasks = 1;
	e->task = xcalloc(1, sizeof(*e->task));
	text_copy(e->task[0], sizeof(e->task[0]), h->task);
}

static void make_room(struct episodes *e, size_t *room)
{
	size_t n;

	if (e->frames < *room)
		return;
	n = *room ? 2 * *room : ROOM;
	e->state = xrealloc(e->state, n, e->nstate * sizeof(double));
	e->action = xrealloc(e->action, n, e->naction * sizeof(double));
	e->timestamp_s = xrealloc(e->timestamp_s, n, sizeof(double));
	*room = n;
}

/* A dataset's timestamps are on the grid, whatever the loop's clock did. */
static void take_step(struct episodes *e, struct episode_span *span, const struct step *s)
{
	memcpy(e->state + e->frames * e->nstate, s->vec[VEC_SEEN].v, e->nstate * sizeof(double));
	memcpy(e->action + e->frames * e->naction, s->vec[VEC_ASKED].v,
	       e->naction * sizeof(double));
	e->timestamp_s[e->frames] = (double)span->frames / e->fps;
	e->frames++;
	span->frames++;
}

void demo_demonstrate(struct episodes *e, uint64_t seed, unsigned count)
{
	struct sim_cfg cfg = {.seed = seed, .teleop = true};
	struct sim *sim = sim_new(&cfg);
	struct event ev;
	size_t room = 0, ended = 0;

	e->span = xcalloc(count, sizeof(*e->span));
	while (ended < count) {
		sim_next(sim, &ev);
		if (ev.kind == EVENT_HELLO) {
			take_hello(e, ev.hello);
		} else if (ev.kind == EVENT_EPISODE && ev.episode->start) {
			e->span[e->count] = (struct episode_span){.index = (int64_t)e->count,
								  .first = e->frames};
			e->count++;
		} else if (ev.kind == EVENT_EPISODE) {
			ended++;
		} else if (ev.kind == EVENT_STEP && ev.step->driver == DRIVER_HUMAN) {
			make_room(e, &room);
			take_step(e, &e->span[e->count - 1], ev.step);
		}
	}
	sim_free(sim);
}

static void take_frame(struct scan_episode *ep, const struct frame *f)
{
	struct scan_picture *p;

	if (ep->pictures == SCAN_SECONDS * SCAN_HZ)
		return;
	if ((ep->pictures & (ep->pictures - 1)) == 0)
		ep->picture = xrealloc(ep->picture, ep->pictures ? 2 * ep->pictures : 1,
				       sizeof(*ep->picture));
	p = &ep->picture[ep->pictures];
	if (!view_of(&p->view, f))
		return;
	p->frame = *f;
	p->frame.thumb = NULL;
	ep->pictures++;
}

static unsigned camera_of(const struct frame *f)
{
	return strcmp(f->camera, sim_camera_name[SIM_FRONT]) == 0 ? SIM_FRONT : SIM_WRIST;
}

/* The first episodes once more, with cameras: nothing else differs. */
static void film(struct scan scan[SIM_CAMERAS], uint64_t seed)
{
	struct sim_cfg cfg = {.seed = seed, .teleop = true, .cameras = true};
	struct sim *sim = sim_new(&cfg);
	bool inside = false;
	unsigned ended = 0;
	struct event ev;

	for (unsigned i = 0; i < SIM_CAMERAS; i++) {
		scan[i].n = scan[i].there = FILMED;
		for (unsigned k = 0; k < FILMED; k++)
			scan[i].episode[k].span = k;
	}
	while (ended < FILMED) {
		sim_next(sim, &ev);
		if (ev.kind == EVENT_EPISODE) {
			inside = ev.episode->start;
			ended += !inside;
		} else if (ev.kind == EVENT_FRAME && inside) {
			take_frame(&scan[camera_of(ev.frame)].episode[ended], ev.frame);
		}
	}
	sim_free(sim);
}

static void add_cameras(struct episodes *e)
{
	e->ncameras = SIM_CAMERAS;
	e->cameras = xcalloc(SIM_CAMERAS, sizeof(*e->cameras));
	for (unsigned i = 0; i < SIM_CAMERAS; i++) {
		struct profile_camera *c = &e->cameras[i];

		*c = (struct profile_camera){.width = PAINT_WIDTH,
					     .height = PAINT_HEIGHT,
					     .channels = 3,
					     .fps = SHOTS_FPS};
		text_copy(c->name, sizeof(c->name), sim_camera_name[i]);
	}
}

static void add_references(struct profile *p)
{
	struct scan *scan = xcalloc(SIM_CAMERAS, sizeof(*scan));

	film(scan, SIM_TRAINING_SEED);
	p->reference = xcalloc(SIM_CAMERAS, sizeof(struct reference *));
	for (unsigned i = 0; i < SIM_CAMERAS; i++) {
		p->reference[i] = reference_make(&scan[i]);
		scan_fini(&scan[i]);
	}
	free(scan);
}

struct profile *demo_profile_new(void)
{
	struct episodes e = {0};
	struct profile *p;

	demo_demonstrate(&e, SIM_TRAINING_SEED, SIM_TRAINING_EPISODES);
	add_cameras(&e);
	p = profile_build(&e, NULL);
	episodes_fini(&e);
	add_references(p);
	text_copy(p->name, sizeof(p->name), demo_profile_name);
	clock_utc_text(p->learned_utc, clock_wall_ns());
	return p;
}
