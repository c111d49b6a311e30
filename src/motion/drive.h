/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves an arm along a plan, cycle by cycle: positions are read, the guard looks, goals go out. When
 * it stops, for whatever reason, the last thing that is sent tells every joint to stay where it is.
 * Waits; for commands. One thread.
 */
#ifndef POLICYTOP_MOTION_DRIVE_H
#define POLICYTOP_MOTION_DRIVE_H

#include "motion/arm.h"
#include "motion/guard.h"

struct motion_drive {
	struct motion_arm *arm;
	struct motion_port *port;
	const struct motion_plan *plan;
	int signal_fd; /* a signalfd: SIGHUP is a lost terminal, all others interrupt */
	int tty_fd;    /* a terminal that hangs up when it is lost; -1 none */
	double cycle_s;

	struct motion_guard guard; /* limits before, outcome afterwards */
	int32_t at[MOTION_IDS];	   /* last read, by way */
	int32_t goal[MOTION_IDS];  /* last sent, by way */
	unsigned cycles, again;	   /* again: cycles in which an answer had to be asked for twice */
	double worst_s;		   /* the longest cycle */
	bool held;		   /* after a stop: the motors were told to stay */
};

/* Until it arrived or stopped: d->guard.state. The joints of the plan hold already. */
void motion_drive(struct motion_drive *d);

#endif
