/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preflight: what is looked at before an episode. One row of inspect_table a subject; each appends
 * items to the list, among them one for what it could not see. Main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_H
#define POLICYTOP_PREFLIGHT_INSPECT_H

#include <stdio.h>

#include "audit/finding.h"
#include "model/preflight.h"
#include "model/profile.h"
#include "preflight/inspect_live.h"
#include "rig/rig.h"
#include "training/checkpoint.h"

enum { INSPECT_WAIVERS_MAX = 16, INSPECT_ROWS = 16, INSPECT_DISKS = 4 };

/* CODE[:SUBJECT]=REASON of --waive. */
struct inspect_waiver {
	char code[CODE_BYTES], subject[NAME_BYTES], reason[MESSAGE_BYTES];
};

/* What a row found last: n items from the first on, which stand until then. */
struct inspect_kept {
	size_t first, n;
	int64_t until_ns;
};

struct inspect {
	const char *rig_name; /* "" none: a data set or a checkpoint by itself */
	const struct rig *rig;
	const char *db;	       /* path of the database */
	const char *record_to; /* folder of a planned recording, NULL: LeRobot's own */
	double hours;	       /* of it; NaN none is planned */
	const char *dataset;   /* --dataset, NULL none */
	bool audits;	       /* no rig: every audit that was asked for is required */
	const char *protocol;  /* what the policy server speaks, NULL unknown */
	struct {
		bool wanted;	   /* one request to the policy server is allowed */
		const char *from;  /* a capture with what is asked, NULL: the live rig */
		double deadline_s; /* of connection, greeting and answer together */
	} ask;
	struct inspect_asked *asked; /* what came of it, NULL not yet */
	struct profile *profile;     /* NULL unknown */
	struct err profile_e;	     /* why */
	struct checkpoint *policy;   /* NULL unknown */
	struct err policy_e;
	struct inspect_live live;
	bool clock_seen; /* clock_ns is known: wall clock less the one that only runs */
	int64_t clock_ns;
	double clock_step_s; /* the largest step seen */
	unsigned speeds;
	struct {
		char folder[512];
		double mb_s; /* NaN: error says why */
		int error;
	} speed[INSPECT_DISKS]; /* of disks that were written to */
	unsigned waivers;
	struct inspect_waiver waiver[INSPECT_WAIVERS_MAX];
	bool anew; /* the next look is at everything, however fresh it is */
	struct inspect_kept kept[INSPECT_ROWS];
	size_t n, room;
	struct preflight_item *item;
};

struct inspect_row {
	const char *name; /* of what is looked at, for messages and tests */
	bool rig;	  /* only of a rig */
	int every_s;	  /* looked at again after so long, 0: at every look */
	void (*look)(struct inspect *l);
};

extern const struct inspect_row inspect_table[]; /* name NULL ends; order of the screen */

/*
 * Makes the list anew; what a row says that is looked at seldom stands until its time is over. live
 * must have been filled.
 */
void inspect_all(struct inspect *l);
void inspect_fini(struct inspect *l);

/* inspect_rig.c: opens checkpoint (policy: in the place of the rig's) and profile; db is set. */
void inspect_training(struct inspect *l, const char *policy);

/* Listens to the rig's sources, then looks at everything. */
void inspect_now(struct inspect *l);

/* Stores what was found about a rig, so that a failure can be traced to it. 0, or -errno with e. */
int inspect_keep(const struct inspect *l, bool before_run, struct err *e);

/* All of it for `run`: prints what stands in the way of a GO. */
enum preflight_verdict inspect_before(const char *name, const struct rig *rig, const char *db,
				      FILE *out);

/* "CODE[:SUBJECT]=REASON". 0, or -EINVAL with e: no code, no reason, or one that may not be. */
int inspect_waive(struct inspect *l, const char *text, struct err *e);

/*
 * An item of a code of audit_codes, its sentence by fmt; valid until the next one. Whether it is
 * required and waived is settled.
 */
struct preflight_item *inspect_add(struct inspect *l, const char *code, const char *subject,
				   enum level level, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void inspect_number(struct preflight_item *i, double value, double threshold, const char *unit);
void inspect_do(struct preflight_item *i, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void inspect_from(struct preflight_item *i, const char *source, double age_s);

/* Every finding of an audit as an item. */
void inspect_take(struct inspect *l, const struct audit *a);

/* Which camera of training a camera of the rig is, and how it hangs, by its pictures. */
void inspect_identity(struct inspect *l, const char *role);

/* The rows' own files. */
void inspect_policy(struct inspect *l);
void inspect_live_norm(struct inspect *l);
void inspect_dataset(struct inspect *l);
void inspect_prompt(struct inspect *l);
void inspect_server(struct inspect *l);
void inspect_ask(struct inspect *l);
void inspect_cameras(struct inspect *l);
void inspect_pose(struct inspect *l);
void inspect_motors(struct inspect *l);
void inspect_disk(struct inspect *l);
void inspect_machine(struct inspect *l);

#endif
