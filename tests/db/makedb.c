/* SPDX-License-Identifier: Apache-2.0 */
/*
 * makedb FILE: a small recording with everything that the canned queries look at: a profile, two
 * runs (the first resumed), odd values, verdicts, gaps, a gripper. The same bytes of data each time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "db/preflights.h"
#include "db/profiles.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"

enum { JOINTS = 3 };

static void record_steps(void *sink, struct rng *r, int64_t *seq, uint32_t episode, int n)
{
	struct step s;

	for (int i = 0; i < n; i++) {
		step_init(&s, JOINTS);
		s.seq = (*seq)++;
		s.t_ns = s.seq * 33000000 + rng_u32(r) % 20000000;
		s.src_ns = s.seq % 3 ? s.t_ns - 5 : TIME_UNKNOWN;
		s.episode = episode;
		s.driver = i < n - 3 ? DRIVER_POLICY : DRIVER_HUMAN;
		s.chunk = i % 7 ? s.seq / 20 : CHUNK_UNKNOWN;
		s.position = i % 7 ? (int32_t)(s.seq % 20) : -1;
		for (unsigned j = 0; j < JOINTS; j++) {
			vec_set(&s.vec[VEC_SEEN], j, rng_gauss(r) + 3);
			vec_set(&s.vec[VEC_ASKED], j,
				i == 7	 ? NAN
				: i == 9 ? INFINITY
					 : rng_gauss(r));
			if (i % 5)
				vec_set(&s.vec[VEC_GOT], j, i == 3 ? -0.0 : rng_gauss(r) / 3);
		}
		put_step_record(sink, &s);
	}
}

/* A reply every 20 steps; every third is not used, of every fifth nobody knows how much was. */
static void record_chunk(void *sink, struct rng *r, int64_t number, int64_t seq, uint32_t episode)
{
	double actions[30 * JOINTS];
	struct chunk c = {.number = number,
			  .seq = number % 2 ? seq : SEQ_UNKNOWN,
			  .request_ns = seq * 33000000 - 21000000,
			  .reply_ns = seq * 33000000 - rng_u32(r) % 9000000,
			  .latency_s = NAN,
			  .execute = 20,
			  .horizon = 30,
			  .dims = JOINTS,
			  .actions = actions,
			  .prompt_known = number % 4,
			  .prompt = "pick the \"cube\""};
	struct executed x = {.chunk = number, .steps = number % 3 ? 20 : 0};

	for (unsigned i = 0; i < 30 * JOINTS; i++)
		actions[i] = i == 40 ? NAN : i == 41 ? INFINITY : 30 * rng_gauss(r);
	put_plain(sink, (struct record){.kind = RECORD_CHUNK,
					.chunk = &c,
					.episode = episode,
					.t_ns = c.reply_ns});
	if (number % 5)
		put_plain(sink, (struct record){.kind = RECORD_EXECUTED, .executed = &x});
}

static void record_verdict(void *sink, int64_t seq, enum level level, const char *code)
{
	struct verdict v = {.level = level,
			    .seq = seq,
			    .t_ns = seq * 33000000,
			    .value = 26.1,
			    .threshold = NAN,
			    .unit = "deg",
			    .subject = "joint_1"};

	text_copy(v.code, sizeof(v.code), code);
	text_copy(v.message, sizeof(v.message), "joint_1 jumps 26.1 deg, \"training\" max 2.2, ü");
	put_plain(sink, (struct record){.kind = RECORD_VERDICT, .verdict = &v});
}

static void record_health(void *sink)
{
	struct camera camera;
	struct motor motor;
	struct bus bus;

	motor_init(&motor);
	text_copy(motor.joint, NAME_BYTES, "joint_1");
	motor.faults = MOTOR_HOT | MOTOR_OVERLOAD;
	motor.temp_degc = 71.5;
	put_plain(sink, (struct record){.kind = RECORD_MOTOR, .motor = &motor, .source = 1});
	motor.faults = 0;
	put_plain(sink, (struct record){.kind = RECORD_MOTOR, .motor = &motor, .source = 1});
	bus_init(&bus);
	text_copy(bus.name, NAME_BYTES, "arm, \"left\"");
	bus.state = BUS_OK;
	put_plain(sink, (struct record){.kind = RECORD_BUS, .bus = &bus, .source = 1});
	camera_init(&camera);
	text_copy(camera.name, NAME_BYTES, "front");
	camera.state = CAMERA_GONE;
	camera.fps = 29.97;
	put_plain(sink, (struct record){.kind = RECORD_CAMERA, .camera = &camera, .source = 1});
}

