/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop home`: brings a follower arm to where the episodes of its training set began. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/move.h"
#include "db/profiles.h"

static struct profile *open_profile(const struct app *app, const char *name, struct err *e)
{
	struct profile *p = NULL;
	struct db *db;
	char *path;

	if (!name[0]) {
		err_set(e, EINVAL,
			"home: whose start pose? --profile NAME (see policytop profile "
			"list)");
		return NULL;
	}
	path = cmd_db_dup(app);
	db = db_open(path, DB_READ, e);
	if (db)
		p = profiles_get(db, name, e);
	db_close(db);
	free(path);
	return p;
}

/* "left_" and "shoulder_pan" are "left_shoulder_pan.pos" and "left/shoulder_pan" of a profile. */
static bool means(const char *name, const char *prefix, const char *joint)
{
	size_t n = strlen(prefix);

	if (!n)
		return joint_same_name(name, joint);
	if (strncasecmp(name, prefix, n) != 0)
		return false;
	name += n;
	return joint_same_name(name + (*name == '/'), joint);
}

static const struct joint_profile *find(const struct profile *p, const char *prefix,
					const char *joint, unsigned *found)
{
	const struct feature_profile *f = p->state.joints ? &p->state : &p->action;
	const struct joint_profile *one = NULL;

	*found = 0;
	for (unsigned i = 0; i < f->joints; i++) {
		if (!means(f->joint[i].joint.name, prefix, joint))
			continue;
		one = &f->joint[i];
		(*found)++;
	}
	return one;
}

/* Every joint of the arm has a place in the start pose; one without is a reason not to move. */
static int add_pose(struct move *m, const struct profile *p, struct err *e)
{
	const char *prefix = opts_text(&m->app->opts, "prefix");

	for (unsigned i = 0; i < m->arm.n; i++) {
		const char *joint = m->arm.motor[i].health.joint;
		unsigned found;
		const struct joint_profile *j = find(p, prefix ? prefix : "", joint, &found);
		enum unit unit;
		int rc = move_unit(m, i, UNIT_UNKNOWN, &unit, e);

		if (rc)
			return rc;
		if (found > 1)
			return err_set(e, EINVAL,
				       "home: profile %s has %u joints called %s: "
				       "--prefix says which arm it is",
				       p->name, found, joint);
		if (j && j->joint.unit != UNIT_UNKNOWN)
			unit = j->joint.unit;
		if (!j || !isfinite(j->start.mean))
			move_refuse(m, "profile %s has no start of %s", p->name, joint);
		else if (unit == UNIT_UNKNOWN)
			move_refuse(m, "profile %s does not say in which unit %s is: --norm",
				    p->name, joint);
		else
			move_add(m, i, unit, j->start.mean, true);
	}
	return 0;
}

static int run(struct app *app)
{
	struct profile *p = NULL;
	struct move_from from;
	struct err e = {0};
	struct move m;
	int status;

	if (app->argc != 1) {
		err_set(&e, EINVAL,
			"home: one arm, please: home /dev/ttyACM0, or the name of a rig");
		return cmd_fail(&e);
	}
	if (move_from(&from, app, app->argv[0], &e))
		return cmd_fail(&e);
	p = open_profile(app, from.profile, &e);
	if (!p)
		return cmd_fail(&e);
	if (!from.robot[0])
		text_copy(from.robot, sizeof(from.robot), p->robot);
	if (move_open(&m, app, "home", &from, &e) || add_pose(&m, p, &e)) {
		status = cmd_fail(&e);
	} else {
		snprintf(m.what, sizeof(m.what), "the start pose of %s", p->name);
		status = move_run(&m);
	}
	move_close(&m);
	profile_free(p);
	return status;
}

static const struct opt options[] = {
	{"profile", "NAME", "training profile whose start pose it shall take"},
	{"prefix", "TEXT", "of this arm's joints in the profile, or rig: left_"},
	MOVE_OPTIONS,
	{0},
};

const struct command command_home = {
	.name = "home",
	.operands = "RIG|DEV",
	.summary = "bring the arm to its training start pose",
	.options = options,
	.run = run,
};
