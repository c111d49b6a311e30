/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that write, byte for byte, and what the decoders of the wire make of them. */
#include <stdlib.h>
#include <string.h>

#include "motion/packet.h"
#include "tests/tap.h"
#include "wire/dynamixel.h"
#include "wire/feetech.h"

static bool equal(const uint8_t *p, size_t n, const char *hex)
{
	size_t at = 0;

	for (char *next; *hex && at < n; hex = next + (*next == ' ')) {
		if (p[at++] != (uint8_t)strtoul(hex, &next, 16))
			return false;
	}
	return *hex == '\0' && at == n;
}

static void vectors(struct tap *t)
{
	const struct servo_register *goal = servo_register_of(&feetech_wire, SERVO_GOAL);
	const struct servo_register *torque = servo_register_of(&feetech_wire, SERVO_TORQUE);
	const struct motion_value six[] = {{1, 2047}, {2, 2047}, {3, 2047},
					   {4, 2047}, {5, 2047}, {6, 2047}};
	const struct motion_value two[] = {{1, 2048}, {2, 2048}}, on = {1, 1};
	uint8_t p[MOTION_PACKET_BYTES];

	ok(t,
	   equal(p, motion_packet_sync_write(p, &feetech_wire, goal, six, 6),
		 "ff ff fe 16 83 2a 02 01 ff 07 02 ff 07 03 ff 07 04 ff 07 05 ff 07 06 ff 07 03"),
	   "Feetech: SYNC_WRITE of six goals, as its SDK makes it");
	ok(t,
	   equal(p, motion_packet_write(p, &feetech_wire, torque, &on), "ff ff 01 04 03 28 01 ce"),
	   "Feetech: torque on");
	goal = servo_register_of(&dynamixel_wire, SERVO_GOAL);
	ok(t,
	   equal(p, motion_packet_sync_write(p, &dynamixel_wire, goal, two, 2),
		 "ff ff fd 00 fe 11 00 83 74 00 04 00 01 00 08 00 00 02 00 08 00 00 68 4c"),
	   "Dynamixel: SYNC_WRITE of two goals, as published");
}

/* What is written reads back as the same value, for every register and sign. */
static void round_trip(struct tap *t, const struct servo_wire *w)
{
	static const int32_t values[] = {0, 1, -1, 2047, -2047, 255, 0x01fdffff};
	const struct servo_register *r = servo_register_of(w, SERVO_GOAL);
	bool good = true;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct motion_value v[2] = {{7, values[i]}, {9, -values[i]}};
		uint8_t bytes[MOTION_PACKET_BYTES];
		struct servo_request request;
		struct servo_packet packet;
		size_t n = motion_packet_sync_write(bytes, w, r, v, 2), used = 0;

		if (r->size == 2 && abs(values[i]) > 0x7fff)
			continue;
		good = good && w->probe(&packet, bytes, n, false, &used) == SERVO_WHOLE &&
		       used == n && w->request(&request, &packet) && request.n == 2 &&
		       !request.answers;
		for (unsigned k = 0; good && k < 2; k++)
			good = request.target[k].id == v[k].id &&
			       servo_value(r, request.target[k].data) == v[k].value;
	}
	ok(t, good, "%s: goals come out as they went in", w->word);
}

static void refused(struct tap *t)
{
	const struct servo_register *r = servo_register_of(&dynamixel_wire, SERVO_GOAL);
	struct motion_value v[MOTION_IDS + 1];
	uint8_t p[MOTION_PACKET_BYTES];
	size_t n;

	for (unsigned i = 0; i <= MOTION_IDS; i++)
		v[i] = (struct motion_value){(uint8_t)i, 0x01fdffff};
	n = motion_packet_sync_write(p, &dynamixel_wire, r, v, MOTION_IDS);
	ok(t, n > 0 && n <= sizeof(p), "as many servos as there may be: %zu bytes", n);
	ok(t, motion_packet_sync_write(p, &dynamixel_wire, r, v, MOTION_IDS + 1) == 0,
	   "one more is refused");
	ok(t, motion_packet_sync_write(p, &dynamixel_wire, r, v, 0) == 0, "none is refused");
	v[0].id = SERVO_BROADCAST;
	ok(t,
	   motion_packet_write(p, &dynamixel_wire, r, v) == 0 &&
		   motion_packet_sync_write(p, &dynamixel_wire, r, v, 2) == 0,
	   "nothing is written to all");
	v[0] = (struct motion_value){3, -40000};
	r = servo_register_of(&feetech_wire, SERVO_GOAL);
	n = motion_packet_write(p, &feetech_wire, r, v);
	ok(t, n > 0 && servo_value(r, p + 6) == -0x7fff,
	   "a value too large for its register stops "
	   "at the end");
}

int main(void)
{
	struct tap t = {0};

	vectors(&t);
	round_trip(&t, &feetech_wire);
	round_trip(&t, &dynamixel_wire);
	refused(&t);
	return tap_done(&t);
}
