/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/look.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/episodes.h"
#include "training/footage.h"

const char *const look_fact_names[LINEUP_FACTS] = {
	[LINEUP_SWAP] = "camera-swap",	       [LINEUP_COVERED] = "camera-covered",
	[LINEUP_MIRRORED] = "camera-mirrored", [LINEUP_UNKNOWN] = "camera-unknown",
	[LINEUP_MOVED] = "camera-moved",       [LINEUP_LIGHT] = "camera-light",
	[LINEUP_COLOUR] = "camera-colour",
};

void look_json_is(struct buf *b, const struct profile *p, const struct lineup_answer *a)
{
	enum lineup_method method = a ? a->method : BY_NOTHING;

	buf_str(b, ",\"is\":");
	if (a && a->is == IS_ROLE)
		buf_json_str(b, p->cameras[a->role].name);
	else
		buf_str(b, a && a->is == IS_STRANGER ? "\"unknown\"" : "null");
	buf_str(b, ",\"margin\":");
	buf_json_num(b, a ? a->margin : (double)NAN);
	buf_printf(b, ",\"unit\":\"%s\",\"method\":\"%s\"", lineup_method_unit(method),
		   lineup_method_word(method));
}

struct player {
	struct look *look;
	struct lineup *lineup;
	const struct episodes *all;
	double base_s; /* of this episode on the lineup's clock */
};

static int name_cameras(struct look *l, const struct footage_set *s, struct err *e)
{
	int place[2] = {-1, -1};

	l->cameras = s->cameras < LINEUP_CAMERAS ? s->cameras : LINEUP_CAMERAS;
	for (unsigned i = 0; i < l->cameras; i++) {
		text_copy(l->camera[i].name, NAME_BYTES, s->name[i]);
		text_copy(l->camera[i].shown, NAME_BYTES, s->name[i]);
		for (unsigned k = 0; k < 2; k++) {
			if (l->swap[k] && strcmp(l->swap[k], s->name[i]) == 0)
				place[k] = (int)i;
		}
	}
	for (unsigned k = 0; k < 2; k++) {
		if (l->swap[k] && place[k] < 0)
			return err_set(e, EINVAL, "--swap: the set has no camera '%s'", l->swap[k]);
	}
	if (l->swap[0]) {
		text_copy(l->camera[place[0]].shown, NAME_BYTES, l->swap[1]);
		text_copy(l->camera[place[1]].shown, NAME_BYTES, l->swap[0]);
	}
	return 0;
}

static void add_window(struct player *p, int64_t episode, double t_s, unsigned camera)
{
	struct look *l = p->look;
	struct look_window *w;

	if ((l->nwindows & (l->nwindows - 1)) == 0)
		l->window = xrealloc(l->window, l->nwindows ? 2 * l->nwindows : 1,
				     sizeof(*l->window));
	w = &l->window[l->nwindows++];
	w->episode = episode;
	w->t_s = t_s;
	lineup_judge(p->lineup, camera, &w->answer);
}

static void close_window(struct player *p, int64_t episode, double t_s)
{
	for (unsigned i = 0; i < lineup_cameras(p->lineup); i++) {
		if (lineup_ready(p->lineup, i))
			add_window(p, episode, t_s, i);
	}
}

static void play_steps(struct player *p, const struct episode_span *s, size_t *row, double to_s)
{
	for (; *row < s->frames; ++*row) {
		double t_s = p->all->timestamp_s[s->first + *row] - p->all->timestamp_s[s->first];

		if (t_s > to_s)
			return;
		lineup_step(p->lineup, p->base_s + t_s,
			    p->all->state + (s->first + *row) * p->all->nstate);
	}
}

/* All cameras' pictures in the order of time, steps between them. */
static void play(struct player *p, const struct episode_span *s, const struct footage *f)
{
	size_t at[FOOTAGE_CAMERAS] = {0}, row = 0;
	double end_s = p->look->every_s, t_s = 0;

	lineup_restart(p->lineup);
	for (;;) {
		const struct footage_frame *next = NULL;
		unsigned who = 0;

		for (unsigned i = 0; i < p->look->cameras; i++) {
			const struct footage_frame *k = f->camera[i].frame + at[i];

			if (at[i] < f->camera[i].frames && (!next || k->t_s < next->t_s)) {
				next = k;
				who = i;
			}
		}
		if (!next)
			break;
		for (; next->t_s >= end_s - 1e-6; end_s += p->look->every_s)
			close_window(p, s->index, end_s);
		play_steps(p, s, &row, next->t_s);
		lineup_see(p->lineup, p->look->camera[who].shown, p->base_s + next->t_s,
			   &next->frame);
		t_s = next->t_s;
		at[who]++;
	}
	if (t_s > end_s - 0.25 * p->look->every_s)
		close_window(p, s->index, end_s);
	p->look->horizon_s += t_s;
	p->base_s += t_s + 10;
}

static void note_footage(struct look *l, const struct footage *f)
{
	for (unsigned i = 0; i < l->cameras; i++) {
		l->camera[i].episodes += f->camera[i].frames > 0;
		if (f->camera[i].trouble[0])
			text_copy(l->camera[i].trouble, sizeof(l->camera[i].trouble),
				  f->camera[i].trouble);
	}
}

static int play_all(struct player *p, const struct footage_set *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < p->all->count && !rc; i++) {
		struct footage f;

		rc = footage_read(&f, s, p->all->span[i].index, e);
		if (!rc) {
			note_footage(p->look, &f);
			play(p, &p->all->span[i], &f);
		}
		footage_fini(&f);
	}
	return rc;
}

int look_dataset(struct look *l, struct dataset *d, struct err *e)
{
	struct footage_set set = {0};
	struct player p = {.look = l, .lineup = lineup_new(l->profile)};
	struct episodes all = {0};
	int rc;

	if (!p.lineup)
		return err_set(
			e, ENODATA,
			"profile %s has no pictures of its cameras: learn it from a set with "
			"videos",
			l->profile->name);
	rc = dataset_load(d, &all, e);
	p.all = &all;
	if (!rc)
		rc = footage_open(&set, d, all.cameras, all.ncameras, e);
	if (!rc)
		rc = name_cameras(l, &set, e);
	if (!rc) {
		lineup_joints(p.lineup, all.state_joint, all.nstate);
		rc = play_all(&p, &set, e);
	}
	footage_close(&set);
	episodes_fini(&all);
	lineup_free(p.lineup);
	return rc;
}

void look_fini(struct look *l)
{
	free(l->window);
	l->window = NULL;
}
