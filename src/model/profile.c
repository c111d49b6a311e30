/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const spaces[] = {"unknown", "absolute", "relative", "velocity", "end-effector"};

const char *space_word(enum action_space s)
{
	return s <= SPACE_EEF ? spaces[s] : "unknown";
}

enum action_space space_from_word(const char *word)
{
	for (unsigned s = 0; word && s <= SPACE_EEF; s++) {
		if (strcmp(spaces[s], word) == 0)
			return (enum action_space)s;
	}
	return SPACE_UNKNOWN;
}

struct profile *profile_new(void)
{
	return xcalloc(1, sizeof(struct profile));
}

static void feature_fini(struct feature_profile *f)
{
	for (unsigned j = 0; f->joint && j < f->joints; j++)
		free(f->joint[j].episode_delta_max);
	free(f->joint);
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	feature_fini(&p->action);
	feature_fini(&p->state);
	behaviour_fini(&p->behaviour);
	for (size_t i = 0; i < p->ndisagreements; i++)
		free(p->disagreements[i]);
	free(p->disagreements);
	for (size_t i = 0; p->reference && i < p->ncameras; i++)
		reference_free(p->reference[i]);
	free(p->reference);
	free(p->motion);
	free(p->motors);
	free(p->tasks);
	free(p->cameras);
	free(p->gap);
	free(p->episode_frames);
	free(p);
}

int profile_find(const struct feature_profile *f, const char *name)
{
	for (unsigned j = 0; j < f->joints; j++) {
		if (strcmp(f->joint[j].joint.name, name) == 0)
			return (int)j;
	}
	for (unsigned j = 0; j < f->joints; j++) {
		if (joint_same_name(f->joint[j].joint.name, name))
			return (int)j;
	}
	return -1;
}
