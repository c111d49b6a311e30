/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks with their actions, what became of them, and camera pictures as facts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/writer_internal.h"

/*
 * 17 significant digits, which every SQLite of 3.37 and later reads back to the same bits: shorter
 * ones may lie so near the middle of two doubles that an older one takes the other. A point, so
 * that it is read as a double, and -0.0 stays.
 */
static void add_value(struct buf *b, double v)
{
	char text[40];
	int n;

	if (isnan(v)) {
		buf_add(b, "null", 4);
		return;
	}
	if (isinf(v)) {
		buf_str(b, v > 0 ? "9e999" : "-9e999");
		return;
	}
	n = snprintf(text, sizeof(text) - 2, "%.17g", v);
	if (!strpbrk(text, ".e")) {
		memcpy(text + n, ".0", 2);
		n += 2;
	}
	buf_add(b, text, (size_t)n);
}

/* The chunk's columns in the order in which its run's joints are stored; returns how many. */
static unsigned columns(const struct writer *w, const struct chunk *c, int16_t column[MAX_JOINTS])
{
	unsigned width = 0;

	for (unsigned i = 0; i < MAX_JOINTS; i++)
		column[i] = -1;
	for (unsigned d = 0; d < c->dims && d < w->now.places; d++) {
		int place = w->now.place[d];

		if (place < 0)
			continue;
		column[place] = (int16_t)d;
		if (width <= (unsigned)place)
			width = (unsigned)place + 1;
	}
	return width;
}

static int put_plan(struct writer *w, const struct chunk *c, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_CHUNK_PLAN];
	int16_t column[MAX_JOINTS];
	unsigned width = columns(w, c, column);

	buf_clear(&w->text);
	buf_add(&w->text, "[", 1);
	for (unsigned h = 0; h < c->horizon; h++) {
		const double *row = c->actions + (size_t)h * c->dims;

		for (unsigned i = 0; i < width; i++) {
			if (h || i)
				buf_add(&w->text, ",", 1);
			add_value(&w->text, column[i] < 0 ? (double)NAN : row[column[i]]);
		}
	}
	buf_add(&w->text, "]", 1);
	sqlite3_bind_int64(st, 1, sqlite3_last_insert_rowid(w->db->h));
	sqlite3_bind_int64(st, 2, width);
	sqlite3_bind_text64(st, 3, w->text.p, w->text.len, SQLITE_STATIC, SQLITE_UTF8);
	return writer_run_st(w, ST_CHUNK_PLAN, e);
}

int put_chunk(struct writer *w, const struct record *r, struct err *e)
{
	const struct chunk *c = r->chunk;
	sqlite3_stmt *st = w->st[ST_CHUNK];
	int rc;

	sqlite3_bind_int64(st, 1, w->now.run);
	sql_bind_known(st, 2, c->number != CHUNK_UNKNOWN, c->number);
	sqlite3_bind_int64(st, 3, r->episode);
	sqlite3_bind_int64(st, 4, r->source);
	sql_bind_known(st, 5, c->seq != SEQ_UNKNOWN, c->seq);
	sqlite3_bind_int64(st, 6, r->t_ns);
	sql_bind_known(st, 7, c->request_ns != TIME_UNKNOWN, c->request_ns);
	sql_bind_known(st, 8, c->reply_ns != TIME_UNKNOWN, c->reply_ns);
	sql_bind_num(st, 9, c->latency_s);
	sql_bind_known(st, 10, c->execute != 0, c->execute);
	sqlite3_bind_int64(st, 11, c->horizon);
	sqlite3_bind_int64(st, 12, c->dims);
	if (c->prompt_known) /* one that is empty is known, too */
		sqlite3_bind_text(st, 13, c->prompt, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(st, 13);
	rc = writer_run_st(w, ST_CHUNK, e);
	return rc ? rc : put_plan(w, c, e);
}

int put_executed(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_EXECUTED];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, r->executed->chunk);
	sqlite3_bind_int64(st, 3, r->executed->steps);
	return writer_run_st(w, ST_EXECUTED, e);
}

int put_frame(struct writer *w, const struct record *r, struct err *e)
{
	const struct frame *f = r->frame;
	sqlite3_stmt *st = w->st[ST_FRAME];
	bool thumb = f->thumb && f->thumb_width && f->thumb_height;

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, r->episode);
	sqlite3_bind_int64(st, 3, r->t_ns);
	sqlite3_bind_int64(st, 4, r->source);
	sqlite3_bind_text(st, 5, f->camera, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 6, f->width);
	sqlite3_bind_int64(st, 7, f->height);
	sqlite3_bind_int64(st, 8, f->channels);
	for (int i = 0; i < 3; i++) {
		sql_bind_num(st, 9 + i, i < f->channels ? f->mean[i] : NAN);
		sql_bind_num(st, 12 + i, i < f->channels ? f->std[i] : NAN);
	}
	sql_bind_num(st, 15, f->dark);
	sql_bind_num(st, 16, f->bright);
	sql_bind_known(st, 17, thumb, f->thumb_width);
	sql_bind_known(st, 18, thumb, f->thumb_height);
	if (thumb)
		sqlite3_bind_blob(st, 19, f->thumb, f->thumb_width * f->thumb_height * 3,
				  SQLITE_STATIC);
	else
		sqlite3_bind_null(st, 19);
	sql_bind_num(st, 20, f->sharpness);
	sql_bind_num(st, 21, f->repeats);
	sql_bind_num(st, 22, f->repeat_s);
	return writer_run_st(w, ST_FRAME, e);
}
