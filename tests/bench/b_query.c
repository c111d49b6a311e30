/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canned jump query over 10 million joint rows, answered from the exact summaries, against the
 * plain query over the values. Both must name the same jumps. Medians of 5 (the plain one: once).
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "db/reader.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"

enum { JOINTS = 14, EPISODES = 715, EPISODE_STEPS = 1000, ROUNDS = 5 };

static const char plain_sql[] =
	"SELECT s.run, j.name, max(abs(a.asked - b.asked)), max(abs(a.seen - b.seen)) "
	"FROM step s JOIN step p ON p.tick = s.tick - 1 AND p.run = s.run AND p.episode = s.episode "
	"JOIN joint_value a ON a.id BETWEEN s.tick << 7 AND (s.tick << 7) | 127 "
	"JOIN joint_value b ON b.id = a.id - 128 "
	"JOIN run_joint j ON j.run = s.run AND j.joint = a.id & 127 "
	"GROUP BY s.run, a.id & 127 ORDER BY s.run, j.name";

static const char ours_sql[] =
	"SELECT run, joint, max(delta_max) FILTER (WHERE vector = 'asked'), max(delta_max) FILTER "
	"(WHERE vector = 'seen') FROM episode_joints GROUP BY run, joint ORDER BY run, joint";

static double now_s(void)
{
	struct clock c = clock_real();

	return (double)clock_now_ns(&c) / 1e9;
}

static void record(const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(JOINTS);
	struct rng r = rng_seed(1);
	struct step s;

	put_run_info(sink, &info);
	for (int i = 0; i < EPISODES * EPISODE_STEPS; i++) {
		step_init(&s, JOINTS);
		s.seq = i;
		s.t_ns = i * 33333333LL;
		s.episode = (uint32_t)(i / EPISODE_STEPS);
		for (unsigned j = 0; j < JOINTS; j++) {
			vec_set(&s.vec[VEC_ASKED], j, rng_gauss(&r));
			vec_set(&s.vec[VEC_SEEN], j, rng_gauss(&r));
		}
		put_step_record(sink, &s);
		if (i % 1000 == 999)
			db_sink.commit(sink, false, NULL);
	}
	put_plain(sink, (struct record){.kind = RECORD_RUN_END});
	db_sink.commit(sink, true, NULL);
	db_writer_close(sink);
}

/* Runs sql to its end; text: the rows, joined, when it is not NULL. */
static double timed(const char *file, const char *sql, char *text, size_t size)
{
	double from = now_s();
	sqlite3_stmt *st = NULL;
	size_t at = 0;
	sqlite3 *h;

	sqlite3_open_v2(file, &h, SQLITE_OPEN_READONLY, NULL);
	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) != SQLITE_OK)
		printf("%s\n", sqlite3_errmsg(h));
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; text && i < sqlite3_column_count(st) && at < size - 64; i++)
			at += (size_t)snprintf(text + at, size - at, "%.60s ",
					       sqlite3_column_text(st, i));
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
	return now_s() - from;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static const size_t size = 8192;
	char *ours = calloc(1, size), *plain = calloc(1, size);
	const struct canned *jumps = canned_find("jumps");
	double took[ROUNDS], plain_s;
	struct scratch s;
	bool same;

	scratch_make(&s);
	record(s.file);
	for (int i = 0; i < ROUNDS; i++)
		took[i] = timed(s.file, jumps->sql, NULL, 0);
	qsort(took, ROUNDS, sizeof(took[0]), by_value);
	timed(s.file, ours_sql, ours, size);
	plain_s = timed(s.file, plain_sql, plain, size);
	same = *ours && strcmp(ours, plain) == 0;
	printf("jumps over %d joint rows: %.3f s (wanted <= 1), the plain query %.1f s; %s\n",
	       JOINTS * EPISODES * EPISODE_STEPS, took[ROUNDS / 2], plain_s,
	       same ? "same jumps" : "DIFFERENT JUMPS");
	scratch_remove(&s);
	free(ours);
	free(plain);
	return same ? 0 : 1;
}
