/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop joint`: moves one joint of a follower arm. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/move.h"

static int unknown_joint(const struct move *m, const char *name, struct err *e)
{
	struct buf b = {0};

	for (unsigned i = 0; i < m->arm.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", m->arm.motor[i].health.joint);
	err_set(e, EINVAL, "joint: a %s has no joint '%s', but %s", m->arm.robot->name, name,
		buf_text(&b));
	buf_fini(&b);
	return -EINVAL;
}

static int add_joint(struct move *m, const char *name, double value, struct err *e)
{
	int motor = motion_arm_find(&m->arm, name);
	enum unit unit;
	int rc;

	if (motor < 0)
		return unknown_joint(m, name, e);
	rc = move_unit(m, (unsigned)motor, m->arm.motor[motor].scale.unit, &unit, e);
	if (rc)
		return rc;
	move_add(m, (unsigned)motor, unit, value, false);
	snprintf(m->what, sizeof(m->what), "%s %g %s", name, value, unit_word(unit));
	return 0;
}

static int run(struct app *app)
{
	struct move_from from;
	struct err e = {0};
	struct move m;
	double value;
	int status;

	if (app->argc != 3 || !text_to_double(app->argv[2], &value)) {
		err_set(&e, EINVAL,
			"joint: arm, joint and value, please: joint /dev/ttyACM0 elbow_flex 30");
		return cmd_fail(&e);
	}
	if (move_from(&from, app, app->argv[0], &e))
		return cmd_fail(&e);
	if (move_open(&m, app, "joint", &from, &e) || add_joint(&m, app->argv[1], value, &e))
		status = cmd_fail(&e);
	else
		status = move_run(&m);
	move_close(&m);
	return status;
}

static const struct opt options[] = {
	{"prefix", "TEXT", "which arm of a rig with two: left_"},
	MOVE_OPTIONS,
	{0},
};

const struct command command_joint = {
	.name = "joint",
	.operands = "RIG|DEV NAME VALUE",
	.summary = "move one joint of the arm",
	.options = options,
	.run = run,
};
