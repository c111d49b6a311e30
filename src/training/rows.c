/* SPDX-License-Identifier: Apache-2.0 */
/* One data file: which episodes it holds, then their values. Each file is one thread's. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "training/dataset_impl.h"
#include "training/values.h"

enum { ROWS_PER_BYTE = 64, COLUMNS_RECOVERED_MAX = 2 * FEATURES_MAX };

/* The rows of one column chunk on their way to the runs. */
struct fill {
	struct part *p;
	const struct parquet_column *column;
	unsigned width;
	double *dst; /* [][width], from dest row `base` on */
	size_t base;
	size_t row;	 /* of the file, the next one to begin */
	size_t run;	 /* it is in */
	double *at;	 /* where the row under work goes; NULL: nowhere */
	unsigned filled; /* values of the row under work; width: none is */
	bool null_list;
};

static int columns_expected(const struct dataset_meta *m, struct parquet_column *c, unsigned *width)
{
	static const enum parquet_type types[] = {
		[FEATURE_FLOAT32] = PARQUET_FLOAT, [FEATURE_FLOAT64] = PARQUET_DOUBLE,
		[FEATURE_INT32] = PARQUET_INT32,   [FEATURE_INT64] = PARQUET_INT64,
		[FEATURE_BOOL] = PARQUET_BOOL,	   [FEATURE_STRING] = PARQUET_BYTES,
		[FEATURE_IMAGE] = PARQUET_BYTES,
	};
	int n = 0;

	for (size_t i = 0; i < m->nfeatures; i++) {
		struct feature *f = &m->feature[i];
		bool list = f->width > 1 && f->kind != FEATURE_IMAGE;

		if (f->kind == FEATURE_VIDEO)
			continue;
		if (f->kind == FEATURE_OTHER || f->ndim > 1 + 3U * (f->kind == FEATURE_IMAGE))
			return -1;
		/* An image is a struct of its bytes and its path. */
		for (unsigned leaf = 0; leaf < 1 + (f->kind == FEATURE_IMAGE); leaf++, n++) {
			c[n] = (struct parquet_column){
				.name = f->key,
				.path = f->key,
				.type = types[f->kind],
				.max_def = (uint8_t)(list ? 3 : 1 + (f->kind == FEATURE_IMAGE)),
				.max_rep = list,
				.list_def = list ? 2 : 0,
			};
			width[n] = list ? f->width : 1;
		}
	}
	return n;
}

static int recover(struct part *p, struct parquet **out, const struct parquet_io *io)
{
	struct parquet_column *c = xcalloc(COLUMNS_RECOVERED_MAX, sizeof(*c));
	unsigned *width = xcalloc(COLUMNS_RECOVERED_MAX, sizeof(*width));
	int n = columns_expected(&p->d->meta, c, width), rc;

	if (n < 0)
		rc = err_set(&p->err, EBADMSG,
			     "no footer, and info.json has features that are unknown");
	else
		rc = parquet_recover(out, io, c, width, (size_t)n, &p->left_bytes, &p->err);
	p->no_footer = true;
	free(c);
	free(width);
	return rc;
}

static int open_part(struct part *p, struct data_file *f, struct parquet **out)
{
	int rc = file_open(f, p->path, &p->err);

	*out = NULL;
	if (rc)
		return rc;
	rc = parquet_open(out, &f->io, &p->err);
	if (rc == -ENODATA) {
		p->err = (struct err){0};
		rc = recover(p, out, &f->io);
	}
	if (!rc) {
		uint64_t rows = parquet_rows(*out);

		if (rows > ROWS_PER_BYTE * (f->io.size + 64) || rows > SIZE_MAX / 4096)
			rc = err_set(&p->err, EBADMSG, "%" PRIu64 " rows in %" PRIu64 " bytes",
				     rows, f->io.size);
		p->rows = (size_t)rows;
	}
	return rc;
}

static void close_part(struct part *p, struct data_file *f, struct parquet *q)
{
	if (p->err.code && !strstr(p->err.msg, p->path))
		err_prefix(&p->err, "%s", p->path);
	parquet_close(q);
	file_close(f);
}

static void add_row(struct part *p, size_t row, int64_t episode)
{
	struct run *r = p->nruns ? &p->run[p->nruns - 1] : NULL;

	if (r && r->episode == episode) {
		r->rows++;
		return;
	}
	if ((p->nruns & (p->nruns - 1)) == 0)
		p->run = xrealloc(p->run, p->nruns ? 2 * p->nruns : 1, sizeof(*p->run));
	p->run[p->nruns++] = (struct run){
		.episode = episode,
		.row = row,
		.rows = 1,
		.dest = SIZE_MAX,
		.task = UINT_MAX,
	};
}

