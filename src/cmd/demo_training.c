/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/demo_training.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "sim/sim.h"

const char demo_profile_name[] = "demo";

enum { ROOM = 4096 }; /* frames of the first allocation */

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

struct profile *demo_profile_new(void)
{
	struct episodes e = {0};
	struct profile *p;

	demo_demonstrate(&e, SIM_TRAINING_SEED, SIM_TRAINING_EPISODES);
	p = profile_build(&e, NULL);
	episodes_fini(&e);
	text_copy(p->name, sizeof(p->name), demo_profile_name);
	clock_utc_text(p->learned_utc, clock_wall_ns());
	return p;
}
