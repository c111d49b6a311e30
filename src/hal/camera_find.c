/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/camera_find.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { PATH_BYTES = 512, NUMBER_MAX = 1023 };

static const char *const folders[] = {"by-id", "by-path"};

/* The number of a "videoN", -1 otherwise. */
static int video_number(const char *name)
{
	int64_t n;

	if (!text_starts(name, "video") || !isdigit((unsigned char)name[5]) ||
	    !text_to_i64(name + 5, &n) || n < 0 || n > NUMBER_MAX)
		return -1;
	return (int)n;
}

/* The node that a link points to, -1 none. */
static int link_number(const char *path)
{
	char target[PATH_BYTES];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *slash;

	if (n < 0)
		return -1;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return video_number(slash ? slash + 1 : target);
}

/* The first line of a small file of /sys or /proc, cleaned; "" none. */
static void read_line(char *dst, size_t size, const char *path)
{
	char raw[128];
	FILE *f = fopen(path, "re");

	dst[0] = '\0';
	if (!f)
		return;
	if (fgets(raw, sizeof(raw), f))
		text_clean(dst, size, raw, strcspn(raw, "\n"));
	fclose(f);
}

static unsigned read_number(const char *path)
{
	char text[32];
	int64_t n;

	read_line(text, sizeof(text), path);
	return text_to_i64(text, &n) && n > 0 && n <= 1000000 ? (unsigned)n : 0;
}

/* The device of a video node is a USB interface; what is asked for is in the folder above it. */
static void describe(struct camera_place *p, const char *root)
{
	char path[PATH_BYTES], usb[PATH_BYTES + 16];

	snprintf(path, sizeof(path), "%s/sys/class/video4linux/video%d/name", root, p->number);
	read_line(p->name, sizeof(p->name), path);
	snprintf(path, sizeof(path), "%s/sys/class/video4linux/video%d/device/..", root, p->number);
	snprintf(usb, sizeof(usb), "%s/busnum", path);
	p->bus = read_number(usb);
	if (!p->bus)
		return;
	snprintf(usb, sizeof(usb), "%s/speed", path);
	p->port_mbit = read_number(usb);
	snprintf(usb, sizeof(usb), "%s/serial", path);
	read_line(p->serial, sizeof(p->serial), usb);
}

static bool has_node(const char *root, int number)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/dev/video%d", root, number);
	return access(path, F_OK) == 0;
}

/* Calls take for every link of /dev/v4l/FOLDER until it is true. */
static bool each_link(const char *root, const char *folder,
		      bool (*take)(void *arg, const char *name, int number), void *arg)
{
	char path[PATH_BYTES], link[2 * PATH_BYTES];
	const struct dirent *d;
	bool done = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/dev/v4l/%s", root, folder);
	dir = opendir(path);
	while (dir && !done && (d = readdir(dir))) {
		snprintf(link, sizeof(link), "%s/%s", path, d->d_name);
		if (d->d_name[0] != '.')
			done = take(arg, d->d_name, link_number(link));
	}
	if (dir)
		closedir(dir);
	return done;
}

struct want {
	int number;
	char name[CAMERA_NAME_BYTES];
};

static bool is_number(void *arg, const char *name, int number)
{
	struct want *w = arg;

	if (number != w->number)
		return false;
	text_clean(w->name, sizeof(w->name), name, strlen(name));
	return true;
}

/* The best name that leads to a number: by-id, by-path, else the number itself. */
static void name_it(struct camera_place *p, const char *root)
{
	struct want w = {.number = p->number};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (each_link(root, folders[i], is_number, &w)) {
			snprintf(p->stable, sizeof(p->stable), "%s/%s", folders[i], w.name);
			return;
		}
	}
	snprintf(p->stable, sizeof(p->stable), "video%d", p->number);
}

bool camera_where(struct camera_place *p, const char *root)
{
	char path[PATH_BYTES];

	p->number = video_number(p->stable);
	if (p->number < 0) {
		snprintf(path, sizeof(path), "%s/dev/v4l/%s", root, p->stable);
		p->number = link_number(path);
	}
	if (p->number >= 0 && !has_node(root, p->number))
		p->number = -1;
	p->node[0] = '\0';
	if (p->number < 0)
		return false;
	snprintf(p->node, sizeof(p->node), "/dev/video%d", p->number);
	describe(p, root);
	return true;
}

size_t camera_list(struct camera_place *out, size_t max, const char *root)
{
	size_t n = 0;

	for (int i = 0; i <= NUMBER_MAX && n < max; i++) {
		if (!has_node(root, i))
			continue;
		out[n] = (struct camera_place){.number = i};
		name_it(&out[n], root);
		n += camera_where(&out[n], root);
	}
	return n;
}

/* Whatever has no folder: by-id, by-path, or the serial number of a device. */
static void search(struct camera_place *p, const char *root, const char *word)
{
	enum { MANY = 32 };
	struct camera_place all[MANY];
	char path[PATH_BYTES];
	size_t n;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/dev/v4l/%s/%s", root, folders[i], word);
		if (link_number(path) >= 0) {
			snprintf(p->stable, sizeof(p->stable), "%s/%s", folders[i], word);
			return;
		}
	}
	n = camera_list(all, MANY, root);
	for (size_t i = 0; i < n; i++) {
		if (all[i].serial[0] && strcmp(all[i].serial, word) == 0) {
			text_copy(p->stable, sizeof(p->stable), all[i].stable);
			return;
		}
	}
	/* Not there now: names of both kinds look as udev makes them. */
	snprintf(p->stable, sizeof(p->stable), "%s/%s",
		 text_starts(word, "pci-") || text_starts(word, "platform-") ? folders[1]
									     : folders[0],
		 word);
}

int camera_resolve(struct camera_place *out, const char *root, const char *word, struct err *e)
{
	const char *name = text_starts(word, "/dev/") ? word + 5 : word;
	int64_t number;

	*out = (struct camera_place){.number = -1};
	if (text_starts(name, "v4l/"))
		name += 4;
	if (!name[0] || strlen(name) > 150 || strstr(name, "..") || name[0] == '/')
		return err_set(e, EINVAL,
			       "%s: a camera is a number, a /dev/videoN, or its name below "
			       "/dev/v4l/by-id or by-path",
			       word);
	if (text_to_i64(name, &number) && number >= 0 && number <= NUMBER_MAX)
		snprintf(out->stable, sizeof(out->stable), "video%d", (int)number);
	else if (video_number(name) >= 0 || strchr(name, '/'))
		text_copy(out->stable, sizeof(out->stable), name);
	else
		search(out, root, name);
	if (!camera_where(out, root))
		return 0;
	if (video_number(out->stable) >= 0)
		name_it(out, root);
	return 0;
}
