/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The robot's body: the health of one motor, and of the bus that it hangs on. Plain data without
 * pointers; any thread. NaN is unknown, as are -1 and "".
 */
#ifndef POLICYTOP_MODEL_MOTOR_H
#define POLICYTOP_MODEL_MOTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/joint.h"

/* What a motor says is wrong with it, whatever its maker calls that; and what is heard of it. */
enum motor_fault {
	MOTOR_VOLTAGE = 1u << 0,  /* too low or too high */
	MOTOR_SENSOR = 1u << 1,	  /* angle or encoder */
	MOTOR_HOT = 1u << 2,	  /* over its own limit */
	MOTOR_CURRENT = 1u << 3,  /* over-current */
	MOTOR_OVERLOAD = 1u << 4, /* too much load for too long: it lets go, or will */
	MOTOR_SHOCK = 1u << 5,	  /* electrical shock */
	MOTOR_LOST = 1u << 6,	  /* it has lost its controller */
	MOTOR_OTHER = 1u << 7,	  /* a bit without a name here */
	MOTOR_GARBLED = 1u << 8,  /* its replies come damaged, or twice: its id or its cable */
	MOTOR_FAULT_N = 9,
};

const char *motor_fault_word(unsigned bit_index); /* "voltage" …; bit_index < MOTOR_FAULT_N */

/* The words of all bits, separated by ", ", cut to size; "ok" without any. */
void motor_faults_text(char *dst, size_t size, unsigned faults);

/* One motor as last heard: what was not read since the motor before is unknown in this one. */
struct motor {
	char joint[NAME_BYTES]; /* as in the hello of its source */
	char model[NAME_BYTES]; /* "sts3215", "" unknown */
	int64_t id;		/* on its bus, -1 unknown */
	int64_t torque;		/* 1 on, 0 off, -1 unknown */
	int64_t faults;		/* MOTOR_* bits, -1 unknown */
	int64_t missed;		/* replies that did not come, since its source was opened */
	int64_t calibrated; /* 1 its registers are as its calibration file says, 0 not, -1 unknown */
	double temp_degc, rotor_degc, limit_degc; /* limit: the motor's own register */
	double voltage_v, min_v, max_v;		  /* limits: the motor's own registers */
	double load;				  /* share of what it can, -1 to 1 */
	double current_ma;
};

/* An empty one: everything unknown. */
void motor_init(struct motor *m);

enum bus_state {
	BUS_UNKNOWN,
	BUS_OK,	     /* it talks */
	BUS_WARNING, /* CAN: 96 errors or more */
	BUS_PASSIVE, /* CAN: error passive */
	BUS_OFF,     /* CAN: bus off; a serial port that does not answer at all */
	BUS_GONE,    /* unplugged */
	BUS_STATE_N,
};

const char *bus_state_word(enum bus_state s); /* "ok" "warning" … ; NULL for unknown */
enum bus_state bus_state_from_word(const char *word);

/* A bus, once a second and when its state changes. Totals count since its source was opened. */
struct bus {
	char name[NAME_BYTES]; /* "can0", the link of a tap, the port; with the source's prefix */
	int64_t can;	       /* 1: a CAN bus, 0: a serial one */
	int64_t state;	       /* enum bus_state */
	int64_t transactions;  /* requests that ask for replies; CAN: frames */
	int64_t retries;       /* the same request again, without all replies */
	int64_t timeouts;      /* requests without all their replies */
	int64_t corrupt;       /* packets with a wrong checksum, or cut; CAN: error frames */
	int64_t late;	       /* replies that came after the next request was sent */
	int64_t behind;	       /* 1: the client takes every reply for the one after it; 0, -1 */
	int64_t stray;	       /* bytes that belong to no packet; CAN: frames nobody knows */
	int64_t overruns;      /* frames that this host did not take in time */
	int64_t openers;       /* other programs that have the port open, -1 unknown */
	int64_t tx_errors, rx_errors; /* a CAN controller's counters, -1 unknown */
	double reply_ms, worst_ms;    /* request to last reply: median and worst since the last */
	double latency_timer_ms;      /* of a USB serial chip that has one */
};

void bus_init(struct bus *b);

#endif
