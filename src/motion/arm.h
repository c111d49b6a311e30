/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arm on its bus, as the commands that move one see it: what its motors say, whether they may be
 * moved, and the few writes that moving takes (torque, goal position). One thread.
 */
#ifndef POLICYTOP_MOTION_ARM_H
#define POLICYTOP_MOTION_ARM_H

#include "model/motor.h"
#include "motion/plan.h"
#include "motion/port.h"
#include "robot/robot.h"

struct motion_motor {
	struct calibration_scale scale;	    /* unit is the robot's own */
	struct calibration_motor file, own; /* the calibration's, and the motor's own registers */
	struct motor health; /* joint, id, model, torque, faults, temperature, limit */
	bool answered;	     /* to all that it was asked for */
	int32_t at, goal;    /* ticks; goal: of the register */
	int32_t mode;	     /* of operation, -1 unknown */
	int32_t model;	     /* number that it should have; negative: it has this one */
};

struct motion_arm {
	const struct robot_class *robot;
	const struct servo_wire *wire;
	const struct servo_register *torque, *goal, *position;
	unsigned n;
	struct motion_motor motor[MOTION_IDS];
};

/*
 * The arm of a robot with a calibration. 0, or with e: -ENOTSUP for a robot that is not moved by
 * servos, -EINVAL for a calibration that lacks a joint or means another motor.
 */
int motion_arm_init(struct motion_arm *a, const struct robot_class *robot,
		    const struct calibration *c, struct err *e);

/* The index of a joint, by its name with or without ".pos"; -1 none. */
int motion_arm_find(const struct motion_arm *a, const char *joint);

/* Reads all that is asked before a motor may move. 0, or -errno of the port with e. */
int motion_arm_survey(struct motion_arm *a, struct motion_port *p, struct err *e);

/* Reads what is wrong with a motor: MOTOR_* bits, MOTOR_OTHER where it does not say, or -errno. */
int motion_arm_faults(struct motion_arm *a, struct motion_port *p, unsigned motor);

/* Why it may not be moved, one sentence each, the worst first: how many, at most max are written. */
enum { MOTION_REASON_BYTES = 200 };
unsigned motion_arm_refusals(const struct motion_arm *a, char (*reason)[MOTION_REASON_BYTES],
			     unsigned max);

/*
 * A joint that is limp is told to stay where it is, and then holds; health.torque says so. 0, or
 * with e: -EIO when it does not take it, or -errno of the port.
 */
int motion_arm_hold(struct motion_arm *a, struct motion_port *p, unsigned motor, struct err *e);

/* Switches the torque off, each motor for itself, whatever the others say. 0, or -EIO with e. */
int motion_arm_release(struct motion_arm *a, struct motion_port *p, struct err *e);

#endif
