/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an episode of a run began with, read from the database, in the order and units of a
 * profile's action joints. Main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_EXPLAIN_READ_H
#define POLICYTOP_PREFLIGHT_EXPLAIN_READ_H

#include "audit/explain.h"
#include "db/reader.h"

enum { EXPLAIN_EPISODES_MAX = 4096, EXPLAIN_ROWS_MAX = 64, EXPLAIN_OTHERS_MAX = 64 };

/* "RUN", "RUN#EPISODE", "last"; NULL: the newest run. episode -1: all. -errno with e. */
int explain_parse(struct db *db, const char *word, int64_t *run, int64_t *episode, struct err *e);

/* Name of the profile the run was judged by, "" none. */
int explain_profile_name(struct db *db, int64_t run, char name[NAME_BYTES], struct err *e);

/* Name of the rig that ran, "" none. */
int explain_rig_name(struct db *db, int64_t run, char name[NAME_BYTES], struct err *e);

/* Numbers of the run's episodes, at most EXPLAIN_EPISODES_MAX; only one when episode >= 0. */
int explain_episodes(struct db *db, int64_t run, int64_t episode, int64_t *out, struct err *e);

struct explain_opening {
	bool unplanned; /* the run's own check says so */
	unsigned steps;
	double arm[MAX_JOINTS];
	double *actions; /* [EXPLAIN_ROWS_MAX * joints], owned */
};

/* The first chunk of an episode, else its first actions. fini also after an error. */
int explain_opening_read(struct explain_opening *o, struct db *db, int64_t run, int64_t episode,
			 const struct profile *p, struct err *e);
void explain_opening_fini(struct explain_opening *o);

/* Statistics of the other profiles on file that have a profile's action joints. */
struct explain_others {
	unsigned n;
	struct explain_stats *stats; /* [n], their names are in profile */
	struct profile **profile;    /* [n] */
};

/* Of at most EXPLAIN_OTHERS_MAX, in the order of p's action joints. What cannot be read is left out. */
void explain_others_read(struct explain_others *o, struct db *db, const struct profile *p);
void explain_others_fini(struct explain_others *o); /* empty is allowed */

#endif
