/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *units_word(enum units u, const struct snapshot *s)
{
	enum unit unit = s->njoints ? s->joint[0].joint.unit : UNIT_UNKNOWN;

	if (u == UNITS_NORMALISED)
		return "0..1";
	if (u == UNITS_SIGMA)
		return "sd";
	if (unit == UNIT_UNKNOWN)
		return "";
	/* LeRobot's arms: joints in [-100, 100] and a gripper in 0..100. */
	if (unit == UNIT_M100_100)
		return "norm";
	for (unsigned i = 1; i < s->njoints; i++) {
		if (s->joint[i].joint.unit != unit)
			return "mixed";
	}
	return unit_short(unit);
}

/* Rounding a small negative number must not show "-0.0". */
static void drop_minus_zero(char *s)
{
	if (s[0] == '-' && strspn(s + 1, "0.") == strlen(s + 1))
		memmove(s, s + 1, strlen(s));
}

const char *number_text(char dst[NUMBER_BYTES], double v, int width, int decimals)
{
	char wide[400];

	if (isnan(v)) {
		text_copy(dst, NUMBER_BYTES, "-");
		return dst;
	}
	if (isinf(v)) {
		text_copy(dst, NUMBER_BYTES, v < 0 ? "-inf" : "inf");
		return dst;
	}
	for (int d = decimals; d >= 0; d--) {
		snprintf(wide, sizeof(wide), "%.*f", d, v);
		drop_minus_zero(wide);
		if ((int)strlen(wide) <= width && strlen(wide) < NUMBER_BYTES) {
			text_copy(dst, NUMBER_BYTES, wide);
			return dst;
		}
	}
	snprintf(dst, NUMBER_BYTES, "%.0e", v);
	if ((int)strlen(dst) > width)
		text_copy(dst, NUMBER_BYTES, v < 0 ? "-big" : "big");
	return dst;
}

const char *number_short(char dst[NUMBER_BYTES], double v, int width)
{
	double size = fabs(v);
	size_t n;

	number_text(dst, v, width,
		    size >= 100	   ? 0
		    : size >= 10   ? 1
		    : size >= 0.1  ? 2
		    : size >= 0.01 ? 3
				   : 4);
	n = strlen(dst);
	if (strchr(dst, '.') && !strchr(dst, 'e')) {
		while (dst[n - 1] == '0')
			dst[--n] = '\0';
		if (dst[n - 1] == '.')
			dst[--n] = '\0';
	}
	return dst;
}

double number_value(enum units u, const struct view_joint *j, double v)
{
	if (u == UNITS_ROBOT)
		return v;
	if (!j->trained)
		return (double)NAN;
	if (u == UNITS_NORMALISED)
		return j->q99 > j->q01 ? (v - j->q01) / (j->q99 - j->q01) : (double)NAN;
	return j->std > 0 ? (v - j->mean) / j->std : (double)NAN;
}

double number_delta(enum units u, const struct view_joint *j, double d)
{
	if (u == UNITS_ROBOT)
		return d;
	if (!j->trained)
		return (double)NAN;
	if (u == UNITS_NORMALISED)
		return j->q99 > j->q01 ? d / (j->q99 - j->q01) : (double)NAN;
	return j->std > 0 ? d / j->std : (double)NAN;
}

/* Of what is known of it now, without its sign. */
static double largest(const struct view_joint *j)
{
	return fmax(fmax(fabs(j->seen), fabs(j->asked)), fmax(fabs(j->sent), fabs(j->got)));
}

int number_decimals(enum units u, const struct view_joint *j)
{
	if (u != UNITS_ROBOT)
		return 2;
	switch (j->joint.unit) {
	case UNIT_RAD:
	case UNIT_M:
	case UNIT_0_1:
		return 3;
	case UNIT_TICKS:
		return 0;
	case UNIT_UNKNOWN: /* a small span is radians or metres whatever its name */
		if (j->trained)
			return j->max - j->min < 10 ? 3 : 1;
		return largest(j) < 10 ? 2 : 1;
	case UNIT_DEG:
	case UNIT_M100_100:
	case UNIT_0_100:
	case UNIT_N:
		break;
	}
	return 1;
}

const char *number_clock(char dst[NUMBER_BYTES], double seconds)
{
	double tenths = floor(seconds * 10.0 + 0.5);

	if (!(tenths >= 0) || tenths > 359999999.0)
		text_copy(dst, NUMBER_BYTES, "--:--.-");
	else
		snprintf(dst, NUMBER_BYTES, "%02d:%04.1f", (int)(tenths / 600.0),
			 fmod(tenths, 600.0) / 10.0);
	return dst;
}

const char *number_age(char dst[NUMBER_BYTES], double seconds)
{
	if (!(seconds >= 0) || seconds > 1e9)
		text_copy(dst, NUMBER_BYTES, "-");
	else if (seconds < 9.95)
		snprintf(dst, NUMBER_BYTES, "%.1fs", seconds);
	else if (seconds < 120)
		snprintf(dst, NUMBER_BYTES, "%.0fs", seconds);
	else if (seconds < 7200)
		snprintf(dst, NUMBER_BYTES, "%.0fm", floor(seconds / 60));
	else
		snprintf(dst, NUMBER_BYTES, "%.0fh", floor(seconds / 3600));
	return dst;
}
