/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a viewer shows: the state of one run at one moment, made by the engine, sent packed over the
 * control socket (view/message.h), drawn by ui. Plain data; strings are cleaned and terminated;
 * NaN is unknown.
 */
#ifndef POLICYTOP_VIEW_SNAPSHOT_H
#define POLICYTOP_VIEW_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "view/health.h"
#include "view/policy.h"

enum { VIEW_ALARMS = 8, VIEW_EVENTS = 16, VIEW_CHECKS = 64, VIEW_SOURCES = 8 };

struct view_joint {
	struct joint joint;
	double seen, asked, sent, got;
	bool trained; /* matched with the profile: the fields below are valid */
	double min, q01, q99, max, mean, std;
	double start_mean, start_std;
	double delta_now;	  /* |Δasked| (else |Δgot|) of the last step on the grid */
	double delta_peak;	  /* largest of the episode so far */
	double delta_max;	  /* training */
	double err_now, err_peak; /* |got - sent| or |got - asked|: now, largest of 2 s */
	double err_max;		  /* training: largest |action - state| */
	double seam;		  /* |Δasked| where the newest chunk began */
	double inside;		  /* largest |Δasked| inside chunks, of the episode */
	double plan_off;	  /* |got - plan| when the last chunk was over */
	bool gripper;
	int gripper_state;     /* 1 closed, 0 open, -1 unknown */
	enum level level;      /* worst active verdict on this joint */
	char code[CODE_BYTES]; /* of that verdict, "" none */
};

struct view_alarm {
	enum level level;
	char code[CODE_BYTES], subject[NAME_BYTES];
	double value, threshold;
	char unit[16], message[MESSAGE_BYTES];
	double since_s; /* age of the first of its row */
	unsigned count; /* latched rises so far */
	bool active;
};

struct view_check {
	char code[CODE_BYTES];
	enum level level; /* LEVEL_UNKNOWN: not applicable, why says it */
	bool absent;	  /* not applicable: of what it looks at, this run has none */
	char subject[NAME_BYTES];
	double value, threshold;
	bool least; /* the value is to be at least threshold, not at most */
	char unit[16], why[MESSAGE_BYTES];
};

struct view_event {
	double age_s;
	enum level level;
	char text[MESSAGE_BYTES];
};

struct view_source {
	char word[TASK_BYTES];
	unsigned facts; /* FACT_* it really gives */
	bool up;
	char state[NAME_BYTES]; /* "connected", "retry in 2 s: refused", "ended" */
	uint64_t bad_lines;
};

struct snapshot {
	char rig[NAME_BYTES], robot[NAME_BYTES], profile[NAME_BYTES];
	char task[TASK_BYTES], policy[TASK_BYTES];
	int task_index; /* in training, -1 not a training task, -2 no profile */
	unsigned task_episodes, profile_episodes;
	int64_t run;	  /* 0: not recorded */
	uint32_t segment; /* 1 the first; more after restarts */
	uint32_t episode;
	bool in_episode;
	char boundary[NAME_BYTES]; /* why the episode began (or ended) */
	enum driver driver;
	double elapsed_s;		   /* of the episode */
	double length_q50_s, length_q95_s; /* of training episodes */
	int64_t seq;			   /* last step */
	double hz, target_hz;		   /* median of the last 2 s; NaN not applicable */
	uint64_t steps, dropped;
	double since_step_s; /* age of the last step */
	unsigned facts;	     /* what all sources together give */
	enum level worst;
	bool no_tick;	  /* steps are replies of the policy: no rate, no Δ */
	double stalled_s; /* no joint has moved for so long; NaN unknown */
	struct view_chunk chunk;
	struct view_latency latency;
	struct view_traffic traffic;
	struct view_cadence cadence;
	/* Start pose and first action of this episode, as sentences of the checks; "" unknown. */
	char start_text[MESSAGE_BYTES];
	unsigned njoints, nalarms, nevents, nchecks, nsources, nframes, nmotors, nbuses, neyes;
	struct view_joint joint[MAX_JOINTS];
	struct view_alarm alarm[VIEW_ALARMS]; /* active first, then worst, then newest */
	struct view_check check[VIEW_CHECKS];
	struct view_event event[VIEW_EVENTS]; /* newest first */
	struct view_source source[VIEW_SOURCES];
	struct view_frame frame[VIEW_CAMERAS]; /* in the order in which they were first seen */
	struct view_motor motor[VIEW_MOTORS];  /* as these */
	struct view_bus bus[VIEW_BUSES];
	struct view_eye eye[VIEW_EYES]; /* cameras whose health is known */
};

enum { HISTORY_COLUMNS = 512, HISTORY_PLAN = 128, HISTORY_CHUNKS = 6 };

/* What a chunk predicted for one joint. */
struct history_chunk {
	int64_t number;
	double start_s; /* of its first action, from now on; negative: in the past */
	int ran;	/* how many of it were executed */
	unsigned n;	/* predictions, a plan_dt_s apart; a longer horizon is cut */
	float v[HISTORY_PLAN];
};

/* The last seconds of one joint, one entry per screen column (half-cells are columns, too). */
struct history {
	unsigned joint;
	unsigned columns;
	double span_s; /* time from the left edge to now */
	float got_min[HISTORY_COLUMNS], got_max[HISTORY_COLUMNS]; /* NaN: no data */
	float asked_min[HISTORY_COLUMNS], asked_max[HISTORY_COLUMNS];
	unsigned nplan;	  /* what is left of the last chunk, from now on */
	double plan_dt_s; /* NaN: no rate is known */
	float plan[HISTORY_PLAN];
	unsigned nchunks; /* newest first: the last chunks as they were predicted */
	struct history_chunk chunk[HISTORY_CHUNKS];
};

#endif
