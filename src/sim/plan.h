/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pick-and-place: where the object lies, and the path through it, as a demonstrator would
 * move: waypoints joined by minimum-jerk moves. Plain data, any thread.
 */
#ifndef POLICYTOP_SIM_PLAN_H
#define POLICYTOP_SIM_PLAN_H

#include "base/rng.h"
#include "sim/so101.h"

/* The table in front of the arm, in joint terms. */
struct scene {
	double pan;   /* direction of the object */
	double reach; /* 0 near to 1 far */
	double roll;  /* wrist roll that fits how the object is turned */
	double width; /* gripper opening at which the fingers touch it */
};

enum { PLAN_LEGS_MAX = 16 };

struct plan {
	double start[SO101_JOINTS];
	unsigned legs;
	struct {
		double to[SO101_JOINTS];
		double begin, ticks; /* on the 1/fps grid, since the start */
	} leg[PLAN_LEGS_MAX];
	double ticks; /* all of it */
};

struct scene scene_draw(struct rng *r);

/* Where an arm stands between episodes, with its usual scatter. */
void plan_home(struct rng *r, double pose[SO101_JOINTS]);

/* The pose with the fingers around the object (arm joints; the gripper is left alone). */
void plan_grasp_pose(const struct scene *s, double pose[SO101_JOINTS]);

/* The pose over the box. */
extern const double plan_box_pose[SO101_JOINTS];

/* A path from start to the object, the box and home, with the tempo and care of one person. */
void plan_make(struct plan *p, const struct scene *s, const double start[SO101_JOINTS],
	       struct rng *r);

/* One move from a pose to another. */
void plan_line(struct plan *p, const double from[SO101_JOINTS], const double to[SO101_JOINTS],
	       double ticks);

/* The pose that is wanted at a time in ticks; before and after the plan its first and last. */
void plan_at(const struct plan *p, double tick, double pose[SO101_JOINTS]);

/* 0 to 1 with zero speed and acceleration at both ends (Flash and Hogan, 1985). x is clamped. */
double min_jerk(double x);

#endif
