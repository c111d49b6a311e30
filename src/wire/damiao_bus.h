/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CAN bus with DaMiao motors, followed from its frames (canframe.h): records in, events out.
 *
 * - A step is one cycle of commands. sent are the positions commanded in it; a motor that was not
 *   commanded, or without stiffness (kp 0: gravity compensation, a leader arm), has none. got are
 *   the motors' own positions, when they are not older than two cycles. A cycle is over when all
 *   motors of the one before are commanded and have answered, when one is commanded again, or
 *   10 ms after its last command. A command repeated because there was no answer begins none.
 * - EVENT_SAMPLE of each commanded position that has stiffness, and of each answer.
 * - EVENT_MOTOR twice a second for each motor that was talked to, and when what it says is wrong
 *   with it changes. A motor that has not answered for a second is told, too.
 * - EVENT_BUS once a second, and when its state changes; EVENT_GAP for frames that were lost here.
 * - EVENT_NOTE: a zero that was set, an error that was cleared, registers that were written, ranges
 *   that differ from the table, frames of nobody.
 *
 * Positions become values of joints by damiao_joint. Registers that somebody else reads are used:
 * ranges, limits, supply voltage. The same calls give the same events. Memory is bounded. One
 * thread a struct.
 */
#ifndef POLICYTOP_WIRE_DAMIAO_BUS_H
#define POLICYTOP_WIRE_DAMIAO_BUS_H

#include "model/event.h"
#include "wire/damiao.h"

enum { DAMIAO_JOINTS_MAX = 15 /* ids of motors have four bits in an answer */ };

#define DAMIAO_FACTS (FACT_SENT | FACT_GOT | FACT_HEALTH)

/* A joint of the robot and its motor: value = gain * (position_rad - turns) + bias. */
struct damiao_joint {
	char name[NAME_BYTES]; /* with prefix */
	char model[NAME_BYTES];
	unsigned id, answer_id;
	struct damiao_range range;
	double gain, bias;
	enum unit unit;
	/*
	 * The robot's program takes a full turn off, or adds one, when the motor starts outside of
	 * the joint's limits. The first answer tells: turns is then -2π, 0 or 2π.
	 */
	bool turns;
	double low_rad, high_rad; /* the joint's limits, before gain and bias; for turns */
	bool fits;		  /* gain and bias are the robot's row's: see struct hello */
};

struct damiao_setup {
	char robot[NAME_BYTES], bus[NAME_BYTES]; /* bus: with prefix */
	unsigned joints;
	struct damiao_joint joint[DAMIAO_JOINTS_MAX]; /* in the order of their commands */
};

struct damiao_bus;

struct damiao_bus *damiao_bus_new(const struct damiao_setup *setup,
				  void (*emit)(void *host, const struct event *ev), void *host);
void damiao_bus_free(struct damiao_bus *b); /* NULL is allowed */

/* Takes records until `most` are done. Returns how many bytes were taken. */
size_t damiao_bus_bytes(struct damiao_bus *b, const void *p, size_t n, size_t most, int64_t t_ns);

/* The bytes end here: the cycle under way is told. More may follow. */
void damiao_bus_end(struct damiao_bus *b, int64_t t_ns);

/* Tells what is due at now_ns; returns when the next thing is, INT64_MAX before the first record. */
int64_t damiao_bus_due(struct damiao_bus *b, int64_t now_ns);

uint64_t damiao_bus_records(const struct damiao_bus *b);
uint64_t damiao_bus_bad(const struct damiao_bus *b); /* bytes that are no record */
const char *damiao_bus_first_bad(const struct damiao_bus *b);

#endif
