/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DaMiao motors of one arm on a CAN bus: ids, models, and how their positions become the values
 * of datasets. Constant data, any thread.
 */
#ifndef POLICYTOP_ROBOT_CAN_H
#define POLICYTOP_ROBOT_CAN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/joint.h"

struct robot_can_motor {
	const char *joint; /* NULL ends */
	uint16_t id, answer_id;
	const char *model;	  /* of the gripper: of its usual kind */
	int sign;		  /* joint = sign * motor */
	const char *alias;	  /* what models of the robot call the joint, NULL nothing */
	double low_rad, high_rad; /* the joint's limits, NaN unknown */
};

/* What can be mounted in place of the motor named gripper. */
struct robot_can_gripper {
	const char *name;  /* NULL ends */
	const char *model; /* NULL: it has no motor */
	int sign;
	double closed_rad, open_rad; /* NaN: they are found anew at each start */
};

struct robot_can {
	const char *ranges; /* the table of motor ranges that its software has: "i2rt" */
	enum unit unit;	    /* of joints in its datasets: UNIT_RAD or UNIT_DEG */
	/*
	 * Its software takes a full turn off a motor that starts outside of its joint's limits, or
	 * adds one.
	 */
	bool turns;
	const struct robot_can_motor *motors;
	const struct robot_can_gripper *grippers; /* NULL: always the one in motors */
};

#endif
