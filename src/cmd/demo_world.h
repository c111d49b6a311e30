/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo's world as a process of its own: it speaks the stream protocol on a UNIX socket in real
 * time, to one engine at a time, and goes on when that engine dies. Main thread.
 */
#ifndef POLICYTOP_CMD_DEMO_WORLD_H
#define POLICYTOP_CMD_DEMO_WORLD_H

#include <sys/types.h>

#include "base/err.h"
#include "sim/sim.h"

struct demo_world {
	pid_t pid;
	char path[108]; /* of its socket */
};

/*
 * Starts it; its clock starts with the first connection. It ends with this process. 0, or -errno
 * with e.
 */
int demo_world_start(struct demo_world *w, const struct sim_cfg *cfg, struct err *e);

/* Ends it and removes its socket. */
void demo_world_stop(struct demo_world *w);

#endif
