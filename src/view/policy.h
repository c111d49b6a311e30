/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a snapshot that tell of the policy: its chunks, its traffic with whoever asks it, the
 * rhythm of the loop that it drives, and the pictures it sees. Plain data; texts are cleaned and
 * terminated; NaN and COUNT_UNKNOWN are unknown.
 */
#ifndef POLICYTOP_VIEW_POLICY_H
#define POLICYTOP_VIEW_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "model/verdict.h"

enum { COUNT_UNKNOWN = -1, VIEW_BINS = 24, VIEW_CAMERAS = 4 };

/* What became of a prompt beside the training tasks. */
enum prompt_match {
	PROMPT_UNSEEN,	  /* no source sees it: a server may inject one of its own */
	PROMPT_NONE,	  /* seen, and empty */
	PROMPT_UNTRAINED, /* no profile to compare with */
	PROMPT_OTHER,	  /* none of the training tasks */
	PROMPT_TASK,	  /* a training task, character by character */
	PROMPT_N,
};

/* The newest chunk of this episode, and how it was joined to the one before. */
struct view_chunk {
	bool seen;	/* the rest is only valid then */
	int64_t number; /* of the run */
	unsigned horizon, dims;
	unsigned execute; /* planned to be executed; 0 unknown */
	int ran;	  /* of the chunk under way, so far */
	int queue;	  /* actions left of the newest */
	int last_ran;	  /* of the one before it */
	double age_s, replan_s;
	enum prompt_match match;
	int task; /* PROMPT_TASK: which */
	char prompt[TASK_BYTES];
	/* Indices of the joints with the largest seam and plan_off beside training; -1 none. */
	int seam_joint, off_joint;
};

/* How long the policy takes for an answer with actions. The first of a connection stands apart. */
struct view_latency {
	unsigned n; /* answers that the quantiles are of; the last 64 */
	double last_ms, p50_ms, p95_ms, worst_ms;
	double first_ms; /* of the newest connection: it warms up */
};

/* The last exchange with a policy server, and how many there were. */
struct view_traffic {
	bool seen; /* the rest is only valid then */
	uint64_t number;
	enum exchange_state state;
	bool acted;
	double in_flight_s; /* since the request was whole; NaN: no request is under way */
	double age_s;	    /* of what is told here */
	double took_ms, server_ms, policy_ms; /* of the last answer, also while one is awaited */
	uint64_t request_bytes, reply_bytes;  /* 0 not yet; reply_bytes as well */
	char endpoint[NAME_BYTES], error[MESSAGE_BYTES];
	double error_age_s;
	uint64_t requests, acts, errors, broken, strangers, reconnects;
	unsigned ntensors;
	struct tensor tensor[TENSORS_MAX]; /* of the last request, then of the last reply */
};

/* The last intervals between steps, in the source's own time. */
struct view_cadence {
	unsigned n;	  /* intervals looked at; the last 256 */
	double budget_ms; /* a period of the target; NaN no target is known */
	double median_hz, p95_ms, worst_ms;
	double late, over;	  /* shares longer than 1.1 and 1.5 budgets */
	unsigned replans, pauses; /* intervals that end where a chunk begins; over 2 budgets */
	double pause_ms;	  /* the longest of these; NaN none */
	double idle;		  /* share of the steps of the episode without an action */
	double starved_s;	  /* no action for so long, in an episode; 0: there is one */
	double bin_ms;		  /* width of a bin; the last one holds all that is longer */
	unsigned bin[VIEW_BINS];
};

/* The last picture of a camera. */
struct view_frame {
	char camera[NAME_BYTES];
	uint32_t width, height;
	unsigned channels;
	double mean[3], std[3], dark, bright, sharpness, frozen_s; /* as in struct frame */
	double age_s;
	uint64_t count;
};

/* Its thumbnail: asked for by itself, because it is as large as a whole snapshot. */
struct view_thumb {
	unsigned camera;	/* index into the snapshot's frames */
	uint64_t count;		/* of that frame */
	unsigned width, height; /* 0 none; at most FRAME_THUMB_* */
	uint8_t rgb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
};

/* What training saw of a camera: asked for by its name, once. */
struct view_reference {
	char camera[NAME_BYTES];
	unsigned episodes;	/* of training that its pictures are from */
	unsigned width, height; /* 0 none; at most FRAME_THUMB_* */
	char why[NAME_BYTES];	/* there is none: why */
	uint8_t rgb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
};

#endif
