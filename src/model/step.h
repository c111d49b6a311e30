/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One policy tick and its four vectors. Plain data, any thread.
 *
 * "Unknown is a value": a vector that a source cannot see has present == false; a single joint
 * that is missing has its bit in known cleared and holds NaN. NaN and infinities that a source
 * really sent are known values.
 */
#ifndef POLICYTOP_MODEL_STEP_H
#define POLICYTOP_MODEL_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/joint.h"

enum vec_kind {
	VEC_SEEN,  /* the state given to the policy */
	VEC_ASKED, /* the policy's output for this tick */
	VEC_SENT,  /* the goal that reached the motors */
	VEC_GOT,   /* what the encoders say */
	VEC_N,
};

enum driver { DRIVER_UNKNOWN, DRIVER_POLICY, DRIVER_HUMAN, DRIVER_SCRIPT, DRIVER_IDLE, DRIVER_N };

enum { SEQ_UNKNOWN = -1 };

struct vec {
	bool present;
	uint64_t known[MAX_JOINTS / 64]; /* bit per joint */
	double v[MAX_JOINTS];
};

struct step {
	int64_t seq;	 /* of the run: the source's, else counted; never goes back */
	int64_t t_ns;	 /* CLOCK_MONOTONIC when read */
	int64_t src_ns;	 /* the source's own axis, or TIME_UNKNOWN */
	int64_t done_ns; /* on that axis: its goal had been sent. TIME_UNKNOWN; not packed */
	/*
	 * Of a bus: when the positions came that were read before these goals, in the same call of its
	 * client. A write may pass later than the call that made it, what was read in it cannot.
	 * TIME_UNKNOWN: none were; not packed.
	 */
	int64_t read_ns;
	uint32_t episode; /* 0-based number in the run */
	uint16_t source;  /* index of the source that defines the tick */
	enum driver driver;
	int64_t chunk;	  /* number of the chunk that asked is from, -1 unknown */
	int32_t position; /* in it, from 0; -1 unknown */
	unsigned joints;  /* valid entries of every present vector */
	struct vec vec[VEC_N];
};

const char *vec_word(enum vec_kind k);	/* "seen" … */
const char *driver_word(enum driver d); /* "policy" …, "unknown" */
enum driver driver_from_word(const char *word);

/* Empties s: no vector present, everything unknown, n joints. */
void step_init(struct step *s, unsigned n);

void vec_set(struct vec *v, unsigned joint, double value); /* known; marks v present */
bool vec_known(const struct vec *v, unsigned joint);

/* Known and finite. */
bool vec_value(const struct vec *v, unsigned joint, double *out);

/* The axis that cadence and Δ use: src_ns where there is one, else t_ns. */
int64_t step_axis_ns(const struct step *s);

/*
 * Compact form for rings and sockets (native byte order, one machine): only present vectors, only
 * s->joints values. step_pack returns the bytes written, 0 when size is too small (STEP_PACK_MAX
 * always fits). step_unpack returns false when the bytes are no packed step.
 */
enum { STEP_PACK_MAX = 64 + VEC_N * (MAX_JOINTS / 8 + MAX_JOINTS * 8) };
size_t step_pack(void *dst, size_t size, const struct step *s);
bool step_unpack(struct step *s, const void *src, size_t len);

#endif
