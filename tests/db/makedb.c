/* SPDX-License-Identifier: Apache-2.0 */
/*
 * makedb FILE: a small recording with everything that the canned queries look at: a profile, two
 * runs (the first resumed), odd values, verdicts, gaps, a gripper. The same bytes of data each time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "db/profiles.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"

enum { JOINTS = 3, BINS = 40 };

static void fill_joint(struct joint_profile *j, unsigned i)
{
	snprintf(j->joint.name, NAME_BYTES, "joint_%u.pos", i);
	j->joint.unit = UNIT_DEG;
	j->value.min = -20.5;
	j->value.max = 1.0 / 3 + 60;
	j->value.mean = 0.1;
	j->value.std = 7;
	j->value.q01 = j->value.q10 = j->value.q50 = j->value.q90 = j->value.q99 = 0.5 * i;
	j->delta.q50 = 0.25;
	j->delta.q95 = j->delta.q99 = 1.7;
	j->delta.q999 = NAN;
	j->delta.max = 2.2;
	j->start.mean = 3;
	j->start.std = i ? 0.7 : 0;
	j->start.min = 1;
	j->start.max = 4;
	j->episode_delta_max = xcalloc(1, sizeof(double));
}

static void fill_gripper(struct behaviour *b)
{
	struct gripper_habit *g = &b->gripper[0];

	b->ngrippers = 1;
	text_copy(g->joint, NAME_BYTES, "joint_2.pos");
	g->closed = -5;
	g->open = 5;
	g->closed_low = true;
	g->closes_min = g->closes_mean = g->closes_max = 1;
	g->first_close_min_s = g->first_close_max_s = NAN;
	g->bins = BINS;
	g->closed_min_s = xcalloc(BINS, sizeof(double));
	g->closed_mean_s = xcalloc(BINS, sizeof(double));
	g->closed_max_s = xcalloc(BINS, sizeof(double));
	for (size_t i = 0; i < BINS; i++) {
		g->closed_mean_s[i] = 0.1 * (double)i;
		g->closed_max_s[i] = 0.2 * (double)i;
	}
}

static struct profile *make_profile(void)
{
	struct profile *p = profile_new();
	struct feature_profile *f[] = {&p->action, &p->state};

	text_copy(p->name, NAME_BYTES, "train");
	text_copy(p->robot, NAME_BYTES, "so101");
	text_copy(p->learned_utc, sizeof(p->learned_utc), "2026-01-02T03:04:05Z");
	p->fps = 30;
	p->episodes = 1;
	p->frames = 300;
	p->episode_frames = xcalloc(1, sizeof(uint32_t));
	p->episode_frames[0] = 300;
	for (unsigned k = 0; k < 2; k++) {
		f[k]->joints = JOINTS;
		f[k]->joint = xcalloc(JOINTS, sizeof(*f[k]->joint));
		for (unsigned i = 0; i < JOINTS; i++)
			fill_joint(&f[k]->joint[i], i);
	}
	p->gap = xcalloc(JOINTS, sizeof(*p->gap));
	fill_gripper(&p->behaviour);
	p->behaviour.joints = JOINTS;
	p->behaviour.rough_max = xcalloc(JOINTS, sizeof(double));
	p->behaviour.tracking_max = xcalloc(JOINTS, sizeof(double));
	return p;
}

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
		record_steps(sink, &r, &seq, e, 60);
		record_verdict(sink, seq - 4, e % 2 ? LEVEL_WARN : LEVEL_FAIL, "jump");
		put_plain(sink, (struct record){.kind = RECORD_EPISODE_END,
						.episode = e,
						.t_ns = seq * 33000000,
						.mark = &mark});
	}
	put_plain(sink, (struct record){.kind = RECORD_GAP,
					.t_ns = 17,
					.lost = end ? 3 : -1,
					.source = 1,
					.unit = "bytes",
					.text = "overrun"});
	put_plain(sink, (struct record){.kind = RECORD_DROPPED, .lost = 2});
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
	p = make_profile();
	rc = profiles_put(db, p, &e);
	profile_free(p);
	db_close(db);
	record_run(argv[1], NULL, false);
	record_run(argv[1], "bench2", true);
	record_run(argv[1], NULL, true);
	if (rc)
		fprintf(stderr, "makedb: %s\n", e.msg);
	return rc ? 1 : 0;
}
