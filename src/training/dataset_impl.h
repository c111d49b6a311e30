/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that read a dataset; nobody else includes it. */
#ifndef POLICYTOP_TRAINING_DATASET_IMPL_H
#define POLICYTOP_TRAINING_DATASET_IMPL_H

#include <stdbool.h>

#include "training/dataset.h"
#include "training/files.h"

enum { TASKS_MAX = 100000, RANGES_MAX = 256 };

struct range {
	int64_t first, last;
};

struct listed_episode {
	int64_t index, length;
};

struct dataset {
	char *root;
	char name[NAME_BYTES];
	struct dataset_meta meta;
	size_t nranges; /* 0: all episodes */
	struct range range[RANGES_MAX];
	size_t ntasks;
	char (*task)[TASK_BYTES]; /* by task_index, "" unknown */
	size_t nlisted;
	struct listed_episode *listed; /* the set's own list of episodes */
	size_t nwarnings;
	char **warning;
};

/* dataset.c */
void dataset_warn(struct dataset *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool dataset_wants(const struct dataset *d, int64_t episode);

/* The feature that holds actions or states, NULL: the set has none. */
enum dataset_role { DATASET_ACTION, DATASET_STATE };
const struct feature *dataset_feature(const struct dataset *d, enum dataset_role role);

/* locate.c: the folder that a path or repo id means, freshly allocated; NULL with e. */
char *locate_dup(const char *path, struct err *e);

/* tasks.c: tasks and the list of episodes from meta/. */
int tasks_read(struct dataset *d, struct err *e);
int listed_read(struct dataset *d, struct err *e);

/* cameras.c */
/* The feature of a camera's name; the result may be room. */
const char *dataset_camera_key(const struct dataset *d, const char *camera, char *room,
			       size_t size);
void cameras_read(struct dataset *d, struct episodes *out);

/* A run of rows of one data file that belong to one episode. */
struct run {
	int64_t episode;
	size_t row, rows; /* in the file */
	size_t dest;	  /* first row in struct episodes; SIZE_MAX: not wanted */
	unsigned task;	  /* of its first row, UINT_MAX unknown */
};

/* The features that are read, and the columns they are in. */
struct wanted {
	const struct feature *state, *action; /* NULL: the set has none */
};

struct part {
	const char *path;
	const struct dataset *d;
	struct wanted wanted;
	struct episodes *out; /* where phase 2 writes to */
	size_t rows;
	size_t nruns;
	struct run *run;
	bool no_footer;
	uint64_t left_bytes;
	struct err err;
};

/* rows.c: phase 1 finds the runs of a file, phase 2 reads the values of those that have a dest. */
void rows_find(struct part *p);
void rows_fill(struct part *p);

#endif
