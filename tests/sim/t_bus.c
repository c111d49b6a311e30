/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated servo buses: bytes by the vendors' documents, physics, and every fault. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sim/bus.h"
#include "tests/tap.h"

struct bench {
	struct sim_bus_cfg cfg;
	struct sim_bus *bus;
	int64_t now;
	uint8_t got[4096];
	size_t n;
};

static void begin(struct bench *b, enum sim_bus_kind kind)
{
	memset(b, 0, sizeof(*b));
	sim_bus_arm(&b->cfg, kind);
	b->cfg.seed = 7;
	b->now = 1000 * NS_PER_S;
	b->bus = sim_bus_new(&b->cfg, b->now);
}

static void end(struct bench *b)
{
	sim_bus_free(b->bus);
}

static size_t parse_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	while (*hex) {
		char *next;

		out[n++] = (uint8_t)strtoul(hex, &next, 16);
		hex = next + (*next == ' ');
	}
	return n;
}

/* Says it at once, and takes what comes within wait_s. */
static void ask(struct bench *b, const char *hex, double wait_s)
{
	uint8_t p[256];
	size_t n = parse_hex(hex, p);

	sim_bus_take(b->bus, b->now, p, n);
	b->now += (int64_t)(wait_s * (double)NS_PER_S);
	b->n = sim_bus_give(b->bus, b->now, b->got, sizeof(b->got));
}

static bool answered(const struct bench *b, const char *hex)
{
	uint8_t p[1024];
	size_t n = parse_hex(hex, p);

	if (n == b->n && (n == 0 || memcmp(p, b->got, n) == 0))
		return true;
	printf("# got");
	for (size_t i = 0; i < b->n; i++)
		printf(" %02x", b->got[i]);
	printf("\n");
	return false;
}

static double truth(const struct bench *b, unsigned id, const char *what)
{
	double v = NAN;

	sim_bus_get(b->bus, id, what, &v);
	return v;
}

static void run(struct bench *b, double seconds)
{
	b->now += (int64_t)(seconds * (double)NS_PER_S);
	sim_bus_run(b->bus, b->now);
}

static void sts_bytes(struct tap *t)
{
	struct bench b;

	begin(&b, SIM_BUS_STS);
	sim_bus_set(b.bus, 1, "position", 2048);
	ask(&b, "ff ff 01 02 01 fb", 0);
	ok(t, answered(&b, "ff ff 01 02 00 fc"), "STS: ping");
	ask(&b, "ff ff 01 04 02 38 02 be", 0);
	ok(t, answered(&b, "ff ff 01 04 00 00 08 f2"), "STS: position 2048");
	ask(&b, "ff ff 09 02 01 f3", 0);
	ok(t, answered(&b, ""), "STS: nobody has id 9");
	ask(&b, "ff ff 01 02 01 fa ff ff ff 01 02 01 fb", 0);
	ok(t, answered(&b, "ff ff 01 02 00 fc"), "STS: a wrong checksum, then noise, then a ping");
	ask(&b, "ff ff 01 02", 0);
	ask(&b, "01 fb", 0.01);
	ok(t, answered(&b, "ff ff 01 02 00 fc"), "STS: a packet in two pieces");
	ask(&b, "ff ff fe 16 83 2a 02 01 ff 07 02 ff 07 03 ff 07 04 ff 07 05 ff 07 06 ff 07 03", 0);
	ok(t, answered(&b, "") && truth(&b, 4, "42/2") == 2047, "STS: sync_write of six goals");
	ask(&b, "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26", 0);
	ok(t, b.n == 48 && b.got[2] == 1 && b.got[42] == 6, "STS: sync_read of six");
	ask(&b, "ff ff 01 05 04 2a 00 08 c3", 0);
	ok(t, answered(&b, "ff ff 01 02 00 fc") && truth(&b, 1, "42/2") == 2047,
	   "STS: a registered write waits");
	ask(&b, "ff ff fe 02 05 fa", 0);
	ok(t, answered(&b, "") && truth(&b, 1, "42/2") == 2048, "STS: until the action");
	ask(&b, "ff ff 01 04 03 03 05 ef", 0);
	ok(t, truth(&b, 1, "3/2") == 777, "STS: the model number cannot be written");
	end(&b);
}

