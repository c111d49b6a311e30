/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by checkpoint*.c; nobody else includes it. */
#ifndef POLICYTOP_TRAINING_CHECKPOINT_IMPL_H
#define POLICYTOP_TRAINING_CHECKPOINT_IMPL_H

#include <cJSON.h>

#include "training/checkpoint.h"

enum {
	CHECKPOINT_FILE_MAX = 4 << 20, /* bytes of a JSON file; those that are real have 100 kB */
	CHECKPOINT_FEATURES_MAX = 256,
	CHECKPOINT_STATS_MAX = 512,	 /* features with statistics, of a side */
	CHECKPOINT_VALUES_MAX = 1 << 16, /* of one statistic */
	CHECKPOINT_WARNINGS_MAX = 32,
};

/* checkpoint_files.c; names are relative to c->path. */
bool cp_there(const struct checkpoint *c, const char *name);
int cp_json(struct checkpoint *c, const char *name, cJSON **out, struct err *e);
void cp_warn(struct checkpoint *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The form that a folder has; -1: it holds no checkpoint. */
int cp_form(const char *folder);

/* Finds the folder, fills path, name and step. 0 or a negative errno with e. */
int cp_locate(struct checkpoint *c, const char *word, struct err *e);

/* checkpoint.c: of JSON that may be anything; NULL items are allowed everywhere. */
const cJSON *cp_get(const cJSON *o, const char *key);
void cp_text(char *dst, size_t size, const cJSON *item); /* "" when it is no text */
int64_t cp_count(const cJSON *item);			 /* -1: no whole number from 0 on */
unsigned cp_small(const cJSON *item);			 /* 0: none, or above 1e6 */

/* Room for one more; NULL when n has reached most. */
struct policy_feature *cp_feature_add(struct policy_feature **list, size_t *n, const char *key);
struct norm_stats *cp_stats_add(struct norm_side *s, const char *key);
bool cp_stat_find(const char *word, enum norm_stat *out);

/* Takes v[0..n) of a statistic over; false and freed: it does not fit the others of its feature. */
bool cp_stats_take(struct norm_stats *s, enum norm_stat stat, double *v, unsigned width,
		   unsigned horizon);

/* {"STATE":"MEAN_STD",…} */
void cp_norm_map(enum norm_mode mode[POLICY_TYPES], const cJSON *map);
/* {"observation.state":{"type":"STATE","shape":[6]},…} */
void cp_features(struct policy_feature **list, size_t *n, const cJSON *features,
		 const enum norm_mode mode[POLICY_TYPES]);
void cp_names(struct policy_feature *f, const cJSON *names);
/* {"mean":[…],"std":[…],…} of a feature, rows in rows where it is by step. */
void cp_stats_json(struct checkpoint *c, struct norm_side *side, const char *key, const cJSON *o);

/* checkpoint_tensors.c: where a tensor's values belong; false: it is not a statistic. */
struct cp_place {
	struct norm_side *side;
	char key[FEATURE_KEY_BYTES];
	enum norm_stat stat; /* NORM_STATS: the count of frames */
};
typedef bool cp_place_fn(struct checkpoint *c, const char *tensor, struct cp_place *out);
/* 0, 1: no such file, or a negative errno with e. */
int cp_tensors(struct checkpoint *c, const char *name, cp_place_fn *place, struct err *e);

/* {"observation.images.front":"observation.images.camera1"}; the first map counts. */
void cp_renames(struct checkpoint *c, const cJSON *map);

/* One per form; 0 or a negative errno with e. */
int cp_lerobot(struct checkpoint *c, struct err *e);
int cp_openpi(struct checkpoint *c, struct err *e);
int cp_groot(struct checkpoint *c, struct err *e);

/* checkpoint_sides.c: processors of LeRobot; or what was among the weights. */
int cp_sides(struct checkpoint *c, struct err *e);

#endif
