/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynamixel protocol 2.0 (Koch, OMX, ALOHA): FF FF FD 00, id, length, instruction, parameters,
 * CRC-16; little endian. FF FF FD inside is stuffed with a further FD. The control table is that
 * of the X series.
 */
#ifndef POLICYTOP_WIRE_DYNAMIXEL_H
#define POLICYTOP_WIRE_DYNAMIXEL_H

#include "wire/servo.h"

extern const struct servo_wire dynamixel_wire;
extern const struct servo_register dynamixel_registers[];
extern const struct servo_model dynamixel_models[];

/* CRC-16/UMTS of n bytes. */
uint16_t dynamixel_crc(const uint8_t *p, size_t n);

#endif
