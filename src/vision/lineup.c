/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/lineup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "vision/lineup_impl.h"

const char *lineup_method_word(enum lineup_method m)
{
	return m == BY_PICTURE ? "picture" : m == BY_MOTION ? "motion" : "none";
}

const char *lineup_method_unit(enum lineup_method m)
{
	return m == BY_PICTURE ? "sigma" : m == BY_MOTION ? "log10 odds" : "";
}

struct lineup *lineup_new(const struct profile *profile)
{
	struct lineup *l = xcalloc(1, sizeof(*l));
	unsigned known = 0;

	l->profile = profile;
	l->roles = (unsigned)(profile->ncameras < LINEUP_CAMERAS ? profile->ncameras
								 : LINEUP_CAMERAS);
	for (unsigned i = 0; i < l->roles; i++) {
		l->ref[i] = profile->reference ? profile->reference[i] : NULL;
		l->eye[i] = l->ref[i] ? eye_new(l->ref[i], EYE_WHOLE) : NULL;
		known += l->eye[i] != NULL;
	}
	if (known)
		return l;
	lineup_free(l);
	return NULL;
}

void lineup_free(struct lineup *l)
{
	for (unsigned i = 0; l && i < l->roles; i++)
		eye_free(l->eye[i]);
	free(l);
}

void lineup_restart(struct lineup *l)
{
	for (unsigned i = 0; i < l->cameras; i++) {
		l->live[i].window.n = 0;
		l->live[i].next_s = -INFINITY;
		l->live[i].fresh = false;
	}
	if (l->moves)
		motion_restart(&l->motion);
}

void lineup_joints(struct lineup *l, const struct joint *joint, unsigned n)
{
	l->moves = l->profile->motion && motion_begin(&l->motion, l->profile->motion, joint, n);
}

void lineup_step(struct lineup *l, double t_s, const double *joint)
{
	if (l->moves)
		motion_step(&l->motion, t_s, joint);
}

static int find(struct lineup *l, const char *name)
{
	const struct motion_table *t = l->profile->motion;
	struct live_camera *c;

	for (unsigned i = 0; i < l->cameras; i++) {
		if (strcmp(l->live[i].name, name) == 0)
			return (int)i;
	}
	if (l->cameras == LINEUP_CAMERAS)
		return -1;
	c = &l->live[l->cameras];
	text_copy(c->name, sizeof(c->name), name);
	c->own = c->on_arm = -1;
	c->next_s = -INFINITY;
	for (unsigned i = 0; i < l->roles; i++) {
		if (strcmp(l->profile->cameras[i].name, name) == 0)
			c->own = (int)i;
	}
	for (unsigned i = 0; t && i < t->arms; i++) {
		if (strcmp(t->camera[i], name) == 0)
			c->on_arm = (int)i;
	}
	return (int)l->cameras++;
}

int lineup_see(struct lineup *l, const char *camera, double t_s, const struct frame *f)
{
	int i = f->thumb_width && f->thumb_height ? find(l, camera) : -1;
	struct live_camera *c;
	struct sight s;

	if (i < 0)
		return i;
	c = &l->live[i];
	if (!view_of(&c->view, f))
		return -1;
	if (l->moves && c->on_arm >= 0)
		motion_see(&l->motion, (unsigned)c->on_arm, t_s, &c->view);
	/* A clock that went back is another one. */
	if (t_s < c->next_s && t_s > c->next_s - 1)
		return i;
	/* A little early is on time: a rate that is no multiple must not halve. */
	c->next_s = t_s + 0.9 / LINEUP_HZ;
	sight_take(&s, f, &c->view, (const struct eye *const *)l->eye, l->roles, c->own);
	sight_add(&c->window, &s);
	sight_median(&c->now, &c->window);
	c->fresh = true;
	return i;
}

unsigned lineup_cameras(const struct lineup *l)
{
	return l->cameras;
}

const char *lineup_role(const struct lineup *l, int role)
{
	return l->profile->cameras[role].name;
}

bool lineup_ready(const struct lineup *l, unsigned camera)
{
	return l->live[camera].fresh && l->live[camera].window.n >= LINEUP_FULL;
}

void lineup_judge(struct lineup *l, unsigned camera, struct lineup_answer *a)
{
	const struct live_camera *c = &l->live[camera];

	*a = (struct lineup_answer){.own = c->own, .role = -1, .like = -1, .margin = NAN};
	text_copy(a->camera, sizeof(a->camera), c->name);
	for (unsigned i = 0; i < LINEUP_FACTS; i++) {
		a->fact[i].value = a->fact[i].threshold = NAN;
		a->fact[i].unit = "";
	}
	lineup_who(l, camera, a);
	lineup_facts(l, camera, a);
	l->live[camera].fresh = false;
}

float lineup_limit(const struct reference *r)
{
	const double most = 0.85, least = 0.45, room = 1.6;

	if (r->episodes < REFERENCE_FEW || isnan(r->figures.distance_max))
		return (float)most;
	return (float)fmin(most, fmax(least, room * r->figures.distance_max));
}

float lineup_alike_limit(const struct reference *r)
{
	return r->moved_why[0] ? (float)NAN : (float)(0.85 * r->figures.alike_min);
}
