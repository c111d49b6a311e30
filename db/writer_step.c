/* SPDX-License-Identifier: Apache-2.0 */
/* Episodes, steps with their values and sums. */
#include <math.h>

#include "base/clock.h"
#include "db/writer_internal.h"

static void load_sum(struct summary *s, sqlite3_stmt *st)
{
	int64_t id = sqlite3_column_int64(st, 0);
	unsigned k = id >> 7 & 3, j = id & 127;
	struct sum *m = &s->sum[k][j];

	if (s->used[k] <= j)
		s->used[k] = j + 1;
	m->n = sqlite3_column_int64(st, 1);
	m->min = sqlite3_column_double(st, 2);
	m->max = sqlite3_column_double(st, 3);
	m->first = sqlite3_column_double(st, 4);
	m->delta_n = sqlite3_column_int64(st, 5);
	m->delta_max = sqlite3_column_double(st, 6);
	m->delta_seq = sqlite3_column_int64(st, 7);
	m->closed = sqlite3_column_int64(st, 8);
}

static int load_sums(struct writer *w, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(
		w->db, "SELECT * FROM joint_summary WHERE id BETWEEN ?1 << 9 AND ?1 << 9 | 511",
		&st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, w->now.episode_id);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		load_sum(&w->now.summary, st);
	rc = rc == SQLITE_DONE ? 0 : sql_fail(w->db, rc, e, "resuming");
	sqlite3_finalize(st);
	return rc;
}

/* The episode's earlier steps go on counting, but Δ does not reach across. */
static int load_summary(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_LAST_PERIOD];
	int rc;

	summary_start(&w->now.summary);
	if (!w->now.episode_steps)
		return 0;
	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, w->now.episode);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		summary_continue(&w->now.summary, sqlite3_column_int64(st, 0));
	else
		rc = sql_fail(w->db, rc, e, "resuming");
	sqlite3_reset(st);
	return rc == SQLITE_ROW ? load_sums(w, e) : rc;
}

static int close_lost_episode(struct writer *w, struct err *e)
{
	sqlite3_bind_int64(w->st[ST_EPISODE_CLOSE], 1, w->now.episode_id);
	return writer_run_st(w, ST_EPISODE_CLOSE, e);
}

/* Makes, or opens again, episode number of the run and takes it as the one under way. */
static int enter_episode(struct writer *w, uint32_t number, int64_t t_ns,
			 const struct episode_mark *mark, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_EPISODE_START];
	struct writer_state *s = &w->now;
	bool same = s->episode_id && s->episode == number;
	int rc = 0;

	if (s->episode_id && w->steps_changed)
		rc = flush_episode(w, e);
	if (!rc && s->episode_open && !same)
		rc = close_lost_episode(w, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, s->run);
	sqlite3_bind_int64(st, 2, number);
	sqlite3_bind_int64(st, 3, t_ns);
	sql_bind_text(st, 4, mark ? mark->task : NULL);
	sql_bind_text(st, 5, mark ? mark->boundary : NULL);
	rc = sqlite3_step(st);
	if (rc != SQLITE_ROW) {
		rc = sql_fail(w->db, rc, e, "recording");
		sqlite3_reset(st);
		return rc;
	}
	s->episode_id = sqlite3_column_int64(st, 0);
	s->episode_steps = sqlite3_column_int64(st, 1);
	s->episode = number;
	s->episode_open = true;
	rc = writer_run_st(w, ST_EPISODE_START, e);
	return rc || same ? rc : load_summary(w, e);
}

int put_episode_start(struct writer *w, const struct record *r, struct err *e)
{
	return enter_episode(w, r->episode, r->t_ns, r->mark, e);
}

int put_episode_end(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_EPISODE_END];
	int rc = 0;

	if (!w->now.episode_id || w->now.episode != r->episode)
		rc = enter_episode(w, r->episode, r->t_ns, NULL, e);
	if (!rc)
		rc = flush_episode(w, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, w->now.episode_id);
	sqlite3_bind_int64(st, 2, r->t_ns);
	sql_bind_text(st, 3, r->mark ? r->mark->boundary : NULL);
	sql_bind_text(st, 4, r->mark ? outcome_word(r->mark->outcome) : NULL);
	sql_bind_text(st, 5, r->mark ? r->mark->note : NULL);
	sql_bind_text(st, 6, r->mark ? r->mark->task : NULL);
	w->now.episode_open = false;
	w->checkpoint_due = true;
	return writer_run_st(w, ST_EPISODE_END, e);
}

/* Binds one value and keeps its sum; returns its bits of the flags column. */
static int bind_value(struct writer *w, const struct step *s, enum vec_kind k, unsigned joint,
		      unsigned place, bool counts)
{
	const struct vec *v = &s->vec[k];
	struct stored_joint *sj = &w->now.joint[place];
	sqlite3_stmt *st = w->st[ST_VALUE];
	double value = v->v[joint];
	bool finite;

	if (!vec_known(v, joint)) {
		sqlite3_bind_null(st, 2 + (int)k);
		return 0;
	}
	sql_bind_num(st, 2 + (int)k, value);
	finite = isfinite(value);
	if (counts) {
		summary_value(&w->now.summary, k, place, finite, value);
		if (finite && !isnan(sj->closed_at) &&
		    sj->closed_sign * value > sj->closed_sign * sj->closed_at)
			w->now.summary.sum[k][place].closed++;
	}
	return finite ? 0 : 1 << (isnan(value) ? k : k + VEC_N);
}

