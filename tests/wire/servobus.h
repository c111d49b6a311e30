/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the servo bus decoder share: bytes, a set-up, and events as text. */
#ifndef POLICYTOP_TESTS_WIRE_SERVOBUS_H
#define POLICYTOP_TESTS_WIRE_SERVOBUS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/feetech.h"
#include "wire/servobus.h"

#define MS NS_PER_MS

/* Events of a kind, counted, and the last of each; notes are kept as lines. */
struct heard {
	unsigned hellos, steps, motors, buses, gaps;
	struct hello hello;
	struct step step;
	struct motor motor[SERVO_IDS]; /* the last by id */
	struct motor worst[SERVO_IDS]; /* the one with most faults by id */
	struct bus bus;
	struct buf notes;
	void (*on_step)(struct heard *h, const struct step *s);
	void (*on_sample)(struct heard *h, const struct event *ev);
	void *arg;
};

static inline void hear(void *host, const struct event *ev)
{
	struct heard *h = host;

	if (ev->kind == EVENT_HELLO) {
		h->hellos++;
		h->hello = *ev->hello;
	} else if (ev->kind == EVENT_STEP) {
		h->steps++;
		h->step = *ev->step;
		if (h->on_step)
			h->on_step(h, ev->step);
	} else if (ev->kind == EVENT_SAMPLE && h->on_sample) {
		h->on_sample(h, ev);
	} else if (ev->kind == EVENT_MOTOR) {
		struct motor *worst = &h->worst[ev->motor->id & 0xff];

		h->motors++;
		h->motor[ev->motor->id & 0xff] = *ev->motor;
		if (ev->motor->faults > worst->faults || !worst->joint[0])
			*worst = *ev->motor;
	} else if (ev->kind == EVENT_BUS) {
		h->buses++;
		h->bus = *ev->bus;
	} else if (ev->kind == EVENT_NOTE) {
		buf_printf(&h->notes, "%s\n", ev->text);
	} else if (ev->kind == EVENT_GAP) {
		h->gaps++;
	}
}

static inline size_t from_hex(uint8_t *dst, size_t size, const char *hex)
{
	size_t n = 0;

	for (char *end; n < size; hex = end) {
		unsigned long v = strtoul(hex, &end, 16);

		if (end == hex)
			break;
		dst[n++] = (uint8_t)v;
	}
	return n;
}

/* An SO-101 in degrees, its ranges those of a full turn. */
static inline struct servobus_setup so101_setup(void)
{
	static const char *const joints[] = {"shoulder_pan", "shoulder_lift", "elbow_flex",
					     "wrist_flex",   "wrist_roll",    "gripper"};
	struct servobus_setup s = {.name = "test", .robot = "so101", .motors = 6};

	for (unsigned i = 0; i < s.motors; i++) {
		struct servobus_motor *m = &s.motor[i];

		m->id = (uint8_t)(i + 1);
		snprintf(m->joint, sizeof(m->joint), "%s.pos", joints[i]);
		text_copy(m->model, sizeof(m->model), "sts3215");
		m->scale = (struct calibration_scale){.unit = i == 5 ? UNIT_0_100 : UNIT_DEG,
						      .range_max = 4095,
						      .resolution = 4096};
		calibration_unknown(&m->file);
	}
	return s;
}

/* A Feetech packet: of a reply, code is its error byte. Returns its bytes. */
static inline size_t feetech_packet(uint8_t *dst, uint8_t id, uint8_t code, const void *p, size_t n)
{
	dst[0] = dst[1] = 0xff;
	dst[2] = id;
	dst[3] = (uint8_t)(n + 2);
	dst[4] = code;
	if (n)
		memcpy(dst + 5, p, n);
	dst[5 + n] = feetech_checksum(dst + 2, n + 3);
	return n + 6;
}

/* Two bytes of ticks. */
static inline size_t feetech_ticks(uint8_t *dst, uint8_t id, uint8_t error, int ticks)
{
	const uint8_t data[] = {(uint8_t)ticks, (uint8_t)(ticks >> 8)};

	return feetech_packet(dst, id, error, data, 2);
}

static const char sync_read_hex[] = "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26";

static inline void say(struct servobus *b, unsigned direction, const void *p, size_t n,
		       int64_t t_ns)
{
	servobus_bytes(b, direction, p, n, SIZE_MAX, t_ns);
}

static inline void ask_positions(struct servobus *b, int64_t t_ns)
{
	uint8_t p[64];

	say(b, 1, p, from_hex(p, sizeof(p), sync_read_hex), t_ns);
}

static inline void write_goals(struct servobus *b, int ticks, int64_t t_ns)
{
	uint8_t param[2 + 18] = {42, 2}, p[64];

	for (uint8_t i = 0; i < 6; i++) {
		param[2 + 3 * i] = (uint8_t)(i + 1);
		param[3 + 3 * i] = (uint8_t)(ticks + i);
		param[4 + 3 * i] = (uint8_t)((ticks + i) >> 8);
	}
	say(b, 1, p, feetech_packet(p, SERVO_BROADCAST, SERVO_SYNC_WRITE, param, sizeof(param)),
	    t_ns);
}

#endif
