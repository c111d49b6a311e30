/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trained policy's checkpoint, as its small files describe it: what goes in and comes out, how it
 * is normalised, with which statistics, how many actions it plans. Of LeRobot (processors, or
 * statistics among the weights as before 0.4), openpi and Isaac-GR00T.
 *
 * Reads JSON files whole, of safetensors files the header and the statistics: never a weight, never
 * a pickle. Everything in it is hostile: texts are cleaned, counts bounded. Owned by its opener
 * (checkpoint_free), read-only once opened; any number of threads may read.
 */
#ifndef POLICYTOP_TRAINING_CHECKPOINT_H
#define POLICYTOP_TRAINING_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/profile.h"
#include "training/info.h"

enum checkpoint_form {
	CHECKPOINT_LEROBOT,	/* policy_preprocessor.json, policy_postprocessor.json */
	CHECKPOINT_LEROBOT_OLD, /* statistics in model.safetensors */
	CHECKPOINT_OPENPI,	/* assets/…/norm_stats.json */
	CHECKPOINT_GROOT_N15,	/* experiment_cfg/metadata.json; N1, too */
	CHECKPOINT_GROOT_N16,	/* statistics.json, processor_config.json; N1.7, too */
};
const char *checkpoint_form_word(enum checkpoint_form f); /* "lerobot", "openpi", … */

enum policy_type {
	POLICY_STATE,
	POLICY_ACTION,
	POLICY_VISUAL,
	POLICY_ENV,
	POLICY_LANGUAGE,
	POLICY_OTHER, /* a type that is not known here */
	POLICY_TYPES,
};
const char *policy_type_word(enum policy_type t); /* LeRobot's: "STATE"; "?" POLICY_OTHER */

enum norm_mode {
	NORM_UNKNOWN, /* not said; for LeRobot's processors: left unchanged, silently */
	NORM_IDENTITY,
	NORM_MEAN_STD,	/* (x - mean) / (std + eps) */
	NORM_MIN_MAX,	/* 2 (x - min) / (max - min) - 1 */
	NORM_QUANTILES, /* 2 (x - q01) / (q99 - q01) - 1 */
	NORM_QUANTILE10,
};
const char *norm_mode_word(enum norm_mode m); /* "MEAN_STD"; "unknown" */

enum norm_stat {
	STAT_MEAN,
	STAT_STD,
	STAT_MIN,
	STAT_MAX,
	STAT_Q01,
	STAT_Q10,
	STAT_Q50,
	STAT_Q90,
	STAT_Q99,
	NORM_STATS,
};
const char *norm_stat_word(enum norm_stat s); /* "mean", "q01" */

/* The two statistics that a mode uses. False: IDENTITY and unknown use none. */
bool norm_mode_stats(enum norm_mode m, enum norm_stat *low, enum norm_stat *high);

struct policy_feature {
	char key[FEATURE_KEY_BYTES]; /* "observation.state", "state", "action.single_arm" */
	enum policy_type type;
	unsigned ndim, shape[4]; /* ndim 0: unknown */
	unsigned width;		 /* product of shape, 0 unknown */
	enum norm_mode mode;
	unsigned nnames; /* name[nnames], by dimension; 0: unknown */
	char (*name)[NAME_BYTES];
};

/* Statistics of one feature. */
struct norm_stats {
	char key[FEATURE_KEY_BYTES];
	unsigned width,
		horizon;       /* values of a row; horizon > 1: a row for each step of the chunk */
	double *v[NORM_STATS]; /* [horizon * width] each; NULL: absent */
	double count;	       /* frames; NaN unknown */
};

/* What is applied before the policy, or after it. */
struct norm_side {
	bool known;	      /* said by a file of its own */
	char file[256];	      /* its description, relative to the checkpoint; "" none */
	char stats_file[256]; /* where the statistics are from; "" none */
	bool stats_lost;      /* a file of statistics is named and is not there */
	unsigned steps;	      /* that normalise (pre), or un-normalise (post) */
	unsigned reversed;    /* that do the opposite of what this side is for */
	bool relative;	/* actions are made relative to the state here (post: absolute again) */
	double eps;	/* NaN unknown */
	bool keys_only; /* only the observations in `only` are normalised */
	size_t nonly;
	char (*only)[FEATURE_KEY_BYTES];
	size_t nfeatures; /* mode: by this side's own map */
	struct policy_feature *feature;
	size_t nstats;
	struct norm_stats *stats;
};

struct checkpoint_rename {
	char from[FEATURE_KEY_BYTES], to[FEATURE_KEY_BYTES]; /* robot's key, policy's key */
};

struct checkpoint {
	enum checkpoint_form form;
	char *path;		  /* the folder that was read, links resolved */
	char name[NAME_BYTES];	  /* for people: "smolvla_v5/020000" */
	char type[NAME_BYTES];	  /* "act", "pi0", "" unknown */
	char part[NAME_BYTES];	  /* openpi's asset id, GR00T's embodiment; "" none */
	char base[256];		  /* PEFT: the model it adapts; "" none */
	bool adapter;		  /* PEFT */
	size_t ninputs, noutputs; /* as config.json says; modes by its map */
	struct policy_feature *input, *output;
	struct norm_side pre, post; /* one set of statistics for both: only pre is filled */
	size_t nrenames;
	struct checkpoint_rename *rename;
	unsigned chunk_size, n_action_steps, n_obs_steps; /* 0 unknown */
	enum action_space space;
	char space_why[96];
	size_t nabsolute; /* joints that stay absolute in a relative space, as written */
	char (*absolute)[NAME_BYTES];
	int language;	      /* 1 it takes a prompt, 0 not, -1 unknown */
	char dataset[256];    /* repo id or folder it was trained on; "" unknown */
	int64_t steps, batch; /* -1 unknown */
	int64_t step;	      /* of this checkpoint by its folder's name, -1 unknown */
	bool imagenet;	      /* camera statistics are ImageNet's by train_config */
	uint64_t bytes_read;  /* of all files */
	size_t nwarnings;
	char **warning; /* sentences about what is odd in the files */
};

/*
 * word: a folder (a checkpoint, its pretrained_model folder's parent, a run with checkpoints/last),
 * or a repo id "org/name" of the local Hugging Face cache; "?part=TAG" picks one of several assets
 * or embodiments. NULL with e: nothing that is known, broken, unreadable.
 */
struct checkpoint *checkpoint_open(const char *word, struct err *e);
void checkpoint_free(struct checkpoint *c); /* NULL is allowed */

const struct policy_feature *checkpoint_input(const struct checkpoint *c, const char *key);

/* The first input or output of this type, NULL: none. POLICY_ACTION: an output. */
const struct policy_feature *checkpoint_feature(const struct checkpoint *c, enum policy_type type);

const struct policy_feature *norm_side_feature(const struct norm_side *s, const char *key);
const struct norm_stats *norm_side_stats(const struct norm_side *s, const char *key);

/*
 * The statistics of the whole state or action vector, in joint order; parts of GR00T are joined.
 * post: those that un-normalise (the same as pre where the checkpoint has one set). NULL: none.
 */
enum checkpoint_vector { CHECKPOINT_STATE, CHECKPOINT_ACTION };
const struct norm_stats *checkpoint_stats(const struct checkpoint *c, enum checkpoint_vector v,
					  bool post);

/* The mode that is applied to it, NORM_UNKNOWN: none is said. */
enum norm_mode checkpoint_mode(const struct checkpoint *c, enum checkpoint_vector v);

/* Appends it as one JSON object (schema 1). */
struct buf;
void checkpoint_json(struct buf *b, const struct checkpoint *c);

#endif
