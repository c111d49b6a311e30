/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A motor whose registers are not those of the calibration file: its zero or its range is another
 * one, and every value of the joint means something else than in training.
 */
#include <stdio.h>

#include "check/check.h"

static const struct check_param params[] = {{0}};

struct memory {
	unsigned compared, differ;
	signed char was[MAX_JOINTS]; /* 0 not compared, 1 as the file has it, 2 not */
};

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_FAIL, joint, 1, 1, "registers"};
	signed char now;

	if (k->calibrated < 0)
		return;
	now = k->calibrated ? 1 : 2;
	m->compared += m->was[joint] == 0;
	m->differ += now == 2 && m->was[joint] != 2;
	m->differ -= now != 2 && m->was[joint] == 2;
	m->was[joint] = now;
	if (now == 2)
		check_find(
			c, &f,
			"%s (motor %lld) is calibrated otherwise than its file says: see the events",
			c->run->joint[joint].label, (long long)k->id);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->compared) {
		snprintf(out->why, sizeof(out->why),
			 "no register was compared with a calibration file");
		return;
	}
	out->value = m->differ;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "motors");
	snprintf(out->why, sizeof(out->why), "%u of %u motors differ from the calibration file",
		 m->differ, m->compared);
}

const struct check_class check_calibration = {
	.name = "calibration",
	.summary = "registers of a motor against its calibration file",
	.needs = NEED_MOTORS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.motor = motor,
	.show = show,
};
