/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks as recorded: every bit of every action through the view, which step executed which of
 * them, what became of a chunk, also after a rollback and in a run that is resumed; pictures.
 */
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/rng.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

enum { JOINTS = 14, HORIZON = 50, CHUNKS = 60 };

/* Any bits of a double, or of a float as policies answer with, or what goes wrong. */
static double strange(struct rng *r)
{
	static const double special[] = {0.0, -0.0, 1, -3, 4.9e-324, 1e22, 1e300, 0.1};
	uint64_t bits = (uint64_t)rng_u32(r) << 32 | rng_u32(r);
	uint32_t pick = rng_u32(r) % 32;
	double v;

	if (pick < sizeof(special) / sizeof(special[0]))
		return special[pick];
	if (pick == 10 || pick == 11)
		return pick == 10 ? INFINITY : -INFINITY;
	if (pick < 20)
		return (double)(float)(30 * rng_gauss(r));
	memcpy(&v, &bits, sizeof(v));
	return v;
}

static void put_one(void *sink, struct chunk *c, int64_t number, double *actions, struct rng *r)
{
	for (unsigned i = 0; i < HORIZON * JOINTS; i++)
		actions[i] = strange(r);
	*c = (struct chunk){.number = number,
			    .seq = number * 20,
			    .request_ns = number * 1000,
			    .reply_ns = number % 3 ? number * 1000 + 7 : TIME_UNKNOWN,
			    .latency_s = NAN,
			    .horizon = HORIZON,
			    .dims = JOINTS,
			    .actions = actions};
	put_plain(sink, (struct record){.kind = RECORD_CHUNK, .chunk = c, .t_ns = number});
}

static bool same(sqlite3_stmt *st, double want)
{
	double got = sqlite3_column_double(st, 0);

	if (isnan(want))
		return sqlite3_column_type(st, 0) == SQLITE_NULL;
	return sqlite3_column_type(st, 0) == SQLITE_FLOAT && !memcmp(&got, &want, sizeof(got));
}

static void bits(struct tap *t, const char *file, void *sink)
{
	static double actions[HORIZON * JOINTS];
	struct rng r = rng_seed(5), again = r;
	unsigned rows = 0, wrong = 0;
	struct chunk c;
	sqlite3_stmt *st;
	sqlite3 *h;

	for (int i = 0; i < CHUNKS; i++)
		put_one(sink, &c, i, actions, &r);
	ok(t, db_sink.commit(sink, true, NULL) == 0, "committed");
	sqlite3_open(file, &h);
	sqlite3_prepare_v2(
		h,
		"SELECT value FROM chunk_actions WHERE run = 1 ORDER BY chunk, position, "
		"place",
		-1, &st, NULL);
	for (; sqlite3_step(st) == SQLITE_ROW; rows++)
		wrong += !same(st, strange(&again));
	sqlite3_finalize(st);
	sqlite3_close(h);
	ok(t, rows == CHUNKS * HORIZON * JOINTS, "%u rows of chunk_actions", rows);
	ok(t, wrong == 0, "%u of them differ in a bit or a NULL", wrong);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM chunks WHERE horizon = 50 AND dims = 14 AND "
			    "seq = chunk * 20 AND request_ns = chunk * 1000 AND reply_ns IS CASE "
			    "WHEN chunk % 3 THEN chunk * 1000 + 7 END AND latency_s IS NULL AND "
			    "prompt IS NULL AND executed IS NULL AND source = 'stdin:'") == CHUNKS,
	   "and what is known of each chunk, the rest NULL");
	ok(t, sql_number(file, "SELECT chunks FROM runs") == CHUNKS, "counted in its run");
}

static void put_steps(void *sink, int64_t from, int n, int64_t chunk, uint32_t episode)
{
	struct step s;

	for (int i = 0; i < n; i++) {
		step_init(&s, JOINTS);
		s.seq = from + i;
		s.t_ns = from + i;
		s.episode = episode;
		s.driver = DRIVER_POLICY;
		s.chunk = chunk;
		s.position = chunk == CHUNK_UNKNOWN ? -1 : i + 1;
		vec_set(&s.vec[VEC_ASKED], 0, i);
		put_step_record(sink, &s);
	}
}

