/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder's sums equal the plain query over every value, bit by bit, whatever happened. */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "db/writer.h"
#include "db/writer_internal.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

enum { MAX_KEPT = 64 };

/* A recording that keeps what is not committed yet, as the contract asks of the caller. */
struct recording {
	const char *file;
	void *sink;
	struct run_info info;
	struct rng rng;
	int64_t seq, t_ns;
	uint32_t episode;
	struct step kept[MAX_KEPT];
	unsigned nkept, failures, resumes;
};

static void training(struct recording *r, double fps)
{
	struct writer *w = r->sink;

	w->now.training_fps = fps;
	w->now.joint[0].closed_at = 0;
	w->now.joint[0].closed_sign = -1;
	summary_rates(&w->now.summary, w->now.fps, fps);
	sql_exec(w->db, "UPDATE run_joint SET closed_at = 0, closed_sign = -1 WHERE joint = 0",
		 NULL);
}

static void make_step(struct recording *r, struct step *s)
{
	static const double odd[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1e308, -1e308, 5e-324};
	struct rng *g = &r->rng;

	step_init(s, r->info.joints);
	s->seq = r->seq += 1 + (rng_u32(g) % 50 == 0);
	r->t_ns += (int64_t)(1e9 / r->info.fps * rng_range(g, 0.5, 1.6));
	s->t_ns = r->t_ns;
	s->episode = r->episode;
	s->driver = rng_u32(g) % 20 ? DRIVER_POLICY : DRIVER_HUMAN;
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; rng_u32(g) % 10 && j < s->joints; j++) {
			uint32_t pick = rng_u32(g) % 120;

			if (pick)
				vec_set(&s->vec[k], j,
					pick <= 8 ? odd[pick - 1]
						  : floor(rng_gauss(g) * 8) * (pick % 2 ? 1 : 0.1));
		}
	}
}

static bool put_all(struct recording *r)
{
	for (unsigned i = 0; i < r->nkept; i++) {
		if (!put_step_record(r->sink, &r->kept[i]))
			return false;
	}
	return true;
}

/* The disk is full for a while: everything since the last commit is put once more. */
static void full_disk(struct recording *r)
{
	struct writer *w = r->sink;
	sqlite3_int64 pages = 0;
	char sql[64];
	struct err e = {0};
	int rc = 0;

	if (w->in_transaction)
		return;
	sql_i64(w->db, "PRAGMA page_count", 0, &pages, NULL);
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)pages);
	sqlite3_exec(w->db->h, sql, NULL, NULL, NULL);
	while (r->nkept < MAX_KEPT && !rc) {
		make_step(r, &r->kept[r->nkept++]);
		rc = db_sink.put(
			r->sink,
			&(struct record){.kind = RECORD_STEP, .step = &r->kept[r->nkept - 1]}, &e);
	}
	if (!rc)
		rc = db_sink.commit(r->sink, false, &e);
	sqlite3_exec(w->db->h, "PRAGMA max_page_count = 1073741823", NULL, NULL, NULL);
	if (!rc) {
		r->nkept = 0;
		return;
	}
	r->failures += rc == -ENOSPC;
	put_all(r);
	db_sink.commit(r->sink, false, NULL);
	r->nkept = 0;
}

static void resume(struct recording *r)
{
	db_writer_close(r->sink);
	r->nkept = 0;
	r->sink = db_writer_open(r->file, "bench2", NULL);
	put_run_info(r->sink, &r->info);
	training(r, 30);
	r->resumes++;
}

