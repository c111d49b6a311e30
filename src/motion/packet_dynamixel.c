/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "motion/packet.h"
#include "wire/dynamixel.h"

/* FF FF FD within a packet is followed by a further FD. */
static size_t stuff(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		dst[at++] = src[i];
		if (i >= 2 && src[i] == 0xfd && src[i - 1] == 0xff && src[i - 2] == 0xff)
			dst[at++] = 0xfd;
	}
	return at;
}

static size_t frame(uint8_t *dst, uint8_t id, uint8_t instruction, const uint8_t *param, size_t n)
{
	uint8_t head[] = {0xff, 0xff, 0xfd, 0, id, 0, 0};
	size_t at = sizeof(head), len;
	uint16_t crc;

	dst[at++] = instruction;
	at += stuff(dst + at, param, n);
	len = at - sizeof(head) + 2;
	head[5] = (uint8_t)len;
	head[6] = (uint8_t)(len >> 8);
	memcpy(dst, head, sizeof(head));
	crc = dynamixel_crc(dst, at);
	dst[at++] = (uint8_t)crc;
	dst[at++] = (uint8_t)(crc >> 8);
	return at;
}

const struct motion_frame motion_dynamixel = {
	.wire = &dynamixel_wire,
	.address_bytes = 2,
	.length_bytes = 2,
	.frame = frame,
	.position_modes = 1u << 3 | 1u << 4 | 1u << 5, /* position, extended, current-based */
};
