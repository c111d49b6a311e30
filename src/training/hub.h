/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copies of repositories that the Hugging Face hub keeps on this machine: $HF_HUB_CACHE, default
 * $HF_HOME/hub, and $HF_HOME is ~/.cache/huggingface unless it is set. Looks, never downloads.
 */
#ifndef POLICYTOP_TRAINING_HUB_H
#define POLICYTOP_TRAINING_HUB_H

#include <stdbool.h>

/* "org/name", and no path. */
bool hub_is_repo_id(const char *s);

/* The value of a variable, or a folder below $HF_HOME; the caller frees it. */
char *hub_folder_dup(const char *variable, const char *below_home);

/*
 * The snapshot of a repo in the cache dir: the one that refs/main names, else any; only one that
 * fits. id is a repo id; kind is "datasets" or "models". NULL: there is none; the caller frees it.
 */
char *hub_snapshot_dup(const char *dir, const char *kind, const char *id,
		       bool (*fits)(const char *folder));

#endif