static int put_values(struct writer *w, const struct step *s, bool counts, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_VALUE];
	int rc = 0;

	for (unsigned j = 0; !rc && j < s->joints && j < w->now.places; j++) {
		int place = w->now.place[j], flags = 0;

		if (place < 0)
			continue;
		for (unsigned k = 0; k < VEC_N; k++)
			flags |= bind_value(w, s, (enum vec_kind)k, j, (unsigned)place, counts);
		sqlite3_bind_int64(st, 1, w->next_tick << 7 | place);
		if (flags)
			sqlite3_bind_int(st, 6, flags);
		else
			sqlite3_bind_null(st, 6);
		rc = writer_run_st(w, ST_VALUE, e);
	}
	return rc;
}

static int put_step_row(struct writer *w, const struct step *s, int64_t period, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_STEP];
	int present = 0;

	for (unsigned k = 0; k < VEC_N; k++)
		present |= s->vec[k].present ? 1 << k : 0;
	sqlite3_bind_int64(st, 1, w->next_tick);
	sqlite3_bind_int64(st, 2, w->now.run);
	sqlite3_bind_int64(st, 3, s->episode);
	sqlite3_bind_int64(st, 4, s->seq);
	sqlite3_bind_int64(st, 5, s->source);
	sqlite3_bind_int64(st, 6, s->t_ns);
	sql_bind_known(st, 7, s->src_ns != TIME_UNKNOWN, s->src_ns);
	sqlite3_bind_int(st, 8, (int)s->driver);
	sqlite3_bind_int(st, 9, present);
	sql_bind_known(st, 10, period != PERIOD_NONE, period);
	sql_bind_known(st, 11, s->chunk != CHUNK_UNKNOWN, s->chunk);
	sql_bind_known(st, 12, s->position >= 0, s->position);
	return writer_run_st(w, ST_STEP, e);
}

int put_step(struct writer *w, const struct record *r, struct err *e)
{
	const struct step *s = r->step;
	int64_t period;
	int rc = 0;

	if (!w->now.episode_id || w->now.episode != s->episode)
		rc = enter_episode(w, s->episode, s->t_ns, NULL, e);
	if (rc)
		return rc;
	if (w->now.no_tick) /* from one reply to the next is no Δ */
		summary_break(&w->now.summary);
	period = summary_period(&w->now.summary, s);
	rc = put_step_row(w, s, period, e);
	if (!rc)
		rc = put_values(w, s, period != PERIOD_NONE, e);
	w->next_tick++;
	w->now.episode_steps++;
	w->steps_changed = true;
	return rc;
}

static int flush_sum(struct writer *w, unsigned k, unsigned j, struct err *e)
{
	const struct sum *m = &w->now.summary.sum[k][j];
	struct delta d = sum_delta(m, w->now.summary.now_seq);
	sqlite3_stmt *st = w->st[ST_SUMMARY];

	if (!m->n)
		return 0;
	sqlite3_bind_int64(st, 1, w->now.episode_id << 9 | (int64_t)(k << 7 | j));
	sqlite3_bind_int64(st, 2, m->n);
	sqlite3_bind_double(st, 3, m->min);
	sqlite3_bind_double(st, 4, m->max);
	sqlite3_bind_double(st, 5, m->first);
	sqlite3_bind_int64(st, 6, d.n);
	sql_bind_num(st, 7, d.n ? d.max : NAN);
	if (d.n)
		sqlite3_bind_int64(st, 8, d.seq);
	else
		sqlite3_bind_null(st, 8);
	if (isnan(w->now.joint[j].closed_at))
		sqlite3_bind_null(st, 9);
	else
		sqlite3_bind_int64(st, 9, m->closed);
	return writer_run_st(w, ST_SUMMARY, e);
}

int flush_episode(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_EPISODE_STEPS];
	int rc = 0;

	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; !rc && j < w->now.summary.used[k]; j++)
			rc = flush_sum(w, k, j, e);
	}
	if (rc)
		return rc;
	w->steps_changed = false;
	sqlite3_bind_int64(st, 1, w->now.episode_id);
	sqlite3_bind_int64(st, 2, w->now.episode_steps);
	return writer_run_st(w, ST_EPISODE_STEPS, e);
}

int load_episode(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_EPISODE_ID];
	struct writer_state *s = &w->now;
	int rc;

	sqlite3_bind_int64(st, 1, s->run);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		s->episode_id = sqlite3_column_int64(st, 0);
		s->episode = (uint32_t)sqlite3_column_int64(st, 1);
		s->episode_steps = sqlite3_column_int64(st, 2);
		s->episode_open = sqlite3_column_int(st, 3);
	}
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(w->db, rc, e, "resuming");
	sqlite3_reset(st);
	return rc || !s->episode_id ? rc : load_summary(w, e);
}
