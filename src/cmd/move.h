/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands that move an arm share: opening its bus, looking at its motors, the plan, and
 * the move. Nothing moves, and nothing is written to a motor, without --go. Main thread.
 */
#ifndef POLICYTOP_CMD_MOVE_H
#define POLICYTOP_CMD_MOVE_H

#include "cmd/cmd.h"
#include "motion/drive.h"

/* Rows of the option table of each of them. */
#define MOVE_OPTIONS                                                                               \
	{"go", NULL, "move it; without, the plan is printed and nothing moves"},                   \
		{"robot", "TYPE", "so101, koch, ...: names and ids of its motors"},                \
		{"id", "ID", "robot id under which LeRobot keeps its calibration"},                \
		{"calibration", "FILE", "LeRobot's calibration file of this arm"},                 \
		{"norm", "UNIT", "degrees, m100_100 or ticks, where the unit is not known"},       \
		{"speed", "PERCENT", "of each joint's range, per second (default 20)"},            \
		{"reply-timeout", "MS", "how long motors may take to answer (default 100)"},       \
		{"release", NULL, "switch the torque off once it has arrived"},                    \
	{                                                                                          \
		"json", NULL, "print one JSON object"                                              \
	}

enum { MOVE_REASONS = 16, MOVE_WORD_BYTES = 512 };

/* Which arm it is, and how it was calibrated; "" unknown. */
struct move_from {
	char device[MOVE_WORD_BYTES], calibration[MOVE_WORD_BYTES];
	char robot[NAME_BYTES], id[NAME_BYTES], profile[NAME_BYTES];
};

/*
 * What a device (a path) or the name of a rig says, and the options instead of it. Of a rig with two
 * arms the option prefix says which. 0, or -errno with e.
 */
int move_from(struct move_from *f, const struct app *app, const char *word, struct err *e);

struct move {
	const struct app *app;
	const char *command;
	struct move_from from;
	char what[160]; /* where to, for people: "the start pose of profile X" */
	struct calibration calibration;
	struct serial *serial;
	struct motion_port port;
	struct motion_arm arm;
	struct motion_plan plan; /* ways by motor: see motor */
	unsigned motor[MOTION_IDS];
	struct motion_drive drive;
	unsigned refusals;
	char refusal[MOVE_REASONS][MOTION_REASON_BYTES];
	bool torque_on; /* by us */
	int signal_fd;
};

/* Opens the bus of an arm and looks at its motors. 0, or -errno with e; move_close() either way. */
int move_open(struct move *m, const struct app *app, const char *command,
	      const struct move_from *from, struct err *e);
void move_close(struct move *m);

/* The unit that --norm names for a joint; fallback without it. -EINVAL with e for a word it is not. */
int move_unit(const struct move *m, unsigned motor, enum unit fallback, enum unit *out,
	      struct err *e);

/* One more reason not to move. */
void move_refuse(struct move *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds a way for a motor to value (of unit). near: a goal that is outside the range by no more than
 * a fiftieth of it becomes the end of the range. What cannot be is refused.
 */
void move_add(struct move *m, unsigned motor, enum unit unit, double value, bool near);

/* Prints the plan; with --go, and without a refusal, moves. The exit status. */
int move_run(struct move *m);

/* move_report.c: the plan before, or the outcome after a move. */
void move_print(const struct move *m, bool moved);

#endif
