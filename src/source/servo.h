/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sources on a servo bus share: the parameters that say whose bus it is, LeRobot's
 * calibration files, and the decoder of what is overheard (tap:, usbmon:) or asked for (feetech:,
 * dynamixel:). Loop thread only.
 */
#ifndef POLICYTOP_SOURCE_SERVO_H
#define POLICYTOP_SOURCE_SERVO_H

#include "base/uri.h"
#include "robot/robot.h"
#include "source/decoder.h"
#include "source/source.h"
#include "wire/servobus.h"

/* Rows of source_class.params; see servo_setup(). */
#define SERVO_PARAMS                                                                               \
	{"robot", "", "", "so101, koch, ...: names, units and models of its servos"},              \
		{"calibration", "", "", "LeRobot's calibration file"},                             \
		{"id", "", "", "robot id under which LeRobot keeps the calibration"},              \
	{                                                                                          \
		"norm", "", "", "degrees, m100_100 or ticks, where the robot's own is not meant"   \
	}

/* Of a bus that is overheard, its protocol found by itself. */
extern const struct decoder_class servo_decoder;

/* For who asks: a decoder of one protocol. The state of either is a struct servobus. */
void *servo_make(const struct servo_wire *wire, void (*emit)(void *host, const struct event *ev),
		 void *host, const char *prefix, struct uri *u, struct err *e);

/* Members of a struct decoder_class whose state is a struct servobus. */
void servo_free(void *state);
size_t servo_bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns);
void servo_sent(void *state, const void *p, size_t n, int64_t t_ns);
void servo_end(void *state, int64_t t_ns);
uint64_t servo_count(const void *state);
uint64_t servo_bad(const void *state);
const char *servo_first_bad(const void *state);
void servo_lost(void *state, int direction, uint64_t n, bool whole, int64_t t_ns);
void servo_place(const void *state, int direction, struct decoder_place *out);
void servo_again(void *state, bool on);
int64_t servo_due(void *state, int64_t now_ns);

#define SERVO_CALLBACKS                                                                            \
	.free = servo_free, .bytes = servo_bytes, .sent = servo_sent, .end = servo_end,            \
	.count = servo_count, .bad = servo_bad, .first_bad = servo_first_bad, .lost = servo_lost,  \
	.place = servo_place, .again = servo_again, .due = servo_due

/*
 * The set-up that a source word describes. wire: the protocol, NULL any. robot= is a robot's type;
 * without it, it is known from LeRobot's folder or by the joints of the calibration. A robot with a
 * calibration has the units that LeRobot gives it, else ticks (radians, where it needs none).
 * 0, or -errno with e.
 */
int servo_setup(struct servobus_setup *out, const struct servo_wire *wire, const char *prefix,
		struct uri *u, struct err *e);

/*
 * The path, freshly allocated, of LeRobot's calibration file with an id: $HF_LEROBOT_CALIBRATION,
 * else in $HF_LEROBOT_HOME, $HF_HOME or the cache folder; its robots, then its teleoperators; in the
 * folders of robot (NULL: any), the newest name first. kind gets the folder's name. NULL with e.
 */
char *servo_calibration_find_dup(const struct robot_class *robot, const char *id,
				 char kind[NAME_BYTES], struct err *e);
/* 0, or -errno with e, which names the file. */
int servo_calibration_load(struct calibration *c, const char *path, struct err *e);

#endif
