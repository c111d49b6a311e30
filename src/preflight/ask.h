/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to a policy server, as its own client makes it, and what came back. Nothing moves by
 * it: the answer goes nowhere. A server that counts requests has counted one more. Main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_ASK_H
#define POLICYTOP_PREFLIGHT_ASK_H

#include "hal/camera.h"
#include "model/profile.h"
#include "preflight/inspect_live.h"
#include "training/checkpoint.h"
#include "wire/infer.h"

enum { ASK_ERROR = 256 };

struct ask_answer {
	bool whole;	       /* an answer came, of whatever kind */
	char error[ASK_ERROR]; /* what went wrong, as a sentence; "" nothing */
	double latency_ms;     /* from the last byte of the request to the last of the answer */
	double server_ms;      /* as the server tells, NaN */
	unsigned horizon, dims;
	double *actions; /* [horizon][dims], NULL none; owned */
	unsigned states;
	double state[MAX_JOINTS]; /* of the request, in the order of the actions' joints; NaN */
};

/* Connects, greets, sends body, and waits for the answer, deadline_s in all. */
void ask_server(struct ask_answer *a, const struct infer_wire *wire, const char *address,
		const struct buf *body, double deadline_s);
void ask_answer_fini(struct ask_answer *a);

/* Where a request is from. */
struct ask_question {
	struct buf body;     /* len 0: there is none, see why */
	char source[64];     /* "the rig's cameras and arm", "CAPTURE" */
	double age_s;	     /* NaN unknown */
	char why[ASK_ERROR]; /* not applicable: why */
	bool in_order;	     /* its state is in the order and units of the profile's joints */
};
void ask_question_fini(struct ask_question *q);

/*
 * ask_recorded.c: the last request that a tap recorded into a capture. wire: NULL, or what the
 * server speaks.
 */
void ask_recorded(struct ask_question *q, const char *path, const struct infer_wire *wire);

/* ask_live.c: what the arm is and the cameras see now. The rig's sources must have been closed. */
void ask_live(struct ask_question *q, const struct infer_wire *wire, const struct rig *rig,
	      const struct inspect_live *live, const struct checkpoint *policy,
	      const struct profile *profile);

/* ask_camera.c: a picture of a camera, as it is set, after a moment to expose. */
struct ask_picture {
	uint32_t width, height;
	uint8_t *rgb; /* [height][width][3], owned */
};
int ask_camera(struct ask_picture *p, const struct camera_sys *sys, const char *root,
	       const char *device, struct err *e);

#endif
