/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder: the contract's columns, every bit of every double, and what comes back as NULL. */
#include <float.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

/* Column lists that people's SQL relies on. */
static const char *const contract[] = {
	"SELECT run, started_utc, rig, robot, profile, task, policy, fps, steps, dropped FROM runs",
	"SELECT run, episode, start_ns, end_ns, steps, boundary, outcome, note FROM episodes",
	"SELECT run, episode, seq, t_ns, src_ns, driver FROM steps",
	"SELECT run, episode, seq, joint, seen, asked, sent, got FROM joint_values",
	"SELECT run, episode, seq, t_ns, code, level, subject, value, threshold, unit, message "
	"FROM verdicts",
	"SELECT run, t_ns, source, lost, unit, reason FROM gaps",
	"SELECT profile, robot, fps, episodes, frames, learned_utc FROM profiles",
	"SELECT profile, feature, joint, unit, min, max, mean, std, q01, q10, q50, q90, q99, "
	"delta_q50, delta_q95, delta_q99, delta_q999, delta_max, start_mean, start_std, start_min, "
	"start_max FROM profile_joints",
	"SELECT run, episode, chunk, seq, request_ns, reply_ns, horizon, dims, prompt, executed, t_ns, "
	"latency_s, execute, source FROM chunks",
	"SELECT run, chunk, position, joint, value, executed_seq, seq, place FROM chunk_actions",
	"SELECT run, t_ns, camera, source, width, height, episode, channels, mean_r, mean_g, mean_b, "
	"std_r, std_g, std_b, dark, bright, thumb_width, thumb_height, thumb FROM frames",
	"SELECT run, t_ns, camera, source, mode, fps, jitter_ms, age_ms, lost, errors, frozen, dark, "
	"sharpness, \"is\", margin FROM frames",
	"SELECT run, t_ns, joint, temp_degc, voltage_v, load, current_ma, status FROM motors",
	"SELECT run, t_ns, bus, state, transactions, retries, timeouts, corrupt, late, behind, stray, "
	"overruns, openers, tx_errors, rx_errors, reply_ms, worst_ms, latency_timer_ms FROM buses",
	"SELECT preflight, run, utc, code, subject, level, required, value, threshold, unit, waived, "
	"reason FROM preflights",
	"SELECT run, t_ns, joint, vector, value, unit, source, sample, place FROM samples",
	"SELECT run, chunks, no_tick FROM runs",
	"SELECT run, episode, seq, chunk, position FROM steps",
	"SELECT run, episode, seq, joint, driver, boundary, chunk, position FROM joint_values",
};

static void columns(struct tap *t, const char *file)
{
	sqlite3 *h;

	sqlite3_open(file, &h);
	for (size_t i = 0; i < sizeof(contract) / sizeof(contract[0]); i++) {
		char *err = NULL;

		/* Quoted words that name no column would pass as texts; these are not quoted. */
		sqlite3_exec(h, contract[i], NULL, NULL, &err);
		ok(t, !err, "%.60s… %s", contract[i], err ? err : "");
		sqlite3_free(err);
	}
	sqlite3_close(h);
}

static bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

enum { JOINTS = 128, STEPS = 40 };

/* A value of the kind that goes wrong, or any bits at all. */
static double strange_double(struct rng *r)
{
	static const double strange[] = {0.0,
					 -0.0,
					 DBL_MAX,
					 DBL_MIN,
					 4.9e-324,
					 -4.9e-324,
					 INFINITY,
					 -INFINITY,
					 1.0,
					 -3.0,
					 0.1,
					 1e300,
					 4503599627370497.0,
					 -9007199254740993.0};
	uint32_t pick = rng_u32(r) % 32;
	uint64_t bits = (uint64_t)rng_u32(r) << 32 | rng_u32(r);
	double v;

	if (pick < sizeof(strange) / sizeof(strange[0]))
		return strange[pick];
	memcpy(&v, &bits, sizeof(v));
	return v;
}

static void strange_step(struct step *s, struct rng *r, int64_t seq)
{
	step_init(s, JOINTS);
	s->seq = seq;
	s->t_ns = seq * 33333333;
	s->src_ns = seq % 2 ? seq * 40000000 : TIME_UNKNOWN;
	s->driver = (enum driver)(seq % DRIVER_N);
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; j < JOINTS; j++) {
			if (rng_u32(r) % 8)
				vec_set(&s->vec[k], j, strange_double(r));
		}
	}
}

static bool row_matches(sqlite3_stmt *st, const struct step *s, unsigned j)
{
	int flags = sqlite3_column_int(st, 4);

	for (int k = 0; k < VEC_N; k++) {
		double want = s->vec[k].v[j];
		bool null = sqlite3_column_type(st, k) == SQLITE_NULL;

		if (!vec_known(&s->vec[k], j)) {
			if (!null || flags >> k & 1)
				return false;
		} else if (isnan(want)) {
			if (!null || !(flags >> k & 1))
				return false;
		} else if (null || !same_bits(sqlite3_column_double(st, k), want) ||
			   (flags >> (k + 4) & 1) != (isinf(want) ? 1 : 0)) {
			return false;
		}
	}
	return true;
}

