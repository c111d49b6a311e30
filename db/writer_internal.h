/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder's inside, shared by writer.c (transactions, dispatch), writer_run.c (runs, joints,
 * resuming), writer_step.c (episodes, steps, sums), writer_sample.c (values at their own times),
 * writer_chunk.c (chunks, camera pictures) and writer_health.c (cameras, motors, buses).
 */
#ifndef POLICYTOP_DB_WRITER_INTERNAL_H
#define POLICYTOP_DB_WRITER_INTERNAL_H

#include "base/buf.h"
#include "db/sql.h"
#include "db/summary.h"
#include "model/record.h"

enum statement {
	ST_BEGIN,
	ST_COMMIT,
	ST_NEXT_TICK,
	ST_RUN_NEW,
	ST_RUN_SET,
	ST_RUN_END,
	ST_RUN_OPEN,
	ST_DROPPED,
	ST_OFFSET,
	ST_SEGMENT,
	ST_SOURCE,
	ST_JOINT,
	ST_EPISODE_START,
	ST_EPISODE_END,
	ST_EPISODE_STEPS,
	ST_EPISODE_ID,
	ST_LAST_PERIOD,
	ST_EPISODE_CLOSE,
	ST_STEP,
	ST_VALUE,
	ST_NEXT_SAMPLE,
	ST_SAMPLE,
	ST_SUMMARY,
	ST_CHUNK,
	ST_CHUNK_PLAN,
	ST_EXECUTED,
	ST_FRAME,
	ST_CAMERA,
	ST_MOTOR,
	ST_BUS,
	ST_CLAIM,
	ST_VERDICT,
	ST_GAP,
	ST_NOTE,
	ST_CLOCK,
	ST_N,
};

/* A joint as stored; a run whose list of joints changes adds to it. */
struct stored_joint {
	struct joint joint;
	char gripper[NAME_BYTES]; /* of the profile; "" none */
	double closed_at;	  /* NaN: no gripper */
	int closed_sign;	  /* closed: sign * value > sign * closed_at */
};

/* What a rollback takes back to the last commit. */
struct writer_state {
	int64_t run;
	uint32_t segment;
	double fps, training_fps;
	bool no_tick;
	char profile[NAME_BYTES]; /* whose numbers the joints carry */
	unsigned joints;
	struct stored_joint joint[MAX_JOINTS];
	int16_t place[MAX_JOINTS]; /* of the run's joint i in joint[]; -1: no room for it */
	unsigned places;
	int64_t episode_id; /* 0: none yet */
	uint32_t episode;
	bool episode_open;
	int64_t episode_steps, last_t_ns;
	int64_t next_sample; /* id of the run's next one, 0: not known yet */
	struct summary summary;
};

struct writer {
	struct db *db;
	char *resume_rig; /* until RECORD_RUN */
	sqlite3_stmt *st[ST_N];
	bool in_transaction, steps_changed;
	bool checkpoint_due; /* an episode ended: empty the log when nobody reads it */
	bool sync_due;	     /* the last full commit is not on the disk yet */
	int64_t next_tick;
	struct buf text; /* a chunk's actions */
	struct writer_state now, kept;
};

/* Runs a bound statement; the put_* below return 0 or -errno with e. */
int writer_run_st(struct writer *w, enum statement s, struct err *e);

int put_run(struct writer *w, const struct record *r, struct err *e);
int put_run_end(struct writer *w, const struct record *r, struct err *e);

int put_episode_start(struct writer *w, const struct record *r, struct err *e);
int put_episode_end(struct writer *w, const struct record *r, struct err *e);
int put_step(struct writer *w, const struct record *r, struct err *e);

int put_sample(struct writer *w, const struct record *r, struct err *e);

int put_chunk(struct writer *w, const struct record *r, struct err *e);
int put_executed(struct writer *w, const struct record *r, struct err *e);
int put_frame(struct writer *w, const struct record *r, struct err *e);

int put_camera(struct writer *w, const struct record *r, struct err *e);
int put_motor(struct writer *w, const struct record *r, struct err *e);
int put_bus(struct writer *w, const struct record *r, struct err *e);

/* Writes the sums and counts of the episode under way; at every commit. */
int flush_episode(struct writer *w, struct err *e);

/* Reads the sums of the episode under way back (a resumed run). */
int load_episode(struct writer *w, struct err *e);

#endif
