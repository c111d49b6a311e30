/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a dataset lies: the folder that was named, or the copy of a repo id that LeRobot
 * ($HF_LEROBOT_HOME, default $HF_HOME/lerobot) or the Hugging Face hub keeps on this machine.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/path.h"
#include "training/dataset_impl.h"
#include "training/hub.h"

static bool has_info(const char *folder)
{
	char *path = path_join_dup(folder, "meta/info.json");
	struct stat st;
	bool there = stat(path, &st) == 0;

	free(path);
	return there;
}

/* folder when it holds a dataset; else it is freed and NULL. */
static char *keep_if_dataset(char *folder)
{
	if (folder && has_info(folder))
		return folder;
	free(folder);
	return NULL;
}

char *locate_dup(const char *path, struct err *e)
{
	char *lerobot = hub_folder_dup("HF_LEROBOT_HOME", "lerobot");
	char *hub = hub_folder_dup("HF_HUB_CACHE", "hub");
	char *found = NULL, *inner;
	struct stat st;

	if (stat(path, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			err_set(e, ENOTDIR, "%s: is no folder; name the folder above meta/", path);
		else if (!has_info(path))
			err_set(e, ENOENT, "%s: no LeRobotDataset, meta/info.json is missing",
				path);
		else
			found = xstrdup(path);
	} else if (errno == ELOOP || errno == EACCES) {
		err_set(e, errno, "%s: %s", path, strerror(errno));
	} else if (!hub_is_repo_id(path)) {
		err_set(e, ENOENT, "%s: no such folder", path);
	} else {
		found = keep_if_dataset(path_join_dup(lerobot, path));
		inner = path_join_dup(lerobot, "hub");
		if (!found)
			found = hub_snapshot_dup(inner, "datasets", path, has_info);
		if (!found)
			found = hub_snapshot_dup(hub, "datasets", path, has_info);
		if (!found)
			err_set(e, ENOENT, "%s: no such folder, and no such repo id under %s or %s",
				path, lerobot, hub);
		free(inner);
	}
	free(lerobot);
	free(hub);
	return found;
}
