/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The training profile: what one training set looked like, joint by joint. Made by src/training
 * (`policytop learn`), kept in the database as JSON, read by the checks and the screen.
 *
 * Owned by whoever made it (profile_free). Immutable once built: any number of threads may read.
 * Numbers are in the joint's own unit; NaN is unknown. Quantiles by linear interpolation over all
 * frames (numpy's default), std over the population, Δ between consecutive frames of one episode
 * on the 1/fps grid.
 */
#ifndef POLICYTOP_MODEL_PROFILE_H
#define POLICYTOP_MODEL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/behaviour.h"
#include "model/joint.h"
#include "model/reference.h"

struct dist {
	double min, max, mean, std, q01, q10, q50, q90, q99;
};

struct joint_profile {
	struct joint joint;
	struct dist value;
	struct {
		double q50, q95, q99, q999, max;
	} delta; /* |Δ| */
	struct {
		double mean, std, min, max;
	} start;		   /* first frame of each episode */
	double *episode_delta_max; /* [profile.episodes] */
	double episode_mean_sd;	   /* deviation of the episodes' means; NaN in older profiles */
};

struct feature_profile {
	unsigned joints;	     /* 0: the set has no such feature */
	struct joint_profile *joint; /* [joints] */
};

/* Of |action - state| of one action joint with its state joint of the same name. */
struct gap_profile {
	bool known;
	double q50, q95, q99, max;		/* over all frames */
	double first_q50, first_q95, first_max; /* over the first frames of episodes */
};

enum action_space { SPACE_UNKNOWN, SPACE_ABSOLUTE, SPACE_RELATIVE, SPACE_VELOCITY, SPACE_EEF };
const char *space_word(enum action_space s);
enum action_space space_from_word(const char *word);

struct profile_task {
	char task[TASK_BYTES];
	unsigned episodes;
};

struct profile_camera {
	char name[NAME_BYTES]; /* feature key without "observation.images." */
	unsigned height, width, channels;
	double fps; /* 0 unknown */
	bool has_stats;
	double mean[4], std[4]; /* per channel in [0,1], NaN unknown */
};

enum { PROFILE_MOTORS_MAX = 64 };

/* What the calibration file of the arm said of a motor when the profile was learned, in ticks. */
struct profile_motor {
	char joint[NAME_BYTES]; /* as in the file: "shoulder_pan" */
	int32_t homing_offset, range_min, range_max;
};

struct profile {
	char name[NAME_BYTES];
	char robot[NAME_BYTES]; /* "" unknown */
	double fps;
	unsigned episodes;
	uint64_t frames;
	char learned_utc[32];
	size_t ntasks;
	struct profile_task *tasks;
	size_t ncameras;
	struct profile_camera *cameras;
	struct reference **reference; /* [ncameras] what each showed, NULL unknown; or NULL */
	struct motion_table *motion;  /* of cameras on alike arms, NULL none */
	enum action_space space;
	char space_why[160]; /* the evidence of the guess */
	struct feature_profile action, state;
	struct gap_profile *gap;    /* [action.joints] */
	uint32_t *episode_frames;   /* [episodes] */
	struct behaviour behaviour; /* gripper, motion, tracking: what the behaviour checks need */
	size_t nmotors;		    /* at most PROFILE_MOTORS_MAX; 0: not known */
	struct profile_motor *motors;
	size_t ndisagreements;
	char **disagreements; /* sentences: the set's own statistics against its data */
};

struct profile *profile_new(void);
void profile_free(struct profile *p);

/* Index of the action or state joint that is called name (joint_same_name), or -1. */
int profile_find(const struct feature_profile *f, const char *name);

/* The whole profile as JSON text (schema 1), freshly allocated, and back. */
char *profile_to_json_dup(const struct profile *p);
char *profile_to_brief_json_dup(const struct profile *p); /* without pictures: to be looked at */
struct profile *profile_from_json(const char *text, size_t len, struct err *e);

#endif
