/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that write to servos. This room is the only one that can build them, and only the
 * commands that move an arm link it (tests/lint/t_motion.sh looks): whatever else talks to a bus
 * can only ask. Pure; any thread.
 */
#ifndef POLICYTOP_MOTION_PACKET_H
#define POLICYTOP_MOTION_PACKET_H

#include "wire/servo.h"

enum { MOTION_IDS = 32, MOTION_PACKET_BYTES = 512 };

struct motion_value {
	uint8_t id;
	int32_t value; /* as servo_value() would read it back */
};

/*
 * WRITE of one register of one servo, SYNC_WRITE of one register of several, into
 * dst[MOTION_PACKET_BYTES]. The bytes, or 0: no servo, or too many, or a wire without writes.
 */
size_t motion_packet_write(uint8_t *dst, const struct servo_wire *w, const struct servo_register *r,
			   const struct motion_value *v);
size_t motion_packet_sync_write(uint8_t *dst, const struct servo_wire *w,
				const struct servo_register *r, const struct motion_value *v,
				unsigned n);

/* How a protocol frames a request: one row each in packet.c. */
struct motion_frame {
	const struct servo_wire *wire;
	unsigned address_bytes, length_bytes;
	/* instruction and its n parameters for id, whole; dst has room for what is stuffed. */
	size_t (*frame)(uint8_t *dst, uint8_t id, uint8_t instruction, const uint8_t *param,
			size_t n);
	uint32_t position_modes; /* of the register Operating_Mode: bit per mode that takes goals */
};
extern const struct motion_frame motion_feetech, motion_dynamixel;

const struct motion_frame *motion_frame_of(const struct servo_wire *w); /* NULL: none */

#endif
