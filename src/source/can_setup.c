/* SPDX-License-Identifier: Apache-2.0 */
#include "source/can_setup.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "robot/robot.h"

static const double DEG_PER_RAD = 57.29577951308232;

/* The next of a comma separated list, without white space. False at its end. */
static bool next_item(const char **list, char *dst, size_t size)
{
	size_t n = strcspn(*list, ",");

	if (!**list)
		return false;
	snprintf(dst, size, "%.*s", (int)n, *list);
	*list += n + ((*list)[n] == ',');
	return true;
}

/* The parts of text between separators become numbers; how many there are, or -1: one is none. */
static int numbers(double *out, int max, const char *text, char separator)
{
	int n = 0;

	for (bool more = true; more; n++) {
		const char *end = strchr(text, separator);
		char part[64];

		more = end != NULL;
		snprintf(part, sizeof(part), "%.*s", end ? (int)(end - text) : (int)strlen(text),
			 text);
		if (n == max || !text_to_double(part, &out[n]))
			return -1;
		text = end ? end + 1 : text;
	}
	return n;
}

static const struct robot_class *find_robot(struct uri *u, struct err *e)
{
	const char *word = uri_param(u, "robot");
	const struct robot_class *robot = robot_find(word);

	if (!word)
		err_set(e, EINVAL, "%s: add ?robot=yam (or big_yam, openarm)", u->word);
	else if (!robot || !robot->can)
		err_set(e, EINVAL, "%s: no robot '%s' on CAN: yam, big_yam or openarm", u->word,
			word);
	else
		return robot;
	return NULL;
}

/* What is mounted in place of the gripper of the row: NULL with e, when that is unknown. */
static const struct robot_can_gripper *find_gripper(const struct robot_can *can, struct uri *u,
						    struct err *e)
{
	const char *word = uri_param(u, "gripper");

	for (const struct robot_can_gripper *g = can->grippers; g && g->name; g++) {
		if (!word || strcmp(g->name, word) == 0)
			return g;
	}
	err_set(e, EINVAL, "%s: no gripper '%s'", u->word, word ? word : "");
	return NULL;
}

static void convert(struct damiao_joint *j, enum unit unit, double sign, double offset_rad)
{
	double k = unit == UNIT_DEG ? DEG_PER_RAD : 1;

	j->unit = unit;
	j->gain = sign * k;
	j->bias = -sign * k * offset_rad;
}

static void add_joint(struct damiao_setup *out, const struct robot_class *robot,
		      const struct robot_can_motor *m, const struct robot_can_gripper *gripper)
{
	struct damiao_joint *j = &out->joint[out->joints++];
	int sign = gripper ? gripper->sign : m->sign;

	snprintf(j->name, sizeof(j->name), "%s%s", m->joint, robot->suffix);
	text_copy(j->model, sizeof(j->model), gripper ? gripper->model : m->model);
	j->id = m->id;
	j->answer_id = m->answer_id;
	convert(j, robot->can->unit, sign, 0);
	/* Of a motor that turns the other way, the limits are the other way round. */
	j->low_rad = sign < 0 ? -m->high_rad : m->low_rad;
	j->high_rad = sign < 0 ? -m->low_rad : m->high_rad;
	j->fits = true;
	if (gripper && !isnan(gripper->closed_rad)) {
		j->unit = UNIT_0_1;
		j->gain = 1 / (gripper->open_rad - gripper->closed_rad);
		j->bias = -gripper->closed_rad * j->gain;
	}
	j->turns = robot->can->turns && !isnan(m->low_rad);
}

static int add_joints(struct damiao_setup *out, const struct robot_class *robot, struct uri *u,
		      struct err *e)
{
	const struct robot_can *can = robot->can;
	const struct robot_can_gripper *gripper = NULL;

	if (can->grippers || uri_param(u, "gripper")) {
		gripper = find_gripper(can, u, e);
		if (!gripper)
			return -EINVAL;
	}
	for (const struct robot_can_motor *m = can->motors; m->joint; m++) {
		bool mounted = gripper && strcmp(m->joint, "gripper") == 0;

		if (!mounted || gripper->model)
			add_joint(out, robot, m, mounted ? gripper : NULL);
	}
	return 0;
}

static struct damiao_joint *find_joint(struct damiao_setup *out, const char *name)
{
	for (unsigned i = 0; i < out->joints; i++) {
		if (joint_same_name(out->joint[i].name, name))
			return &out->joint[i];
	}
	return NULL;
}

static int set_names(struct damiao_setup *out, struct uri *u, struct err *e)
{
	const char *list = uri_param(u, "names");
	char name[NAME_BYTES];
	unsigned n = 0;

	if (!list)
		return 0;
	for (; next_item(&list, name, sizeof(name)); n++) {
		if (n < out->joints)
			text_clean(out->joint[n].name, NAME_BYTES, name, strlen(name));
	}
	if (n != out->joints)
		return err_set(e, EINVAL, "%s: names are %u, joints %u", u->word, n, out->joints);
	for (unsigned i = 0; i < n; i++) {
		if (!out->joint[i].name[0] || find_joint(out, out->joint[i].name) != &out->joint[i])
			return err_set(e, EINVAL, "%s: each of names must be another one", u->word);
	}
	return 0;
}