static void executed(struct tap *t, const char *file, void *sink)
{
	struct executed x = {.chunk = 3, .steps = 5}, none = {.chunk = 4}, lost = {.chunk = 900};
	char text[80];

	put_steps(sink, 100, 5, 3, 0);
	put_steps(sink, 105, 2, CHUNK_UNKNOWN, 0);
	put_steps(sink, 107, 2, 3, 0);
	put_steps(sink, 109, 2, 5, 1);
	put_plain(sink, (struct record){.kind = RECORD_EXECUTED, .executed = &x});
	put_plain(sink, (struct record){.kind = RECORD_EXECUTED, .executed = &none});
	put_plain(sink, (struct record){.kind = RECORD_EXECUTED, .executed = &lost});
	ok(t, db_sink.commit(sink, false, NULL) == 0, "chunks of an earlier transaction are over");
	sql_text(file,
		 "SELECT group_concat(chunk || ':' || executed, ' ') FROM (SELECT * FROM chunks "
		 "WHERE executed IS NOT NULL ORDER BY chunk)",
		 text, sizeof(text));
	ok(t, !strcmp(text, "3:5 4:0"), "none executed is 0, and known: %s", text);
	sql_text(file,
		 "SELECT group_concat(position || '@' || executed_seq, ' ') FROM (SELECT * FROM "
		 "chunk_actions WHERE chunk = 3 AND place = 0 AND executed_seq IS NOT NULL "
		 "ORDER BY position)",
		 text, sizeof(text));
	ok(t, !strcmp(text, "1@100 2@101 3@102 4@103 5@104"),
	   "the step that was first to execute each position: %s", text);
	ok(t, sql_number(file, "SELECT episode FROM chunks WHERE chunk = 5") == 1,
	   "a chunk is of the episode whose steps it made");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM joint_values WHERE chunk = 3 AND driver = "
			    "'policy' AND boundary IS NULL AND position = 2 AND asked = 1") == 2,
	   "joint_values with driver, boundary, chunk and position");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM steps WHERE chunk IS NULL AND position IS NULL") == 2,
	   "unknown is NULL");
}

static int try_one(void *sink, struct err *e)
{
	struct executed x = {.chunk = 6, .steps = 9};
	static double actions[HORIZON * JOINTS];
	struct rng r = rng_seed(9);
	struct chunk c;

	put_plain(sink, (struct record){.kind = RECORD_EXECUTED, .executed = &x});
	put_one(sink, &c, CHUNKS, actions, &r);
	return db_sink.commit(sink, false, e);
}

/* What could not be stored leaves nothing behind, and is stored when it comes again. */
static void rollback(struct tap *t, const char *file, void *sink)
{
	struct rlimit before, full;
	struct err e = {0};
	int rc;

	getrlimit(RLIMIT_FSIZE, &before);
	full = before;
	full.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &full);
	rc = try_one(sink, &e);
	setrlimit(RLIMIT_FSIZE, &before);
	ok(t, rc < 0, "a full disk: %s", e.msg);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM chunks WHERE executed = 9 OR chunk = 60") == 0 &&
		   sql_number(file, "SELECT count(*) FROM chunk_plan") == CHUNKS,
	   "nothing of it is there");
	ok(t, !try_one(sink, &e) && !try_one(sink, &e), "put again, and once more");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM chunks WHERE executed = 9") == 1 &&
		   sql_number(file, "SELECT count(*) FROM chunk_actions WHERE chunk = 60") ==
			   HORIZON * JOINTS,
	   "it is one chunk with its actions once");
}

static void resumed(struct tap *t, const char *file)
{
	struct resume_point p = {0};
	struct err e = {0};

	ok(t, db_resume_point(file, "bench2", &p, &e) == 0 && p.chunks == CHUNKS + 1,
	   "a resumed run goes on with chunk %lld", (long long)p.chunks);
}

