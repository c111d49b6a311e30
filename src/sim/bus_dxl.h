/* SPDX-License-Identifier: Apache-2.0 */
/* Between the frames and the registers of the simulated Dynamixel; not for anybody else. */
#ifndef POLICYTOP_SIM_BUS_DXL_H
#define POLICYTOP_SIM_BUS_DXL_H

#include "sim/bus_impl.h"

enum { DXL_INSTRUCTION = 2, DXL_CRC = 3, DXL_RANGE = 4, DXL_LENGTH = 5, DXL_ACCESS = 7 };

/* Registers. A write gives 0 or why it was refused (DXL_…). */
uint8_t dxl_read(const struct sim_motor *m, unsigned addr);
uint8_t dxl_write(struct sim_motor *m, unsigned addr, const uint8_t *data, size_t n);
uint8_t dxl_alert(const struct sim_motor *m); /* 0x80: look at the hardware error register */
bool dxl_answers(const struct sim_motor *m, bool writes);
void dxl_reboot(struct sim_motor *m);

/* Frames, as struct sim_bus_class has them. */
int dxl_packet(const uint8_t *p, size_t n);
void dxl_execute(struct sim_bus *b, const uint8_t *p, size_t n);
void dxl_seal(struct sim_chunk *c);

#endif
