/* SPDX-License-Identifier: Apache-2.0 */
/* A full disk, a failing disk, another program's lock, a reader that never leaves. */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

enum { JOINTS = 20 };

static int put_steps(void *sink, int64_t from, int n, struct err *e)
{
	struct step s;
	int rc = 0;

	for (int64_t seq = from; !rc && seq < from + n; seq++) {
		step_init(&s, JOINTS);
		s.seq = seq;
		s.t_ns = seq;
		for (unsigned j = 0; j < JOINTS; j++)
			vec_set(&s.vec[VEC_ASKED], j, (double)(seq + j));
		rc = db_sink.put(sink, &(struct record){.kind = RECORD_STEP, .step = &s}, e);
	}
	return rc ? rc : db_sink.commit(sink, false, e);
}

static void *start(const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(JOINTS);

	put_run_info(sink, &info);
	db_sink.commit(sink, true, NULL);
	return sink;
}

static int64_t steps_of(const char *file)
{
	return sql_number(file, "SELECT count(*) FROM steps");
}

static int64_t file_bytes(const char *file, const char *suffix)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", file, suffix);
	return stat(path, &st) ? -1 : st.st_size;
}

/* A limit on file sizes is what a quota looks like to write(2). */
static void failing_disk(struct tap *t, const char *file, void *sink)
{
	struct rlimit full = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY}, before;
	struct err e = {0};
	int rc;

	getrlimit(RLIMIT_FSIZE, &before);
	full.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	put_steps(sink, 0, 100, &e);
	setrlimit(RLIMIT_FSIZE, &full);
	rc = put_steps(sink, 100, 3000, &e);
	setrlimit(RLIMIT_FSIZE, &before);
	ok(t, rc == -EIO || rc == -ENOSPC, "%d: %s", rc, e.msg);
	ok(t, e.code == -rc && strstr(e.msg, file), "the message names the file");
	ok(t, steps_of(file) == 100, "nothing of it is half-written");
	ok(t, put_steps(sink, 100, 3000, &e) == 0 && steps_of(file) == 3100,
	   "put again, all of it is there");
	ok(t, sql_number(file, "SELECT count(*) = 3100 * 20 FROM joint_values") == 1,
	   "with every value, once");
}

static void busy(struct tap *t, const char *file, void *sink)
{
	struct clock c = clock_real();
	int64_t from, before = steps_of(file);
	struct err e = {0};
	sqlite3 *h;
	int rc;

	sqlite3_open(file, &h);
	sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	from = clock_now_ns(&c);
	rc = put_steps(sink, 5000, 10, &e);
	ok(t, rc == -EBUSY, "another program's lock: %s", e.msg);
	ok(t, clock_now_ns(&c) - from < 4 * NS_PER_S, "told within the ring's 8 s");
	sqlite3_exec(h, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(h);
	ok(t, put_steps(sink, 5000, 10, &e) == 0 && steps_of(file) == before + 10,
	   "when it is gone, all is as if it had never been");
}

/* A reader's snapshot stays what it was, and the recorder neither waits nor fails. */
static void reader(struct tap *t, const char *file, void *sink)
{
	struct clock c = clock_real();
	struct err e = {0};
	sqlite3_stmt *st;
	int64_t first, from, wal;
	int rc;
	sqlite3 *h;

	sqlite3_open_v2(file, &h, SQLITE_OPEN_READONLY, NULL);
	sqlite3_exec(h, "BEGIN", NULL, NULL, NULL);
	sqlite3_prepare_v2(h, "SELECT count(*) FROM steps", -1, &st, NULL);
	sqlite3_step(st);
	first = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	from = clock_now_ns(&c);
	put_steps(sink, 6000, 500, &e);
	put_plain(sink, (struct record){.kind = RECORD_EPISODE_END, .t_ns = 1});
	rc = db_sink.commit(sink, true, &e);
	ok(t, rc == 0 && clock_now_ns(&c) - from < NS_PER_S, "recording goes on beside a reader");
	sqlite3_step(st);
	ok(t, sqlite3_column_int64(st, 0) == first, "who sees what was there when it began");
	sqlite3_finalize(st);
	wal = file_bytes(file, "-wal");
	sqlite3_exec(h, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(h);
	ok(t, wal > 0, "the log waits for the reader: %lld bytes", (long long)wal);
	put_plain(sink, (struct record){.kind = RECORD_NOTE, .text = "next"});
	db_sink.commit(sink, false, &e);
	ok(t, file_bytes(file, "-wal") == 0, "and is emptied by the next commit");
	ok(t, put_steps(sink, 7000, 10, &e) == 0 && steps_of(file) == first + 510, "all is there");
}

static void two_writers(struct tap *t, const char *file, void *sink)
{
	void *other = start(file);
	struct err e = {0};
	bool good = true;

	for (int i = 0; i < 10; i++)
		good = good && !put_steps(sink, 8000 + i * 5, 5, &e) && !put_steps(other, i, 1, &e);
	ok(t, good, "two recorders take turns in one file %s", e.msg);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM steps WHERE run = 2") == 10 &&
		   sql_number(file, "SELECT count(*) = 20 * 10 FROM joint_values WHERE run = 2") ==
			   1,
	   "and each run has its own steps");
	db_writer_close(other);
}

/* A hello that says the same name twice, and a list that changes. */
static void odd_joints(struct tap *t, const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(3);
	struct err e = {0};
	int rc;

	memcpy(&info.joint[1], &info.joint[0], sizeof(info.joint[0]));
	put_run_info(sink, &info);
	rc = put_steps(sink, 0, 5, &e);
	ok(t, rc == 0, "a name twice: %s", e.msg);
	info = test_run(128);
	for (unsigned j = 0; j < 128; j++)
		info.joint[j].name[0] = 'x';
	put_run_info(sink, &info);
	rc = put_steps(sink, 5, 5, &e);
	ok(t, rc == 0, "another 128 joints in the same run: %s", e.msg);
	ok(t, sql_number(file, "SELECT count(*) FROM joints WHERE run = 3") == 128,
	   "as many as there is room for are stored");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM joint_values WHERE run = 3 AND joint LIKE 'j%'") == 15,
	   "old steps keep their names");
	db_writer_close(sink);
}

/* No difference may reach across what is missing: the period after it skips a number. */
static void breaks(struct tap *t, const char *file)
{
	void *sink = start(file);
	char text[64];

	put_steps(sink, 0, 2, NULL);
	put_plain(sink, (struct record){.kind = RECORD_GAP, .lost = 1});
	put_steps(sink, 3, 1, NULL);
	put_plain(sink, (struct record){.kind = RECORD_DROPPED, .lost = 5});
	put_steps(sink, 9, 1, NULL);
	db_writer_close(sink);
	sink = db_writer_open(file, "bench2", NULL);
	put_run_info(sink, &(struct run_info){.rig = "bench2", .joints = JOINTS});
	put_steps(sink, 10, 2, NULL);
	sql_text(file, "SELECT group_concat(period, ' ') FROM steps WHERE run = 4", text,
		 sizeof(text));
	ok(t, !strcmp(text, "0 1 3 5 7 8"), "lost steps and restarts break the grid: %s", text);
	db_writer_close(sink);
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;
	void *sink;

	scratch_make(&s);
	sink = start(s.file);
	failing_disk(&t, s.file, sink);
	busy(&t, s.file, sink);
	reader(&t, s.file, sink);
	two_writers(&t, s.file, sink);
	odd_joints(&t, s.file);
	breaks(&t, s.file);
	db_writer_close(sink);
	scratch_remove(&s);
	return tap_done(&t);
}
