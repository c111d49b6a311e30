/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of openpi's policy server protocol, as far as the simulation needs them: bytes in,
 * bytes out, no sockets. The server answers what it is told to answer: the policy is the world's.
 * One owner, one thread.
 */
#ifndef POLICYTOP_SIM_OPENPI_H
#define POLICYTOP_SIM_OPENPI_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/rng.h"
#include "sim/policy.h"
#include "wire/websocket.h"

enum openpi_heard {
	OPENPI_NOTHING,
	OPENPI_GREETED, /* the other end is there: handshake and, to a client, metadata */
	OPENPI_REQUEST, /* to a server: an observation */
	OPENPI_REPLY,	/* to a client: actions */
	OPENPI_ERROR,	/* to a client: a traceback instead */
	OPENPI_BYE,	/* it closes, or does not speak the protocol */
};

struct openpi_end {
	struct buf out;				    /* to be sent; the owner clears it */
	uint64_t answers;			    /* a server's, so far */
	double action[CHUNK_HORIZON][SO101_JOINTS]; /* of the last reply to a client */
	/* private */
	bool server, shaken, greeted;
	char key[WEBSOCKET_KEY + 1];
	struct buf head; /* of the handshake, so far */
	struct websocket frames;
	struct rng rng;
};

/* A client says hello at once: out has its handshake. host: "127.0.0.1:8000". */
void openpi_client_init(struct openpi_end *o, const char *host, uint64_t seed);
void openpi_server_init(struct openpi_end *o);
void openpi_fini(struct openpi_end *o);

/* Takes bytes until something is heard or none are left. Returns how many it took. */
size_t openpi_take(struct openpi_end *o, const void *p, size_t n, enum openpi_heard *heard);

/* A client's request: state, two pictures of the scene, and the prompt. */
void openpi_ask(struct openpi_end *o, const double state[SO101_JOINTS], const char *prompt);

/* A server's answers. infer_ms is what it says that it took. */
void openpi_answer(struct openpi_end *o, const double action[CHUNK_HORIZON][SO101_JOINTS],
		   double infer_ms);
void openpi_fail(struct openpi_end *o, const char *traceback); /* and then it closes */

#endif
