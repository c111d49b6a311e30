/* SPDX-License-Identifier: Apache-2.0 */
#include "training/hub.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"

static char *home_dup(void)
{
	const char *home = getenv("HF_HOME"), *user = getenv("HOME");
	const char *cache = getenv("XDG_CACHE_HOME");

	if (home && *home)
		return xstrdup(home);
	if (cache && *cache)
		return path_join_dup(cache, "huggingface");
	return path_join_dup(user ? user : "", ".cache/huggingface");
}

char *hub_folder_dup(const char *variable, const char *below_home)
{
	const char *value = getenv(variable);
	char *home, *dir;

	if (value && *value)
		return xstrdup(value);
	home = home_dup();
	dir = path_join_dup(home, below_home);
	free(home);
	return dir;
}

/* folder when it fits; else it is freed and NULL. */
static char *keep_if(char *folder, bool (*fits)(const char *folder))
{
	if (fits(folder))
		return folder;
	free(folder);
	return NULL;
}

static char *in_repo_dup(const char *repo, bool (*fits)(const char *folder))
{
	char *snapshots = path_join_dup(repo, "snapshots"), *found = NULL;
	char *ref = path_join_dup(repo, "refs/main");
	DIR *d = opendir(snapshots);
	FILE *f = fopen(ref, "re");
	struct dirent *entry;
	char name[65];

	if (f && fscanf(f, "%64[0-9a-f]", name) == 1)
		found = keep_if(path_join_dup(snapshots, name), fits);
	while (!found && d && (entry = readdir(d))) {
		if (entry->d_name[0] != '.')
			found = keep_if(path_join_dup(snapshots, entry->d_name), fits);
	}
	if (f)
		fclose(f);
	if (d)
		closedir(d);
	free(snapshots);
	free(ref);
	return found;
}

char *hub_snapshot_dup(const char *dir, const char *kind, const char *id,
		       bool (*fits)(const char *folder))
{
	const char *slash = strchr(id, '/');
	struct buf name = {0};
	char *repo, *found;

	buf_printf(&name, "%s--%.*s--%s", kind, (int)(slash - id), id, slash + 1);
	repo = path_join_dup(dir, buf_text(&name));
	found = in_repo_dup(repo, fits);
	free(repo);
	buf_fini(&name);
	return found;
}

bool hub_is_repo_id(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash && slash != s && slash[1] && !strchr(slash + 1, '/') && s[0] != '.' &&
	       s[0] != '~' && !strstr(s, "..");
}