/* The list of joints changes: what was stored keeps its names, what is missing is NULL. */
static void other_joints(struct tap *t, const char *file)
{
	static const double actions[] = {1, 2, 3, 4};
	struct chunk c = {.seq = SEQ_UNKNOWN, .horizon = 1, .dims = 3, .actions = actions};
	struct run_info info = test_run(2);
	void *sink = db_writer_open(file, NULL, NULL);
	char text[120];

	put_run_info(sink, &info);
	c.request_ns = c.reply_ns = TIME_UNKNOWN;
	c.prompt_known = true;
	put_plain(sink, (struct record){.kind = RECORD_CHUNK, .chunk = &c});
	snprintf(info.joint[0].name, NAME_BYTES, "new");
	put_run_info(sink, &info);
	c.number = 1;
	put_plain(sink, (struct record){.kind = RECORD_CHUNK, .chunk = &c});
	db_sink.commit(sink, false, NULL);
	db_writer_close(sink);
	sql_text(file,
		 "SELECT group_concat(chunk || joint || coalesce(value, 'NULL') || "
		 "coalesce(seq, '-'), ' ') FROM (SELECT * FROM chunk_actions WHERE run = 2 ORDER "
		 "BY chunk, place)",
		 text, sizeof(text));
	ok(t, !strcmp(text, "0joint_01.0- 0joint_12.0- 1joint_0NULL- 1joint_12.0- 1new1.0-"), "%s",
	   text);
	ok(t, sql_number(file, "SELECT count(*) FROM chunks WHERE prompt = '' AND run = 2") == 2,
	   "an empty prompt is known");
}

/* Replies are not ticks: what they hold counts, what lies between them is no jump. */
static void replies(struct tap *t, const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(JOINTS);

	info.no_tick = true;
	info.fps = 0;
	put_run_info(sink, &info);
	put_steps(sink, 0, 5, CHUNK_UNKNOWN, 0);
	db_sink.commit(sink, false, NULL);
	db_writer_close(sink);
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM episode_joints JOIN runs USING (run) WHERE no_tick "
		      "= 1 AND n = 5 AND max = 4 AND delta_n = 0 AND delta_max IS NULL") == 1,
	   "no difference from reply to reply");
}

static void frames(struct tap *t, const char *file, void *sink)
{
	static const uint8_t rgb[2 * 3 * 3] = {255, 0, 7};
	struct frame f = {.camera = "top", .width = 640, .height = 480, .channels = 3};

	for (int i = 0; i < 3; i++) {
		f.mean[i] = 0.25 * i;
		f.std[i] = NAN;
	}
	f.dark = NAN;
	f.bright = 1;
	f.thumb_width = 2;
	f.thumb_height = 3;
	f.thumb = rgb;
	put_plain(sink,
		  (struct record){.kind = RECORD_FRAME, .frame = &f, .t_ns = 8, .episode = 1});
	f.thumb = NULL;
	f.channels = 1;
	put_plain(sink, (struct record){.kind = RECORD_FRAME, .frame = &f, .source = 1});
	ok(t, db_sink.commit(sink, false, NULL) == 0, "two pictures");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM frames WHERE camera = 'top' AND t_ns = 8 AND "
			    "source = 'stdin:' AND width = 640 AND height = 480 AND mean_b = 0.5 "
			    "AND std_r IS NULL AND dark IS NULL AND bright = 1 AND episode = 1 AND "
			    "length(thumb) = 18 AND hex(substr(thumb, 1, 3)) = 'FF0007' AND "
			    "thumb_width = 2 AND thumb_height = 3") == 1,
	   "facts and thumbnail");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM frames WHERE channels = 1 AND mean_r = 0 AND "
			    "mean_g IS NULL AND thumb IS NULL AND thumb_width IS NULL") == 1,
	   "a grey one without");
}

int main(void)
{
	static const char *const words[] = {"stdin:"};
	struct run_info info = test_run(JOINTS);
	struct tap t = {0};
	struct scratch s;
	void *sink;

	scratch_make(&s);
	sink = db_writer_open(s.file, NULL, NULL);
	info.sources = 1;
	info.source = words;
	put_run_info(sink, &info);
	bits(&t, s.file, sink);
	executed(&t, s.file, sink);
	rollback(&t, s.file, sink);
	frames(&t, s.file, sink);
	db_writer_close(sink);
	resumed(&t, s.file);
	other_joints(&t, s.file);
	replies(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
