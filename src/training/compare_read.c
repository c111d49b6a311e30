/* SPDX-License-Identifier: Apache-2.0 */
/* The three places where LeRobot keeps statistics. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "training/compare_impl.h"
#include "training/table.h"
#include "wire/json.h"

static const char *const figures[FIGURES] = {"min", "max", "mean", "std"};

/* All numbers of the value at hand, however they are nested ([C][1][1] of images). */
static unsigned take_numbers(struct json *j, double *out, unsigned room)
{
	unsigned n = 0, depth = 0;

	do {
		switch (json_next(j)) {
		case JSON_ARRAY:
			depth++;
			break;
		case JSON_ARRAY_END:
			depth--;
			break;
		case JSON_NUMBER:
		case JSON_NULL:
			if (n < room && !json_double(j, &out[n]))
				out[n] = NAN;
			n++;
			break;
		case JSON_OBJECT:
			json_skip(j);
			break;
		case JSON_ERROR:
		case JSON_END:
			return n;
		case JSON_OBJECT_END:
		case JSON_KEY:
		case JSON_STRING:
		case JSON_TRUE:
		case JSON_FALSE:
		default:
			break;
		}
	} while (depth);
	return n;
}

static void take_stat(struct json *j, struct stat_values *v)
{
	memset(v->n, 0, sizeof(v->n));
	v->count = NAN;
	if (json_next(j) != JSON_OBJECT) {
		json_skip(j);
		return;
	}
	while (json_next(j) == JSON_KEY) {
		unsigned k = 0;

		while (k < FIGURES && !json_is(j, figures[k]))
			k++;
		if (k < FIGURES) {
			v->n[k] = take_numbers(j, v->v[k], MAX_JOINTS);
		} else if (json_is(j, "count")) {
			take_numbers(j, &v->count, 1);
		} else {
			json_next(j);
			json_skip(j);
		}
	}
}

/* An image has a figure a channel: what there is counts, up to four. */
static void add_camera(struct set_stats *s, size_t camera, const struct stat_values *v)
{
	struct feature_stats *f = &s->camera[camera].stats;
	double count = v->count > 0 ? v->count : 1;

	if (!v->n[2] || v->n[2] > 4 || v->n[2] != v->n[3])
		return;
	for (unsigned c = 0; c < v->n[2]; c++) {
		struct stat_sum *sum = &f->joint[c];
		double all = sum->count + count, delta = v->v[2][c] - sum->mean;

		sum->squares += count * v->v[3][c] * v->v[3][c] +
				delta * delta * sum->count * count / all;
		sum->mean += delta * count / all;
		sum->count = all;
	}
	f->episodes++;
}

/* The object {"action": {"min": […], …}, …} that comes next. */
static int take_stats(struct set_stats *s, struct stats_source *to, struct json *j,
		      bool with_cameras, struct err *err)
{
	struct stat_values v;

	if (json_next(j) != JSON_OBJECT)
		return err_set(err, EBADMSG, "no statistics object");
	while (json_next(j) == JSON_KEY) {
		bool action = to->action.feature && json_is(j, to->action.feature->key);
		bool state = to->state.feature && json_is(j, to->state.feature->key);
		size_t camera = 0;

		while (camera < s->ncameras && !json_is(j, s->camera[camera].stats.feature->key))
			camera++;
		if (!action && !state && (camera == s->ncameras || !with_cameras)) {
			json_next(j);
			json_skip(j);
			continue;
		}
		take_stat(j, &v);
		if (action || state)
			stat_add(action ? &to->action : &to->state, &v);
		else
			add_camera(s, camera, &v);
	}
	return j->token == JSON_OBJECT_END ? 0
					   : err_set(err, EBADMSG, "broken JSON: %s",
						     j->error ? j->error : "no object");
}

int stats_read_json(struct set_stats *s, struct stats_source *to, struct err *err)
{
	char *path = path_join_dup(s->d->root, "meta/stats.json");
	bool there = access(path, F_OK) == 0;
	size_t len = 0;
	char *text = there ? file_text_dup(path, &len, err) : NULL;
	int rc = there ? -EBADMSG : 1;
	struct json j;

	if (text) {
		json_init(&j, text, len);
		rc = take_stats(s, to, &j, true, err);
		if (rc)
			err_prefix(err, "%s", path);
	}
	/* It describes all episodes; a part of them is another matter. */
	if (!rc && s->d->nranges)
		rc = 1;
	to->where = "meta/stats.json";
	free(text);
	free(path);
	return rc;
}

struct lines_host {
	struct set_stats *s;
	struct stats_source *to;
	bool cameras;
};

