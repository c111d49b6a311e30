/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamixel protocol 2.0: frames, instructions and the register file of X series servos. */
#include <math.h>
#include <string.h>

#include "sim/bus_dxl.h"
#include "sim/bus_impl.h"

enum {
	REGISTERS = 160,
	RAM = 64, /* below: EEPROM, closed while torque is on */

	DRIVE_MODE = 10,
	OPERATING_MODE = 11,
	HOMING = 20,
	MAX_TEMPERATURE = 31,
	MAX_VOLTAGE = 32,
	MIN_VOLTAGE = 34,
	VELOCITY_LIMIT = 44,
	MAX_POSITION = 48,
	MIN_POSITION = 52,
	SHUTDOWN = 63,
	TORQUE_ENABLE = 64,
	STATUS_LEVEL = 68,
	HARDWARE_ERROR = 70,
	GOAL_CURRENT = 102,
	PROFILE_ACCEL = 108,
	PROFILE_VELOCITY = 112,
	GOAL = 116,
	REALTIME_TICK = 120,
	MOVING = 122,
	PWM = 124,
	CURRENT = 126, /* or load */
	VELOCITY = 128,
	POSITION = 132,
	VOLTAGE = 144,
	TEMPERATURE = 146,
	READ_ONLY_END = 147,

	MODE_POSITION = 3,

	BIT_VOLTAGE = 0x01,
	BIT_HOT = 0x04,
	BIT_OVERLOAD = 0x20,
};

static const double velocity_rpm = 0.229; /* a count of the velocity registers */
static const double accel_rpm_min = 214.577;

static int number(const struct sim_motor *m, unsigned addr)
{
	return (int)sim_get(m->mem, addr, 4);
}

/* This vendor adds the homing offset. */
static int offset(const struct sim_motor *m)
{
	return -number(m, HOMING);
}

static void init(struct sim_motor *m)
{
	static const struct {
		unsigned addr, bytes, value;
	} fresh[] = {
		{6, 1, 46},	      {8, 1, 3},
		{9, 1, 250},	      {OPERATING_MODE, 1, MODE_POSITION},
		{12, 1, 255},	      {13, 1, 2},
		{24, 4, 10},	      {MAX_TEMPERATURE, 1, 72},
		{36, 2, 885},	      {VELOCITY_LIMIT, 4, 330},
		{SHUTDOWN, 1, 0x34},  {STATUS_LEVEL, 1, 2},
		{76, 2, 1920},	      {78, 2, 100},
		{80, 2, 0},	      {82, 2, 0},
		{84, 2, 640},	      {100, 2, 885},
		{GOAL_CURRENT, 2, 0},
	};
	uint32_t tenths = (uint32_t)lround(m->cfg.supply_v * 10);

	for (size_t i = 0; i < sizeof(fresh) / sizeof(fresh[0]); i++)
		sim_put(m->mem, fresh[i].addr, fresh[i].bytes, fresh[i].value);
	sim_put(m->mem, 0, 2, m->cfg.model);
	m->mem[7] = m->cfg.id;
	sim_put(m->mem, MAX_VOLTAGE, 2, tenths + 20);
	sim_put(m->mem, MIN_VOLTAGE, 2, tenths - 15);
	sim_put(m->mem, HOMING, 4, (uint32_t)m->cfg.homing_offset);
	sim_put(m->mem, MIN_POSITION, 4, (uint32_t)m->cfg.min);
	sim_put(m->mem, MAX_POSITION, 4, (uint32_t)m->cfg.max);
	sim_put(m->mem, GOAL, 4, (uint32_t)(int32_t)lround(m->cfg.start_ticks));
}

static void want(const struct sim_motor *m, struct motor_want *w)
{
	double goal = number(m, GOAL);

	if (m->mem[OPERATING_MODE] == MODE_POSITION)
		goal = fmin(fmax(goal, number(m, MIN_POSITION)), number(m, MAX_POSITION));
	w->torque = m->mem[TORQUE_ENABLE] == 1;
	w->goal = goal + offset(m);
	w->speed = number(m, PROFILE_VELOCITY) * velocity_rpm * SIM_TURN / 60;
	w->accel = number(m, PROFILE_ACCEL) * accel_rpm_min * SIM_TURN / 3600;
	w->limit = 1;
	w->overload = 0.8;
	w->overload_after = 1.5;
	w->hot_degc = m->mem[MAX_TEMPERATURE];
}

