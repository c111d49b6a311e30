/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of robots are whole: what is not said in them is unknown, and what is said can be. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "robot/robot.h"
#include "tests/tap.h"
#include "wire/damiao.h"
#include "wire/servo.h"

/* One of two unknown ends, or ends that are the wrong way round, are a mistake. */
static bool ends(double low, double high)
{
	return isnan(low) ? isnan(high) : high > low;
}

/* Limits in the unit: no angle of over two turns, no normalised value beyond its ends. */
static bool limits(const struct robot_motor *m)
{
	double most = m->unit == UNIT_DEG ? 360 : m->unit == UNIT_RAD ? 6.3 : 100;

	return ends(m->low, m->high) && (isnan(m->low) || (m->low >= -most && m->high <= most));
}

static bool known_model(const char *model)
{
	for (unsigned w = 0; servo_wires[w]; w++) {
		for (const struct servo_model *s = servo_wires[w]->models; s->name; s++) {
			if (strcmp(s->name, model) == 0)
				return true;
		}
	}
	return false;
}

static void servos(struct tap *t, const struct robot_class *r)
{
	uint64_t ids[4] = {0};
	bool good = r->baud >= 57600 && r->suffix && r->motors[0].joint;
	unsigned unknown = 0;

	for (const struct robot_motor *m = r->motors; m->joint; m++) {
		bool twice = ids[m->id / 64] >> m->id % 64 & 1;

		ids[m->id / 64] |= 1ULL << m->id % 64;
		if (!m->id || m->id > 252 || twice || !m->model || !known_model(m->model) ||
		    m->unit == UNIT_UNKNOWN || !limits(m) || (m->health_only && !isnan(m->low))) {
			printf("# %s %s\n", r->name, m->joint);
			good = false;
		}
		unknown += isnan(m->low) && !m->health_only;
	}
	ok(t, good && unknown <= 1, "%s: ids, models, units and limits (%u unknown)", r->name,
	   unknown);
}

static void motors(struct tap *t, const struct robot_class *r)
{
	struct damiao_range range;
	unsigned ids = 0;
	bool good = r->can->ranges && r->can->unit != UNIT_UNKNOWN && r->suffix;

	for (const struct robot_can_motor *m = r->can->motors; m->joint; m++) {
		if (!m->id || m->id > 15 || ids >> m->id & 1 || m->answer_id <= m->id ||
		    (m->sign != 1 && m->sign != -1) || !ends(m->low_rad, m->high_rad) ||
		    !damiao_range_find(&range, DAMIAO_I2RT, m->model) ||
		    (!isnan(m->low_rad) &&
		     (m->low_rad < -range.position_rad || m->high_rad > range.position_rad))) {
			printf("# %s %s\n", r->name, m->joint);
			good = false;
		}
		ids |= 1u << m->id;
	}
	for (const struct robot_can_gripper *g = r->can->grippers; g && g->name; g++) {
		good = good && isnan(g->closed_rad) == isnan(g->open_rad) &&
		       g->closed_rad != g->open_rad &&
		       (!g->model || damiao_range_find(&range, DAMIAO_I2RT, g->model));
	}
	ok(t, good, "%s: ids, models, signs and limits", r->name);
}

static void rows(struct tap *t)
{
	for (size_t i = 0; robot_table[i]; i++) {
		const struct robot_class *r = robot_table[i];

		ok(t,
		   r->name && r->summary && strlen(r->summary) <= 60 && r->matches[0] &&
			   r->grippers[0].joint && robot_find(r->name) == r,
		   "%s: has a name by which it is found, words and a gripper", r->name);
		ok(t, !(r->motors && r->can) && !!r->motors == (r->bus != ROBOT_BUS_NONE),
		   "%s: one bus, or none that is known", r->name);
		if (r->motors)
			servos(t, r);
		if (r->can)
			motors(t, r);
		if (r->motors || r->can)
			ok(t, r->fps >= 10 && r->fps <= 1000, "%s: %g Hz", r->name, r->fps);
	}
}

static bool is(const char *robot, const char *joint, enum unit unit, double low, double high)
{
	double l = NAN, h = NAN;
	bool found = robot_limits(robot_find(robot), joint, unit, &l, &h);

	return isnan(low) ? !found : found && fabs(l - low) < 0.01 && fabs(h - high) < 0.01;
}

static void lookups(struct tap *t)
{
	ok(t,
	   is("so101_follower", "shoulder_lift.pos", UNIT_DEG, -104.7, 101.3) &&
		   is("bi_so101_follower", "left_shoulder_lift.pos", UNIT_DEG, -104.7, 101.3) &&
		   is("so101", "right/wrist_roll.pos", UNIT_RAD, -3.1416, 3.1416),
	   "by name, side and unit");
	ok(t, is("so101", "Jaw", UNIT_0_1, 0, 1) && is("yam", "left/joint2", UNIT_DEG, 0, 210),
	   "and by what models call it");
	ok(t,
	   is("openarm", "joint_4.pos", UNIT_DEG, 0, 135) &&
		   is("aloha", "right_wrist_angle", UNIT_RAD, -1.8684, 2.2335),
	   "of CAN and of Dynamixel");
	ok(t,
	   is("so101", "shoulder_lift", UNIT_M100_100, NAN, NAN) &&
		   is("so101", "lift", UNIT_DEG, NAN, NAN) &&
		   is("viperx", "gripper", UNIT_RAD, NAN, NAN) &&
		   is("none", "gripper", UNIT_RAD, NAN, NAN),
	   "in another kind of unit, of no joint, or not told: unknown");
	ok(t, is("aloha", "forearm_roll", UNIT_UNKNOWN, NAN, NAN), "in no unit: unknown");
}

int main(void)
{
	struct tap t = {0};

	rows(&t);
	lookups(&t);
	return tap_done(&t);
}
