/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/packet.h"

#include <string.h>

static const struct motion_frame *const frames[] = {&motion_feetech, &motion_dynamixel, NULL};

const struct motion_frame *motion_frame_of(const struct servo_wire *w)
{
	for (size_t i = 0; frames[i]; i++) {
		if (frames[i]->wire == w)
			return frames[i];
	}
	return NULL;
}

static size_t put(uint8_t *dst, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		dst[i] = (uint8_t)(v >> (8 * i));
	return bytes;
}

/* The other way of servo_value(). */
static size_t put_value(uint8_t *dst, const struct servo_register *r, int32_t v)
{
	uint32_t raw = (uint32_t)v;

	if (r->sign == SERVO_SIGN_BIT) {
		uint32_t bit = 1U << r->sign_bit, size = v < 0 ? 0u - raw : raw;

		raw = (size < bit ? size : bit - 1) | (v < 0 ? bit : 0);
	}
	return put(dst, raw, r->size);
}

size_t motion_packet_write(uint8_t *dst, const struct servo_wire *w, const struct servo_register *r,
			   const struct motion_value *v)
{
	const struct motion_frame *f = motion_frame_of(w);
	uint8_t param[8];
	size_t at;

	if (!f || v->id >= SERVO_BROADCAST)
		return 0;
	at = put(param, r->address, f->address_bytes);
	at += put_value(param + at, r, v->value);
	return f->frame(dst, v->id, SERVO_WRITE, param, at);
}

size_t motion_packet_sync_write(uint8_t *dst, const struct servo_wire *w,
				const struct servo_register *r, const struct motion_value *v,
				unsigned n)
{
	const struct motion_frame *f = motion_frame_of(w);
	uint8_t param[4 + MOTION_IDS * 5];
	size_t at;

	if (!f || !n || n > MOTION_IDS)
		return 0;
	at = put(param, r->address, f->address_bytes);
	at += put(param + at, r->size, f->length_bytes);
	for (unsigned i = 0; i < n; i++) {
		if (v[i].id >= SERVO_BROADCAST)
			return 0;
		param[at++] = v[i].id;
		at += put_value(param + at, r, v[i].value);
	}
	return f->frame(dst, SERVO_BROADCAST, SERVO_SYNC_WRITE, param, at);
}
