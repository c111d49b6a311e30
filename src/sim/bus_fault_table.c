/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "sim/bus_impl.h"

/* One reply in strength. */
static bool its_turn(const struct sim_fault_state *f)
{
	return fmod(f->count - 1, f->strength) == 0;
}

static bool checksum_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	if (!its_turn(f))
		return false;
	c->p[c->n - 1] ^= (uint8_t)(1 + rng_u32(&b->rng) % 255);
	return true;
}

static bool truncated_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	(void)b;
	if (!its_turn(f))
		return false;
	c->n /= 2;
	return true;
}

static bool late_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	(void)b;
	c->at_ns += (int64_t)(f->strength * (double)NS_PER_MS);
	return true;
}

/* Noise before the reply; never a whole header, which a reader would rightly wait behind. */
static bool garbage_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	size_t n = (size_t)f->strength;

	if (n > sizeof(c->p) - c->n)
		return false;
	memmove(c->p + n, c->p, c->n);
	for (size_t i = 0; i < n; i++)
		c->p[i] = (uint8_t)(rng_u32(&b->rng) % 255);
	c->n += n;
	return true;
}

/* Both pull the line down where they have a zero. The twin stands somewhere else. */
static bool duplicate_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	const struct sim_bus_class *k = b->class;
	struct sim_chunk twin = *c;
	unsigned data = b->cfg.kind == SIM_BUS_DXL ? 9 : 5;

	for (size_t i = data; i + 2 < c->n; i++)
		twin.p[i] = (uint8_t)(twin.p[i] + (unsigned)f->strength);
	k->seal(&twin);
	for (size_t i = 0; i < c->n; i++)
		c->p[i] &= twin.p[i];
	return true;
}

/* Two motors with one id, of which one is slower: both replies are there, one behind the other. */
static bool twin_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	struct sim_chunk twin = *c;
	unsigned data = b->cfg.kind == SIM_BUS_DXL ? 9 : 5;

	if (2 * c->n > sizeof(c->p))
		return false;
	for (size_t i = data; i + 2 < c->n; i++)
		twin.p[i] = (uint8_t)(twin.p[i] + (unsigned)f->strength);
	b->class->seal(&twin);
	memcpy(c->p + c->n, twin.p, twin.n);
	c->n += twin.n;
	return true;
}

static bool mute_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	(void)b, (void)f;
	c->n = 0;
	return true;
}

static void silent_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->silent = true;
}

static void silent_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->silent = false;
}

static void overload_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->pull += f->strength;
}

static void overload_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->pull = f->motor->cfg.weight;
}

static void stuck_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->stuck = true;
}

static void stuck_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->stuck = false;
}

/* A servo in a hot place, or long at work: it is there at once, and cools as such a thing cools. */
static void hot_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->temp_degc = f->motor->warm_degc = f->strength;
}

static void hot_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->warm_degc = 30;
}

static void supply_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	for (unsigned i = 0; i < b->cfg.motors; i++)
		b->motor[i].supply_v = f->strength;
}

static void supply_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)f;
	for (unsigned i = 0; i < b->cfg.motors; i++)
		b->motor[i].supply_v = b->motor[i].cfg.supply_v;
}

static void wrap_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->turn += f->strength;
}

/* A dip of the supply: the servo starts anew, and nobody tells it to hold. */
static void limp_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	f->motor->mem[b->class->torque] = 0;
	sim_motor_wrote(f->motor, b->class, b->class->torque, 1);
}

static void refuses_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	f->motor->refuses = true;
	limp_begin(b, f);
}

static void refuses_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->refuses = false;
}

static void bits_begin(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->forced = (uint8_t)f->strength;
}

static void bits_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)b;
	f->motor->forced = 0;
}

static bool unplug_reply(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c)
{
	if (c->n > (size_t)f->strength)
		c->n = (size_t)f->strength;
	b->plugged = false;
	return true;
}

static void unplug_end(struct sim_bus *b, struct sim_fault_state *f)
{
	(void)f;
	b->plugged = true;
	b->in_n = 0;
	b->chunks = 0;
}

static const struct sim_bus_fault_acts checksum = {.reply = checksum_reply},
				       truncated = {.reply = truncated_reply},
				       late = {.reply = late_reply},
				       garbage = {.reply = garbage_reply},
				       duplicate = {.reply = duplicate_reply},
				       twin = {.reply = twin_reply}, mute = {.reply = mute_reply},
				       silent = {.begin = silent_begin, .end = silent_end},
				       overload = {.begin = overload_begin, .end = overload_end},
				       stuck = {.begin = stuck_begin, .end = stuck_end},
				       hot = {.begin = hot_begin, .end = hot_end},
				       supply = {.begin = supply_begin, .end = supply_end},
				       wrap = {.begin = wrap_begin}, limp = {.begin = limp_begin},
				       refuses = {.begin = refuses_begin, .end = refuses_end},
				       bits = {.begin = bits_begin, .end = bits_end},
				       unplug = {.reply = unplug_reply, .end = unplug_end};

const struct sim_bus_fault sim_bus_fault_table[] = {
	{"checksum", "the last byte of a reply is wrong", "replies, of which one", 10, 1, 1e6,
	 &checksum},
	{"truncated", "half of a reply is missing", "replies, of which one", 10, 1, 1e6,
	 &truncated},
	{"late", "a reply comes late", "ms", 60, 0, 1e4, &late},
	{"garbage", "noise on the line before a reply", "bytes", 3, 1, 200, &garbage},
	{"duplicate-id", "two motors answer at once", "what the data differ by", 37, 1, 255,
	 &duplicate},
	{"twin", "two motors answer, one after the other", "what the data differ by", 37, 1, 255,
	 &twin},
	{"mute", "a reply is lost, the motor works on", "", 0, 0, 0, &mute},
	{"silent", "a motor without power", "", 0, 0, 0, &silent},
	{"overload", "a weight hangs on a joint", "of the stall torque", 1.2, -3, 3, &overload},
	{"stuck", "a joint that cannot move", "", 0, 0, 0, &stuck},
	{"over-temperature", "a hot servo", "degC", 80, -20, 200, &hot},
	{"under-voltage", "a supply that sags, for all", "V", 4.9, 0, 25, &supply},
	{"over-voltage", "the wrong supply, for all", "V", 12.6, 0, 25, &supply},
	{"encoder-wrap", "an encoder that jumps", "ticks", -4096, -32000, 32000, &wrap},
	{"torque-lost", "a servo that forgot to hold", "", 0, 0, 0, &limp},
	{"no-torque", "a servo that does not hold, whatever it is told", "", 0, 0, 0, &refuses},
	{"error-bits", "bits in the error register", "the bits", 32, 1, 127, &bits},
	{"unplug", "the cable comes off in a reply", "bytes of it that arrive", 5, 0, 200, &unplug},
	{0},
};
