/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statistics that a dataset brings along (stats.json, episodes_stats.jsonl, the columns of the
 * v3.0 episode tables), and where they disagree with its data: a set that was edited, merged or
 * normalised afterwards trains a policy on wrong numbers. One thread.
 */
#ifndef POLICYTOP_TRAINING_COMPARE_H
#define POLICYTOP_TRAINING_COMPARE_H

#include "training/dataset.h"

struct set_stats;

/*
 * Reads them for the episodes e of d; per-episode ones are summed over these episodes. NULL with
 * e for a broken file; a set without statistics gives an empty one.
 */
struct set_stats *set_stats_read(struct dataset *d, const struct episodes *e, struct err *err);
void set_stats_free(struct set_stats *s); /* NULL is allowed */

/* Fills channel means and standard deviations of cameras by name. */
void set_stats_cameras(const struct set_stats *s, struct profile_camera *cameras, size_t n);

/*
 * The file that has mean 0 and std 1 for every action (state: for every state), where the data has
 * not: nothing is normalised by them. NULL: no such file; else static text.
 */
const char *set_stats_nothing(const struct set_stats *s, const struct profile *of, bool action);

/*
 * Compares min, max, mean and std with those of `of`, the profile of the same episodes, and adds
 * a sentence to `into` for every joint that differs by more than float32 rounding explains.
 */
void set_stats_compare(const struct set_stats *s, const struct profile *of, struct profile *into);

#endif
