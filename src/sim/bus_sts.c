/* SPDX-License-Identifier: Apache-2.0 */
/* Feetech STS: frames, instructions and the register file of an STS3215. */
#include <math.h>
#include <string.h>

#include "sim/bus_impl.h"

enum {
	PING = 0x01,
	READ = 0x02,
	WRITE = 0x03,
	REG_WRITE = 0x04,
	ACTION = 0x05,
	REBOOT = 0x08,
	CENTRE = 0x0b,
	SYNC_READ = 0x82,
	SYNC_WRITE = 0x83,

	REGISTERS = 128,
	LEN_MAX = 250,

	MODEL = 3,
	ID = 5,
	RETURN_DELAY = 7,
	STATUS_LEVEL = 8,
	MIN_POSITION = 9,
	MAX_POSITION = 11,
	MAX_TEMPERATURE = 13,
	MAX_VOLTAGE = 14,
	MIN_VOLTAGE = 15,
	MAX_TORQUE = 16,
	UNLOADING = 19,
	HOMING = 31,
	PROTECTIVE_TORQUE = 34,
	PROTECTION_TIME = 35,
	OVERLOAD_TORQUE = 36,
	TORQUE_ENABLE = 40,
	ACCELERATION = 41,
	GOAL = 42,
	GOAL_VELOCITY = 46,
	TORQUE_LIMIT = 48,
	LOCK = 55,
	POSITION = 56,
	VELOCITY = 58,
	LOAD = 60,
	VOLTAGE = 62,
	TEMPERATURE = 63,
	STATUS = 65,
	MOVING = 66,
	CURRENT = 69,
	READ_ONLY_END = 71,

	BIT_VOLTAGE = 0x01,
	BIT_HOT = 0x04,
	BIT_OVERLOAD = 0x20,
	SET_MIDDLE = 128,
};

static const double current_a = 0.0065; /* a count of the current register */

/* Sign and magnitude, as this vendor stores numbers. */
static uint32_t magnitude(double v, unsigned bit)
{
	double top = (double)((1u << bit) - 1), size = fmin(fabs(round(v)), top);

	return (uint32_t)size | (v < 0 && size > 0 ? 1u << bit : 0);
}

static int number(uint32_t raw, unsigned bit)
{
	int size = (int)(raw & ((1u << bit) - 1));

	return raw >> bit & 1 ? -size : size;
}

static int offset(const struct sim_motor *m)
{
	return number(sim_get(m->mem, HOMING, 2), 11);
}

static void init(struct sim_motor *m)
{
	static const struct {
		unsigned addr, bytes, value;
	} fresh[] = {
		{0, 1, 3},
		{1, 1, 10},
		{RETURN_DELAY, 1, 250},
		{STATUS_LEVEL, 1, 1},
		{MAX_TEMPERATURE, 1, 70},
		{MAX_VOLTAGE, 1, 80},
		{MIN_VOLTAGE, 1, 40},
		{MAX_TORQUE, 2, 1000},
		{18, 1, 12},
		{UNLOADING, 1, 44},
		{20, 1, 47},
		{21, 1, 32},
		{22, 1, 32},
		{24, 2, 16},
		{26, 1, 1},
		{27, 1, 1},
		{28, 2, 500},
		{30, 1, 1},
		{PROTECTIVE_TORQUE, 1, 20},
		{PROTECTION_TIME, 1, 200},
		{OVERLOAD_TORQUE, 1, 80},
		{37, 1, 10},
		{38, 1, 200},
		{39, 1, 10},
		{TORQUE_LIMIT, 2, 1000},
		{LOCK, 1, 1},
		{80, 1, 1},
		{81, 1, 20},
		{84, 1, 50},
		{85, 1, 254},
	};

	for (size_t i = 0; i < sizeof(fresh) / sizeof(fresh[0]); i++)
		sim_put(m->mem, fresh[i].addr, fresh[i].bytes, fresh[i].value);
	sim_put(m->mem, MODEL, 2, m->cfg.model);
	sim_put(m->mem, ID, 1, m->cfg.id);
	sim_put(m->mem, HOMING, 2, magnitude(m->cfg.homing_offset, 11));
	sim_put(m->mem, MIN_POSITION, 2, (uint32_t)m->cfg.min);
	sim_put(m->mem, MAX_POSITION, 2, (uint32_t)m->cfg.max);
	sim_put(m->mem, GOAL, 2, magnitude(m->cfg.start_ticks, 15));
}