static int set_map(struct damiao_setup *out, struct uri *u, struct err *e)
{
	const char *list = uri_param(u, "map");
	char item[160];

	while (list && next_item(&list, item, sizeof(item))) {
		double v[4];
		char *colon = strchr(item, ':');
		struct damiao_joint *j;
		int n;

		if (colon)
			*colon = '\0';
		j = find_joint(out, item);
		if (!j)
			return err_set(e, EINVAL, "%s: map: no joint '%s'", u->word, item);
		n = colon ? numbers(v, 4, colon + 1, ':') : -1;
		if ((n != 2 && n != 4) || fabs(v[0]) != 1 || (n == 4 && v[2] == v[3]))
			return err_set(e, EINVAL,
				       "%s: map is JOINT:SIGN:OFFSET or "
				       "JOINT:SIGN:OFFSET:CLOSED:OPEN, with 1 or -1 and rad",
				       u->word);
		/* What the row knows of a gripper's ends is not asked for any more. */
		convert(j,
			n == 4		      ? UNIT_0_1
			: j->unit == UNIT_0_1 ? UNIT_RAD
					      : j->unit,
			v[0], v[1]);
		if (n == 4) {
			j->gain /= v[3] - v[2];
			j->bias = (j->bias - v[2]) / (v[3] - v[2]);
		}
		j->turns = j->fits = false; /* the offset says it */
	}
	return 0;
}

static bool find_table(enum damiao_table *out, const char *word)
{
	for (unsigned t = 0; t < DAMIAO_TABLE_N; t++) {
		if (strcmp(damiao_table_word((enum damiao_table)t), word) == 0) {
			*out = (enum damiao_table)t;
			return true;
		}
	}
	return false;
}

/* MODEL:RAD/RAD_S/NM */
static bool set_range(struct damiao_setup *out, char *item)
{
	char *colon = strchr(item, ':');
	bool found = false;
	double v[3];

	if (!colon || numbers(v, 3, colon + 1, '/') != 3 || !(v[0] > 0 && v[1] > 0 && v[2] > 0) ||
	    v[0] > 1e6 || v[1] > 1e6 || v[2] > 1e6)
		return false;
	*colon = '\0';
	for (unsigned i = 0; i < out->joints; i++) {
		if (strcasecmp(out->joint[i].model, item) != 0)
			continue;
		out->joint[i].range = (struct damiao_range){v[0], v[1], v[2]};
		found = true;
	}
	return found;
}

static int set_ranges(struct damiao_setup *out, const struct robot_can *can, struct uri *u,
		      struct err *e)
{
	const char *list = uri_param(u, "ranges"), *again = list;
	enum damiao_table table = DAMIAO_I2RT;
	char item[96];

	find_table(&table, can->ranges);
	while (list && next_item(&list, item, sizeof(item)))
		find_table(&table, item);
	for (unsigned i = 0; i < out->joints; i++) {
		if (!damiao_range_find(&out->joint[i].range, table, out->joint[i].model))
			return err_set(e, EINVAL, "%s: no range is known for %s", u->word,
				       out->joint[i].model);
	}
	while (again && next_item(&again, item, sizeof(item))) {
		if (!find_table(&table, item) && !set_range(out, item))
			return err_set(e, EINVAL,
				       "%s: ranges: '%s' is no table (i2rt, openarm, lerobot, "
				       "maker) and no MODEL:RAD/RAD_S/NM of this robot",
				       u->word, item);
	}
	return 0;
}

static void put_prefix(char dst[NAME_BYTES], const char *prefix, const char *name)
{
	char full[2 * NAME_BYTES];

	snprintf(full, sizeof(full), "%s%s", prefix, name);
	text_clean(dst, NAME_BYTES, full, strlen(full));
}

int can_setup(struct damiao_setup *out, struct uri *u, const char *prefix, struct err *e)
{
	const struct robot_class *robot = find_robot(u, e);
	int rc;

	*out = (struct damiao_setup){0};
	if (!robot)
		return -EINVAL;
	rc = add_joints(out, robot, u, e);
	if (rc == 0)
		rc = set_names(out, u, e);
	if (rc == 0)
		rc = set_map(out, u, e);
	if (rc == 0)
		rc = set_ranges(out, robot->can, u, e);
	text_copy(out->robot, sizeof(out->robot), robot->name);
	put_prefix(out->bus, prefix, u->rest);
	for (unsigned i = 0; rc == 0 && i < out->joints; i++) {
		char name[NAME_BYTES];

		text_copy(name, sizeof(name), out->joint[i].name);
		put_prefix(out->joint[i].name, prefix, name);
	}
	return rc;
}
