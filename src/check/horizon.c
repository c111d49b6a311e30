/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a policy's reply: as many steps as the one before, and an action for every joint
 * that has one in training. Another shape is another model, or a reply that is cut wrongly.
 */
#include <stdio.h>
#include <string.h>

#include "check/check.h"

static const struct check_param params[] = {{0}};

struct state {
	bool any;
	unsigned horizon, joints; /* of the last reply */
	bool met;		  /* compared with what the robot is asked for */
};

static unsigned acts_on(const struct check *c, const struct chunk_view *p)
{
	unsigned n = 0;

	for (unsigned j = 0; j < c->run->joints; j++)
		n += (p->known[j / 64] >> j % 64 & 1) != 0;
	return n;
}

/* How many joints training acted on; 0 unknown. */
static unsigned trained(const struct check *c)
{
	return c->run->profile ? c->run->profile->action.joints : 0;
}

static void chunk(struct check *c, const struct chunk_view *p)
{
	struct state *s = c->state;
	unsigned joints = acts_on(c, p);
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, p->horizon, s->horizon, "steps"};

	if (!p->kept)
		return;
	if (s->any && (p->horizon != s->horizon || joints != s->joints))
		check_find(c, &f, "a reply of %u steps x %u joints, the one before had %u x %u",
			   p->horizon, joints, s->horizon, s->joints);
	if (!s->any && trained(c) && joints != trained(c)) {
		f.value = joints;
		f.threshold = trained(c);
		f.unit = "joints";
		check_find(c, &f, "a reply of %u steps acts on %u joints, training on %u",
			   p->horizon, joints, trained(c));
	}
	s->any = true;
	s->horizon = p->horizon;
	s->joints = joints;
}

/* The robot's joints that the policy moves, once. */
static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	const struct vec *asked = &t->step->vec[VEC_ASKED];
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, s->joints, 0, "joints"};
	unsigned n = 0;
	double v;

	if (s->met || !s->any || !asked->present)
		return;
	for (unsigned j = 0; j < c->run->joints; j++)
		n += vec_value(asked, j, &v);
	s->met = true;
	f.threshold = n;
	if (n != s->joints)
		check_find(c, &f, "a reply acts on %u joints, the robot is asked for %u", s->joints,
			   n);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no chunk with actions yet");
		return;
	}
	out->value = s->horizon;
	snprintf(out->unit, sizeof(out->unit), "steps");
	snprintf(out->why, sizeof(out->why), "replies of %u steps x %u joints", s->horizon,
		 s->joints);
}

const struct check_class check_horizon = {
	.name = "horizon",
	.summary = "a reply of another shape than robot or training",
	.needs = NEED_CHUNK,
	.params = params,
	.state_size = sizeof(struct state),
	.chunk = chunk,
	.step = step,
	.show = show,
};
