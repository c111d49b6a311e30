/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feetech's protocol for STS and SMS servos (SO-100, SO-101, LeKiwi): FF FF, id, length,
 * instruction or error, parameters, checksum; little endian. Nothing is stuffed, so that a header
 * may stand in the parameters, and direction is not marked.
 */
#ifndef POLICYTOP_WIRE_FEETECH_H
#define POLICYTOP_WIRE_FEETECH_H

#include "wire/servo.h"

extern const struct servo_wire feetech_wire;
extern const struct servo_register feetech_registers[];
extern const struct servo_model feetech_models[];

/* Of the n bytes between the header and the checksum. */
uint8_t feetech_checksum(const uint8_t *p, size_t n);

#endif
