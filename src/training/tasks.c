/* SPDX-License-Identifier: Apache-2.0 */
/* meta/: tasks, and the set's own list of episodes. Older sets keep lines, v3.0 keeps tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "training/dataset_impl.h"
#include "training/table.h"
#include "wire/json.h"

static int put_task(struct dataset *d, double index, const char *text, struct err *e)
{
	size_t i;

	if (!(index >= 0) || index >= TASKS_MAX)
		return err_set(e, EBADMSG, "task_index %g, at most %d tasks are supported", index,
			       TASKS_MAX);
	i = (size_t)index;
	if (i >= d->ntasks) {
		d->task = xrealloc(d->task, i + 1, sizeof(*d->task));
		memset(d->task + d->ntasks, 0, (i + 1 - d->ntasks) * sizeof(*d->task));
		d->ntasks = i + 1;
	}
	text_copy(d->task[i], TASK_BYTES, text);
	return 0;
}

/* The two numbers and the text that a line of tasks.jsonl or episodes.jsonl may hold. */
struct line {
	double index, length;
	char text[TASK_BYTES];
};

static int parse_line(struct line *out, const char *text, size_t len, const char *index_key,
		      struct err *e)
{
	struct json j;

	*out = (struct line){.index = -1, .length = -1};
	json_init(&j, text, len);
	if (json_next(&j) != JSON_OBJECT)
		return err_set(e, EBADMSG, "no JSON object");
	while (json_next(&j) == JSON_KEY) {
		bool index = json_is(&j, index_key), length = json_is(&j, "length");
		bool task = json_is(&j, "task");
		double v;

		json_next(&j);
		if ((index || length) && json_double(&j, &v)) {
			*(index ? &out->index : &out->length) = v;
		} else if (task && j.token == JSON_STRING) {
			char raw[TASK_BYTES];
			size_t n = json_text(&j, raw, sizeof(raw));

			text_clean(out->text, sizeof(out->text), raw, n);
		}
		json_skip(&j);
	}
	if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
		return err_set(e, EBADMSG, "broken JSON: %s", j.error ? j.error : "text behind it");
	if (out->index < 0)
		return err_set(e, EBADMSG, "no %s", index_key);
	return 0;
}

static int task_line(void *host, const char *text, size_t len, size_t number, struct err *e)
{
	struct line l;

	(void)number;
	if (parse_line(&l, text, len, "task_index", e))
		return -EBADMSG;
	return put_task(host, l.index, l.text, e);
}

static int add_listed(struct dataset *d, double index, double length, struct err *e)
{
	if (!(index >= 0) || index > 1e15)
		return err_set(e, EBADMSG, "episode_index %g", index);
	if ((d->nlisted & (d->nlisted - 1)) == 0)
		d->listed = xrealloc(d->listed, d->nlisted ? 2 * d->nlisted : 1,
				     sizeof(*d->listed));
	d->listed[d->nlisted++] = (struct listed_episode){
		.index = (int64_t)index,
		.length = length >= 0 && length <= 1e15 ? (int64_t)length : -1,
	};
	return 0;
}

static int listed_line(void *host, const char *text, size_t len, size_t number, struct err *e)
{
	struct line l;

	(void)number;
	if (parse_line(&l, text, len, "episode_index", e))
		return -EBADMSG;
	return add_listed(host, l.index, l.length, e);
}

/* The texts stand in `task`, or in pandas' index, whatever that is called. */
static int text_column(const struct parquet *p)
{
	int i = parquet_find(p, "task");

	if (i < 0)
		i = parquet_find(p, "__index_level_0__");
	for (size_t c = 0; i < 0 && c < parquet_columns(p); c++) {
		if (parquet_column(p, c)->type == PARQUET_BYTES)
			i = (int)c;
	}
	return i;
}

static int task_table(struct dataset *d, struct parquet *p, struct err *e)
{
	struct table_column index, text;
	int column = text_column(p), rc;

	rc = table_numbers(&index, p, "task_index", e);
	if (rc)
		return rc < 0 ? rc : err_set(e, EBADMSG, "no column task_index");
	if (column < 0) {
		table_fini(&index);
		return err_set(e, EBADMSG, "no column with the texts of the tasks");
	}
	rc = table_read(&text, p, (size_t)column, e);
	if (!rc && (!text.text || text.entries != index.rows))
		rc = err_set(e, EBADMSG, "column %s: no text for every task",
			     parquet_column(p, (size_t)column)->name);
	for (size_t i = 0; i < index.rows && !rc; i++)
		rc = put_task(d, index.value[i], text.text[i], e);
	table_fini(&text);
	table_fini(&index);
	return rc;
}

static int listed_table(struct dataset *d, struct parquet *p, struct err *e)
{
	struct table_column index, length = {0};
	int rc = table_numbers(&index, p, "episode_index", e);

	if (rc)
		return rc < 0 ? rc : err_set(e, EBADMSG, "no column episode_index");
	rc = table_numbers(&length, p, "length", e);
	for (size_t i = 0; i < index.rows && rc >= 0; i++) {
		int bad = add_listed(d, index.value[i], length.value ? length.value[i] : -1, e);

		rc = bad ? bad : rc;
	}
	if (length.value)
		table_fini(&length);
	table_fini(&index);
	return rc < 0 ? rc : 0;
}

static int read_table(struct dataset *d, const char *path,
		      int (*take)(struct dataset *d, struct parquet *p, struct err *e),
		      struct err *e)
{
	struct parquet *p = NULL;
	struct data_file f;
	int rc = file_open(&f, path, e);

	if (rc)
		return rc;
	rc = parquet_open(&p, &f.io, e);
	if (!rc)
		rc = take(d, p, e);
	if (rc)
		err_prefix(e, "%s", path);
	parquet_close(p);
	file_close(&f);
	return rc;
}

int tasks_read(struct dataset *d, struct err *e)
{
	char *lines = path_join_dup(d->root, "meta/tasks.jsonl");
	char *table = path_join_dup(d->root, "meta/tasks.parquet");
	int rc = 0;

	if (access(table, F_OK) == 0)
		rc = read_table(d, table, task_table, e);
	else if (access(lines, F_OK) == 0)
		rc = file_lines(lines, task_line, d, e);
	else
		dataset_warn(d, "meta/tasks.* is missing: tasks are unknown");
	free(lines);
	free(table);
	return rc;
}

/* LeRobot writes the table of v3.0 ten episodes at a time: after a crash its end is missing. */
static int listed_tables(struct dataset *d, const char *dir, struct err *e)
{
	struct file_list l;
	int rc = file_list_parquet(&l, dir, e);

	for (size_t i = 0; i < l.n && !rc; i++) {
		rc = read_table(d, l.path[i], listed_table, e);
		if (rc == -ENODATA) {
			dataset_warn(d, "%s", e->msg);
			*e = (struct err){0};
			rc = 0;
		}
	}
	file_list_fini(&l);
	return rc;
}

int listed_read(struct dataset *d, struct err *e)
{
	char *lines = path_join_dup(d->root, "meta/episodes.jsonl");
	char *tables = path_join_dup(d->root, "meta/episodes");
	int rc = 0;

	if (access(tables, F_OK) == 0)
		rc = listed_tables(d, tables, e);
	else if (access(lines, F_OK) == 0)
		rc = file_lines(lines, listed_line, d, e);
	else
		dataset_warn(d, "meta/episodes* is missing: lengths are taken from the data");
	free(lines);
	free(tables);
	return rc;
}
