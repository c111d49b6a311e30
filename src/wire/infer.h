/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy server asked as its own client does: one observation as the bytes of a request, and the
 * last request that a client was heard to make. What the server answers is read by the decoders of
 * openpi.h and groot.h, which get the bytes of both directions. No I/O. Any thread.
 */
#ifndef POLICYTOP_WIRE_INFER_H
#define POLICYTOP_WIRE_INFER_H

#include "base/buf.h"
#include "wire/traffic.h"

enum { INFER_STATES = 8, INFER_IMAGES = 16, INFER_KEY = 160 };

/* Key is what the policy's client writes: "observation/state", "state.single_arm". */
struct infer_state {
	char key[INFER_KEY];
	unsigned n;
	const double *value; /* [n] */
};

struct infer_image {
	char key[INFER_KEY]; /* "observation/image", "images/cam_high", "video.front" */
	uint32_t width, height;
	const uint8_t *rgb; /* [height][width][3] */
};

struct observation {
	unsigned states, images;
	struct infer_state state[INFER_STATES];
	struct infer_image image[INFER_IMAGES];
	char prompt_key[INFER_KEY];
	const char *prompt; /* UTF-8; NULL: none goes along */
};

/*
 * Forms of a request. openpi: keys as they are; those below "images/" are a map of their own, whose
 * pictures have the channels first, as ALOHA's do. GR00T B (N1.5): flat keys, one time step. GR00T C
 * (N1.6, N1.7): nested, one batch of one step, states as float32.
 */
enum infer_form { INFER_OPENPI, INFER_GROOT_B, INFER_GROOT_C };

/* Appends the body of a request for actions. */
void infer_put(struct buf *b, enum infer_form form, const struct observation *o);

/* How a client speaks to its server. */
struct infer_wire {
	const char *word;		    /* "openpi", "groot": also of the source that taps it */
	const struct traffic_wire *traffic; /* reads both directions */
	/* What a client says first; host: as after "Host: ". seed: of what must not repeat. */
	void (*hello)(struct buf *out, const char *host, uint64_t seed);
	/* A body as the bytes that follow once the server has greeted. */
	void (*request)(struct buf *out, const struct buf *body, uint64_t seed);
};

extern const struct infer_wire infer_openpi, infer_groot;
const struct infer_wire *infer_find(const char *word); /* NULL: no such protocol */

/* Bytes of a client, of which the last whole request for actions is kept. */
struct infer_heard;

struct infer_heard *infer_heard_new(const struct infer_wire *wire);
void infer_heard_free(struct infer_heard *h); /* NULL is allowed */

void infer_heard_begin(struct infer_heard *h); /* the next byte begins a connection */
void infer_heard_lost(struct infer_heard *h);  /* bytes are missing: nothing more of this one */
void infer_heard_take(struct infer_heard *h, const void *p, size_t n, int64_t t_ns);

/* Its body, NULL: there was none; *t_ns: when it was whole. Until the next call. */
const struct buf *infer_heard_last(const struct infer_heard *h, int64_t *t_ns);

#endif