static void dxl_bytes(struct tap *t)
{
	struct bench b;

	begin(&b, SIM_BUS_DXL);
	sim_bus_set(b.bus, 1, "0/2", 1030);
	sim_bus_set(b.bus, 1, "6/1", 0x26);
	sim_bus_set(b.bus, 1, "position", 2048);
	ask(&b, "ff ff fd 00 01 03 00 01 19 4e", 0);
	ok(t, answered(&b, "ff ff fd 00 01 07 00 55 00 06 04 26 65 5d"),
	   "Dynamixel: the published ping and its answer");
	sim_bus_set(b.bus, 2, "position", -100);
	ask(&b, "ff ff fd 00 fe 0d 00 82 84 00 04 00 01 02 03 04 05 06 b2 9b", 0);
	ok(t,
	   b.n == 90 && memcmp(b.got, "\xff\xff\xfd\0\x01\x08\0\x55\0\0\x08\0\0\x1c\x38", 15) == 0,
	   "Dynamixel: sync_read of six, the first as published");
	ok(t, memcmp(b.got + 15 + 9, "\x9c\xff\xff\xff", 4) == 0, "Dynamixel: a negative position");
	ask(&b, "ff ff fd 00 fe 11 00 83 74 00 04 00 01 00 08 00 00 02 00 08 00 00 68 4c", 0);
	ok(t, answered(&b, "") && truth(&b, 2, "116/4") == 2048, "Dynamixel: sync_write");
	end(&b);
}

static void moves(struct tap *t, enum sim_bus_kind kind)
{
	const char *name = kind == SIM_BUS_DXL ? "Dynamixel" : "STS";
	const char *torque = kind == SIM_BUS_DXL ? "64/1" : "40/1";
	const char *goal = kind == SIM_BUS_DXL ? "116/4" : "42/2";
	struct bench b;
	double from, before;

	begin(&b, kind);
	before = truth(&b, 1, "position");
	sim_bus_set(b.bus, 1, goal, before + 500);
	run(&b, 1);
	ok(t, fabs(truth(&b, 1, "position") - before) < 1,
	   "%s: without torque a goal moves nothing", name);
	sim_bus_set(b.bus, 1, torque, 1);
	run(&b, 0.02);
	from = truth(&b, 1, "position") - before;
	ok(t, from > 1 && from < 3400 * 0.02 + 1, "%s: torque on, it goes where it was told before",
	   name);
	run(&b, 2);
	ok(t, fabs(truth(&b, 1, "position") - before - 500) < 12, "%s: and arrives (%.1f off)",
	   name, truth(&b, 1, "position") - before - 500);
	sim_bus_set(b.bus, 3, torque, 1);
	sim_bus_set(b.bus, 3, goal, 2500);
	run(&b, 2);
	from = truth(&b, 3, "position") - 2500;
	ok(t, from > 2 && from < 40, "%s: the elbow holds, and droops by %.1f ticks", name, from);
	sim_bus_set(b.bus, 3, torque, 0);
	run(&b, 2);
	ok(t, truth(&b, 3, "position") > 2600, "%s: limp, it sinks", name);
	end(&b);
}

/* Lifts the elbow, breaks it, and lets the motors work for 3 s. */
static void broken(struct bench *b, enum sim_bus_kind kind, const char *fault)
{
	struct err e = {0};

	begin(b, kind);
	for (unsigned id = 1; id <= 6; id++)
		sim_bus_set(b->bus, id, kind == SIM_BUS_DXL ? "64/1" : "40/1", 1);
	sim_bus_set(b->bus, 3, kind == SIM_BUS_DXL ? "116/4" : "42/2", 2500);
	run(b, 1);
	if (sim_bus_break(b->bus, b->now, fault, &e) != 0)
		printf("# %s\n", e.msg);
	run(b, 3);
}

static const char ping3[] = "ff ff 03 02 01 f9", pong3[] = "ff ff 03 02 00 fa";

