/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

char *path_join_dup(const char *dir, const char *name)
{
	struct buf b = {0};
	size_t n = strlen(dir);

	buf_printf(&b, "%s%s%s", dir, n && dir[n - 1] != '/' ? "/" : "", name);
	return b.p ? b.p : xstrdup("");
}

char *path_absolute_dup(const char *path)
{
	char *cwd, *out;

	if (path[0] == '/')
		return xstrdup(path);
	cwd = getcwd(NULL, 0);
	out = path_join_dup(cwd ? cwd : "/", path);
	free(cwd);
	return out;
}

static char *xdg_dup(const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");
	struct buf b = {0};

	/* The specification says: a relative path here is invalid and is ignored. */
	if (base && base[0] == '/')
		buf_printf(&b, "%s/policytop/%s", base, name);
	else
		buf_printf(&b, "%s/%s/policytop/%s", home && *home ? home : "/tmp", fallback, name);
	return b.p;
}

char *path_config_dup(const char *name)
{
	return xdg_dup("XDG_CONFIG_HOME", ".config", name);
}

char *path_data_dup(const char *name)
{
	return xdg_dup("XDG_DATA_HOME", ".local/share", name);
}

char *path_cache_dup(const char *name)
{
	return xdg_dup("XDG_CACHE_HOME", ".cache", name);
}

char *path_state_dup(const char *name)
{
	return xdg_dup("XDG_STATE_HOME", ".local/state", name);
}

char *path_runtime_dup(struct err *e)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct buf b = {0};
	struct stat st;

	if (base && base[0] == '/')
		buf_printf(&b, "%s/policytop", base);
	else
		buf_printf(&b, "/tmp/policytop-%u", (unsigned)getuid());
	if (mkdir(b.p, 0700) && errno != EEXIST) {
		err_set(e, errno, "%s: cannot make the runtime folder: %m", b.p);
	} else if (lstat(b.p, &st) || !S_ISDIR(st.st_mode) || st.st_uid != getuid() ||
		   (st.st_mode & 077)) {
		err_set(e, EPERM, "%s: must be a folder of yours with mode 0700", b.p);
	} else {
		return b.p;
	}
	buf_fini(&b);
	return NULL;
}

static char *if_program(char *path)
{
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* In the build tree: src/NAME/policytop-NAME beside src/policytop. */
static char *built_dup(const char *name)
{
	const char *room = strchr(name, '-');
	char exe[4096], *end;
	struct buf b = {0};
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	end = strrchr(exe, '/');
	if (!end || !room)
		return NULL;
	*end = '\0';
	buf_printf(&b, "%s/%s/%s", exe, room + 1, name);
	return if_program(b.p);
}

char *path_helper_dup(const char *name, struct err *e)
{
	const char *dir = getenv("POLICYTOP_LIBEXECDIR");
	char *folder = dir && dir[0] ? path_absolute_dup(dir) : NULL;
	char *found = folder ? if_program(path_join_dup(folder, name)) : NULL;

	free(folder);
	if (!found)
		found = built_dup(name);
	if (!found)
		found = if_program(path_join_dup(PKGLIBEXECDIR, name));
	if (!found)
		err_set(e, ENOENT, "%s: not in %s: is policytop installed in full?", name,
			dir && dir[0] ? dir : PKGLIBEXECDIR);
	return found;
}

int path_make_parents(const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; !rc && (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(copy, 0700) && errno != EEXIST)
			rc = err_set(e, errno, "%s: cannot make the folder: %m", copy);
		*p = '/';
	}
	free(copy);
	return rc;
}
