/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A servo bus on which anybody says anything. First byte: bit 0 the robot is known, bit 1 Feetech,
 * bit 2 Dynamixel, bit 3 polled. Then a row of commands: a byte, u8 length, as many bytes.
 *   0, 1 these bytes from the servos, or to them   2, 3 the same as one good Feetech packet (id,
 *   code, parameters)   4, 5 the same of Dynamixel   6 they were lost   7 the client left
 *   8 time passes   9, 10 again off, on
 * Events may not depend on where the bytes were cut.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dynamixel.h"
#include "wire/feetech.h"
#include "wire/servobus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mix(uint64_t *sum, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*sum = *sum * 31 + ((const uint8_t *)p)[i];
}

static void harmless(uint64_t *sum, const char *text)
{
	if (strpbrk(text, "\x1b\n\r"))
		abort();
	mix(sum, text, strlen(text));
}

static void take_step(uint64_t *sum, const struct step *s)
{
	if (!s->joints || s->joints > SERVOBUS_MOTORS || s->vec[VEC_SEEN].present ||
	    s->vec[VEC_ASKED].present)
		abort();
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned i = 0; i < s->joints; i++) {
			double v = 0;

			if (vec_known(&s->vec[k], i) && !vec_value(&s->vec[k], i, &v))
				abort();
			mix(sum, &v, sizeof(v));
		}
	}
}

static void take(void *host, const struct event *ev)
{
	uint64_t *sum = host;

	mix(sum, &ev->kind, sizeof(ev->kind));
	mix(sum, &ev->t_ns, sizeof(ev->t_ns));
	if (ev->kind == EVENT_NOTE) {
		harmless(sum, ev->text);
	} else if (ev->kind == EVENT_HELLO) {
		if (ev->hello->joints > SERVOBUS_MOTORS)
			abort();
		for (unsigned i = 0; i < ev->hello->joints; i++)
			harmless(sum, ev->hello->joint[i].name);
	} else if (ev->kind == EVENT_STEP) {
		take_step(sum, ev->step);
	} else if (ev->kind == EVENT_MOTOR) {
		harmless(sum, ev->motor->joint);
		mix(sum, &ev->motor->faults, sizeof(ev->motor->faults));
		mix(sum, &ev->motor->missed, sizeof(ev->motor->missed));
		mix(sum, &ev->motor->torque, sizeof(ev->motor->torque));
	} else if (ev->kind == EVENT_BUS) {
		mix(sum, &ev->bus->transactions, sizeof(ev->bus->transactions));
		mix(sum, &ev->bus->timeouts, sizeof(ev->bus->timeouts));
		mix(sum, &ev->bus->late, sizeof(ev->bus->late));
		mix(sum, &ev->bus->stray, sizeof(ev->bus->stray));
		mix(sum, &ev->bus->corrupt, sizeof(ev->bus->corrupt));
	}
}

static size_t feetech(uint8_t *dst, const uint8_t *p, size_t n)
{
	if (n < 2)
		return 0;
	dst[0] = dst[1] = 0xff;
	dst[2] = p[0];
	dst[3] = (uint8_t)n;
	memcpy(dst + 4, p + 1, n - 1);
	dst[3 + n] = feetech_checksum(dst + 2, n + 1);
	return n + 4;
}

static size_t dynamixel(uint8_t *dst, const uint8_t *p, size_t n)
{
	static const uint8_t head[] = {0xff, 0xff, 0xfd, 0};
	uint16_t crc;

	if (n < 2)
		return 0;
	memcpy(dst, head, 4);
	dst[4] = p[0];
	dst[5] = (uint8_t)(n + 1);
	dst[6] = (uint8_t)((n + 1) >> 8);
	memcpy(dst + 7, p + 1, n - 1);
	crc = dynamixel_crc(dst, n + 6);
	dst[n + 6] = (uint8_t)crc;
	dst[n + 7] = (uint8_t)(crc >> 8);
	return n + 8;
}

static void say(struct servobus *b, unsigned direction, const uint8_t *p, size_t n, size_t piece,
		int64_t t_ns)
{
	for (size_t at = 0; at < n;) {
		size_t part = n - at < piece ? n - at : piece;
		size_t used = servobus_bytes(b, direction, p + at, part, piece, t_ns);

		if (!used || used > part)
			abort();
		at += used;
	}
}

static void one(struct servobus *b, unsigned command, const uint8_t *p, size_t n, size_t piece,
		int64_t *t_ns)
{
	uint8_t made[300];

	switch (command) {
	case 0:
	case 1:
		say(b, command, p, n, piece, *t_ns);
		break;
	case 2:
	case 3:
		say(b, command & 1, made, feetech(made, p, n), piece, *t_ns);
		break;
	case 4:
	case 5:
		say(b, command & 1, made, dynamixel(made, p, n), piece, *t_ns);
		break;
	case 6:
		servobus_lost(b, n & 1, n, *t_ns);
		break;
	case 7:
		servobus_end(b, *t_ns);
		break;
	case 8:
		*t_ns += (int64_t)(n * n) * NS_PER_MS;
		if (servobus_due(b, *t_ns) <= *t_ns)
			abort();
		break;
	default:
		servobus_again(b, command == 10);
	}
}

static struct servobus_setup set_up(unsigned bits)
{
	struct servobus_setup s = {.name = "bus", .polled = bits & 8};

	s.wire = bits & 2 ? &feetech_wire : bits & 4 ? &dynamixel_wire : NULL;
	for (uint8_t id = 1; id < 4 && bits & 1; id++) {
		struct servobus_motor *m = &s.motor[s.motors++];

		*m = (struct servobus_motor){.id = id, .joint = {(char)('a' + id)}};
		m->scale = (struct calibration_scale){UNIT_DEG, 0, id == 2 ? 0 : 4095, true, 4096};
		m->file = (struct calibration_motor){{0}, id, 0, 0, 0, 4095};
	}
	return s;
}

static uint64_t run(unsigned bits, const uint8_t *data, size_t size, size_t piece)
{
	struct servobus_setup setup = set_up(bits);
	uint64_t sum = 0;
	struct servobus *b = servobus_new(&setup, take, &sum);
	int64_t t_ns = 1;

	while (size >= 2) {
		size_t n = data[1] < size - 2 ? data[1] : size - 2;

		one(b, data[0] % 11, data + 2, n, piece, &t_ns);
		t_ns += NS_PER_MS;
		data += 2 + n;
		size -= 2 + n;
	}
	servobus_end(b, t_ns);
	servobus_free(b);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size &&
	    run(data[0], data + 1, size - 1, SIZE_MAX) != run(data[0], data + 1, size - 1, 3))
		abort();
	return 0;
}
