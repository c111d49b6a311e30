/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras as info.json tells them, and whether their videos are there. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "training/dataset_impl.h"

enum { DEPTH_MAX = 4 };

const char *dataset_camera_key(const struct dataset *d, const char *camera, char *room, size_t size)
{
	snprintf(room, size, "observation.images.%s", camera);
	return info_feature(&d->meta, room) ? room : camera;
}

/* Number of videos of a camera: *.mp4 below a folder called key (v2: chunk/key, v3: key/chunk). */
static size_t count_videos(const char *dir, const char *key, bool inside, unsigned depth)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t n = 0;

	while (d && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		if (inside && text_ends(entry->d_name, ".mp4")) {
			n++;
			continue;
		}
		if (entry->d_type != DT_DIR || depth == DEPTH_MAX)
			continue;
		path = path_join_dup(dir, entry->d_name);
		n += count_videos(path, key, inside || strcmp(entry->d_name, key) == 0, depth + 1);
		free(path);
	}
	if (d)
		closedir(d);
	return n;
}

static void warn_videos(struct dataset *d, const char *dir, const struct feature *f)
{
	size_t n = count_videos(dir, f->key, false, 1);

	if (!n)
		dataset_warn(d, "%s: no videos here, only its statistics are used", f->key);
	else if (d->meta.major == 2 && n < d->nlisted)
		dataset_warn(d,
			     "%s: %zu of %zu videos are here, its pictures are learned from these",
			     f->key, n, d->nlisted);
}

/* Height, width and channels, by their names where those are known. */
static void take_shape(struct profile_camera *c, const struct feature *f)
{
	bool first = f->ndim == 3 && f->shape[0] <= 4 && f->shape[2] > 4;

	if (f->ndim != 3)
		return;
	for (unsigned i = 0; i < f->nnames; i++) {
		if (text_starts(f->names[i], "channel"))
			first = i == 0;
	}
	c->channels = f->shape[first ? 0 : 2];
	c->height = f->shape[first ? 1 : 0];
	c->width = f->shape[first ? 2 : 1];
}

void cameras_read(struct dataset *d, struct episodes *out)
{
	static const char prefix[] = "observation.images.";
	char *videos = path_join_dup(d->root, "videos");

	for (size_t i = 0; i < d->meta.nfeatures; i++) {
		const struct feature *f = &d->meta.feature[i];
		struct profile_camera *c;

		if (f->kind != FEATURE_VIDEO && f->kind != FEATURE_IMAGE)
			continue;
		out->cameras = xrealloc(out->cameras, out->ncameras + 1, sizeof(*out->cameras));
		c = &out->cameras[out->ncameras++];
		*c = (struct profile_camera){.fps = f->fps > 0 ? f->fps : d->meta.fps};
		text_copy(c->name, sizeof(c->name),
			  text_starts(f->key, prefix) ? f->key + strlen(prefix) : f->key);
		take_shape(c, f);
		for (unsigned k = 0; k < 4; k++)
			c->mean[k] = c->std[k] = NAN;
		if (f->kind == FEATURE_VIDEO)
			warn_videos(d, videos, f);
	}
	free(videos);
}
