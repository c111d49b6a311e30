/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up training profile, every field of it filled that the database knows. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/db/dbtest.h"

enum { JOINTS = 3, BINS = 40 };

static void fill_joint(struct joint_profile *j, unsigned i)
{
	snprintf(j->joint.name, NAME_BYTES, "joint_%u.pos", i);
	j->joint.unit = UNIT_DEG;
	j->value.min = -20.5;
	j->value.max = 1.0 / 3 + 60;
	j->value.mean = 0.1;
	j->value.std = 7;
	j->value.q01 = j->value.q10 = j->value.q50 = j->value.q90 = j->value.q99 = 0.5 * i;
	j->delta.q50 = 0.25;
	j->delta.q95 = j->delta.q99 = 1.7;
	j->delta.q999 = NAN;
	j->delta.max = 2.2;
	j->start.mean = 3;
	j->start.std = i ? 0.7 : 0;
	j->start.min = 1;
	j->start.max = 4;
	j->episode_delta_max = xcalloc(1, sizeof(double));
}

static void fill_gripper(struct behaviour *b)
{
	struct gripper_habit *g = &b->gripper[0];

	b->ngrippers = 1;
	text_copy(g->joint, NAME_BYTES, "joint_2.pos");
	g->closed = -5;
	g->open = 5;
	g->closed_low = true;
	g->closes_min = g->closes_mean = g->closes_max = 1;
	g->first_close_min_s = g->first_close_max_s = NAN;
	g->bins = BINS;
	g->closed_min_s = xcalloc(BINS, sizeof(double));
	g->closed_mean_s = xcalloc(BINS, sizeof(double));
	g->closed_max_s = xcalloc(BINS, sizeof(double));
	for (size_t i = 0; i < BINS; i++) {
		g->closed_mean_s[i] = 0.1 * (double)i;
		g->closed_max_s[i] = 0.2 * (double)i;
	}
}

struct profile *test_profile(const char *name)
{
	struct profile *p = profile_new();
	struct feature_profile *f[] = {&p->action, &p->state};

	text_copy(p->name, NAME_BYTES, name);
	text_copy(p->robot, NAME_BYTES, "so101");
	text_copy(p->learned_utc, sizeof(p->learned_utc), "2026-01-02T03:04:05Z");
	p->fps = 30;
	p->episodes = 1;
	p->frames = 300;
	p->episode_frames = xcalloc(1, sizeof(uint32_t));
	p->episode_frames[0] = 300;
	for (unsigned k = 0; k < 2; k++) {
		f[k]->joints = JOINTS;
		f[k]->joint = xcalloc(JOINTS, sizeof(*f[k]->joint));
		for (unsigned i = 0; i < JOINTS; i++)
			fill_joint(&f[k]->joint[i], i);
	}
	p->gap = xcalloc(JOINTS, sizeof(*p->gap));
	fill_gripper(&p->behaviour);
	p->behaviour.joints = JOINTS;
	p->behaviour.rough_max = xcalloc(JOINTS, sizeof(double));
	p->behaviour.tracking_max = xcalloc(JOINTS, sizeof(double));
	return p;
}