static double percent(const struct sim_motor *m, unsigned addr)
{
	return m->mem[addr] / 100.0;
}

static void want(const struct sim_motor *m, struct motor_want *w)
{
	double low = sim_get(m->mem, MIN_POSITION, 2), high = sim_get(m->mem, MAX_POSITION, 2);
	double goal = number(sim_get(m->mem, GOAL, 2), 15);

	if (low < high)
		goal = fmin(fmax(goal, low), high);
	w->torque = m->mem[TORQUE_ENABLE] == 1 && !(m->hot && m->mem[UNLOADING] & BIT_HOT);
	w->goal = goal + offset(m);
	w->speed = fabs((double)number(sim_get(m->mem, GOAL_VELOCITY, 2), 15));
	w->accel = m->mem[ACCELERATION] * 100.0;
	w->limit = fmin(sim_get(m->mem, TORQUE_LIMIT, 2), sim_get(m->mem, MAX_TORQUE, 2)) / 1000;
	if (m->overload)
		w->limit = fmin(w->limit, percent(m, PROTECTIVE_TORQUE));
	w->overload = percent(m, OVERLOAD_TORQUE);
	w->overload_after = m->mem[PROTECTION_TIME] / 100.0;
	w->hot_degc = m->mem[MAX_TEMPERATURE];
}

static uint8_t error_bits(const struct sim_motor *m)
{
	unsigned tenths = m->mem[VOLTAGE];
	uint8_t bits = m->forced;

	if (tenths > m->mem[MAX_VOLTAGE] || tenths < m->mem[MIN_VOLTAGE])
		bits |= BIT_VOLTAGE;
	if (m->hot)
		bits |= BIT_HOT;
	if (m->overload)
		bits |= BIT_OVERLOAD;
	return bits;
}

static void publish(struct sim_motor *m)
{
	sim_put(m->mem, POSITION, 2, magnitude(sim_motor_reported(m, &sim_sts), 15));
	sim_put(m->mem, VELOCITY, 2, magnitude(m->speed, 15));
	sim_put(m->mem, LOAD, 2, magnitude(m->drive * 1000, 10));
	m->mem[VOLTAGE] = (uint8_t)lround((m->supply_v - 0.3 * fabs(m->drive)) * 10);
	m->mem[TEMPERATURE] = (uint8_t)lround(fmin(m->temp_degc, 255));
	m->mem[MOVING] = fabs(m->speed) > 20;
	sim_put(m->mem, CURRENT, 2, magnitude(m->drive * sim_sts.stall_a / current_a, 15));
	m->mem[STATUS] = error_bits(m);
}

static uint8_t checksum(const uint8_t *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 2; i + 1 < n; i++)
		sum += p[i];
	return (uint8_t)~sum;
}

static int packet(const uint8_t *p, size_t n)
{
	size_t len;

	if (p[0] != 0xff || (n > 1 && p[1] != 0xff))
		return -1;
	if (n < 4)
		return 0;
	len = p[3];
	if (p[2] == 0xff || len < 2 || len > LEN_MAX)
		return -1;
	if (n < len + 4)
		return 0;
	return checksum(p, len + 4) == p[len + 3] ? (int)len + 4 : -1;
}

static void seal(struct sim_chunk *c)
{
	if (c->n >= 6)
		c->p[c->n - 1] = checksum(c->p, c->n);
}

static void answer(struct sim_bus *b, struct sim_motor *m, unsigned addr, size_t n)
{
	uint8_t p[LEN_MAX + 4] = {0xff, 0xff, m->cfg.id, (uint8_t)(n + 2), m->mem[STATUS]};

	for (size_t i = 0; i < n && addr + i < REGISTERS; i++)
		p[5 + i] = m->mem[addr + i];
	p[n + 5] = checksum(p, n + 6);
	sim_bus_reply(b, m, p, n + 6);
}

static bool may_write(unsigned addr)
{
	return addr >= ID && (addr < POSITION || addr >= READ_ONLY_END) && addr < REGISTERS;
}

