/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics of a vector, as a checkpoint has them and as a training set's data gives them: per
 * joint mean, standard deviation, smallest and largest. An action may have been counted as it is,
 * less the state of its frame, or less the state its chunk began at: the data gives figures for
 * each of these. Plain data; any thread.
 */
#ifndef POLICYTOP_AUDIT_FIGURES_H
#define POLICYTOP_AUDIT_FIGURES_H

#include <stdbool.h>

#include "training/checkpoint.h"
#include "training/episodes.h"

struct figures {
	unsigned n; /* joints */
	double mean[MAX_JOINTS], std[MAX_JOINTS], min[MAX_JOINTS],
		max[MAX_JOINTS]; /* NaN unknown */
};

/* What the data says about one vector, counted in one way. */
struct measured {
	char how[80]; /* "as recorded", "less the state, chunks of 50" */
	struct figures all;
	double mean_sd[MAX_JOINTS]; /* deviation of the episodes' means, NaN unknown */
	unsigned episodes;
};

enum how {
	HOW_RECORDED,
	HOW_STEP,	   /* action - state of the same frame */
	HOW_CHUNK,	   /* each step of a chunk - the state it begins at; complete chunks only */
	HOW_CHUNK_PADDED,  /* the same, an episode's last action repeated to fill its last chunks */
	HOW_CHUNK_WINDOW,  /* as recorded, but counted as often as complete chunks contain it */
	HOW_PADDED_WINDOW, /* the same of padded chunks */
};

/*
 * Of the episodes whose use[i] is set (NULL: all). action: of actions, else of states. horizon is
 * that of HOW_CHUNK…, in steps. Values that are not finite are left out. False: there are no such
 * figures (no state of that name, no frames, an episode's horizon too long).
 */
bool figures_measure(struct measured *m, const struct episodes *e, const unsigned char *use,
		     bool action, enum how how, unsigned horizon);

/* Of a profile: as recorded only. */
void figures_of_profile(struct measured *m, const struct profile *p, bool action);

/* Of a checkpoint; the rows of a horizon are not figures of one vector: false. */
bool figures_of_stats(struct figures *f, const struct norm_stats *s);

/* The figures of slope[j] * x + offset[j]. */
void figures_map(struct figures *to, const struct figures *from, const double *slope,
		 const double *offset);

#endif
