/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A LeRobotDataset (v2.0, v2.1, v3.0) on disk: opened by its folder or by a repo id that is in the
 * local cache, then its joint data read into memory. Images and videos are never touched. Files
 * that are broken are an error that names file and row group; what is merely missing or unusual
 * (videos, a file without footer, counts that differ) is a warning. One thread a struct dataset;
 * reading uses a second thread meanwhile.
 */
#ifndef POLICYTOP_TRAINING_DATASET_H
#define POLICYTOP_TRAINING_DATASET_H

#include <stddef.h>

#include "base/err.h"
#include "training/episodes.h"
#include "training/info.h"

struct dataset;

/*
 * word: a folder, or a repo id "org/name" of the local LeRobot or Hugging Face cache, each with
 * "?episodes=0-15,20" when only these episodes are wanted (percent-encode ? & = %). Reads info,
 * tasks and the list of episodes, no data yet. 0 or a negative errno with e.
 */
int dataset_open(struct dataset **out, const char *word, struct err *e);

/* The same of a plain path or repo id; episodes like "0-15,20", NULL: all. */
int dataset_open_at(struct dataset **out, const char *path, const char *episodes, struct err *e);
void dataset_close(struct dataset *d); /* NULL is allowed */

const struct dataset_meta *dataset_meta(const struct dataset *d);
const char *dataset_root(const struct dataset *d); /* its folder */
const char *dataset_name(const struct dataset *d); /* the folder's name, cleaned */

/*
 * Reads the data files into *out (episodes_fini() afterwards): state, action, timestamps, spans by
 * episode_index, tasks, cameras. A value that is null is NaN. -ENOENT when none of the wanted
 * episodes is there. progress (NULL: none) is called on the calling thread now and then.
 */
struct dataset_progress {
	void *host;
	void (*tell)(void *host, size_t done, size_t all); /* data files */
};
int dataset_load(struct dataset *d, struct episodes *out, struct err *e);
int dataset_load_telling(struct dataset *d, struct episodes *out,
			 const struct dataset_progress *progress, struct err *e);

/* Sentences about what is odd, so far. */
size_t dataset_warnings(const struct dataset *d);
const char *dataset_warning(const struct dataset *d, size_t i);

/* Appends more to e. -EINVAL when joints, their units or fps differ, naming the difference. */
int episodes_append(struct episodes *e, const struct episodes *more, struct err *err);

#endif
