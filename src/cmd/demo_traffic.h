/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo's policy client and policy server: two ends of real connections, the client's through
 * the tap. Both live in the world's process and its loop; nothing blocks. Main thread.
 */
#ifndef POLICYTOP_CMD_DEMO_TRAFFIC_H
#define POLICYTOP_CMD_DEMO_TRAFFIC_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/openpi.h"
#include "sim/sim.h"

enum { TRAFFIC_FDS = 3 };

enum traffic_state {
	TRAFFIC_APART,	 /* the client has no connection, and tries when it is time */
	TRAFFIC_JOINING, /* connecting or greeting */
	TRAFFIC_IDLE,
	TRAFFIC_ASKED,
	TRAFFIC_ANSWERED, /* client.action holds the reply, until the next request */
};

struct traffic {
	enum traffic_state state;
	int port;	 /* where the server listens, on 127.0.0.1 */
	bool stranger;	 /* it is no policy server */
	char target[64]; /* where the client connects: the tap's "127.0.0.1:PORT"; "" not yet */
	/* private */
	int listen_fd, server_fd, client_fd;
	bool wanted; /* a request waits for the connection, or for an answer */
	struct openpi_end server, client;
	struct sim_serving serving;
	double observation[SO101_JOINTS], action[CHUNK_HORIZON][SO101_JOINTS];
	double infer_s;
	int64_t retry_ns, answer_ns; /* when the client tries again; when the server answers */
};

/* Opens the server's socket. 0, or -errno with e. */
int traffic_open(struct traffic *t, bool stranger, struct err *e);
void traffic_close(struct traffic *t);

/* Fills p and returns when traffic_run() is due without any of them, INT64_MAX never. */
int64_t traffic_poll(const struct traffic *t, struct pollfd p[TRAFFIC_FDS]);
void traffic_run(struct traffic *t, const struct pollfd p[TRAFFIC_FDS], int64_t now_ns);

/* The client asks; the server answers with action, infer_s later. Then state is ANSWERED. */
void traffic_ask(struct traffic *t, const double observation[SO101_JOINTS], const double *action,
		 double infer_s, const struct sim_serving *how, int64_t now_ns);

#endif
