/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a dataset lies: the folder that was named, or the copy of a repo id that LeRobot
 * ($HF_LEROBOT_HOME, default $HF_HOME/lerobot) or the Hugging Face hub ($HF_HUB_CACHE, default
 * $HF_HOME/hub) keeps on this machine. $HF_HOME is ~/.cache/huggingface unless it is set.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "training/dataset_impl.h"

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

static char *hf_home_dup(void)
{
	const char *home = getenv("HF_HOME"), *user = getenv("HOME");
	const char *cache = getenv("XDG_CACHE_HOME");

	if (home && *home)
		return xstrdup(home);
	if (cache && *cache)
		return path_join_dup(cache, "huggingface");
	return path_join_dup(user ? user : "", ".cache/huggingface");
}

static char *from_env_dup(const char *name, const char *fallback)
{
	const char *value = getenv(name);
	char *home, *dir;

	if (value && *value)
		return xstrdup(value);
	home = hf_home_dup();
	dir = path_join_dup(home, fallback);
	free(home);
	return dir;
}

/* The snapshot that refs/main names, else any. */
static char *snapshot_dup(const char *repo)
{
	char *snapshots = path_join_dup(repo, "snapshots"), *found = NULL;
	char *ref = path_join_dup(repo, "refs/main");
	DIR *d = opendir(snapshots);
	FILE *f = fopen(ref, "re");
	struct dirent *entry;
	char name[65];

	if (f && fscanf(f, "%64[0-9a-f]", name) == 1)
		found = keep_if_dataset(path_join_dup(snapshots, name));
	while (!found && d && (entry = readdir(d))) {
		if (entry->d_name[0] != '.')
			found = keep_if_dataset(path_join_dup(snapshots, entry->d_name));
	}
	if (f)
		fclose(f);
	if (d)
		closedir(d);
	free(snapshots);
	free(ref);
	return found;
}

static char *in_hub_dup(const char *dir, const char *id)
{
	const char *slash = strchr(id, '/');
	struct buf name = {0};
	char *repo, *found;

	buf_printf(&name, "datasets--%.*s--%s", (int)(slash - id), id, slash + 1);
	repo = path_join_dup(dir, buf_text(&name));
	found = snapshot_dup(repo);
	free(repo);
	buf_fini(&name);
	return found;
}

static bool is_repo_id(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash && slash != s && slash[1] && !strchr(slash + 1, '/') && s[0] != '.' &&
	       s[0] != '~' && !strstr(s, "..");
}

char *locate_dup(const char *path, struct err *e)
{
	char *lerobot = from_env_dup("HF_LEROBOT_HOME", "lerobot");
	char *hub = from_env_dup("HF_HUB_CACHE", "hub");
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
	} else if (!is_repo_id(path)) {
		err_set(e, ENOENT, "%s: no such folder", path);
	} else {
		found = keep_if_dataset(path_join_dup(lerobot, path));
		inner = path_join_dup(lerobot, "hub");
		if (!found)
			found = in_hub_dup(inner, path);
		if (!found)
			found = in_hub_dup(hub, path);
		if (!found)
			err_set(e, ENOENT, "%s: no such folder, and no such repo id under %s or %s",
				path, lerobot, hub);
		free(inner);
	}
	free(lerobot);
	free(hub);
	return found;
}