/* The horn stays where it is; what it reads becomes the middle of the turn. */
static void set_middle(struct sim_motor *m)
{
	double middle = SIM_TURN / 2;

	sim_put(m->mem, HOMING, 2, magnitude(m->at + m->turn - middle, 11));
}

static void write_registers(struct sim_motor *m, unsigned addr, const uint8_t *data, size_t n)
{
	if (addr == TORQUE_ENABLE && n == 1 && data[0] == SET_MIDDLE) {
		set_middle(m);
	} else {
		for (size_t i = 0; i < n; i++) {
			if (may_write(addr + (unsigned)i))
				m->mem[addr + i] = data[i];
		}
	}
	m->cfg.id = m->mem[ID];
	if (!m->mem[LOCK])
		memcpy(m->rom, m->mem, TORQUE_ENABLE);
	/* What it is told anew, it tries anew. */
	m->overload = m->overload && addr != GOAL && addr != TORQUE_ENABLE;
	sim_motor_wrote(m, &sim_sts, addr, n);
}

static void reboot(struct sim_motor *m)
{
	memcpy(m->mem, m->rom, TORQUE_ENABLE);
	m->mem[TORQUE_ENABLE] = 0;
	m->mem[LOCK] = 1;
	m->overload = false;
	sim_motor_wrote(m, &sim_sts, TORQUE_ENABLE, 1);
}

static void one(struct sim_bus *b, struct sim_motor *m, const uint8_t *p, size_t n, bool alone)
{
	const uint8_t *args = p + 5;
	size_t nargs = n - 6;

	switch (p[4]) {
	case PING:
		answer(b, m, 0, 0);
		return;
	case READ:
		if (nargs == 2 && args[1] <= LEN_MAX - 2 && alone)
			answer(b, m, args[0], args[1]);
		return;
	case WRITE:
		if (nargs >= 2)
			write_registers(m, args[0], args + 1, nargs - 1);
		break;
	case REG_WRITE:
		m->later_at = args[0];
		m->later_n = nargs ? nargs - 1 : 0;
		memcpy(m->later, args + 1, m->later_n);
		break;
	case ACTION:
		if (m->later_n)
			write_registers(m, (unsigned)m->later_at, m->later, m->later_n);
		m->later_n = 0;
		break;
	case CENTRE:
		set_middle(m);
		break;
	case REBOOT:
		reboot(m);
		return;
	default:
		return;
	}
	if (alone && m->mem[STATUS_LEVEL])
		answer(b, m, 0, 0);
}

static void sync_read(struct sim_bus *b, const uint8_t *args, size_t n)
{
	for (size_t i = 2; i < n; i++) {
		struct sim_motor *m = sim_bus_motor(b, args[i]);

		if (m && args[1] <= LEN_MAX - 2)
			answer(b, m, args[0], args[1]);
	}
}

static void sync_write(struct sim_bus *b, const uint8_t *args, size_t n)
{
	size_t each = (size_t)args[1] + 1;

	for (size_t i = 2; i + each <= n; i += each) {
		struct sim_motor *m = sim_bus_motor(b, args[i]);

		if (m)
			write_registers(m, args[0], args + i + 1, each - 1);
	}
}

static void execute(struct sim_bus *b, const uint8_t *p, size_t n)
{
	if (p[2] != SIM_BROADCAST) {
		struct sim_motor *m = sim_bus_motor(b, p[2]);

		if (m)
			one(b, m, p, n, true);
	} else if (p[4] == SYNC_READ && n > 8) {
		sync_read(b, p + 5, n - 6);
	} else if (p[4] == SYNC_WRITE && n > 8) {
		sync_write(b, p + 5, n - 6);
	} else {
		for (unsigned i = 0; i < b->cfg.motors; i++) {
			if (!b->motor[i].silent)
				one(b, &b->motor[i], p, n, false);
		}
	}
}

const struct sim_bus_class sim_sts = {
	.init = init,
	.want = want,
	.publish = publish,
	.packet = packet,
	.execute = execute,
	.offset = offset,
	.seal = seal,
	.torque = TORQUE_ENABLE,
	.goal = GOAL,
	.goal_bytes = 2,
	.position = POSITION,
	.position_bytes = 2,
	.error = STATUS,
	.stall_a = 2.7,
};
