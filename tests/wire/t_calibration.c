/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calibration: the file, the comparison with registers, and LeRobot's arithmetic against what
 * LeRobot itself made of random values (calibration/make.py), bit for bit.
 */
#include "wire/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

static const char good[] =
	"{\"shoulder_pan\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": -1342,\n"
	" \"range_min\": 743, \"range_max\": 3479, \"later\": [1, {\"a\": 2}]},\n"
	" \"gripper\": {\"id\": 6, \"drive_mode\": 1, \"homing_offset\": -1003,\n"
	" \"range_min\": 2021, \"range_max\": 3519}}\n";

static void file(struct tap *t)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"a\": 1}",
		"{\"a\": {\"id\": 1}}",
		"{\"a\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": 0, \"range_min\": 0.5, "
		"\"range_max\": 9}}",
		"{\"a\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": 0, \"range_min\": 0, "
		"\"range_max\": 99999999999}}",
		"{\"a\": {\"id\": 300, \"drive_mode\": 0, \"homing_offset\": 0, \"range_min\": 0, "
		"\"range_max\": 9}}",
		"{\"a\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": 0, \"range_min\": 0, "
		"\"range_max\": 9}} x",
		"{\"a\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": 0, \"range_min\": 0, "
		"\"range_max\": 9}, \"b\": {\"id\": 1, \"drive_mode\": 0, \"homing_offset\": 0, "
		"\"range_min\": 0, \"range_max\": 9}}",
	};
	struct calibration c;
	struct err e = {0};

	ok(t, calibration_parse(&c, good, strlen(good), &e) == 0 && c.n == 2, "two motors: %s",
	   e.msg);
	ok(t,
	   calibration_joint(&c, "gripper") == &c.motor[1] && calibration_id(&c, 1) == c.motor &&
		   c.motor[1].drive_mode == 1 && c.motor[1].homing_offset == -1003 &&
		   c.motor[1].range_min == 2021 && c.motor[1].range_max == 3519,
	   "all of the gripper");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){0};
		ok(t, calibration_parse(&c, bad[i], strlen(bad[i]), &e) < 0 && e.msg[0],
		   "refused: %s", e.msg);
	}
}

static void compare(struct tap *t)
{
	struct calibration_difference d[CALIBRATION_FIELDS];
	struct calibration_motor motor;
	struct calibration c;

	calibration_parse(&c, good, strlen(good), NULL);
	motor = c.motor[1];
	ok(t, calibration_compare(d, &c.motor[1], &motor) == 0, "the same registers");
	calibration_unknown(&motor);
	ok(t, calibration_compare(d, &c.motor[1], &motor) == 0,
	   "unknown registers differ in nothing");
	motor.range_max = 3520;
	motor.homing_offset = -1003;
	ok(t,
	   calibration_compare(d, &c.motor[1], &motor) == 1 &&
		   strcmp(d[0].name, "range_max") == 0 && d[0].file == 3519 && d[0].motor == 3520,
	   "one that differs");
}

/* One line of values.txt; false: it is none, or another result than LeRobot's. */
static bool line_holds(const char *line)
{
	char bus[16], unit[16], way[16], a[64], b[64];
	struct calibration_scale s = {.resolution = 4096};
	int drive_mode, lo, hi;
	int32_t ticks;

	if (sscanf(line, "%15s %15s %d %d %d %15s %63s %63s", bus, unit, &lo, &hi, &drive_mode, way,
		   a, b) != 8)
		return false;
	s.unit = unit_from_word(unit);
	s.range_min = lo;
	s.range_max = hi;
	s.reversed = drive_mode && strcmp(bus, "feetech") == 0;
	if (strcmp(way, "value") == 0)
		return calibration_value(&s, atoi(a)) == strtod(b, NULL);
	return calibration_ticks(&s, strtod(a, NULL), &ticks) && ticks == atoi(b);
}

static void lerobot(struct tap *t)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096], line[512];
	unsigned lines = 0, wrong = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/wire/calibration/values.txt", top ? top : ".");
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		lines++;
		if (line_holds(line))
			continue;
		wrong++;
		printf("# not so: %s", line);
	}
	if (f)
		fclose(f);
	ok(t, lines > 2000 && !wrong, "%u of LeRobot's values are ours, %u are not", lines - wrong,
	   wrong);
}

static void others(struct tap *t)
{
	struct calibration_scale s = {.unit = UNIT_TICKS, .resolution = 4096};
	int32_t ticks = 0;

	ok(t, calibration_value(&s, -5) == -5 && calibration_ticks(&s, 17.9, &ticks) && ticks == 17,
	   "ticks are ticks");
	s.unit = UNIT_RAD;
	ok(t,
	   calibration_value(&s, 2048) == 0 &&
		   fabs(calibration_value(&s, 3072) - 1.5707963267948966) < 1e-12 &&
		   calibration_ticks(&s, -1.5707963267948966, &ticks) && ticks == 1024,
	   "radians are of the turn");
	s.unit = UNIT_DEG;
	ok(t, isnan(calibration_value(&s, 5)) && !calibration_ticks(&s, 5, &ticks),
	   "without a range there are no degrees");
	s.range_max = 4095;
	ok(t,
	   !calibration_ticks(&s, NAN, &ticks) && !calibration_ticks(&s, INFINITY, &ticks) &&
		   !calibration_ticks(&s, 1e300, &ticks),
	   "no ticks for what is no number");
	s.unit = UNIT_M;
	ok(t, isnan(calibration_value(&s, 5)) && !calibration_ticks(&s, 5, &ticks),
	   "a servo has no metres");
}

int main(void)
{
	struct tap t = {0};

	file(&t);
	compare(&t);
	lerobot(&t);
	others(&t);
	return tap_done(&t);
}
