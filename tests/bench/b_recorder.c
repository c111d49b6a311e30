/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder against its control: a plain C loop with prepared statements that inserts the same
 * step and value rows, with the same pragmas and commit size, into a file of the same schema.
 * Prints the ratio of the medians of 5, what a step costs, and what a chunk does.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"

enum { JOINTS = 14, STEPS = 40000, COMMIT_STEPS = 250, ROUNDS = 5 };
enum { HORIZON = 50, CHUNKS = 2000 };

static void make_step(struct step *s, int i)
{
	step_init(s, JOINTS);
	s->seq = i;
	s->t_ns = i * 1000000LL;
	s->src_ns = i * 1000000LL;
	s->driver = DRIVER_POLICY;
	for (unsigned j = 0; j < JOINTS; j++) {
		vec_set(&s->vec[VEC_SEEN], j, sin(i * 0.01 + j));
		vec_set(&s->vec[VEC_ASKED], j, sin(i * 0.01 + j + 0.1));
	}
}

static double seconds(int64_t from_ns)
{
	struct clock c = clock_real();

	return (double)(clock_now_ns(&c) - from_ns) / 1e9;
}

static int64_t now_ns(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

static double recorder(const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(JOINTS);
	struct step s;
	int64_t from;
	double took;

	put_run_info(sink, &info);
	db_sink.commit(sink, true, NULL);
	from = now_ns();
	for (int i = 0; i < STEPS; i++) {
		make_step(&s, i);
		put_step_record(sink, &s);
		if (i % COMMIT_STEPS == COMMIT_STEPS - 1)
			db_sink.commit(sink, false, NULL);
	}
	took = seconds(from);
	db_writer_close(sink);
	return took;
}

/* What a chunk takes: the time in us, and the bytes of the file. */
static double chunk_us(double *bytes)
{
	static double actions[HORIZON * JOINTS];
	struct chunk c = {.seq = SEQ_UNKNOWN, .horizon = HORIZON, .dims = JOINTS};
	struct run_info info = test_run(JOINTS);
	struct scratch at;
	struct stat st = {0};
	int64_t from;
	double took;
	void *sink;

	scratch_make(&at);
	sink = db_writer_open(at.file, NULL, NULL);
	put_run_info(sink, &info);
	c.actions = actions;
	from = now_ns();
	for (int i = 0; i < CHUNKS; i++) {
		for (int k = 0; k < HORIZON * JOINTS; k++)
			actions[k] = (double)(float)(30 * sin(i + k * 0.01));
		c.number = i;
		put_plain(sink, (struct record){.kind = RECORD_CHUNK, .chunk = &c, .t_ns = i});
		if (i % 50 == 49)
			db_sink.commit(sink, false, NULL);
	}
	took = seconds(from);
	db_writer_close(sink);
	stat(at.file, &st);
	scratch_remove(&at);
	*bytes = (double)st.st_size / CHUNKS;
	return took / CHUNKS * 1e6;
}

static void plain_step(sqlite3_stmt *step, sqlite3_stmt *value, const struct step *s, int64_t tick)
{
	sqlite3_bind_int64(step, 1, tick);
	sqlite3_bind_int64(step, 2, 1);
	sqlite3_bind_int64(step, 3, 0);
	sqlite3_bind_int64(step, 4, s->seq);
	sqlite3_bind_int64(step, 5, 0);
	sqlite3_bind_int64(step, 6, s->t_ns);
	sqlite3_bind_int64(step, 7, s->src_ns);
	sqlite3_bind_int64(step, 8, s->driver);
	sqlite3_bind_int64(step, 9, 3);
	sqlite3_bind_int64(step, 10, s->seq);
	sqlite3_step(step);
	sqlite3_reset(step);
	for (unsigned j = 0; j < s->joints; j++) {
		sqlite3_bind_int64(value, 1, tick << 7 | j);
		sqlite3_bind_double(value, 2, s->vec[VEC_SEEN].v[j]);
		sqlite3_bind_double(value, 3, s->vec[VEC_ASKED].v[j]);
		sqlite3_step(value);
		sqlite3_reset(value);
	}
}

static double control(const char *file)
{
	sqlite3_stmt *step, *value;
	struct step s;
	sqlite3 *h;
	int64_t from;
	double took;

	db_writer_close(db_writer_open(file, NULL, NULL));
	sqlite3_open_v2(file, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	sqlite3_exec(h, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	sqlite3_prepare_v2(h, "INSERT INTO step VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,NULL,NULL)",
			   -1, &step, NULL);
	sqlite3_prepare_v2(h, "INSERT INTO joint_value VALUES (?1,?2,?3,?4,?5,?6)", -1, &value,
			   NULL);
	from = now_ns();
	for (int i = 0; i < STEPS; i++) {
		if (i % COMMIT_STEPS == 0)
			sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		make_step(&s, i);
		plain_step(step, value, &s, i + 1);
		if (i % COMMIT_STEPS == COMMIT_STEPS - 1)
			sqlite3_exec(h, "COMMIT", NULL, NULL, NULL);
	}
	took = seconds(from);
	sqlite3_finalize(step);
	sqlite3_finalize(value);
	sqlite3_close(h);
	return took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	double ours[ROUNDS], plain[ROUNDS], chunk[ROUNDS], bytes;
	struct stat st = {0};

	for (int i = 0; i < ROUNDS; i++) {
		struct scratch a, b;

		scratch_make(&a);
		ours[i] = recorder(a.file);
		stat(a.file, &st);
		scratch_remove(&a);
		scratch_make(&b);
		plain[i] = control(b.file);
		scratch_remove(&b);
		chunk[i] = chunk_us(&bytes);
	}
	qsort(ours, ROUNDS, sizeof(ours[0]), by_value);
	qsort(plain, ROUNDS, sizeof(plain[0]), by_value);
	qsort(chunk, ROUNDS, sizeof(chunk[0]), by_value);
	printf("recorder %.2fx plain loop (wanted <= 1.3): %.1f against %.1f us a step of %d "
	       "joints, %.0f bytes a step\n",
	       ours[ROUNDS / 2] / plain[ROUNDS / 2], ours[ROUNDS / 2] / STEPS * 1e6,
	       plain[ROUNDS / 2] / STEPS * 1e6, JOINTS, (double)st.st_size / STEPS);
	printf("a chunk of %d x %d: %.0f us, %.0f bytes\n", HORIZON, JOINTS, chunk[ROUNDS / 2],
	       bytes);
	return 0;
}