static void bits(struct tap *t, const char *file, void *sink)
{
	struct run_info info = test_run(JOINTS);
	struct rng r = rng_seed(7), again = r;
	struct err e = {0};
	struct step s;
	sqlite3 *h;
	sqlite3_stmt *st;
	unsigned rows = 0, wrong = 0;

	put_run_info(sink, &info);
	for (int i = 0; i < STEPS; i++) {
		strange_step(&s, &r, i);
		put_step_record(sink, &s);
	}
	ok(t, db_sink.commit(sink, true, &e) == 0, "committed");
	sqlite3_open(file, &h);
	sqlite3_prepare_v2(h,
			   "SELECT seen, asked, sent, got, flags FROM joint_values WHERE run = 1 "
			   "ORDER BY seq, place",
			   -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (rows % JOINTS == 0)
			strange_step(&s, &again, rows / JOINTS);
		wrong += !row_matches(st, &s, rows % JOINTS);
		rows++;
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
	ok(t, rows == JOINTS * STEPS, "%u rows of joint_values", rows);
	ok(t, wrong == 0, "%u of them differ in a bit, a NULL or a flag", wrong);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM steps WHERE src_ns IS NULL") == STEPS / 2 &&
		   sql_number(file, "SELECT count(*) FROM steps WHERE driver IS NULL") == STEPS / 5,
	   "an unknown time or driver is NULL");
}

static void others(struct tap *t, const char *file, void *sink)
{
	struct verdict v = {.level = LEVEL_WARN,
			    .code = "jump",
			    .subject = "joint_1",
			    .seq = 3,
			    .value = 26.1,
			    .threshold = NAN,
			    .unit = "deg",
			    .message = "it's 26.1; DROP TABLE verdict --"};
	struct episode_mark end = {
		.outcome = OUTCOME_SUCCESS, .boundary = "operator", .note = "ok"};
	put_plain(sink, (struct record){.kind = RECORD_VERDICT, .verdict = &v});
	put_plain(sink, (struct record){.kind = RECORD_GAP,
					.lost = -1,
					.unit = "bytes",
					.text = "x'); DELETE FROM run; --"});
	put_plain(sink, (struct record){.kind = RECORD_NOTE, .text = "mark", .level = LEVEL_NOTE});
	put_plain(sink, (struct record){.kind = RECORD_CLOCK, .t_ns = 1, .wall_ns = 2});
	put_plain(sink, (struct record){.kind = RECORD_DROPPED, .lost = 17});
	put_plain(sink, (struct record){.kind = RECORD_EPISODE_END, .t_ns = 99, .mark = &end});
	put_plain(sink, (struct record){.kind = RECORD_RUN_END, .t_ns = 100});
	ok(t, db_sink.commit(sink, false, NULL) == 0, "one of each kind");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM verdicts WHERE level = 'warn' AND threshold "
			    "IS NULL AND value = 26.1 AND message LIKE '%DROP TABLE%'") == 1,
	   "a verdict, its texts as they came");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM gaps WHERE lost IS NULL AND reason LIKE "
			    "'x''); DELETE%'") == 1,
	   "a gap of unknown size");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM episodes WHERE outcome = 'success' AND "
			    "end_ns = 99 AND steps = 40 AND note = 'ok'") == 1,
	   "the episode");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM runs WHERE dropped = 17 AND steps = 40 AND "
			    "profile IS NULL AND fps = 30 AND started_utc LIKE "
			    "'2023-11-14T22:13:20%Z' AND ended_ns = 100") == 1,
	   "the run");
	ok(t, sql_number(file, "PRAGMA wal_checkpoint") == 0, "nothing holds the file");
}

/* Names are data, whatever they say. */
static void names(struct tap *t, const char *file)
{
	static const char evil[] = "a'); DROP TABLE run; --\" \\ %s";
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(1);
	char text[80];

	snprintf(info.rig, NAME_BYTES, "%s", evil);
	snprintf(info.joint[0].name, NAME_BYTES, "%s", evil);
	put_run_info(sink, &info);
	db_sink.commit(sink, false, NULL);
	db_writer_close(sink);
	sql_text(file, "SELECT rig FROM runs WHERE run = 2", text, sizeof(text));
	ok(t, !strcmp(text, evil), "a rig's name: %s", text);
	sql_text(file, "SELECT joint FROM joints WHERE run = 2", text, sizeof(text));
	ok(t, !strcmp(text, evil), "a joint's name: %s", text);
}

static void order(struct tap *t, const char *file)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct record r = {.kind = RECORD_NOTE, .text = "x"};
	struct err e = {0};

	ok(t, db_sink.put(sink, &r, &e) < 0 && db_sink.run(sink) == 0, "before its run: %s", e.msg);
	ok(t, db_sink.commit(sink, true, &e) == 0, "an empty commit is none");
	db_writer_close(sink);
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;
	void *sink;

	scratch_make(&s);
	sink = db_writer_open(s.file, NULL, NULL);
	columns(&t, s.file);
	bits(&t, s.file, sink);
	others(&t, s.file, sink);
	db_writer_close(sink);
	names(&t, s.file);
	order(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
