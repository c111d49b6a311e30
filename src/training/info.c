/* SPDX-License-Identifier: Apache-2.0 */
#include "training/info.h"

#include <cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/event.h"
#include "training/files.h"

enum { WIDTH_MAX = 65536, NAMES_DEPTH_MAX = 4 };

static void copy_text(char *dst, size_t size, const cJSON *item)
{
	const char *s = cJSON_GetStringValue(item);

	text_clean(dst, size, s ? s : "", s ? strlen(s) : 0);
}

static int64_t count_of(const cJSON *root, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > 1e15)
		return -1;
	return (int64_t)item->valuedouble;
}

static enum feature_kind kind_of(const cJSON *dtype)
{
	static const char *const words[] = {
		[FEATURE_FLOAT32] = "float32", [FEATURE_FLOAT64] = "float64",
		[FEATURE_INT32] = "int32",     [FEATURE_INT64] = "int64",
		[FEATURE_BOOL] = "bool",       [FEATURE_STRING] = "string",
		[FEATURE_IMAGE] = "image",     [FEATURE_VIDEO] = "video",
	};
	const char *s = cJSON_GetStringValue(dtype);

	for (unsigned k = 0; s && k < FEATURE_OTHER; k++) {
		if (strcmp(words[k], s) == 0)
			return (enum feature_kind)k;
	}
	return FEATURE_OTHER;
}

static void read_shape(struct feature *f, const cJSON *shape)
{
	const cJSON *item;
	double width = 1;

	cJSON_ArrayForEach(item, shape)
	{
		double n = cJSON_IsNumber(item) ? item->valuedouble : 0;

		if (f->ndim == 4 || !(n >= 1) || n > 1e6 || n != floor(n)) {
			f->ndim = 0;
			return;
		}
		f->shape[f->ndim++] = (unsigned)n;
		width *= n;
	}
	f->width = f->ndim && width <= WIDTH_MAX ? (unsigned)width : 0;
}

/* Cameras name their dimensions, everything else its values. */
static unsigned names_wanted(const struct feature *f)
{
	return f->kind == FEATURE_IMAGE || f->kind == FEATURE_VIDEO ? f->ndim : f->width;
}

static void add_name(struct feature *f, const char *text)
{
	if (f->nnames < names_wanted(f)) {
		if ((f->nnames & (f->nnames - 1)) == 0)
			f->names = xrealloc(f->names, f->nnames ? 2 * f->nnames : 1, NAME_BYTES);
		text_clean(f->names[f->nnames], NAME_BYTES, text, strlen(text));
	}
	f->nnames++;
}

/*
 * Names are a list, a list in a list, a list by a word ("motors"), or name→index pairs in their
 * order; all of them occur.
 */
static void read_names(struct feature *f, const cJSON *names, unsigned depth)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, names)
	{
		if (cJSON_IsArray(item) && depth < NAMES_DEPTH_MAX)
			read_names(f, item, depth + 1);
		else if (cJSON_IsString(item))
			add_name(f, item->valuestring);
		else if (cJSON_IsNumber(item) && cJSON_IsObject(names))
			add_name(f, item->string);
	}
}

/* A name twice: the later ones get "#2" …, because a joint is known by its name. */
static void make_unique(struct feature *f)
{
	for (unsigned i = 1; i < f->nnames; i++) {
		unsigned same = 1;

		for (unsigned k = 0; k < i; k++)
			same += strcmp(f->names[k], f->names[i]) == 0;
		if (same > 1) {
			char name[NAME_BYTES + 16];

			snprintf(name, sizeof(name), "%.48s#%u", f->names[i], same);
			text_copy(f->names[i], NAME_BYTES, name);
		}
	}
}

static void read_video(struct feature *f, const cJSON *item)
{
	static const char *const places[] = {"info", "video_info"};

	for (unsigned i = 0; i < 2; i++) {
		const cJSON *info = cJSON_GetObjectItemCaseSensitive(item, places[i]);
		const cJSON *fps = cJSON_GetObjectItemCaseSensitive(info, "video.fps");

		if (cJSON_IsNumber(fps) && fps->valuedouble > 0 && f->fps <= 0)
			f->fps = fps->valuedouble;
	}
}

