/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"

enum { NAME_MAX_BYTES = 64 };

bool link_name_good(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = strlen(name);

	return n && n <= NAME_MAX_BYTES && name[0] != '.' && strspn(name, allowed) == n &&
	       !text_ends(name, ".sock") && !text_ends(name, ".lock") && strcmp(name, "taps") != 0;
}

/* A lock goes with its process, however that ends: so a link without one is stale. */
static int take_name(struct link *l, const char *name, struct err *e)
{
	char *folder = tap_folder_dup(e), path[2 * TAP_ADDRESS_BYTES];

	if (!folder)
		return -e->code;
	snprintf(path, sizeof(path), "%s/%s.lock", folder, name);
	free(folder);
	l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock < 0)
		return err_set(e, errno, "%s: %m", path);
	if (flock(l->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return err_set(e, EBUSY, "another tap has the name '%s': choose one by link=NAME", name);
}

/* Only what a tap before this one left there may go. */
static int check_stale(const struct link *l, struct err *e)
{
	char target[TAP_ADDRESS_BYTES];
	ssize_t n = readlink(l->path, target, sizeof(target) - 1);

	if (n < 0 && errno == ENOENT)
		return 0;
	target[n < 0 ? 0 : n] = '\0';
	if (text_starts(target, "/dev/pts/"))
		return 0;
	return err_set(e, EEXIST, "%s is no link of a tap: remove it, or choose another link=NAME",
		       l->path);
}

int link_claim(struct link *l, const char *name, struct err *e)
{
	char *runtime = path_runtime_dup(e);
	int n, rc;

	*l = (struct link){.lock = -1};
	if (!runtime)
		return -e->code;
	n = snprintf(l->path, sizeof(l->path), "%s/%s", runtime, name);
	snprintf(l->fresh, sizeof(l->fresh), "%s/.%s.new", runtime, name);
	free(runtime);
	/* The other name is longer. */
	if (n < 0 || (size_t)n + strlen("..new") >= sizeof(l->path))
		return err_set(e, ENAMETOOLONG, "the runtime folder's name is too long");
	rc = take_name(l, name, e);
	if (rc) {
		link_release(l);
		l->path[0] = '\0';
	}
	return rc;
}

int link_place(struct link *l, const char *target, struct err *e)
{
	int rc = check_stale(l, e);

	if (rc)
		return rc;
	unlink(l->fresh);
	if (symlink(target, l->fresh) || rename(l->fresh, l->path))
		return err_set(e, errno, "%s: %m", l->path);
	text_copy(l->target, sizeof(l->target), target);
	return 0;
}

void link_remove(struct link *l)
{
	char target[TAP_PTY_BYTES];
	ssize_t n = l->target[0] ? readlink(l->path, target, sizeof(target) - 1) : -1;

	if (n >= 0) {
		target[n] = '\0';
		if (strcmp(target, l->target) == 0)
			unlink(l->path);
	}
	l->target[0] = '\0';
}

void link_release(struct link *l)
{
	link_remove(l);
	if (l->lock >= 0)
		close(l->lock);
	l->lock = -1;
}
