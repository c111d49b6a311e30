/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by live*.c: each part gathers and shows what it holds; nobody else includes it. */
#ifndef POLICYTOP_ENGINE_LIVE_INTERNAL_H
#define POLICYTOP_ENGINE_LIVE_INTERNAL_H

#include <stdio.h>

#include "engine/engine.h"
#include "engine/history.h"
#include "engine/live.h"

enum { LIVE_INTERVALS = 256, LIVE_LATENCIES = 64, LIVE_ALARMS = 32, LIVE_CHUNKS = HISTORY_CHUNKS };

struct live_joint {
	const struct joint_profile *action, *state; /* NULL: not in training */
	const struct gripper_habit *gripper;
	double gap_max;
	double at_grid, delta_now, delta_peak;
	double err_now, err_peak[2]; /* of this second and the one before */
	double seam, inside, plan_off;
	double anchor; /* where it was when it last moved */
};

struct live_chunk {
	int64_t number, seq;   /* seq: of its first step */
	int64_t start_axis_ns; /* of that step; TIME_UNKNOWN: none of it was executed yet */
	unsigned horizon, dims, execute;
	int ran;
	float *plan; /* [horizon][dims] */
};

/* The chunks of this episode, the last ones of a ring. */
struct live_chunks {
	uint64_t n; /* so far; the newest is chunk[(n - 1) % LIVE_CHUNKS] */
	struct live_chunk chunk[LIVE_CHUNKS];
	uint64_t current;  /* 1 + number in the ring of the one that is executed; 0 none */
	bool seam_pending; /* one began since the last step on the grid */
	int last_ran;
	int64_t now_ns; /* when the newest came */
	double replan_s;
	bool prompt_known;
	char prompt[TASK_BYTES];
};

struct live_latency {
	uint64_t n;
	double ms[LIVE_LATENCIES];
	double last_ms, first_ms;
	bool cold; /* the next one is the first of its connection */
};

/* What a source said last of its exchanges. */
struct live_connection {
	uint64_t number;
	enum exchange_state state;
	bool any, cold;
};

struct live_traffic {
	struct view_traffic v; /* but for the times that pass and the tensors */
	int64_t at_ns, error_ns;
	unsigned n[2]; /* tensors of the last request and of the last reply that had some */
	struct tensor tensor[2][TENSORS_MAX];
	struct live_connection connection[ENGINE_SOURCES_MAX];
};

struct live_interval {
	int64_t ns;
	bool replan; /* ends where a chunk begins */
};

struct live_frame {
	struct view_frame v;
	struct view_thumb thumb;
	int64_t at_ns;
};

struct live_motor {
	struct view_motor v;
	int64_t heard_ns, at_ns[6]; /* of its numbers */
	double mark_degc[2];	    /* temperatures to compare with: a newer, an older */
	int64_t mark_ns[2];
};

/* One code and subject. */
struct live_alarm {
	unsigned count; /* 0: unused */
	int64_t first_ns, last_ns;
	struct verdict last;
};

struct live_event {
	int64_t at_ns;
	enum level level;
	char text[MESSAGE_BYTES];
};

/* Times without "axis" are the engine's clock. */
struct live {
	const struct profile *profile;
	struct hello hello;
	struct live_joint *joint; /* [hello.joints] */
	struct history_ring *history;
	char task[TASK_BYTES], boundary[NAME_BYTES];
	uint32_t episode;
	bool in_episode;
	int64_t episode_axis_ns, last_axis_ns, grid_ns, peak_ns;
	struct step last;
	int64_t last_now_ns;
	uint64_t steps;
	unsigned facts; /* really seen */
	uint64_t intervals;
	struct live_interval interval[LIVE_INTERVALS];
	uint64_t episode_steps, idle_steps; /* of the episode */
	int64_t acted_axis_ns;		    /* last step with an action; TIME_UNKNOWN none */
	int64_t moved_axis_ns;		    /* TIME_UNKNOWN: no joint is measured and trained */
	struct live_chunks chunks;
	struct live_latency latency;
	struct live_traffic traffic;
	unsigned frames;
	struct live_frame frame[VIEW_CAMERAS];
	unsigned motors, buses, eyes;
	struct live_motor motor[VIEW_MOTORS];
	struct view_bus bus[VIEW_BUSES];
	struct view_eye eye[VIEW_EYES];
	int64_t bus_ns[VIEW_BUSES], eye_ns[VIEW_EYES];
	struct live_alarm alarm[LIVE_ALARMS];
	uint64_t events;
	struct live_event event[VIEW_EVENTS];
};

/* live_chunks.c. The step is not yet l->last; true: a chunk begins with it. */
void live_chunks_init(struct live *l);
void live_chunks_free(struct live *l);
void live_chunks_episode(struct live *l);
bool live_chunks_step(struct live *l, const struct step *s, int64_t axis_ns);
void live_chunks_show(const struct live *l, int64_t now_ns, struct snapshot *out);
void live_chunks_history(const struct live *l, unsigned joint, int64_t end_ns, struct history *out);

/* live_cadence.c. */
void live_cadence_episode(struct live *l);
void live_cadence_step(struct live *l, const struct step *s, int64_t axis_ns, bool replan);
double live_rate_hz(const struct live *l);   /* median of the newest steps that lie within 2 s */
double live_target_hz(const struct live *l); /* of the run, else of training; NaN unknown */
void live_cadence_show(const struct live *l, struct snapshot *out);

/* live_traffic.c. */
void live_latency_add(struct live *l, double ms, bool first);
void live_traffic_show(const struct live *l, int64_t now_ns, struct snapshot *out);
void live_frames_show(const struct live *l, int64_t now_ns, struct snapshot *out);

/* live_health.c. */
void live_health_show(const struct live *l, int64_t now_ns, struct snapshot *out);

/* live_snapshot.c: linear interpolation between order statistics; sorts v. NaN without values. */
double live_quantile(double *v, size_t n, double q);

#endif
