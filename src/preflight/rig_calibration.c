/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/rig_calibration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "robot/robot.h"
#include "source/servo.h"

/* Ticks of 4096, less what a hand leaves out at both ends. */
enum { WHOLE_TURN = 4094 };

int rig_calibration_load(struct calibration *c, const struct rig *r, struct err *e)
{
	char *path = r->robot_calibration[0] ? xstrdup(r->robot_calibration) : NULL;
	char kind[NAME_BYTES];
	int rc;

	if (!path && r->robot_id[0])
		path = servo_calibration_find_dup(robot_find(r->robot_type), r->robot_id, kind, e);
	else if (!path)
		err_set(e, ENOENT, "the rig names no calibration file, and no robot.id");
	rc = path ? servo_calibration_load(c, path, e) : -ENOENT;
	free(path);
	return rc;
}

void rig_calibration_keep(struct profile *p, const struct calibration *c)
{
	free(p->motors);
	p->motors = xcalloc(c->n + 1, sizeof(*p->motors));
	p->nmotors = 0;
	for (unsigned i = 0; i < c->n && i < PROFILE_MOTORS_MAX; i++) {
		struct profile_motor *m = &p->motors[p->nmotors];

		text_copy(m->joint, sizeof(m->joint), c->motor[i].joint);
		m->homing_offset = c->motor[i].homing_offset;
		m->range_min = c->motor[i].range_min;
		m->range_max = c->motor[i].range_max;
		p->nmotors += m->homing_offset != CALIBRATION_UNKNOWN &&
			      m->range_min != CALIBRATION_UNKNOWN &&
			      m->range_max != CALIBRATION_UNKNOWN;
	}
}

/* A joint that stops short of a whole turn and yet has it as its range. */
static bool is_wrapped(const struct robot_class *robot, const struct calibration_motor *m)
{
	if (m->range_min == CALIBRATION_UNKNOWN || m->range_max == CALIBRATION_UNKNOWN ||
	    m->range_max - m->range_min < WHOLE_TURN)
		return false;
	for (const char *const *t = robot->turning; *t; t++) {
		if (strcmp(*t, m->joint) == 0)
			return false;
	}
	return true;
}

static void wrapped(struct inspect *l, const struct robot_class *robot, const struct calibration *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (!is_wrapped(robot, &c->motor[i]))
			continue;
		inspect_do(inspect_add(l, "calibration", c->motor[i].joint, LEVEL_WARN,
				       "its range is %d..%d, a whole turn: it was moved across its "
				       "encoder's end",
				       c->motor[i].range_min, c->motor[i].range_max),
			   "calibrate again, from the middle of its range");
	}
}

/* Another zero or range since the profile was learned: its positions mean something else. */
static void changed(struct inspect *l, const struct profile *p, const struct calibration *c)
{
	unsigned differ = 0, known = 0;

	for (size_t i = 0; i < p->nmotors; i++) {
		const struct profile_motor *old = &p->motors[i];
		const struct calibration_motor *now = calibration_joint(c, old->joint);

		if (!now)
			continue;
		known++;
		if (now->homing_offset == old->homing_offset && now->range_min == old->range_min &&
		    now->range_max == old->range_max)
			continue;
		differ++;
		inspect_do(inspect_add(
				   l, "calibration", old->joint, LEVEL_WARN,
				   "since its training was learned the zero moved by %d ticks, and "
				   "the range from %d..%d to %d..%d",
				   now->homing_offset - old->homing_offset, old->range_min,
				   old->range_max, now->range_min, now->range_max),
			   "use the calibration of the recording, or record and learn anew");
	}
	if (!known)
		inspect_do(inspect_add(
				   l, "calibration", "training", LEVEL_NOTE,
				   "whether it changed since the recording is not known: data sets "
				   "do not hold it"),
			   "policytop learn --rig %s keeps it with the profile", l->rig_name);
	else if (!differ)
		inspect_add(l, "calibration", "training", LEVEL_OK,
			    "%u motors are as when the training was learned", known);
}

/*
 * The registers may well agree with a file that is wrong: they were written from it. That it is not
 * there is told by its path.
 */
void rig_calibration_look(struct inspect *l)
{
	const struct robot_class *robot = robot_find(l->rig->robot_type);
	struct calibration *c = xcalloc(1, sizeof(*c));
	struct err e = {0};
	int rc = rig_calibration_load(c, l->rig, &e);

	if (rc && rc != -ENOENT)
		inspect_do(inspect_add(l, "calibration", "", LEVEL_FAIL, "%s", e.msg),
			   "calibrate again, or copy this arm's file");
	if (!rc && robot && robot->turning)
		wrapped(l, robot, c);
	if (!rc && l->profile)
		changed(l, l->profile, c);
	free(c);
}
