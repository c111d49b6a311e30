/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preflight: what is looked at before an episode. One row of look_table a subject; each appends
 * items to the list, among them one for what it could not see. Main thread.
 */
#ifndef POLICYTOP_CMD_LOOK_H
#define POLICYTOP_CMD_LOOK_H

#include "audit/finding.h"
#include "cmd/look_live.h"
#include "model/preflight.h"
#include "model/profile.h"
#include "rig/rig.h"
#include "training/checkpoint.h"

enum { LOOK_WAIVERS_MAX = 16 };

/* CODE[:SUBJECT]=REASON of --waive. */
struct look_waiver {
	char code[CODE_BYTES], subject[NAME_BYTES], reason[MESSAGE_BYTES];
};

struct look {
	const char *rig_name; /* "" none: a data set or a checkpoint by itself */
	const struct rig *rig;
	const char *db;		   /* path of the database */
	const char *record_to;	   /* folder of a planned recording, NULL none */
	double hours;		   /* of it; NaN none is planned */
	const char *dataset;	   /* --dataset, NULL none */
	bool audits;		   /* no rig: every audit that was asked for is required */
	bool ask;		   /* one request to the policy server is allowed */
	struct profile *profile;   /* NULL unknown */
	struct err profile_e;	   /* why */
	struct checkpoint *policy; /* NULL unknown */
	struct err policy_e;
	struct live_look live;
	unsigned waivers;
	struct look_waiver waiver[LOOK_WAIVERS_MAX];
	size_t n, room;
	struct preflight_item *item;
};

struct look_row {
	const char *name; /* of what is looked at, for messages and tests */
	bool rig;	  /* only of a rig */
	void (*look)(struct look *l);
};

extern const struct look_row look_table[]; /* name NULL ends; order of the screen */

/* Looks at all of it anew: clears the list first. live must have been filled. */
void look_all(struct look *l);
void look_fini(struct look *l);

/* "CODE[:SUBJECT]=REASON". 0, or -EINVAL with e: no code, no reason, or one that may not be. */
int look_waive(struct look *l, const char *text, struct err *e);

/*
 * An item of a code of audit_codes, its sentence by fmt; valid until the next one. Whether it is
 * required and waived is settled.
 */
struct preflight_item *look_add(struct look *l, const char *code, const char *subject,
				enum level level, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void look_number(struct preflight_item *i, double value, double threshold, const char *unit);
void look_do(struct preflight_item *i, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void look_from(struct preflight_item *i, const char *source, double age_s);

/* Every finding of an audit as an item. */
void look_take(struct look *l, const struct audit *a);

/* The rows' own files. */
void look_policy(struct look *l);
void look_dataset(struct look *l);
void look_prompt(struct look *l);
void look_server(struct look *l);
void look_cameras(struct look *l);
void look_pose(struct look *l);
void look_motors(struct look *l);
void look_disk(struct look *l);
void look_machine(struct look *l);

/* Recorded videos judged as live ones are: windows of answers. Main thread. */

#include "training/dataset.h"
#include "vision/lineup.h"

struct look_window {
	int64_t episode;
	double t_s; /* of its end, since the episode's start */
	struct lineup_answer answer;

struct look_camera {
	char name[NAME_BYTES];	/* as the set has it */
	char shown[NAME_BYTES]; /* under which it is judged: another one's with a swap */
	char trouble[200];	/* of its videos, "" none */
	unsigned episodes;	/* with pictures */

	const struct profile *profile; /* of training */
	double every_s;		       /* length of a window */
	const char *swap[2];	       /* names that are exchanged on purpose, NULL none */
	unsigned cameras;
	struct look_camera camera[LINEUP_CAMERAS];
	size_t nwindows;
	struct look_window *window;
	double horizon_s; /* of what was judged, all episodes */

/* 0, or a negative errno with e: the set, the helper, or a profile without references. */
int look_dataset(struct look *l, struct dataset *d, struct err *e);

#endif
