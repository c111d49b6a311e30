/* SPDX-License-Identifier: Apache-2.0 */
/* The health of cameras, motors and buses, as it came. */
#include "db/writer_internal.h"

/* What every row begins with; returns the index of the next parameter. */
static int bind_place(struct writer *w, sqlite3_stmt *st, const struct record *r)
{
	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, r->episode);
	sqlite3_bind_int64(st, 3, r->t_ns);
	sqlite3_bind_int64(st, 4, r->source);
	return 5;
}

/* Counts and numbers where -1 means unknown. */
static void bind_count(sqlite3_stmt *st, int at, int64_t v)
{
	sql_bind_known(st, at, v >= 0, v);
}

static void bind_numbers(sqlite3_stmt *st, int at, const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sql_bind_num(st, at + (int)i, v[i]);
}

int put_camera(struct writer *w, const struct record *r, struct err *e)
{
	const struct camera *c = r->camera;
	sqlite3_stmt *st = w->st[ST_CAMERA];
	const char *const text[] = {c->name,
				    camera_mode_word((enum camera_mode)c->mode),
				    camera_state_word((enum camera_state)c->state),
				    c->device,
				    c->serial,
				    c->owner,
				    c->trouble,
				    c->format};
	const double number[] = {c->fps_set,  c->fps,	      c->jitter_ms, c->age_ms,
				 c->frozen_s, c->megabytes_s, c->dark,	    c->sharpness};
	int at = bind_place(w, st, r);

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		sql_bind_text(st, at++, text[i]);
	sql_bind_known(st, at++, c->width > 0, c->width);
	sql_bind_known(st, at++, c->height > 0, c->height);
	bind_count(st, at++, c->sequence);
	bind_count(st, at++, c->lost);
	bind_count(st, at++, c->errors);
	bind_numbers(st, at, number, sizeof(number) / sizeof(number[0]));
	at += (int)(sizeof(number) / sizeof(number[0]));
	sql_bind_text(st, at++, c->is);
	sql_bind_text(st, at++, c->method);
	sql_bind_num(st, at, c->margin);
	return writer_run_st(w, ST_CAMERA, e);
}

int put_motor(struct writer *w, const struct record *r, struct err *e)
{
	const struct motor *m = r->motor;
	sqlite3_stmt *st = w->st[ST_MOTOR];
	const double number[] = {m->temp_degc, m->rotor_degc, m->voltage_v, m->load, m->current_ma};
	int at = bind_place(w, st, r);

	sqlite3_bind_text(st, at++, m->joint, -1, SQLITE_STATIC);
	bind_count(st, at++, m->id);
	sql_bind_text(st, at++, m->model);
	bind_numbers(st, at, number, sizeof(number) / sizeof(number[0]));
	at += (int)(sizeof(number) / sizeof(number[0]));
	bind_count(st, at++, m->torque);
	bind_count(st, at++, m->faults);
	bind_count(st, at++, m->missed);
	bind_count(st, at, m->calibrated);
	return writer_run_st(w, ST_MOTOR, e);
}

int put_bus(struct writer *w, const struct record *r, struct err *e)
{
	const struct bus *b = r->bus;
	sqlite3_stmt *st = w->st[ST_BUS];
	const int64_t count[] = {b->transactions, b->retries,	b->timeouts, b->corrupt,
				 b->late,	  b->behind,	b->stray,    b->overruns,
				 b->openers,	  b->tx_errors, b->rx_errors};
	int at = bind_place(w, st, r);

	sqlite3_bind_text(st, at++, b->name, -1, SQLITE_STATIC);
	sql_bind_text(st, at++, bus_state_word((enum bus_state)b->state));
	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++)
		bind_count(st, at++, count[i]);
	sql_bind_num(st, at++, b->reply_ms);
	sql_bind_num(st, at++, b->worst_ms);
	sql_bind_num(st, at, b->latency_timer_ms);
	return writer_run_st(w, ST_BUS, e);
}