static void wire_faults(struct tap *t)
{
	struct bench b;

	broken(&b, SIM_BUS_STS, "checksum:1*2");
	ask(&b, ping3, 0);
	ok(t, b.n == 6 && !answered(&b, pong3) && memcmp(b.got, "\xff\xff\x03\x02\x00", 5) == 0,
	   "checksum: only the last byte is wrong");
	ask(&b, ping3, 0);
	ask(&b, ping3, 0);
	ok(t, answered(&b, pong3), "checksum: twice, then all is well");
	end(&b);
	broken(&b, SIM_BUS_STS, "truncated:1*1");
	ask(&b, ping3, 0);
	ok(t, answered(&b, "ff ff 03"), "truncated: half of it");
	end(&b);
	broken(&b, SIM_BUS_STS, "late:60*1");
	ask(&b, ping3, 0.055);
	ok(t, answered(&b, ""), "late: nothing after 55 ms");
	ask(&b, "", 0.006);
	ok(t, answered(&b, pong3), "late: all of it after 61 ms");
	end(&b);
	broken(&b, SIM_BUS_STS, "garbage:4");
	ask(&b, ping3, 0);
	ok(t, b.n == 10 && memcmp(b.got + 4, "\xff\xff\x03", 3) == 0, "garbage: before the packet");
	end(&b);
	broken(&b, SIM_BUS_STS, "duplicate-id");
	ask(&b, "ff ff 03 04 02 38 0f af", 0);
	ok(t, b.n == 21 && b.got[5] != (uint8_t)truth(&b, 3, "56/1"), "duplicate-id: two at once");
	end(&b);
	broken(&b, SIM_BUS_STS, "twin");
	ask(&b, "ff ff 03 04 02 38 0f af", 0);
	ok(t, b.n == 42 && b.got[5] == (uint8_t)truth(&b, 3, "56/1") && b.got[26] != b.got[5],
	   "twin: one behind the other");
	end(&b);
	broken(&b, SIM_BUS_STS, "silent/4");
	ask(&b, "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26", 0);
	ok(t, b.n == 40, "silent: five of six answer");
	sim_bus_mend(b.bus);
	ask(&b, "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26", 0);
	ok(t, b.n == 48, "silent: mended");
	end(&b);
	broken(&b, SIM_BUS_STS, "mute*1");
	ask(&b, "ff ff 03 05 03 2a 00 08 c2", 0);
	ok(t, answered(&b, "") && truth(&b, 3, "42/2") == 2048, "mute: written, not answered");
	end(&b);
	broken(&b, SIM_BUS_STS, "unplug:2");
	ask(&b, ping3, 0);
	ok(t, answered(&b, "ff ff") && !sim_bus_plugged(b.bus), "unplug: within the packet");
	ask(&b, ping3, 0);
	ok(t, answered(&b, ""), "unplug: then nothing");
	end(&b);
}

