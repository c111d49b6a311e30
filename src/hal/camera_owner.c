/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has a camera open: nothing tells but the descriptors of all processes. Without root only
 * those of one's own can be read.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "hal/camera_find.h"

enum { PATH_BYTES = 512 };

/* 1 the process has node open, 0 not, -errno: it cannot be looked into. */
static int has_open(const char *root, long pid, const char *node)
{
	char path[PATH_BYTES], link[2 * PATH_BYTES], target[64];
	const struct dirent *d;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc/%ld/fd", root, pid);
	dir = opendir(path);
	if (!dir)
		return errno == EACCES || errno == EPERM ? -EACCES : 0;
	while (!found && (d = readdir(dir))) {
		ssize_t n;

		snprintf(link, sizeof(link), "%s/%s", path, d->d_name);
		n = d->d_name[0] == '.' ? -1 : readlink(link, target, sizeof(target));
		found = n == (ssize_t)strlen(node) && memcmp(target, node, (size_t)n) == 0;
	}
	closedir(dir);
	return found;
}

static void program_of(char *dst, size_t size, const char *root, long pid)
{
	char path[PATH_BYTES], raw[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/%ld/comm", root, pid);
	f = fopen(path, "re");
	if (f && !fgets(raw, sizeof(raw), f))
		raw[0] = '\0';
	if (f)
		fclose(f);
	text_clean(dst, size, raw, strcspn(raw, "\n"));
}

static void look_through(struct camera_owner *out, const char *root, const char *node)
{
	char path[PATH_BYTES];
	const struct dirent *d;
	bool blind = false;
	DIR *dir;

	*out = (struct camera_owner){0};
	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		struct camera_owner found = {.known = true};
		int64_t pid;
		int has;

		if (!isdigit((unsigned char)d->d_name[0]) || !text_to_i64(d->d_name, &pid) ||
		    pid == getpid())
			continue;
		has = has_open(root, (long)pid, node);
		blind = blind || has < 0;
		if (has <= 0)
			continue;
		found.pid = (long)pid;
		program_of(found.program, sizeof(found.program), root, found.pid);
		*out = found;
		if (!text_starts(found.program, "policytop"))
			break; /* of our own kind only watch: who streams is another */
	}
	closedir(dir);
	out->known = out->pid || !blind;
}

void camera_find_owner(struct camera_owner *out, const char *root, const char *node)
{
	if (out->pid && has_open(root, out->pid, node) == 1)
		return;
	look_through(out, root, node);
}
