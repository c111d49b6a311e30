/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that read and compare a set's own statistics; nobody else includes it. */
#ifndef POLICYTOP_TRAINING_COMPARE_IMPL_H
#define POLICYTOP_TRAINING_COMPARE_IMPL_H

#include "training/compare.h"
#include "training/dataset_impl.h"

enum { SOURCES = 3, CAMERAS_MAX = 32, FIGURES = 4 /* min, max, mean, std */ };

/* Figures of one feature as they stand in a file, of an episode or of all. */
struct stat_values {
	double v[FIGURES][MAX_JOINTS];
	unsigned n[FIGURES]; /* as many as the file has, beyond MAX_JOINTS, too */
	double count;	     /* frames; NaN unknown */
};

/* Sums of such: what they say about all episodes together. */
struct stat_sum {
	double count, min, max, mean, squares;
};

struct feature_stats {
	const struct feature *feature; /* NULL: the set has none */
	size_t episodes;	       /* that were summed */
	unsigned misfit;	       /* number of values that does not fit the feature, else 0 */
	struct stat_sum joint[MAX_JOINTS];
};

struct stats_source {
	const char *where; /* "meta/stats.json"; NULL: there is none */
	bool by_episode;
	struct feature_stats action, state;
};

struct set_stats {
	const struct dataset *d;
	const struct episodes *e; /* while it is read */
	size_t episodes;	  /* of the set that are in use */
	struct stats_source source[SOURCES];
	size_t ncameras;
	struct {
		char name[NAME_BYTES];
		struct feature_stats stats;
	} camera[CAMERAS_MAX];
};

/* compare.c: adds figures to the sum. */
void stat_add(struct feature_stats *f, const struct stat_values *v);

/* Is this episode one of those that were read? */
bool stats_wants(const struct set_stats *s, int64_t episode);

/* compare_read.c: each fills one source. 0, 1: there is no such file, or a negative errno. */
int stats_read_json(struct set_stats *s, struct stats_source *to, struct err *err);
int stats_read_lines(struct set_stats *s, struct stats_source *to, struct err *err);
int stats_read_tables(struct set_stats *s, struct stats_source *to, struct err *err);

#endif