/* {"episode_index": N, "stats": {…}}: the number may stand behind the statistics. */
static int stats_line(void *host, const char *text, size_t len, size_t number, struct err *err)
{
	struct lines_host *h = host;
	struct json j, stats = {0};
	int64_t episode = -1;

	(void)number;
	json_init(&j, text, len);
	if (json_next(&j) != JSON_OBJECT)
		return err_set(err, EBADMSG, "no JSON object");
	while (json_next(&j) == JSON_KEY) {
		bool index = json_is(&j, "episode_index");

		if (json_is(&j, "stats")) {
			stats = j;
			if (episode >= 0 && stats_wants(h->s, episode)) {
				if (take_stats(h->s, h->to, &j, h->cameras, err))
					return -EBADMSG;
				stats.text = NULL;
				continue;
			}
		}
		json_next(&j);
		if (index && !json_i64(&j, &episode))
			episode = -1;
		json_skip(&j);
	}
	if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
		return err_set(err, EBADMSG, "broken JSON: %s",
			       j.error ? j.error : "text behind it");
	if (episode < 0)
		return err_set(err, EBADMSG, "no episode_index");
	if (stats.text && stats_wants(h->s, episode))
		return take_stats(h->s, h->to, &stats, h->cameras, err);
	return 0;
}

static bool have_cameras(const struct set_stats *s)
{
	for (size_t i = 0; i < s->ncameras; i++) {
		if (s->camera[i].stats.episodes)
			return true;
	}
	return false;
}

int stats_read_lines(struct set_stats *s, struct stats_source *to, struct err *err)
{
	struct lines_host h = {.s = s, .to = to, .cameras = !have_cameras(s)};
	char *path = path_join_dup(s->d->root, "meta/episodes_stats.jsonl");
	int rc = access(path, F_OK) == 0 ? file_lines(path, stats_line, &h, err) : 1;

	to->where = "meta/episodes_stats.jsonl";
	to->by_episode = true;
	free(path);
	return rc;
}

/* The columns of one feature: min, max, mean, std and count. */
struct stat_columns {
	struct table_column c[FIGURES + 1];
	unsigned n; /* read so far */
};

/* 0, 1: not all of them are there, or a negative errno. */
static int read_columns(struct stat_columns *t, struct parquet *p, const char *key, struct err *err)
{
	int rc = 0;

	t->n = 0;
	while (t->n <= FIGURES && !rc) {
		char name[FEATURE_KEY_BYTES + 32];
		int column;

		snprintf(name, sizeof(name), "stats/%s/%s", key,
			 t->n < FIGURES ? figures[t->n] : "count");
		column = parquet_find(p, name);
		rc = column < 0 ? 1 : table_read(&t->c[t->n], p, (size_t)column, err);
		if (!rc && !t->c[t->n++].value)
			rc = err_set(err, EBADMSG, "column %s holds no numbers", name);
	}
	return rc;
}

static int add_columns(struct set_stats *s, struct feature_stats *f, struct parquet *p,
		       const struct table_column *index, struct err *err)
{
	struct stat_columns t;
	struct stat_values v;
	int rc;

	if (!f->feature)
		return 1;
	rc = read_columns(&t, p, f->feature->key, err);
	for (size_t row = 0; row < index->rows && !rc; row++) {
		const struct table_column *count = &t.c[FIGURES];

		double episode = index->value[index->first[row]];

		if (!(episode >= 0 && episode < 1e15) || !stats_wants(s, (int64_t)episode))
			continue;
		for (unsigned k = 0; k < FIGURES; k++) {
			size_t at = t.c[k].first[row], n = t.c[k].first[row + 1] - at;

			v.n[k] = (unsigned)(n < 65536 ? n : 65536);
			for (size_t i = 0; i < n && i < MAX_JOINTS; i++)
				v.v[k][i] = t.c[k].value[at + i];
		}
		v.count = count->first[row + 1] > count->first[row]
				  ? count->value[count->first[row]]
				  : (double)NAN;
		stat_add(f, &v);
	}
	for (unsigned k = 0; k < t.n; k++)
		table_fini(&t.c[k]);
	return rc;
}

static int read_file(struct set_stats *s, struct stats_source *to, const char *path,
		     struct err *err)
{
	struct table_column index;
	struct parquet *p = NULL;
	struct data_file f;
	int rc = file_open(&f, path, err), column = -1;

	if (rc)
		return rc;
	rc = parquet_open(&p, &f.io, err);
	if (!rc)
		column = parquet_find(p, "episode_index");
	if (!rc)
		rc = column < 0 ? 1 : table_read(&index, p, (size_t)column, err);
	if (!rc) {
		bool fits = index.value && index.entries == index.rows;
		int a = fits ? add_columns(s, &to->action, p, &index, err) : 1;
		int b = fits && a >= 0 ? add_columns(s, &to->state, p, &index, err) : a;

		rc = a < 0 || b < 0 ? -EBADMSG : a && b;
		table_fini(&index);
	}
	if (rc < 0)
		err_prefix(err, "%s", path);
	parquet_close(p);
	file_close(&f);
	return rc;
}

int stats_read_tables(struct set_stats *s, struct stats_source *to, struct err *err)
{
	char *dir = path_join_dup(s->d->root, "meta/episodes");
	bool there = access(dir, F_OK) == 0;
	struct file_list l = {0};
	int rc = there ? file_list_parquet(&l, dir, err) : 1;

	for (size_t i = 0; i < l.n && !rc; i++) {
		struct err own = {0};

		rc = read_file(s, to, l.path[i], &own);
		/* A table without footer was warned of when its episodes were listed. */
		if (rc == -ENODATA)
			rc = 0;
		else if (rc < 0)
			*err = own;
	}
	to->where = "meta/episodes";
	to->by_episode = true;
	file_list_fini(&l);
	free(dir);
	return rc;
}