static int take_episode(void *host, const struct parquet_batch *b, struct err *e)
{
	struct fill *s = host;

	if (b->values != b->entries || b->rep)
		return err_set(e, EBADMSG, "nulls or lists where episode numbers belong");
	for (size_t i = 0; i < b->entries; i++) {
		double v = value_double(s->column->type, b, i);

		if (!(v >= 0) || v > 1e15)
			return err_set(e, EBADMSG, "row %zu: episode %g", s->row, v);
		add_row(s->p, s->row++, (int64_t)v);
	}
	return 0;
}

/* Without the column the number in the file's name counts (v2: a file an episode). */
static int episode_of_name(struct part *p)
{
	const char *slash = strrchr(p->path, '/');
	int64_t episode;

	if (sscanf(slash ? slash + 1 : p->path, "episode_%9" SCNd64, &episode) != 1 || episode < 0)
		return err_set(&p->err, EBADMSG, "no column episode_index");
	if (p->rows) {
		add_row(p, 0, episode);
		p->run[0].rows = p->rows;
	}
	return 0;
}

void rows_find(struct part *p)
{
	struct fill s = {.p = p};
	struct data_file f;
	struct parquet *q;
	int column, rc = open_part(p, &f, &q);

	if (!rc) {
		column = parquet_find(q, "episode_index");
		if (column < 0) {
			rc = episode_of_name(p);
		} else {
			s.column = parquet_column(q, (size_t)column);
			if (!value_is_number(s.column->type))
				rc = err_set(&p->err, EBADMSG, "episode_index is no number");
		}
		for (size_t g = 0; g < parquet_groups(q) && !rc && column >= 0; g++)
			rc = parquet_read(q, g, (size_t)column, take_episode, &s, &p->err);
	}
	close_part(p, &f, q);
}

/* Begins a row: finds where it goes. */
static void begin_row(struct fill *s)
{
	const struct part *p = s->p;

	while (s->run < p->nruns && s->row >= p->run[s->run].row + p->run[s->run].rows)
		s->run++;
	s->at = NULL;
	if (s->run < p->nruns && p->run[s->run].dest != SIZE_MAX)
		s->at = s->dst +
			(p->run[s->run].dest - s->base + s->row - p->run[s->run].row) * s->width;
	s->filled = 0;
	s->null_list = false;
	s->row++;
}

static int end_row(const struct fill *s, struct err *e)
{
	if (s->filled == s->width)
		return 0;
	if (s->null_list && s->at) {
		for (unsigned i = 0; i < s->width; i++)
			s->at[i] = NAN;
		return 0;
	}
	return s->null_list ? 0
			    : err_set(e, EBADMSG, "row %zu: a list of %u values, info.json says %u",
				      s->row - 1, s->filled, s->width);
}

static int too_long(const struct fill *s, struct err *e)
{
	return err_set(e, EBADMSG, "row %zu: a list of more than the %u values that info.json says",
		       s->row ? s->row - 1 : 0, s->width);
}

/* How many whole rows begin at entry i: their first entry repeats nothing, the others do. */
static size_t whole_rows(const struct parquet_batch *b, size_t i, unsigned width)
{
	size_t n = (b->entries - i) / width;
	uint8_t list[MAX_JOINTS];

	if (!b->rep)
		return n;
	if (width > MAX_JOINTS)
		return 0;
	memset(list, 1, width);
	list[0] = 0;
	for (size_t k = 0; k < n; k++) {
		if (memcmp(b->rep + i + k * width, list, width))
			return k;
	}
	return n;
}

/*
 * Whole rows from entry i on, one after the other, as long as they last: what nearly all data is.
 * Those of one run go to one place, at once. Returns the first entry that is not taken.
 */
static size_t take_whole_rows(struct fill *s, const struct parquet_batch *b, size_t i)
{
	const struct part *p = s->p;
	size_t rows = whole_rows(b, i, s->width);

	while (rows) {
		size_t n = 1;

		begin_row(s);
		if (s->run < p->nruns && s->row > p->run[s->run].row) {
			size_t left = p->run[s->run].row + p->run[s->run].rows - s->row;

			n += left < rows - 1 ? left : rows - 1;
		}
		if (s->at)
			value_doubles(s->at, s->column->type, b, i, n * s->width);
		s->row += n - 1;
		s->filled = s->width;
		i += n * s->width;
		rows -= n;
	}
	return i;
}