static void record_run(struct recording *r, unsigned joints, double fps, int steps)
{
	r->info = test_run(joints);
	r->info.fps = fps;
	r->sink = db_writer_open(r->file, NULL, NULL);
	put_run_info(r->sink, &r->info);
	training(r, 30);
	db_sink.commit(r->sink, false, NULL);
	for (int i = 0; i < steps; i++) {
		uint32_t what = rng_u32(&r->rng) % 300;

		make_step(r, &r->kept[r->nkept++]);
		put_step_record(r->sink, &r->kept[r->nkept - 1]);
		if (what < 30 || r->nkept == MAX_KEPT) {
			db_sink.commit(r->sink, false, NULL);
			r->nkept = 0;
		}
		if (what < 5) {
			put_plain(r->sink, (struct record){.kind = RECORD_EPISODE_END,
							   .episode = r->episode,
							   .t_ns = r->t_ns});
			db_sink.commit(r->sink, false, NULL);
			r->nkept = 0;
			r->episode++;
		} else if (what < 10) {
			full_disk(r);
		} else if (what < 14) {
			resume(r);
		} else if (what < 18 && !r->nkept) {
			put_plain(r->sink, (struct record){.kind = RECORD_GAP, .lost = 1});
			db_sink.commit(r->sink, false, NULL);
		}
	}
	put_plain(r->sink, (struct record){.kind = RECORD_RUN_END, .t_ns = r->t_ns});
	db_sink.commit(r->sink, true, NULL);
	db_writer_close(r->sink);
}

static char *read_text(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	static const size_t size = 1 << 16;
	char path[512], *text = calloc(1, size);
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/db/%s", top ? top : ".", name);
	f = fopen(path, "r");
	if (!f || !fread(text, 1, size - 1, f))
		printf("Bail out! cannot read %s\n", path);
	if (f)
		fclose(f);
	return text;
}

static bool same_field(sqlite3_stmt *a, sqlite3_stmt *b, int i)
{
	double x = sqlite3_column_double(a, i), y = sqlite3_column_double(b, i);

	return sqlite3_column_type(a, i) == sqlite3_column_type(b, i) &&
	       memcmp(&x, &y, sizeof(x)) == 0;
}

static void compare(struct tap *t, const char *file)
{
	char *sql = read_text("plain_sums.sql");
	sqlite3_stmt *kept = NULL, *plain = NULL;
	int rows = 0, wrong = 0, a, b;
	sqlite3 *h;

	sqlite3_open(file, &h);
	sqlite3_prepare_v2(h, "SELECT * FROM joint_summary ORDER BY id", -1, &kept, NULL);
	if (sqlite3_prepare_v2(h, sql, -1, &plain, NULL) != SQLITE_OK)
		printf("# %s\n", sqlite3_errmsg(h));
	while (a = sqlite3_step(kept), b = sqlite3_step(plain),
	       a == SQLITE_ROW && b == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(plain); i++) {
			if (same_field(kept, plain, i) || wrong++ > 5)
				continue;
			printf("# id %lld column %d (%s): %s, plain %s\n",
			       (long long)sqlite3_column_int64(kept, 0), i,
			       sqlite3_column_name(kept, i), sqlite3_column_text(kept, i),
			       sqlite3_column_text(plain, i));
		}
		rows++;
	}
	ok(t, a == SQLITE_DONE && b == SQLITE_DONE && rows > 500, "%d sums, as many as plain",
	   rows);
	ok(t, wrong == 0, "%d fields differ from the plain query", wrong);
	sqlite3_finalize(kept);
	sqlite3_finalize(plain);
	sqlite3_close(h);
	free(sql);
}

int main(void)
{
	struct recording r = {.rng = rng_seed(3)};
	struct tap t = {0};
	struct scratch s;

	scratch_make(&s);
	r.file = s.file;
	record_run(&r, 3, 30, 1500);
	r.episode = 0;
	record_run(&r, 14, 100, 1000);
	r.episode = 0;
	record_run(&r, 7, 40, 600);
	ok(&t, r.failures > 3 && r.resumes > 3, "%u full disks, %u restarts on the way", r.failures,
	   r.resumes);
	ok(&t, sql_number(s.file, "SELECT count(*) FROM segments") == 3 + r.resumes,
	   "a restart is a segment of the same run");
	ok(&t,
	   sql_number(s.file, "SELECT count(*) FROM joint_summary WHERE delta_n = 0") >= 0 &&
		   sql_number(s.file, "SELECT sum(steps) FROM episodes") ==
			   sql_number(s.file, "SELECT count(*) FROM steps"),
	   "episodes count their steps");
	ok(&t,
	   sql_number(s.file, "SELECT count(*) FROM (SELECT 1 FROM steps WHERE period IS NOT "
			      "NULL GROUP BY run, episode, period HAVING count(*) > 1)") > 100,
	   "a run faster than training shares periods");
	compare(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