static void read_feature(struct feature *f, const cJSON *item)
{
	const cJSON *names = cJSON_GetObjectItemCaseSensitive(item, "names");

	text_clean(f->key, sizeof(f->key), item->string, strlen(item->string));
	f->kind = kind_of(cJSON_GetObjectItemCaseSensitive(item, "dtype"));
	read_shape(f, cJSON_GetObjectItemCaseSensitive(item, "shape"));
	read_names(f, names, 0);
	f->names_misfit = f->nnames && f->nnames != names_wanted(f);
	if (f->names_misfit)
		f->nnames = 0;
	make_unique(f);
	if (f->kind == FEATURE_VIDEO || f->kind == FEATURE_IMAGE)
		read_video(f, item);
}

static int read_features(struct dataset_meta *m, const cJSON *features, struct err *e)
{
	const cJSON *item;
	size_t n = cJSON_IsObject(features) ? (size_t)cJSON_GetArraySize(features) : 0;

	if (!n || n > FEATURES_MAX)
		return err_set(e, EBADMSG, "%zu features: this describes no LeRobotDataset", n);
	m->feature = xcalloc(n, sizeof(*m->feature));
	cJSON_ArrayForEach(item, features)
	{
		if (cJSON_IsObject(item))
			read_feature(&m->feature[m->nfeatures++], item);
	}
	return 0;
}

static int read_root(struct dataset_meta *m, const cJSON *root, struct err *e)
{
	const cJSON *fps = cJSON_GetObjectItemCaseSensitive(root, "fps");

	copy_text(m->version, sizeof(m->version),
		  cJSON_GetObjectItemCaseSensitive(root, "codebase_version"));
	copy_text(m->robot, sizeof(m->robot), cJSON_GetObjectItemCaseSensitive(root, "robot_type"));
	if (sscanf(m->version, "v%2u.%2u", &m->major, &m->minor) != 2)
		return err_set(e, EBADMSG, "codebase_version '%s' is none", m->version);
	if (m->major != 2 && m->major != 3)
		return err_set(e, ENOTSUP,
			       "LeRobotDataset %s is not supported, v2.0, v2.1 and v3.0 are; "
			       "convert it with LeRobot",
			       m->version);
	if (!cJSON_IsNumber(fps) || !fps_possible(fps->valuedouble))
		return err_set(e, EBADMSG, "fps is no number from 0.001 to 10000");
	m->fps = fps->valuedouble;
	m->total_episodes = count_of(root, "total_episodes");
	m->total_frames = count_of(root, "total_frames");
	return read_features(m, cJSON_GetObjectItemCaseSensitive(root, "features"), e);
}

int info_read(struct dataset_meta *m, const char *path, struct err *e)
{
	const char *stop = NULL;
	size_t len = 0;
	char *text = file_text_dup(path, &len, e);
	cJSON *root;
	int rc;

	*m = (struct dataset_meta){0};
	if (!text)
		return -e->code;
	root = cJSON_ParseWithLengthOpts(text, len, &stop, false);
	if (root) {
		rc = read_root(m, root, e);
	} else {
		size_t line = 1;

		for (const char *s = text; stop && s < stop; s++)
			line += *s == '\n';
		rc = err_set(e, EBADMSG, "line %zu: no JSON", line);
	}
	if (rc) {
		err_prefix(e, "%s", path);
		info_fini(m);
	}
	cJSON_Delete(root);
	free(text);
	return rc;
}

void info_fini(struct dataset_meta *m)
{
	for (size_t i = 0; i < m->nfeatures; i++)
		free(m->feature[i].names);
	free(m->feature);
	*m = (struct dataset_meta){0};
}

const struct feature *info_feature(const struct dataset_meta *m, const char *key)
{
	for (size_t i = 0; i < m->nfeatures; i++) {
		if (strcmp(m->feature[i].key, key) == 0)
			return &m->feature[i];
	}
	return NULL;
}
