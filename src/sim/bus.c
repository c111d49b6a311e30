/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/bus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sim/bus_impl.h"

/* A host that stopped in the middle of a packet does not spoil its next one. */
static const int64_t forget_ns = 100 * NS_PER_MS;

uint32_t sim_get(const uint8_t *mem, unsigned addr, unsigned bytes)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < bytes && addr + i < SIM_REGISTERS; i++)
		v |= (uint32_t)mem[addr + i] << (8 * i);
	return v;
}

void sim_put(uint8_t *mem, unsigned addr, unsigned bytes, uint32_t v)
{
	for (unsigned i = 0; i < bytes && addr + i < SIM_REGISTERS; i++)
		mem[addr + i] = (uint8_t)(v >> (8 * i));
}

struct sim_bus *sim_bus_new(const struct sim_bus_cfg *cfg, int64_t now_ns)
{
	struct sim_bus *b = xcalloc(1, sizeof(*b));

	b->cfg = *cfg;
	if (b->cfg.motors > SIM_BUS_MOTORS)
		b->cfg.motors = SIM_BUS_MOTORS;
	b->class = cfg->kind == SIM_BUS_DXL ? &sim_dxl : &sim_sts;
	b->rng = rng_seed(cfg->seed);
	b->now_ns = b->line_ns = b->last_ns = now_ns;
	b->plugged = true;
	for (unsigned i = 0; i < b->cfg.motors; i++) {
		b->motor[i].cfg = cfg->motor[i];
		sim_motor_init(&b->motor[i], b->class);
	}
	return b;
}

void sim_bus_free(struct sim_bus *b)
{
	free(b);
}

struct sim_motor *sim_bus_find(struct sim_bus *b, unsigned id)
{
	for (unsigned i = 0; i < b->cfg.motors; i++) {
		if (b->motor[i].cfg.id == id)
			return &b->motor[i];
	}
	return NULL;
}

struct sim_motor *sim_bus_motor(struct sim_bus *b, unsigned id)
{
	struct sim_motor *m = sim_bus_find(b, id);

	return m && !m->silent ? m : NULL;
}

void sim_bus_run(struct sim_bus *b, int64_t t_ns)
{
	if (t_ns <= b->now_ns)
		return;
	for (unsigned i = 0; i < b->cfg.motors; i++)
		sim_motor_run(&b->motor[i], b->class,
			      (double)(t_ns - b->now_ns) / (double)NS_PER_S);
	b->now_ns = t_ns;
	sim_faults_run(b);
}

static int64_t wire_ns(const struct sim_bus *b, size_t bytes)
{
	return b->cfg.baud ? (int64_t)bytes * 10 * NS_PER_S / b->cfg.baud : 0;
}

/* Register 7 of the Feetech and 9 of the Dynamixel table count 2 µs. */
static int64_t return_ns(const struct sim_bus *b, const struct sim_motor *m)
{
	unsigned addr = b->cfg.kind == SIM_BUS_DXL ? 9 : 7;

	return b->cfg.baud ? m->mem[addr] * 2000LL : 0;
}

void sim_bus_reply(struct sim_bus *b, struct sim_motor *m, const uint8_t *p, size_t n)
{
	struct sim_chunk *c = &b->chunk[(b->first + b->chunks) % SIM_CHUNKS];
	int64_t start = b->line_ns > b->now_ns ? b->line_ns : b->now_ns;

	if (b->chunks == SIM_CHUNKS || n > sizeof(c->p) || (m && m->silent))
		return;
	*c = (struct sim_chunk){.at_ns = start + wire_ns(b, n) + (m ? return_ns(b, m) : 0), .n = n};
	memcpy(c->p, p, n);
	if (m)
		sim_faults_reply(b, m, c);
	if (!c->n)
		return;
	b->line_ns = c->at_ns;
	b->chunks++;
}

/* One packet, or one byte of noise, off the front of what came in. False: it needs more. */
static bool take_one(struct sim_bus *b)
{
	int n = b->in_n ? b->class->packet(b->in, b->in_n) : 0;
	size_t gone = n > 0 ? (size_t)n : 1;

	if (n == 0)
		return false;
	if (n > 0) {
		if (b->cfg.seen)
			b->cfg.seen(b->cfg.seen_arg, b->now_ns, true, b->in, gone);
		b->class->execute(b, b->in, gone);
	}
	memmove(b->in, b->in + gone, b->in_n - gone);
	b->in_n -= gone;
	return true;
}