/* An error stays until a restart; those of the shutdown register take the torque, too. */
static void alarm(struct sim_motor *m)
{
	unsigned tenths = sim_get(m->mem, VOLTAGE, 2);

	m->mem[HARDWARE_ERROR] |= m->forced;
	if (tenths > sim_get(m->mem, MAX_VOLTAGE, 2) || tenths < sim_get(m->mem, MIN_VOLTAGE, 2))
		m->mem[HARDWARE_ERROR] |= BIT_VOLTAGE;
	if (m->hot)
		m->mem[HARDWARE_ERROR] |= BIT_HOT;
	if (m->overload)
		m->mem[HARDWARE_ERROR] |= BIT_OVERLOAD;
	if (m->mem[HARDWARE_ERROR] & m->mem[SHUTDOWN])
		m->mem[TORQUE_ENABLE] = 0;
}

static bool measures_load(const struct sim_motor *m)
{
	return m->cfg.model == 1060 || m->cfg.model == 1070; /* XL430, XC430 */
}

static void publish(struct sim_motor *m)
{
	double milliamperes = m->drive * sim_dxl.stall_a * 1000;

	sim_put(m->mem, PWM, 2, (uint32_t)(int32_t)lround(m->drive * 885));
	sim_put(m->mem, CURRENT, 2,
		(uint32_t)(int32_t)lround(measures_load(m) ? m->drive * 1000 : milliamperes));
	sim_put(m->mem, VELOCITY, 4,
		(uint32_t)(int32_t)lround(m->speed * 60 / SIM_TURN / velocity_rpm));
	sim_put(m->mem, POSITION, 4, (uint32_t)(int32_t)lround(sim_motor_reported(m, &sim_dxl)));
	m->mem[MOVING] = fabs(m->speed) > 20;
	sim_put(m->mem, VOLTAGE, 2, (uint32_t)lround((m->supply_v - 0.3 * fabs(m->drive)) * 10));
	m->mem[TEMPERATURE] = (uint8_t)lround(fmin(m->temp_degc, 255));
	alarm(m);
}

uint8_t dxl_read(const struct sim_motor *m, unsigned addr)
{
	return addr < REGISTERS ? m->mem[addr] : 0;
}

uint8_t dxl_alert(const struct sim_motor *m)
{
	return m->mem[HARDWARE_ERROR] ? 0x80 : 0;
}

bool dxl_answers(const struct sim_motor *m, bool writes)
{
	return m->mem[STATUS_LEVEL] >= (writes ? 2 : 1);
}

uint8_t dxl_write(struct sim_motor *m, unsigned addr, const uint8_t *data, size_t n)
{
	if (addr + n > REGISTERS)
		return DXL_ACCESS;
	if (addr < RAM && m->mem[TORQUE_ENABLE])
		return DXL_ACCESS;
	if (addr < 7 || (addr >= REALTIME_TICK && addr < READ_ONLY_END) ||
	    (addr <= HARDWARE_ERROR && HARDWARE_ERROR < addr + n))
		return DXL_ACCESS;
	if (addr == TORQUE_ENABLE && n && data[0] > 1)
		return DXL_RANGE;
	if (addr == TORQUE_ENABLE && n && data[0] && m->mem[HARDWARE_ERROR] & m->mem[SHUTDOWN])
		return DXL_ACCESS;
	memcpy(m->mem + addr, data, n);
	m->cfg.id = m->mem[7];
	memcpy(m->rom, m->mem, RAM);
	sim_motor_wrote(m, &sim_dxl, addr, n);
	return 0;
}

void dxl_reboot(struct sim_motor *m)
{
	memcpy(m->mem, m->rom, REGISTERS);
	m->overload = false;
	m->over_s = 0;
	m->mem[TORQUE_ENABLE] = 0;
	m->mem[HARDWARE_ERROR] = 0;
	sim_put(m->mem, GOAL, 4, (uint32_t)(int32_t)lround(sim_motor_reported(m, &sim_dxl)));
	sim_motor_wrote(m, &sim_dxl, TORQUE_ENABLE, 1);
}

const struct sim_bus_class sim_dxl = {
	.init = init,
	.want = want,
	.publish = publish,
	.packet = dxl_packet,
	.execute = dxl_execute,
	.offset = offset,
	.seal = dxl_seal,
	.torque = TORQUE_ENABLE,
	.goal = GOAL,
	.goal_bytes = 4,
	.position = POSITION,
	.position_bytes = 4,
	.error = HARDWARE_ERROR,
	.stall_a = 1.5,
};
