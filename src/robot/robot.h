/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known about robots beyond their datasets: which joints are grippers and which way they
 * close. One data-only file and one row in robot/table.c add a robot. Constant data, any thread.
 */
#ifndef POLICYTOP_ROBOT_ROBOT_H
#define POLICYTOP_ROBOT_ROBOT_H

#include <stdbool.h>

#include "model/joint.h"

struct robot_gripper {
	const char *joint; /* end of the joint's short name, letter case ignored; NULL ends */
	bool closed_low;   /* closed is the smaller value */
};

struct robot_class {
	const char *name;	    /* stable, as `list robots` prints it */
	const char *summary;	    /* one line, no full stop, at most 60 characters */
	const char *const *matches; /* robot types of datasets and streams begin so; NULL ends */
	const struct robot_gripper *grippers;
};

extern const struct robot_class *const robot_table[]; /* NULL ends */

/* The row for a robot type ("so101_follower"), letter case ignored; NULL: none. */
const struct robot_class *robot_find(const char *type);

/* The gripper that a joint is, NULL: none (or robot is NULL). */
const struct robot_gripper *robot_gripper_find(const struct robot_class *robot, const char *joint);

#endif