static void record_samples(void *sink)
{
	static const struct sample_value v[] = {
		{.value = -0.0, .joint = 1, .vector = VEC_SENT, .unit = UNIT_RAD},
		{.value = (double)NAN, .joint = 0, .vector = VEC_GOT, .unit = UNIT_UNKNOWN}};
	struct sample sample = {.n = 2, .v = v};

	put_plain(sink, (struct record){.kind = RECORD_SAMPLE, .sample = &sample, .source = 1});
}

static void record_look(const char *file)
{
	struct db *db = db_open(file, DB_WRITE, NULL);
	struct preflight_item item;

	preflight_item_init(&item, "pose", "home");
	item.level = LEVEL_WARN;
	item.value = 29.5;
	text_copy(item.advice, sizeof(item.advice), "close it, \"ü\"");
	db_preflight_put(db, "rig", 1700000000000000000, false, &item, 1, NULL);
	db_close(db);
}

static void record_others(void *sink, bool end)
{
	struct frame f = {.camera = "front, \"left\"",
			  .width = 640,
			  .height = 480,
			  .channels = 1,
			  .mean = {0.25},
			  .std = {NAN},
			  .dark = 0.125};

	record_samples(sink);
	record_health(sink);
	put_plain(sink, (struct record){.kind = RECORD_CLOCK, .t_ns = 1, .wall_ns = 2});
	put_plain(sink, (struct record){.kind = RECORD_NOTE, .text = "a note", .level = LEVEL_OK});
	put_plain(sink, (struct record){.kind = RECORD_FRAME, .frame = &f, .source = 1});
	put_plain(sink, (struct record){.kind = RECORD_GAP,
					.t_ns = 17,
					.lost = end ? 3 : -1,
					.source = 1,
					.unit = "bytes",
					.text = "overrun"});
	put_plain(sink, (struct record){.kind = RECORD_DROPPED, .lost = 2});
}

static void record_run(const char *file, const char *resume, bool end)
{
	static const char *const words[] = {"stdin:", "tap:/dev/ttyACM0"};
	void *sink = db_writer_open(file, resume, NULL);
	struct run_info info = test_run(JOINTS);
	struct episode_mark mark = {.outcome = OUTCOME_SUCCESS,
				    .boundary = "episode message",
				    .task = "pick",
				    .note = "with, a \"comma\""};
	struct rng r = rng_seed(end ? 1 : 2);
	struct resume_point at = {.last_seq = -1};
	int64_t seq;

	if (resume)
		db_resume_point(file, resume, &at, NULL);
	seq = at.last_seq + 1;
	text_copy(info.profile, NAME_BYTES, "train");
	info.sources = 2;
	info.source = words;
	put_run_info(sink, &info);
	for (uint32_t e = at.episode + (at.last_seq >= 0); e < at.episode + 3; e++) {
		put_plain(sink, (struct record){.kind = RECORD_EPISODE_START,
						.episode = e,
						.t_ns = seq * 33000000,
						.mark = &mark});
		for (int64_t k = seq / 20; k < seq / 20 + 3; k++)
			record_chunk(sink, &r, k, 20 * k, e);
		record_steps(sink, &r, &seq, e, 60);
		record_verdict(sink, seq - 4, e % 2 ? LEVEL_WARN : LEVEL_FAIL, "jump");
		put_plain(sink, (struct record){.kind = RECORD_EPISODE_END,
						.episode = e,
						.t_ns = seq * 33000000,
						.mark = &mark});
	}
	record_others(sink, end);
	if (end)
		put_plain(sink, (struct record){.kind = RECORD_RUN_END, .t_ns = seq * 33000000});
	db_sink.commit(sink, true, NULL);
	db_writer_close(sink);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct profile *p;
	struct db *db;
	int rc;

	if (argc != 2 || !(db = db_open(argv[1], DB_WRITE, &e))) {
		fprintf(stderr, "makedb: %s\n", argc == 2 ? e.msg : "usage: makedb FILE");
		return 1;
	}
	p = test_profile("train");
	rc = profiles_put(db, p, &e);
	profile_free(p);
	db_close(db);
	record_run(argv[1], NULL, false);
	record_run(argv[1], "bench2", true);
	record_run(argv[1], NULL, true);
	record_look(argv[1]);
	if (rc)
		fprintf(stderr, "makedb: %s\n", e.msg);
	return rc ? 1 : 0;
}
