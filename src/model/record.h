/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine hands to whoever keeps it (the database), in order, and the ops struct through
 * which it does: the engine knows no SQLite, the database no threads. The engine's writer thread
 * makes every call; records and what they point to live during the call.
 */
#ifndef POLICYTOP_MODEL_RECORD_H
#define POLICYTOP_MODEL_RECORD_H

#include <stdint.h>

#include "base/err.h"
#include "model/event.h"
#include "model/verdict.h"

struct run_info {
	int64_t run; /* id in the database; 0: give one (put() fills nothing) */
	int64_t started_wall_ns, started_ns;
	char rig[NAME_BYTES], robot[NAME_BYTES], profile[NAME_BYTES];
	char task[TASK_BYTES], policy[TASK_BYTES];
	char boot_id[40];
	double fps;   /* 0 unknown */
	bool no_tick; /* steps are replies of the policy, see struct hello */
	unsigned joints;
	struct joint joint[MAX_JOINTS];
	unsigned sources;
	const char *const *source; /* words, [sources] */
};

enum record_kind {
	RECORD_RUN,	      /* run: first, and again when hello changed it (same run id) */
	RECORD_CLOCK,	      /* t_ns and wall_ns: a pair of both clocks */
	RECORD_EPISODE_START, /* episode, t_ns, mark */
	RECORD_STEP,	      /* step */
	RECORD_SAMPLE,	      /* sample (joints are the run's), t_ns, source */
	RECORD_CHUNK,	      /* chunk, episode, t_ns */
	RECORD_EXECUTED,      /* executed: of a chunk that is over */
	RECORD_FRAME,	      /* frame, episode, t_ns, source */
	RECORD_CAMERA,	      /* camera, episode, t_ns, source */
	RECORD_MOTOR,	      /* motor, episode, t_ns, source */
	RECORD_BUS,	      /* bus, episode, t_ns, source */
	RECORD_VERDICT,	      /* verdict */
	RECORD_GAP,	      /* t_ns, text (reason), lost, unit, source */
	RECORD_NOTE,	      /* t_ns, text, level: events list, marks of the operator */
	RECORD_EPISODE_END,   /* episode, t_ns, mark (boundary, outcome, note) */
	RECORD_DROPPED,	      /* lost: steps dropped so far by a full ring */
	RECORD_OFFSET,	      /* lost: what is added to the source's step numbers from now on */
	RECORD_RUN_END,	      /* t_ns: the run ended in order */
};

struct record {
	enum record_kind kind;
	int64_t t_ns, wall_ns;
	uint32_t episode;
	uint16_t source;
	union {
		const struct run_info *run;
		const struct step *step;
		const struct chunk *chunk;
		const struct executed *executed;
		const struct frame *frame;
		const struct camera *camera;
		const struct motor *motor;
		const struct bus *bus;
		const struct sample *sample;
		const struct verdict *verdict;
		const struct episode_mark *mark;
	};
	const char *text;
	const char *unit;
	int64_t lost; /* -1 unknown */
	int level;
};

/* Where a run stands in the store: what `engine --resume` continues from. */
struct resume_point {
	int64_t run;	  /* 0: nothing to resume */
	int64_t chunks;	  /* so far: the next one's number */
	int64_t last_seq; /* of the last stored step, SEQ_UNKNOWN none */
	int64_t last_t_ns;
	uint16_t last_source;  /* that made it */
	int64_t last_chunk_ns; /* t_ns of the last stored chunk, TIME_UNKNOWN none */
	int64_t seq_offset;    /* last_seq is the source's own number plus this */
	uint32_t episode;      /* number of the last episode */
	bool episode_open;
	uint32_t segments; /* so far */
	uint64_t steps;	   /* so far, of all segments */
	uint64_t dropped;  /* so far */
	int worst;	   /* enum level of the worst verdict so far, LEVEL_UNKNOWN none */
};

/*
 * After an error of put() or commit(), everything since the last successful commit() is gone from
 * the store: the caller keeps those records and puts them again, in order, when it retries.
 */
struct sink_ops {
	const char *name;
	/* Stores one record within the open transaction (begun when needed). */
	int (*put)(void *sink, const struct record *r, struct err *e);
	/* Ends the transaction; full: the data must be on the disk when it returns. */
	int (*commit)(void *sink, bool full, struct err *e);
	/* Number of the run that RECORD_RUN made or continued, 0 before. */
	int64_t (*run)(const void *sink);
};

#endif
