/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Question and answer on a servo bus that nobody else uses. A call waits, up to a limit, for the
 * answers: for commands, not for the engine. One thread.
 */
#ifndef POLICYTOP_MOTION_PORT_H
#define POLICYTOP_MOTION_PORT_H

#include <stdint.h>

#include "hal/serial.h"
#include "motion/packet.h"

struct motion_port {
	struct serial *serial; /* of its owner */
	const struct servo_wire *wire;
	int64_t patience_ns; /* for the answers to one question */
	int wake_fd;	     /* readable: stop waiting (it is not read); -1 none */
};

struct motion_answer {
	bool answered;
	uint8_t id, error;
	size_t len;
	uint8_t data[8]; /* what fits */
};

/*
 * Sends a whole request, after what came late was thrown away, and fills answer[i] for the i-th
 * servo that it asks. The number of servos asked (0: it wants no answer), -EINTR when wake_fd
 * became readable (the answers so far are filled in), -ENODEV when it is unplugged, or -errno.
 */
int motion_port_ask(struct motion_port *p, const uint8_t *request, size_t n,
		    struct motion_answer answer[MOTION_IDS]);

#endif