static int take_values(void *host, const struct parquet_batch *b, struct err *e)
{
	struct fill *s = host;
	bool no_nulls = b->values == b->entries;

	for (size_t i = 0, at = 0; i < b->entries; i++) {
		uint8_t def;
		bool known;

		if (no_nulls && s->filled == s->width)
			at = i = take_whole_rows(s, b, i);
		if (i == b->entries)
			break;
		def = b->def ? b->def[i] : s->column->max_def;
		known = def == s->column->max_def;

		if (!b->rep || b->rep[i] == 0) {
			if (end_row(s, e))
				return -EBADMSG;
			begin_row(s);
		} else if (s->filled == s->width || s->null_list) {
			return too_long(s, e);
		}
		if (s->column->max_rep && def < s->column->list_def) {
			s->null_list = def + 1 < s->column->list_def;
			continue;
		}
		if (s->at)
			s->at[s->filled] = known ? value_double(s->column->type, b, at)
						 : (double)NAN;
		at += known;
		s->filled++;
	}
	return 0;
}

/* Does the row group hold rows that are wanted? */
static bool group_wanted(const struct part *p, size_t row, uint64_t rows)
{
	for (size_t i = 0; i < p->nruns; i++) {
		const struct run *r = &p->run[i];

		if (r->dest != SIZE_MAX && r->row < row + rows && row < r->row + r->rows)
			return true;
	}
	return false;
}

static int fill_column(struct part *p, struct parquet *q, size_t column, unsigned width,
		       double *dst, size_t base)
{
	struct fill s = {.p = p,
			 .column = parquet_column(q, column),
			 .width = width,
			 .dst = dst,
			 .base = base};
	size_t row = 0;
	int rc = 0;

	if (!value_is_number(s.column->type))
		return err_set(&p->err, EBADMSG, "column %s is %s, which is no number",
			       s.column->name, parquet_type_word(s.column->type));
	if (!s.column->max_rep && width != 1)
		return err_set(&p->err, EBADMSG, "column %s is no list, info.json says %u values",
			       s.column->name, width);
	for (size_t g = 0; g < parquet_groups(q) && !rc; g++) {
		uint64_t rows = parquet_group_rows(q, g);

		s.row = row;
		s.filled = width;
		s.null_list = false;
		row += (size_t)rows;
		if (!group_wanted(p, s.row, rows))
			continue;
		rc = parquet_read(q, g, column, take_values, &s, &p->err);
		if (!rc && (end_row(&s, &p->err) || s.row != row)) {
			if (!p->err.code)
				err_set(&p->err, EBADMSG, "%zu rows are missing", row - s.row);
			err_prefix(&p->err, "row group %zu, column %s", g, s.column->name);
			rc = -EBADMSG;
		}
	}
	return rc;
}

static int fill_feature(struct part *p, struct parquet *q, const struct feature *f, double *dst)
{
	int column = f ? parquet_find(q, f->key) : -1;

	if (!f)
		return 0;
	if (column < 0)
		return err_set(&p->err, EBADMSG, "no column %s, which info.json names", f->key);
	return fill_column(p, q, (size_t)column, f->width, dst, 0);
}

/* timestamp when there is one; else the caller's grid stays. */
static int fill_times(struct part *p, struct parquet *q)
{
	int column = parquet_find(q, "timestamp");

	return column < 0 ? 0 : fill_column(p, q, (size_t)column, 1, p->out->timestamp_s, 0);
}

static int fill_tasks(struct part *p, struct parquet *q)
{
	int column = parquet_find(q, "task_index"), rc;
	size_t base = SIZE_MAX;
	double *task;

	if (column < 0 || !p->d->ntasks)
		return 0;
	for (size_t i = 0; i < p->nruns; i++)
		base = p->run[i].dest < base ? p->run[i].dest : base;
	/* A file's rows stay together. */
	task = xcalloc(p->rows, sizeof(*task));
	rc = fill_column(p, q, (size_t)column, 1, task, base);
	for (size_t i = 0; i < p->nruns && !rc; i++) {
		struct run *r = &p->run[i];
		double t = r->dest == SIZE_MAX ? -1 : task[r->dest - base];

		if (t >= 0 && t < (double)p->d->ntasks)
			r->task = (unsigned)t;
	}
	free(task);
	return rc;
}

void rows_fill(struct part *p)
{
	struct data_file f;
	struct parquet *q;
	size_t rows = p->rows;
	int rc;

	if (!p->nruns || !group_wanted(p, 0, rows))
		return;
	rc = open_part(p, &f, &q);
	if (!rc && p->rows != rows)
		rc = err_set(&p->err, EBADMSG, "changed while it was read");
	if (!rc)
		rc = fill_feature(p, q, p->wanted.action, p->out->action);
	if (!rc)
		rc = fill_feature(p, q, p->wanted.state, p->out->state);
	if (!rc)
		rc = fill_times(p, q);
	if (!rc)
		rc = fill_tasks(p, q);
	close_part(p, &f, q);
}
