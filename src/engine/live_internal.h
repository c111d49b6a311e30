/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by live.c (gathers) and live_snapshot.c (shows); nobody else includes it. */
#ifndef POLICYTOP_ENGINE_LIVE_INTERNAL_H
#define POLICYTOP_ENGINE_LIVE_INTERNAL_H

#include <stdio.h>

#include "engine/history.h"
#include "engine/live.h"

enum { LIVE_INTERVALS = 256, LIVE_LATENCIES = 64, LIVE_ALARMS = 32 };

struct live_joint {
	const struct joint_profile *action, *state; /* NULL: not in training */
	const struct gripper_habit *gripper;
	double gap_max;
	double at_grid, delta_now, delta_peak;
	double err_now, err_peak[2]; /* of this second and the one before */
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
	int64_t interval_ns[LIVE_INTERVALS];
	bool has_chunk;
	int64_t chunk_now_ns, chunk_seq;
	unsigned horizon, dims, execute;
	double replan_s;
	uint64_t latencies;
	double latency_s[LIVE_LATENCIES];
	float *plan; /* [horizon][dims] */
	struct live_alarm alarm[LIVE_ALARMS];
	uint64_t events;
	struct live_event event[VIEW_EVENTS];
};

#endif
