/* SPDX-License-Identifier: Apache-2.0 */
/* v2 keeps a file an episode, v3.0 many episodes in a file and their times in meta/episodes. */
#include "training/clips.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "training/dataset_impl.h"
#include "training/table.h"

enum { CHUNK = 1000 /* episodes of a folder of v2 */ };
static const double whole_s = 1e6; /* behind the end of every video */

static void add(struct clips *c, const struct dataset *d, int64_t episode, char *path,
		double from_s, double to_s)
{
	if (!dataset_wants(d, episode) || strchr(path, '\n') || access(path, R_OK) != 0) {
		free(path);
		return;
	}
	if ((c->n & (c->n - 1)) == 0)
		c->clip = xrealloc(c->clip, c->n ? 2 * c->n : 1, sizeof(*c->clip));
	c->clip[c->n++] =
		(struct clip){.episode = episode, .path = path, .from_s = from_s, .to_s = to_s};
}

static void list_files(struct clips *c, const struct dataset *d, const char *key)
{
	for (size_t i = 0; i < d->nlisted; i++) {
		int64_t episode = d->listed[i].index;
		struct buf b = {0};

		buf_printf(&b, "%s/videos/chunk-%03" PRId64 "/%s/episode_%06" PRId64 ".mp4",
			   d->root, episode / CHUNK, key, episode);
		add(c, d, episode, b.p, 0, whole_s);
	}
}

enum { EPISODE, FOLDER, FILE_INDEX, FROM, TO, COLUMNS };

static bool row_good(const struct table_column *t, size_t i)
{
	return t[EPISODE].value[i] >= 0 && t[EPISODE].value[i] < 1e15 && t[FOLDER].value[i] >= 0 &&
	       t[FOLDER].value[i] < 1e9 && t[FILE_INDEX].value[i] >= 0 &&
	       t[FILE_INDEX].value[i] < 1e9 && t[FROM].value[i] >= 0 &&
	       t[FROM].value[i] < whole_s && t[TO].value[i] > t[FROM].value[i];
}

static void take_rows(struct clips *c, const struct dataset *d, const char *key,
		      const struct table_column *t)
{
	for (size_t i = 0; i < t[EPISODE].rows; i++) {
		struct buf b = {0};

		if (!row_good(t, i))
			continue;
		buf_printf(&b, "%s/videos/%s/chunk-%03.0f/file-%03.0f.mp4", d->root, key,
			   t[FOLDER].value[i], t[FILE_INDEX].value[i]);
		add(c, d, (int64_t)t[EPISODE].value[i], b.p, t[FROM].value[i], t[TO].value[i]);
	}
}

static int read_columns(struct clips *c, const struct dataset *d, const char *key,
			struct parquet *p, struct err *e)
{
	static const char *const what[] = {"", "chunk_index", "file_index", "from_timestamp",
					   "to_timestamp"};
	struct table_column t[COLUMNS];
	unsigned n = 0;
	int rc = 0;

	for (; n < COLUMNS && !rc; n += !rc) {
		char name[FEATURE_KEY_BYTES + 64];

		snprintf(name, sizeof(name), "videos/%s/%s", key, what[n]);
		rc = table_numbers(&t[n], p, n ? name : "episode_index", e);
	}
	for (unsigned i = 1; i < n && !rc; i++) {
		if (t[i].rows != t[0].rows)
			rc = err_set(e, EBADMSG, "columns of videos differ in length");
	}
	if (!rc)
		take_rows(c, d, key, t);
	for (unsigned i = 0; i < n; i++)
		table_fini(&t[i]);
	return rc < 0 ? rc : 0;
}

/* A table that its writer never finished is left out: so it was when episodes were listed. */
static int read_tables(struct clips *c, const struct dataset *d, const char *key, struct err *e)
{
	char *dir = path_join_dup(d->root, "meta/episodes");
	struct file_list l;
	int rc = file_list_parquet(&l, dir, e);

	for (size_t i = 0; i < l.n && !rc; i++) {
		struct parquet *p = NULL;
		struct data_file f;

		rc = file_open(&f, l.path[i], e);
		if (rc)
			break;
		rc = parquet_open(&p, &f.io, e);
		if (!rc)
			rc = read_columns(c, d, key, p, e);
		if (rc == -ENODATA) {
			*e = (struct err){0};
			rc = 0;
		}
		if (rc)
			err_prefix(e, "%s", l.path[i]);
		parquet_close(p);
		file_close(&f);
	}
	file_list_fini(&l);
	free(dir);
	return rc;
}

static int by_episode(const void *a, const void *b)
{
	const struct clip *x = a, *y = b;

	return (x->episode > y->episode) - (x->episode < y->episode);
}

int clips_read(struct clips *c, const struct dataset *d, const char *camera, struct err *e)
{
	char room[FEATURE_KEY_BYTES + 32];
	const char *key = dataset_camera_key(d, camera, room, sizeof(room));
	int rc = 0;

	*c = (struct clips){0};
	if (d->meta.major == 2)
		list_files(c, d, key);
	else
		rc = read_tables(c, d, key, e);
	if (rc)
		clips_fini(c);
	else if (c->n)
		qsort(c->clip, c->n, sizeof(*c->clip), by_episode);
	return rc;
}

void clips_fini(struct clips *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->clip[i].path);
	free(c->clip);
	*c = (struct clips){0};
}

const struct clip *clips_find(const struct clips *c, int64_t episode)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->clip[i].episode == episode)
			return &c->clip[i];
	}
	return NULL;
}
