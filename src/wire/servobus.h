/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A servo bus, overheard: bytes of both directions in, events out. Direction 0 is from the servos,
 * 1 to them. Which protocol is spoken is found in the first request.
 *
 * - EVENT_HELLO: the joints of the set-up, and of every further servo whose position or goal is seen
 *   (`motor7`, in ticks). Without a goal it tells FACT_HEALTH alone: the positions of a leader are
 *   nobody's `got`. With the first goal it comes again, with FACT_SENT and FACT_GOT.
 * - EVENT_STEP: the goals of one cycle are `sent`, the last positions `got`, unknown after two
 *   periods, or a second for those of this cycle. Goals that are written one by one make one step together. Of a polled bus: the
 *   positions of each cycle are `got`.
 * - EVENT_SAMPLE: each position (`got`, of a leader, too) and each goal (`sent`) as it passes.
 * - EVENT_MOTOR: on every change of a servo's faults or torque, else twice a second while it is
 *   heard or missed.
 * - EVENT_BUS: once a second, and when a client falls behind.
 * - EVENT_NOTE: registers that were written, by name; servos that fall silent or answer twice;
 *   registers that differ from the calibration; a client that takes late replies for fresh ones;
 *   and where the policy computes its chunks, which is seen from the pauses before goals.
 *
 * A reply belongs to the last request, or to the one before it, unless that has it already: then it
 * was late. The same calls give the same events; what is due has the time at which it was. Memory
 * is bounded whatever the bytes say. Any thread; one thread a struct.
 */
#ifndef POLICYTOP_WIRE_SERVOBUS_H
#define POLICYTOP_WIRE_SERVOBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "wire/calibration.h"
#include "wire/servo.h"

#define SERVOBUS_FACTS (FACT_SENT | FACT_GOT | FACT_HEALTH)

enum { SERVOBUS_MOTORS = 32 /* of a bus; more are not told apart */ };

struct servobus_motor {
	uint8_t id;
	bool health_only;	/* it moves no joint of its own */
	char joint[NAME_BYTES]; /* cleaned, without prefix: "shoulder_pan.pos" */
	char model[NAME_BYTES]; /* "" unknown */
	struct calibration_scale
		scale;		       /* reversed: as the file has it, heeded where the bus does */
	struct calibration_motor file; /* what its registers should hold, where known */
};

struct servobus_setup {
	const struct servo_wire *wire; /* NULL: found in the bytes */
	bool polled;		       /* who asks is us: positions are steps, nobody sets goals */
	char name[NAME_BYTES];	       /* of the bus */
	char robot[NAME_BYTES], prefix[NAME_BYTES];
	unsigned motors;
	struct servobus_motor motor[SERVOBUS_MOTORS];
};

struct servobus;

struct servobus *servobus_new(const struct servobus_setup *setup,
			      void (*emit)(void *host, const struct event *ev), void *host);
void servobus_free(struct servobus *b); /* NULL is allowed */

/* Decodes bytes of a direction; returns those taken, all when `most` packets do not come first. */
size_t servobus_bytes(struct servobus *b, unsigned direction, const void *p, size_t n, size_t most,
		      int64_t t_ns);
void servobus_lost(struct servobus *b, unsigned direction, uint64_t n, int64_t t_ns);

/* The client left, or the port is gone (a polled bus): what is open ends. */
void servobus_end(struct servobus *b, int64_t t_ns);

int64_t servobus_due(struct servobus *b, int64_t now_ns);	      /* see source/decoder.h */
void servobus_again(struct servobus *b, bool on);		      /* see source/decoder.h */
uint64_t servobus_held(const struct servobus *b, unsigned direction); /* bytes of no packet yet */

/* For who asks on a polled bus: all that is awaited has come. */
bool servobus_idle(const struct servobus *b);
/* The servos of the set-up and those that ever answered, without those that do not any more. */
unsigned servobus_answering(const struct servobus *b, uint8_t ids[SERVOBUS_MOTORS]);
unsigned servobus_all(const struct servobus *b, uint8_t ids[SERVOBUS_MOTORS]);

uint64_t servobus_count(const struct servobus *b); /* packets */
uint64_t servobus_bad(const struct servobus *b);   /* of them not understood, or corrupt */
const char *servobus_first_bad(const struct servobus *b);

#endif
