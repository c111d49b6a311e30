/* SPDX-License-Identifier: Apache-2.0 */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

extern const struct robot_class robot_so101, robot_so100, robot_lekiwi, robot_koch, robot_omx,
	robot_aloha, robot_viperx, robot_g1_inspire, robot_yam, robot_big_yam, robot_openarm;

const struct robot_class *const robot_table[] = {
	&robot_so101, &robot_so100,   &robot_lekiwi,  &robot_koch,
	&robot_omx,   &robot_aloha,   &robot_viperx,  &robot_g1_inspire,
	&robot_yam,   &robot_big_yam, &robot_openarm, NULL,
};

const struct robot_class *robot_find(const char *type)
{
	for (size_t i = 0; type && robot_table[i]; i++) {
		for (const char *const *m = robot_table[i]->matches; *m; m++) {
			if (strncasecmp(type, *m, strlen(*m)) == 0)
				return robot_table[i];
		}
	}
	return NULL;
}

const struct robot_gripper *robot_gripper_find(const struct robot_class *robot, const char *joint)
{
	char name[NAME_BYTES];
	size_t len;

	if (!robot)
		return NULL;
	joint_short_name(name, joint);
	len = strlen(name);
	for (const struct robot_gripper *g = robot->grippers; g->joint; g++) {
		size_t end = strlen(g->joint);

		if (len >= end && strcasecmp(name + len - end, g->joint) == 0)
			return g;
	}
	return NULL;
}

const struct robot_motor *robot_motor_find(const struct robot_class *robot, unsigned id)
{
	if (!robot || !robot->motors)
		return NULL;
	for (const struct robot_motor *m = robot->motors; m->joint; m++) {
		if (m->id == id)
			return m;
	}
	return NULL;
}

/* The name, or its end behind a side: "left_joint_1" is a joint_1. */
static bool names(const char *name, const char *joint)
{
	size_t len = strlen(name), end = joint ? strlen(joint) : 0;

	if (!end || len < end || strcasecmp(name + len - end, joint) != 0)
		return false;
	return len == end || name[len - end - 1] == '_' || name[len - end - 1] == '/';
}

static bool convert(double low, double high, enum unit from, enum unit to, double *out_low,
		    double *out_high)
{
	double factor;

	if (isnan(low) || from == UNIT_UNKNOWN || to == UNIT_UNKNOWN ||
	    !unit_factor(from, to, &factor))
		return false;
	*out_low = low * factor;
	*out_high = high * factor;
	return true;
}

bool robot_limits(const struct robot_class *robot, const char *joint, enum unit unit, double *low,
		  double *high)
{
	char name[NAME_BYTES];

	joint_short_name(name, joint);
	for (const struct robot_motor *m = robot ? robot->motors : NULL; m && m->joint; m++) {
		if (names(name, m->joint) || names(name, m->alias))
			return convert(m->low, m->high, m->unit, unit, low, high);
	}
	if (!robot || !robot->can)
		return false;
	for (const struct robot_can_motor *m = robot->can->motors; m->joint; m++) {
		if (names(name, m->joint) || names(name, m->alias))
			return convert(m->low_rad, m->high_rad, UNIT_RAD, unit, low, high);
	}
	return false;
}

bool robot_is_hand(const struct robot_class *robot, const char *joint)
{
	static const char *const words[] = {"gripper", "hand", "finger"};

	if (robot_gripper_find(robot, joint))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (const char *at = joint; *at; at++) {
			if (strncasecmp(at, words[i], strlen(words[i])) == 0)
				return true;
		}
	}
	return false;
}
