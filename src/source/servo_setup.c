/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/servo.h"
#include "wire/dynamixel.h"
#include "wire/feetech.h"

enum { RESOLUTION = 4096 /* of every model in the tables */ };

/* What a source word says. */
struct said {
	const struct servo_wire *wire;
	const struct robot_class *robot; /* NULL: not known */
	bool has_calibration;
	struct calibration calibration;
	const char *norm; /* NULL: the robot's own units */
};

static const struct servo_wire *wire_of(const struct robot_class *robot)
{
	return robot->bus == ROBOT_BUS_FEETECH	   ? &feetech_wire
	       : robot->bus == ROBOT_BUS_DYNAMIXEL ? &dynamixel_wire
						   : NULL;
}

static bool suits(const struct said *said, const struct robot_class *robot)
{
	const struct servo_wire *wire = wire_of(robot);

	return wire && (!said->wire || said->wire == wire);
}

static int take_robot(struct said *said, struct uri *u, struct err *e)
{
	const char *type = uri_param(u, "robot");

	if (!type)
		return 0;
	said->robot = robot_find(type);
	if (!said->robot)
		return err_set(e, EINVAL, "%s: no robot '%s' is known (see: list robots)", u->word,
			       type);
	if (!suits(said, said->robot))
		return err_set(e, EINVAL, "%s: a %s has no %s servos", u->word, said->robot->name,
			       said->wire ? said->wire->word : "bus of");
	return 0;
}

/* The robot whose motors have the ids and names of a calibration. */
static const struct robot_class *robot_of(const struct said *said)
{
	for (size_t i = 0; robot_table[i]; i++) {
		const struct robot_class *r = robot_table[i];
		const struct robot_motor *m = r->motors;
		unsigned n = 0;

		if (!suits(said, r))
			continue;
		for (; m->joint; m++) {
			const struct calibration_motor *c = calibration_joint(&said->calibration,
									      m->joint);

			if (!c || c->id != m->id)
				break;
			n++;
		}
		if (!m->joint && n == said->calibration.n)
			return r;
	}
	return NULL;
}

static int take_calibration(struct said *said, struct uri *u, struct err *e)
{
	const char *file = uri_param(u, "calibration"), *id = uri_param(u, "id");
	char kind[NAME_BYTES] = "", *found = NULL;
	int rc;

	if (!file && !id)
		return 0;
	if (file && id)
		return err_set(e, EINVAL, "%s: say calibration= or id=, not both", u->word);
	if (id) {
		found = servo_calibration_find_dup(said->robot, id, kind, e);
		file = found;
	}
	rc = file ? servo_calibration_load(&said->calibration, file, e) : -EINVAL;
	free(found);
	if (rc < 0) {
		err_prefix(e, "%s", u->word);
		return rc;
	}
	said->has_calibration = true;
	if (!said->robot && kind[0] && robot_find(kind) && suits(said, robot_find(kind)))
		said->robot = robot_find(kind);
	if (!said->robot)
		said->robot = robot_of(said);
	return 0;
}

static int take_norm(struct said *said, struct uri *u, struct err *e)
{
	static const char *const words[] = {"degrees", "m100_100", "ticks", NULL};
	bool known = false;

	said->norm = uri_param(u, "norm");
	if (!said->norm)
		return said->has_calibration && !said->robot
			       ? err_set(e, EINVAL,
					 "%s: whose calibration this is, is not known: say robot= "
					 "or norm=",
					 u->word)
			       : 0;
	for (unsigned i = 0; words[i]; i++)
		known = known || strcmp(said->norm, words[i]) == 0;
	if (!known)
		return err_set(e, EINVAL, "%s: norm is degrees, m100_100 or ticks", u->word);
	if (!said->has_calibration && strcmp(said->norm, "ticks") != 0)
		return err_set(e, EINVAL,
			       "%s: norm=%s needs a calibration: say id= or calibration=", u->word,
			       said->norm);
	return 0;
}

/* As LeRobot does it, the gripper stays 0..100 whatever the other joints are. */
static enum unit unit_of(const struct said *said, enum unit own)
{
	bool is_gripper = own == UNIT_0_100;

	if (said->norm && strcmp(said->norm, "ticks") == 0)
		return UNIT_TICKS;
	if (!said->has_calibration && own != UNIT_RAD)
		return UNIT_TICKS;
	if (!said->norm || is_gripper)
		return own;
	return strcmp(said->norm, "degrees") == 0 ? UNIT_DEG : UNIT_M100_100;
}

static void add(struct servobus_setup *out, const struct said *said, uint8_t id, const char *joint,
		const struct robot_motor *m, const struct calibration_motor *file)
{
	struct servobus_motor *to = &out->motor[out->motors++];
	const char *suffix = said->robot ? said->robot->suffix : ".pos";
	char name[2 * NAME_BYTES];
	enum unit own = m ? m->unit : strcmp(joint, "gripper") == 0 ? UNIT_0_100 : UNIT_DEG;

	*to = (struct servobus_motor){.id = id, .health_only = m && m->health_only};
	snprintf(name, sizeof(name), "%s%s", joint, to->health_only ? "" : suffix);
	text_copy(to->joint, sizeof(to->joint), name);
	text_copy(to->model, sizeof(to->model), m ? m->model : "");
	to->scale.unit = unit_of(said, own);
	to->scale.resolution = RESOLUTION;
	calibration_unknown(&to->file);
	if (!file)
		return;
	to->file = *file;
	to->scale.range_min = file->range_min;
	to->scale.range_max = file->range_max;
	to->scale.reversed = file->drive_mode != 0;
}

static int add_robot(struct servobus_setup *out, const struct said *said, struct uri *u,
		     struct err *e)
{
	const struct robot_motor *m = said->robot->motors;

	text_copy(out->robot, sizeof(out->robot), said->robot->name);
	for (; m->joint && out->motors < SERVOBUS_MOTORS; m++) {
		const struct calibration_motor *file = calibration_joint(&said->calibration,
									 m->joint);

		if (said->has_calibration && !file && !m->health_only)
			return err_set(e, EINVAL, "%s: the calibration has no %s: is it of a %s?",
				       u->word, m->joint, said->robot->name);
		if (file && file->range_min == file->range_max && !m->health_only)
			return err_set(e, EINVAL, "%s: the calibration of %s has no range", u->word,
				       m->joint);
		add(out, said, m->id, m->joint, m, file);
	}
	return 0;
}

int servo_setup(struct servobus_setup *out, const struct servo_wire *wire, const char *prefix,
		struct uri *u, struct err *e)
{
	struct said said = {.wire = wire};
	const char *slash = strrchr(u->rest, '/');
	const char *link = wire ? NULL : uri_param(u, "link"); /* a tap's */
	int rc = take_robot(&said, u, e);

	*out = (struct servobus_setup){.wire = wire, .polled = wire != NULL};
	if (rc == 0)
		rc = take_calibration(&said, u, e);
	if (rc == 0)
		rc = take_norm(&said, u, e);
	if (rc < 0)
		return rc;
	link = link ? link : slash ? slash + 1 : u->rest;
	text_clean(out->name, sizeof(out->name), link, strlen(link));
	text_copy(out->prefix, sizeof(out->prefix), prefix);
	if (said.robot)
		return add_robot(out, &said, u, e);
	for (unsigned i = 0; i < said.calibration.n && out->motors < SERVOBUS_MOTORS; i++) {
		const struct calibration_motor *file = &said.calibration.motor[i];

		add(out, &said, (uint8_t)file->id, file->joint, NULL, file);
	}
	return 0;
}
