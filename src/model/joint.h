/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A joint: its name, its unit, and how names of different sources meet. Plain data, any thread.
 */
#ifndef POLICYTOP_MODEL_JOINT_H
#define POLICYTOP_MODEL_JOINT_H

#include <stdbool.h>

enum {
	MAX_JOINTS = 128,
	NAME_BYTES = 64,  /* a joint, robot, profile or rig name with its '\0' */
	TASK_BYTES = 256, /* a task (prompt) or policy name with its '\0' */
};

enum unit {
	UNIT_UNKNOWN,
	UNIT_DEG,
	UNIT_RAD,
	UNIT_M100_100, /* LeRobot's [-100, 100] of the calibrated range */
	UNIT_0_100,    /* LeRobot's gripper, 0 closed to 100 open */
	UNIT_0_1,
	UNIT_TICKS, /* encoder ticks */
	UNIT_M,	    /* metres */
	UNIT_N,
};

struct joint {
	char name[NAME_BYTES]; /* the source's name with its prefix, cleaned */
	enum unit unit;
};

/* The word of the stream protocol and of JSON ("deg", "m100_100"); NULL for UNIT_UNKNOWN. */
const char *unit_word(enum unit u);

/* The reverse; UNIT_UNKNOWN for a word that is none. NULL is allowed. */
enum unit unit_from_word(const char *word);

/* What a person reads behind a number: "deg", "rad", "" for normalised and unknown units. */
const char *unit_short(enum unit u);

/*
 * Converts between units of the same kind (deg and rad, 0_100 and 0_1): fills *factor so that
 * value_in_to = value_in_from * factor. An unknown unit on either side is taken as the same unit.
 * False: the two cannot be compared.
 */
bool unit_factor(enum unit from, enum unit to, double *factor);

/* Name without LeRobot's ".pos" and without a "prefix/". Points into name's end or into dst. */
void joint_short_name(char dst[NAME_BYTES], const char *name);

/* Same joint: equal names, or equal short names, letter case ignored. */
bool joint_same_name(const char *a, const char *b);

#endif
