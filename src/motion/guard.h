/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a moving arm must stop: looks at every cycle before the next goals are sent. Once stopped, it
 * stays so. Pure; one owner.
 */
#ifndef POLICYTOP_MOTION_GUARD_H
#define POLICYTOP_MOTION_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/packet.h"

enum motion_state {
	MOTION_GOING,
	MOTION_ARRIVED,
	/* Stopped: */
	MOTION_INTERRUPTED, /* Ctrl-C, or a signal to end */
	MOTION_TERMINAL,    /* the terminal is gone */
	MOTION_GONE,	    /* the bus was unplugged */
	MOTION_FAULT,	    /* a servo reports one: overload, heat … */
	MOTION_REPLY,	    /* a servo did not answer */
	MOTION_FOLLOW,	    /* a joint is too far from its goal */
	MOTION_SHORT,	    /* the time was up, and a joint had not arrived */
};

struct motion_guard {
	/* Set by its owner. */
	int32_t follow_ticks;	 /* so far may a joint be from its goal under way */
	int32_t arrive_ticks;	 /* and so far when it has arrived */
	double rest_s, settle_s; /* it is looked at so long after the end, and until then */

	enum motion_state state;
	int joint;	 /* that stopped it, -1 none */
	unsigned faults; /* MOTOR_* of it */
};

struct motion_seen {
	bool interrupted, hung_up, gone;
	double over_s; /* since the last goal became the end of the way; negative: under way */
	unsigned n;
	struct {
		bool answered;
		int32_t at, goal; /* ticks: read, and the goal that it was then given */
		unsigned faults;  /* MOTOR_* */
	} joint[MOTION_IDS];
};

/* The state after this cycle. Where several reasons stop it, the first of the enum's order. */
enum motion_state motion_guard_step(struct motion_guard *g, const struct motion_seen *s);

/* "arrived", "interrupted" …: stable words for JSON. */
const char *motion_state_word(enum motion_state s);

#endif
