/* SPDX-License-Identifier: Apache-2.0 */
/* A calibration file that says anything: what is taken has bounded names, and values are finite. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/calibration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct calibration_motor *m)
{
	static const enum unit units[] = {UNIT_DEG, UNIT_M100_100, UNIT_0_100, UNIT_TICKS};
	struct calibration_difference d[CALIBRATION_FIELDS];
	struct calibration_motor other = {.id = 1};

	if (strpbrk(m->joint, "\x1b\n\r") || calibration_compare(d, m, m) ||
	    calibration_compare(d, m, &other) > CALIBRATION_FIELDS)
		abort();
	for (unsigned i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct calibration_scale s = {units[i], m->range_min, m->range_max,
					      m->drive_mode != 0, 4096};
		double v = calibration_value(&s, m->homing_offset);
		int32_t ticks;

		if (isinf(v) || (isnan(v) && m->range_min != m->range_max))
			abort();
		calibration_ticks(&s, v, &ticks);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calibration c;
	struct err e = {0};
	int rc = calibration_parse(&c, (const char *)data, size, &e);

	if (rc < 0 && !e.msg[0])
		abort();
	for (unsigned i = 0; rc == 0 && i < c.n; i++)
		use(&c.motor[i]);
	return 0;
}
