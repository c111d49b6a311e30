/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded videos judged as live ones are: windows of answers. Main thread. */
#ifndef POLICYTOP_CMD_LOOK_H
#define POLICYTOP_CMD_LOOK_H

#include "base/buf.h"
#include "model/profile.h"
#include "training/dataset.h"
#include "vision/lineup.h"

/* The checks that say what a lineup finds. */
extern const char *const look_fact_names[LINEUP_FACTS];

/* ,"is": ,"margin": ,"unit": ,"method": of an answer, NULL: of none. */
void look_json_is(struct buf *b, const struct profile *p, const struct lineup_answer *a);

struct look_window {
	int64_t episode;
	double t_s; /* of its end, since the episode's start */
	struct lineup_answer answer;
};

struct look_camera {
	char name[NAME_BYTES];	/* as the set has it */
	char shown[NAME_BYTES]; /* under which it is judged: another one's with a swap */
	char trouble[200];	/* of its videos, "" none */
	unsigned episodes;	/* with pictures */
};

struct look {
	const struct profile *profile; /* of training */
	double every_s;		       /* length of a window */
	const char *swap[2];	       /* names that are exchanged on purpose, NULL none */
	unsigned cameras;
	struct look_camera camera[LINEUP_CAMERAS];
	size_t nwindows;
	struct look_window *window;
	double horizon_s; /* of what was judged, all episodes */
};

/* 0, or a negative errno with e: the set, the helper, or a profile without references. */
int look_dataset(struct look *l, struct dataset *d, struct err *e);
void look_fini(struct look *l);

#endif
