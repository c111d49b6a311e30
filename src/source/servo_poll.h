/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feetech: and dynamixel: ask a bus that nobody else uses for positions and health. What is asked
 * and what comes goes through the decoder of an overheard bus, and into the capture. The port
 * belongs to this source alone; when it is unplugged it is opened again under the same name. Loop
 * thread only.
 */
#ifndef POLICYTOP_SOURCE_SERVO_POLL_H
#define POLICYTOP_SOURCE_SERVO_POLL_H

#include "hal/serial.h"
#include "source/servo.h"

/* A part of the registers that is read of each servo. */
struct servo_span {
	uint16_t address, len; /* len 0 ends */
};

/* What a protocol's source asks for. */
struct servo_questions {
	const struct servo_wire *wire;
	const struct servo_span *once, *health; /* when a servo is new; twice a second */
};

enum { POLL_READ = 4096 };

struct servo_poll {
	const struct servo_questions *ask;
	struct decoder decoder;
	char *path;	     /* as it was given */
	struct serial *port; /* NULL: gone */
	int epoll;
	unsigned baud;
	int64_t period_ns;
	double latency_timer_ms;

	int64_t cycle_ns, health_ns, deadline_ns, again_ns, ping_ns;
	bool waiting;  /* for replies, until deadline_ns */
	bool known;    /* which servos there are; else they are looked for */
	bool stranger; /* nothing was said of the robot */
	bool told_nobody;
	uint8_t next_ping;
	unsigned servo;		       /* whose turn it is, an index */
	const struct servo_span *span; /* what is asked of it next; NULL: nothing */
	bool met[SERVO_IDS];	       /* was asked what is asked once */
};

#define SERVO_POLL_PARAMS                                                                          \
	SERVO_PARAMS, {"rate", "Hz", "50", "how often positions are read"},                        \
	{                                                                                          \
		"baud", "", "1000000", "of the bus"                                                \
	}

int servo_poll_open(struct source *s, const struct servo_questions *ask, struct uri *u,
		    struct err *e);
int64_t servo_poll_run(struct source *s, int64_t now_ns);
void servo_poll_close(struct source *s);

#endif
