/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that lie in the data files themselves, as PNG or JPEG: a column of bytes and paths. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "training/dataset_impl.h"
#include "training/files.h"
#include "training/scan_impl.h"
#include "training/table.h"
#include "wire/photo.h"

enum { NO_EPISODE = -1 };

/* The column of one row group. */
struct images {
	struct scanner *r;
	const struct table_column *episode, *number; /* of the file, by row; in the episode */
	const int64_t *wanted;			     /* [REFERENCE_EPISODES] episode_index */
	double fps;
	uint8_t max_def;
	size_t row;   /* of the next entry */
	int64_t last; /* the episode under way, NO_EPISODE none */
	size_t broken;
	uint8_t thumb[PICTURE_THUMB_BYTES];
};

static int place_of(const struct images *m, double episode)
{
	for (unsigned i = 0; i < m->r->s->n; i++) {
		if ((double)m->wanted[i] == episode)
			return (int)i;
	}
	return -1;
}

static void take_picture(struct images *m, const struct parquet_bytes *b)
{
	double episode = m->episode->value[m->row], t_s = m->number->value[m->row] / m->fps;
	int at = place_of(m, episode);
	struct frame f;

	if (at < 0 || !(t_s >= 0 && t_s <= SCAN_SECONDS))
		return;
	if (m->last != (int64_t)episode)
		scanner_next(m->r);
	m->last = (int64_t)episode;
	frame_init(&f);
	if (photo_facts(&f, m->thumb, b->p, b->len) && f.thumb_width)
		scanner_take(m->r, (unsigned)at, t_s, &f);
	else
		m->broken++;
}

static int take(void *host, const struct parquet_batch *b, struct err *e)
{
	struct images *m = host;
	size_t value = 0;

	(void)e;
	for (size_t i = 0; i < b->entries; i++, m->row++) {
		bool known = !b->def || b->def[i] == m->max_def;

		if (m->row >= m->episode->rows || m->row >= m->number->rows)
			break;
		if (known)
			take_picture(m, &b->bytes[value++]);
	}
	return 0;
}

/* Whether any row of the group is of an episode that is wanted. */
static bool group_wanted(const struct images *m, size_t rows)
{
	for (size_t i = m->row; i < m->row + rows && i < m->episode->rows; i++) {
		if (place_of(m, m->episode->value[i]) >= 0)
			return true;
	}
	return false;
}

static int read_groups(struct images *m, struct parquet *p, size_t column, struct err *e)
{
	size_t row = 0;
	int rc = 0;

	for (size_t g = 0; g < parquet_groups(p) && !rc; g++) {
		size_t rows = (size_t)parquet_group_rows(p, g);

		m->row = row;
		if (group_wanted(m, rows))
			rc = parquet_read(p, g, column, take, m, e);
		row += rows;
	}
	return rc;
}

static int read_file(struct images *m, const char *path, const char *key, struct err *e)
{
	struct table_column episode, number;
	struct parquet *p = NULL;
	struct data_file f;
	int rc = file_open(&f, path, e), column;

	if (rc)
		return rc;
	rc = parquet_open(&p, &f.io, e);
	column = rc ? -1 : parquet_find(p, key);
	if (column >= 0 && parquet_column(p, (size_t)column)->type == PARQUET_BYTES &&
	    !parquet_column(p, (size_t)column)->max_rep) {
		m->max_def = parquet_column(p, (size_t)column)->max_def;
		m->episode = &episode;
		m->number = &number;
		rc = table_numbers(&episode, p, "episode_index", e);
		if (!rc) {
			rc = table_numbers(&number, p, "frame_index", e);
			if (!rc) {
				rc = read_groups(m, p, (size_t)column, e);
				table_fini(&number);
			}
			table_fini(&episode);
		}
	}
	/* One that its writer never finished has no footer: its pictures are left out. */
	if (rc == -ENODATA) {
		*e = (struct err){0};
		rc = 0;
	}
	err_prefix(rc < 0 ? e : NULL, "%s", path);
	parquet_close(p);
	file_close(&f);
	return rc < 0 ? rc : 0;
}

static int read_set(struct images *m, const struct dataset *d, const char *key, struct err *e)
{
	char *dir = path_join_dup(d->root, "data");
	struct file_list l;
	int rc = file_list_parquet(&l, dir, e);

	for (size_t i = 0; i < l.n && !rc; i++)
		rc = read_file(m, l.path[i], key, e);
	file_list_fini(&l);
	free(dir);
	return rc;
}

/* The episodes that are looked at: from the first to the last of the set. */
static void choose(struct scan *s, const struct episodes *all, const struct reference_set *set,
		   int64_t wanted[REFERENCE_EPISODES])
{
	s->there = (unsigned)set->episodes;
	s->n = s->there < REFERENCE_EPISODES ? s->there : REFERENCE_EPISODES;
	for (unsigned i = 0; i < s->n; i++) {
		s->episode[i].span = set->first + (s->n > 1 ? i * (s->there - 1) / (s->n - 1) : 0);
		wanted[i] = all->span[s->episode[i].span].index;
	}
}

int scan_images(struct scan *s, const char *camera, const struct episodes *all,
		const struct reference_set *set, size_t nsets, struct err *e)
{
	struct scanner *r = xcalloc(1, sizeof(*r));
	int64_t wanted[REFERENCE_EPISODES];
	int rc = 0;

	*s = (struct scan){0};
	for (size_t i = 0; i < nsets && !rc && !s->n; i++) {
		const struct dataset *d = set[i].set;
		char room[FEATURE_KEY_BYTES + 32];
		const char *key = dataset_camera_key(d, camera, room, sizeof(room));
		const struct feature *f = info_feature(&d->meta, key);
		struct images m = {
			.r = r, .wanted = wanted, .fps = d->meta.fps, .last = NO_EPISODE};

		if (!f || f->kind != FEATURE_IMAGE || !set[i].episodes)
			continue;
		choose(s, all, &set[i], wanted);
		scanner_begin(r, s);
		rc = read_set(&m, d, key, e);
		if (m.broken && !rc) {
			s->failed = 1;
			snprintf(s->trouble, sizeof(s->trouble),
				 "%zu pictures are no PNG or JPEG that is understood", m.broken);
		}
	}
	free(r);
	return rc;
}
