/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeRobot's calibration: its file, what encoder ticks become by it and back, and how it compares
 * with the registers of a motor. The arithmetic is LeRobot's, to the last bit. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_CALIBRATION_H
#define POLICYTOP_WIRE_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/joint.h"

enum {
	CALIBRATION_MOTORS = 32,
	CALIBRATION_BYTES = 64 << 10, /* of a file, at most */
	CALIBRATION_UNKNOWN = INT32_MIN,
};

/* One motor of a file, or its registers, where CALIBRATION_UNKNOWN was not read. In ticks. */
struct calibration_motor {
	char joint[NAME_BYTES]; /* cleaned */
	int32_t id, drive_mode, homing_offset, range_min, range_max;
};

struct calibration {
	unsigned n;
	struct calibration_motor motor[CALIBRATION_MOTORS];
};

/* The JSON of a file. 0, or -EBADMSG with e: what is wrong and where. */
int calibration_parse(struct calibration *c, const char *text, size_t len, struct err *e);

/* The motor of a joint, or with an id; NULL: none. */
const struct calibration_motor *calibration_joint(const struct calibration *c, const char *joint);
const struct calibration_motor *calibration_id(const struct calibration *c, int32_t id);

/* Makes all but the name unknown. */
void calibration_unknown(struct calibration_motor *m);

/* How the ticks of a motor become values. */
struct calibration_scale {
	/*
	 * M100_100, 0_100 and DEG need the range; RAD has its zero at half a turn; TICKS are the
	 * ticks; any other unit has no values.
	 */
	enum unit unit;
	int32_t range_min, range_max;
	bool reversed; /* drive_mode, where the bus heeds it (Feetech) */
	int resolution;
};

/* The value of ticks, clamped as LeRobot does; NaN: a range without width, or no such unit. */
double calibration_value(const struct calibration_scale *s, int32_t ticks);

/* The ticks that LeRobot sends for a value. False: not finite, no range, or no such unit. */
bool calibration_ticks(const struct calibration_scale *s, double value, int32_t *ticks);

enum { CALIBRATION_FIELDS = 5 };
struct calibration_difference {
	const char *name; /* of the register, without the vendor's spelling: "homing_offset" */
	int32_t file, motor;
};

/* What is known of both and differs, into out[CALIBRATION_FIELDS]; returns how many. */
unsigned calibration_compare(struct calibration_difference *out,
			     const struct calibration_motor *file,
			     const struct calibration_motor *motor);

#endif
