/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeRobot's datasets do not say their units. What its SO and Koch arms write is known apart from
 * one choice: grippers are 0..100; the other joints are degrees or [-100, 100] of the calibrated
 * range, and only values beyond 100, which the latter never has, tell these apart. Names that end
 * in a unit tell it, too.
 */
#include "training/unit.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* LeRobot clamps normalised values to [-100, 100]; this is beyond rounding. */
static const double beyond_normalised = 100.5;

static bool has_so_arms(const char *robot)
{
	static const char *const names[] = {
		"so_follower",	     "so100_follower", "so101_follower", "bi_so_follower",
		"bi_so100_follower", "koch_follower",  "so100",		 "so101"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(robot, names[i]) == 0)
			return true;
	}
	return false;
}

static enum unit by_name(const char *name)
{
	static const struct {
		const char *end;
		enum unit unit;
	} ends[] = {{"_rad", UNIT_RAD}, {".rad", UNIT_RAD}, {"_deg", UNIT_DEG}, {".deg", UNIT_DEG}};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (text_ends(name, ends[i].end))
			return ends[i].unit;
	}
	return UNIT_UNKNOWN;
}

static bool is_gripper(const char *name)
{
	return text_ends(name, "gripper.pos") || text_ends(name, "gripper");
}

/* Largest |value| of the joints that are no grippers. */
static double body_max(const double *v, size_t frames, const struct joint *j, unsigned n)
{
	double max = 0;

	for (unsigned k = 0; k < n; k++) {
		if (is_gripper(j[k].name))
			continue;
		for (size_t i = 0; i < frames; i++)
			max = fabs(v[i * n + k]) > max ? fabs(v[i * n + k]) : max;
	}
	return max;
}

static void guess(struct joint *j, unsigned n, bool so_arms, bool degrees)
{
	for (unsigned i = 0; i < n; i++) {
		j[i].unit = by_name(j[i].name);
		if (so_arms && is_gripper(j[i].name))
			j[i].unit = UNIT_0_100;
		else if (so_arms && degrees && text_ends(j[i].name, ".pos"))
			j[i].unit = UNIT_DEG;
	}
}

void units_guess(struct episodes *e)
{
	bool so_arms = has_so_arms(e->robot), degrees = false;

	if (so_arms)
		degrees = body_max(e->action, e->frames, e->action_joint, e->naction) >
				  beyond_normalised ||
			  body_max(e->state, e->frames, e->state_joint, e->nstate) >
				  beyond_normalised;
	guess(e->action_joint, e->naction, so_arms, degrees);
	guess(e->state_joint, e->nstate, so_arms, degrees);
}
