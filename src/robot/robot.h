/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of robots beyond their datasets: which joints are grippers and which way they
 * close, which motors are on which bus, how far the joints go. One data-only file and one row in
 * robot/table.c add a robot; where a number is from is said beside it, and where sources disagree,
 * the widest is taken: limits are to tell what cannot be from what can. Constant data, any thread.
 */
#ifndef POLICYTOP_ROBOT_ROBOT_H
#define POLICYTOP_ROBOT_ROBOT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/joint.h"
#include "robot/can.h"

struct robot_gripper {
	const char *joint; /* end of the joint's short name, letter case ignored; NULL ends */
	bool closed_low;   /* closed is the smaller value */
};

enum robot_bus { ROBOT_BUS_NONE, ROBOT_BUS_FEETECH, ROBOT_BUS_DYNAMIXEL };

/* Limits that nobody tells, or that depend on the arm at hand. */
#define ROBOT_UNKNOWN (double)NAN, (double)NAN

/* One motor of one arm; robots with two arms have a bus for each. */
struct robot_motor {
	const char *joint; /* as in the calibration file; NULL ends */
	uint8_t id;
	const char *model;
	enum unit unit;	   /* of the joint's values as the robot's own software makes them */
	bool health_only;  /* no joint of its own: a wheel, or the second motor of a joint */
	const char *alias; /* what models of the robot call the joint, NULL the same or nothing */
	double low, high;  /* the joint's limits in unit, NaN unknown */
};

struct robot_class {
	const char *name;	    /* stable, as `list robots` prints it */
	const char *summary;	    /* one line, no full stop, at most 60 characters */
	const char *const *matches; /* robot types of datasets and streams begin so; NULL ends */
	const struct robot_gripper *grippers;

	/* Its servo bus; ROBOT_BUS_NONE: all of it unknown. */
	enum robot_bus bus;
	unsigned baud;
	double fps;	    /* its control loop's usual rate, Hz */
	const char *suffix; /* of joint names in its software's features: ".pos" */
	const struct robot_motor *motors;
	const char *const *calibrations; /* folders of LeRobot, newest name first; NULL ends */
	/* Motors whose calibrated range is a whole turn by design; NULL ends, NULL: not known. */
	const char *const *turning;
	const struct robot_can *can; /* NULL: it has no DaMiao motors */
};

extern const struct robot_class *const robot_table[]; /* NULL ends */

/* The row for a robot type ("so101_follower"), letter case ignored; NULL: none. */
const struct robot_class *robot_find(const char *type);

/* The gripper that a joint is, NULL: none (or robot is NULL). */
const struct robot_gripper *robot_gripper_find(const struct robot_class *robot, const char *joint);

/* Its motor with an id, NULL: none (or robot is NULL). */
const struct robot_motor *robot_motor_find(const struct robot_class *robot, unsigned id);

/*
 * How far a joint goes (by its name or alias, with a prefix and suffix or without), in a unit. False:
 * it is not known, or not of this unit; robot NULL is allowed.
 */
bool robot_limits(const struct robot_class *robot, const char *joint, enum unit unit, double *low,
		  double *high);

/* A gripper or a hand's joint, by the robot's row or its name; its unit is not the arm's. */
bool robot_is_hand(const struct robot_class *robot, const char *joint);

#endif
