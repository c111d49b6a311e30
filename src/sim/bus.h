/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated servo bus: bytes of the host in, bytes of the servos out, each with its time. Two
 * kinds: Feetech STS (an SO-101's six STS3215) and Dynamixel protocol 2.0 (a Koch's XL430 and
 * XL330), with their register files, their physics (weight, friction, speed and torque limits, heat,
 * supply) and faults of the wire, the motor and the world.
 *
 * Pure: time is what the caller says, CLOCK_MONOTONIC or virtual, and never goes back. One owner,
 * one thread. Positions are encoder ticks as the servo reports them (homing offset included).
 */
#ifndef POLICYTOP_SIM_BUS_H
#define POLICYTOP_SIM_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sim_bus;

enum { SIM_BUS_MOTORS = 16 };

enum sim_bus_kind { SIM_BUS_STS, SIM_BUS_DXL };

struct sim_motor_cfg {
	uint8_t id;
	uint16_t model;	   /* as its model number register has it */
	int homing_offset; /* ticks, the protocol's own sign */
	int min, max; /* position limit registers, ticks as reported; mechanical stops are beyond */
	double start_ticks; /* where it stands, as reported */
	double weight;	    /* share of the stall torque that pulls it towards max */
	double supply_v;
};

struct sim_bus_cfg {
	enum sim_bus_kind kind;
	unsigned motors;
	struct sim_motor_cfg motor[SIM_BUS_MOTORS];
	unsigned
		baud; /* 0: bytes take no time; else as long as on a wire, and return delays count */
	uint64_t seed;
	/* Every packet as it passes, and every reply as it leaves; NULL: nobody looks. */
	void (*seen)(void *arg, int64_t t_ns, bool from_host, const uint8_t *p, size_t n);
	void *seen_arg;
};

/* The follower arm of a kind, folded, with a calibration's offsets and ranges. No baud, no looker. */
void sim_bus_arm(struct sim_bus_cfg *cfg, enum sim_bus_kind kind);

struct sim_bus *sim_bus_new(const struct sim_bus_cfg *cfg, int64_t now_ns);
void sim_bus_free(struct sim_bus *b); /* NULL is allowed */

/* n bytes of the host arrive at t_ns. */
void sim_bus_take(struct sim_bus *b, int64_t t_ns, const uint8_t *p, size_t n);

/* When the next bytes of a servo are there; INT64_MAX: none are on their way. */
int64_t sim_bus_due_ns(const struct sim_bus *b);

/* What is there at now_ns, at most size bytes, in order. */
size_t sim_bus_give(struct sim_bus *b, int64_t now_ns, uint8_t *dst, size_t size);

/* False once the fault "unplug" has happened: neither end hears the other. */
bool sim_bus_plugged(const struct sim_bus *b);

/* Lets the world run until t_ns; packets do so by themselves. */
void sim_bus_run(struct sim_bus *b, int64_t t_ns);

/* What can break. Constant rows, name NULL ends. */
struct sim_bus_fault {
	const char *name;
	const char *summary; /* one line, no full stop */
	const char *unit;    /* of the strength */
	double strength, min, max;
	const struct sim_bus_fault_acts *acts;
};
extern const struct sim_bus_fault sim_bus_fault_table[];

/*
 * NAME[/ID][@SECONDS][:STRENGTH][*TIMES]: breaks something SECONDS (0) after now_ns, at the third
 * motor unless ID says another. TIMES: how many replies it may touch (no end). 0, -EINVAL with e, or
 * -ENOSPC when eight are set already.
 */
int sim_bus_break(struct sim_bus *b, int64_t now_ns, const char *text, struct err *e);

/* Ends every fault; what it did to motors (heat, a latched error) goes the way of the world. */
void sim_bus_mend(struct sim_bus *b);

/*
 * The truth about a motor: "position" "goal" "torque" (0, 1) "temperature" "voltage" "load" (-1..1)
 * "current" (A) "error" (the error register), or a register as "ADDRESS/BYTES" (unsigned, 1, 2 or
 * 4 bytes). False: no such motor or word.
 */
bool sim_bus_get(const struct sim_bus *b, unsigned id, const char *what, double *out);

/* Writes a register, "ADDRESS/BYTES", or "position" (an invisible hand). False: no such thing. */
bool sim_bus_set(struct sim_bus *b, unsigned id, const char *what, double value);

#endif
