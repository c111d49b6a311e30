/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "motion/packet.h"
#include "wire/feetech.h"

static size_t frame(uint8_t *dst, uint8_t id, uint8_t instruction, const uint8_t *param, size_t n)
{
	const uint8_t head[] = {0xff, 0xff, id, (uint8_t)(n + 2), instruction};

	memcpy(dst, head, sizeof(head));
	memcpy(dst + sizeof(head), param, n);
	dst[sizeof(head) + n] = feetech_checksum(dst + 2, n + 3);
	return sizeof(head) + n + 1;
}

const struct motion_frame motion_feetech = {
	.wire = &feetech_wire,
	.address_bytes = 1,
	.length_bytes = 1,
	.frame = frame,
	.position_modes = 1u << 0,
};