void sim_bus_take(struct sim_bus *b, int64_t t_ns, const uint8_t *p, size_t n)
{
	sim_bus_run(b, t_ns);
	if (b->now_ns - b->last_ns > forget_ns)
		b->in_n = 0;
	b->last_ns = b->now_ns;
	for (size_t i = 0; i < n && b->plugged; i++) {
		b->line_ns = (b->line_ns > b->now_ns ? b->line_ns : b->now_ns) + wire_ns(b, 1);
		b->in[b->in_n++] = p[i];
		while (take_one(b))
			;
		if (b->in_n == sizeof(b->in)) /* longer than any packet may be */
			b->in_n = 0;
	}
}

int64_t sim_bus_due_ns(const struct sim_bus *b)
{
	return b->chunks ? b->chunk[b->first].at_ns : INT64_MAX;
}

size_t sim_bus_give(struct sim_bus *b, int64_t now_ns, uint8_t *dst, size_t size)
{
	size_t given = 0;

	sim_bus_run(b, now_ns);
	while (b->chunks && b->chunk[b->first].at_ns <= now_ns && given < size) {
		struct sim_chunk *c = &b->chunk[b->first];
		size_t n = c->n - c->given < size - given ? c->n - c->given : size - given;

		if (!c->given && b->cfg.seen)
			b->cfg.seen(b->cfg.seen_arg, now_ns, false, c->p, c->n);
		memcpy(dst + given, c->p + c->given, n);
		c->given += n;
		given += n;
		if (c->given == c->n) {
			b->first = (b->first + 1) % SIM_CHUNKS;
			b->chunks--;
		}
	}
	return given;
}

bool sim_bus_plugged(const struct sim_bus *b)
{
	return b->plugged;
}

/* "ADDRESS/BYTES" */
static bool parse_register(const char *what, unsigned *addr, unsigned *bytes)
{
	char word[16], *slash;
	int64_t a, n;

	if (text_copy(word, sizeof(word), what) != strlen(what))
		return false;
	slash = strchr(word, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (!text_to_i64(word, &a) || !text_to_i64(slash + 1, &n) || a < 0 || n < 1 || n > 4 ||
	    a + n > SIM_REGISTERS)
		return false;
	*addr = (unsigned)a;
	*bytes = (unsigned)n;
	return true;
}

bool sim_bus_get(const struct sim_bus *b, unsigned id, const char *what, double *out)
{
	const struct sim_motor *m = NULL;
	unsigned addr, bytes;

	for (unsigned i = 0; i < b->cfg.motors && !m; i++)
		m = b->motor[i].cfg.id == id ? &b->motor[i] : NULL;
	if (!m)
		return false;
	if (strcmp(what, "position") == 0)
		*out = sim_motor_reported(m, b->class);
	else if (strcmp(what, "goal") == 0)
		*out = sim_motor_goal(m, b->class);
	else if (strcmp(what, "torque") == 0)
		*out = m->mem[b->class->torque] == 1;
	else if (strcmp(what, "temperature") == 0)
		*out = m->temp_degc;
	else if (strcmp(what, "voltage") == 0)
		*out = m->supply_v - 0.3 * fabs(m->drive);
	else if (strcmp(what, "load") == 0)
		*out = m->drive;
	else if (strcmp(what, "current") == 0)
		*out = fabs(m->drive) * b->class->stall_a;
	else if (strcmp(what, "error") == 0)
		*out = m->mem[b->class->error];
	else if (parse_register(what, &addr, &bytes))
		*out = sim_get(m->mem, addr, bytes);
	else
		return false;
	return true;
}

bool sim_bus_set(struct sim_bus *b, unsigned id, const char *what, double value)
{
	struct sim_motor *m = sim_bus_find(b, id);
	unsigned addr, bytes;

	if (!m || !(fabs(value) < 4294967296.0))
		return false;
	if (strcmp(what, "position") == 0) {
		m->at = value + b->class->offset(m);
		m->ramp = m->at + m->turn;
		b->class->publish(m);
		return true;
	}
	if (!parse_register(what, &addr, &bytes))
		return false;
	sim_put(m->mem, addr, bytes, (uint32_t)(int64_t)value);
	sim_motor_wrote(m, b->class, addr, bytes);
	return true;
}
