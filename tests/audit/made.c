/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/audit/made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"

static void name_joints(struct joint *j, unsigned n)
{
	static const char *const names[6] = {"shoulder_pan.pos", "shoulder_lift.pos",
					     "elbow_flex.pos",	 "wrist_flex.pos",
					     "wrist_roll.pos",	 "gripper.pos"};

	for (unsigned i = 0; i < n; i++) {
		if (i < 6)
			text_copy(j[i].name, sizeof(j[i].name), names[i]);
		else
			snprintf(j[i].name, sizeof(j[i].name), "arm%u_%s", i / 6, names[i % 6]);
	}
}

/* Each joint swings around a middle of its own, each episode a little elsewhere. */
static void fill_episode(struct episodes *e, size_t ep, struct rng *r)
{
	const struct episode_span *s = &e->span[ep];

	for (unsigned j = 0; j < e->nstate; j++) {
		bool gripper = j % 6 == 5;
		double middle = gripper ? 40 : 37.0 * (j % 6) - 80 + j;
		double wide = gripper ? 30 : 12 + 3.0 * j;
		double shift = rng_range(r, -0.3, 0.3) * wide, phase = rng_range(r, -0.2, 0.2);

		for (size_t t = 0; t < s->frames; t++) {
			double x = (double)t / (double)s->frames;
			size_t row = s->first + t;

			e->state[row * e->nstate + j] =
				middle + shift + wide * sin(6.3 * x + phase + j) * (0.5 + 0.5 * x);
		}
		for (size_t t = 0; t < s->frames; t++) {
			size_t ahead = t + 2 < s->frames ? t + 2 : s->frames - 1;

			e->action[(s->first + t) * e->naction + j] =
				e->state[(s->first + ahead) * e->nstate + j] + 0.05;
		}
	}
}

void made_set(struct episodes *e, unsigned joints, unsigned episodes, unsigned frames,
	      uint64_t seed)
{
	struct rng r = rng_seed(seed);

	*e = (struct episodes){.fps = 30, .nstate = joints, .naction = joints};
	text_copy(e->robot, sizeof(e->robot), "so101_follower");
	name_joints(e->state_joint, joints);
	name_joints(e->action_joint, joints);
	e->frames = (size_t)episodes * frames;
	e->state = xcalloc(e->frames * joints, sizeof(double));
	e->action = xcalloc(e->frames * joints, sizeof(double));
	e->timestamp_s = xcalloc(e->frames, sizeof(double));
	e->span = xcalloc(episodes, sizeof(*e->span));
	e->count = episodes;
	for (size_t i = 0; i < episodes; i++) {
		e->span[i] = (struct episode_span){
			.index = (int64_t)i, .first = i * frames, .frames = frames, .task = 0};
		fill_episode(e, i, &r);
		for (size_t t = 0; t < frames; t++)
			e->timestamp_s[i * frames + t] = (double)t / 30;
	}
}