static void motor_faults(struct tap *t)
{
	struct bench b;

	broken(&b, SIM_BUS_STS, "overload");
	ask(&b, ping3, 0);
	ok(t, answered(&b, "ff ff 03 02 20 da"), "overload: the bit of an STS");
	ok(t, truth(&b, 2, "error") == 0, "overload: of this motor alone");
	end(&b);
	broken(&b, SIM_BUS_DXL, "overload");
	ok(t, truth(&b, 3, "70/1") == 0x20 && truth(&b, 3, "torque") == 0,
	   "overload: a Dynamixel lets go");
	end(&b);
	broken(&b, SIM_BUS_STS, "over-temperature");
	ask(&b, ping3, 0);
	ok(t, answered(&b, "ff ff 03 02 04 f6") && truth(&b, 3, "63/1") > 75,
	   "over-temperature: bit and register");
	end(&b);
	broken(&b, SIM_BUS_STS, "under-voltage");
	ok(t, fabs(truth(&b, 5, "62/1") - 49) <= 1 && truth(&b, 5, "error") == 0,
	   "under-voltage: 4.9 V at all, and no bit");
	end(&b);
	broken(&b, SIM_BUS_STS, "over-voltage");
	ok(t, fabs(truth(&b, 5, "62/1") - 126) <= 1 && truth(&b, 5, "error") == 1,
	   "over-voltage: 12.6 V on a 7.4 V servo, and the bit");
	end(&b);
	broken(&b, SIM_BUS_STS, "no-torque");
	ask(&b, "ff ff 03 04 03 28 01 cc", 0);
	ok(t, truth(&b, 3, "torque") == 0, "no-torque: told to hold, it does not");
	sim_bus_mend(b.bus);
	ask(&b, "ff ff 03 04 03 28 01 cc", 0);
	ok(t, truth(&b, 3, "torque") == 1, "no-torque: mended");
	end(&b);
	broken(&b, SIM_BUS_STS, "torque-lost");
	ok(t, truth(&b, 3, "torque") == 0 && truth(&b, 3, "position") > 2600,
	   "torque-lost: it sinks, and its register says 0");
	end(&b);
	broken(&b, SIM_BUS_STS, "stuck");
	sim_bus_set(b.bus, 3, "42/2", 2000);
	run(&b, 1);
	ok(t, truth(&b, 3, "position") > 2490 && fabs(truth(&b, 3, "load")) > 0.9,
	   "stuck: all torque, no motion");
	run(&b, 2);
	ok(t, truth(&b, 3, "error") == 0x20, "stuck: then overload");
	end(&b);
	broken(&b, SIM_BUS_STS, "error-bits/6:8");
	ok(t, truth(&b, 6, "65/1") == 8, "error-bits: as they were ordered");
	end(&b);
	begin(&b, SIM_BUS_STS);
	sim_bus_break(b.bus, b.now, "encoder-wrap/1", NULL);
	run(&b, 0.01);
	ok(t,
	   fabs(truth(&b, 1, "position") - (2047 - 4096)) < 1 &&
		   truth(&b, 1, "56/2") == (0x8000 | 2049),
	   "encoder-wrap: a turn less, sign and magnitude");
	end(&b);
}

static void words(struct tap *t)
{
	static const char *const bad[] = {"chekcsum", "late:x",	    "late@-1",	"late/77",
					  "late*0",   "late:99999", "silent/x", ""};
	struct err e = {0};
	struct bench b;
	bool none = true;

	begin(&b, SIM_BUS_STS);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		none = none && sim_bus_break(b.bus, b.now, bad[i], &e) == -EINVAL && e.msg[0];
	ok(t, none, "words that are no fault are refused");
	sim_bus_break(b.bus, b.now, "chekcsum", &e);
	ok(t, strstr(e.msg, "'checksum'") != NULL, "with the nearest name");
	for (unsigned i = 0; i < 8; i++)
		sim_bus_break(b.bus, b.now, "late@100", NULL);
	ok(t, sim_bus_break(b.bus, b.now, "late", &e) == -ENOSPC, "eight at once, no more");
	end(&b);
}

static void time_on_the_wire(struct tap *t)
{
	struct bench b;
	int64_t start;

	begin(&b, SIM_BUS_STS);
	sim_bus_free(b.bus);
	b.cfg.baud = 1000000;
	b.bus = sim_bus_new(&b.cfg, b.now);
	for (unsigned id = 1; id <= 6; id++)
		sim_bus_set(b.bus, id, "7/1", 0);
	start = b.now;
	ask(&b, "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26", 0);
	ok(t, b.n == 0 && sim_bus_due_ns(b.bus) - start == 220000,
	   "at 1 Mbit/s the first of 14 + 8 bytes is there after 220 us");
	b.now = start + 619999;
	b.n = sim_bus_give(b.bus, b.now, b.got, sizeof(b.got));
	ok(t, b.n == 40, "and the last but one before 620 us");
	end(&b);
}

int main(void)
{
	struct tap t = {0};

	sts_bytes(&t);
	dxl_bytes(&t);
	moves(&t, SIM_BUS_STS);
	moves(&t, SIM_BUS_DXL);
	wire_faults(&t);
	motor_faults(&t);
	words(&t);
	time_on_the_wire(&t);
	return tap_done(&t);
}
