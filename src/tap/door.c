/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/door.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/path.h"

const char *tap_place(const struct tap_info *info)
{
	return info->link[0] ? info->link : info->listen[0] ? info->listen : info->upstream;
}

char *tap_folder_dup(struct err *e)
{
	char *runtime = path_runtime_dup(e), *dir;

	if (!runtime)
		return NULL;
	dir = path_join_dup(runtime, "taps");
	free(runtime);
	/* The runtime folder is ours alone, so nobody else has made this one. */
	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return dir;
	err_set(e, errno, "%s: cannot make the folder: %m", dir);
	free(dir);
	return NULL;
}
