/* SPDX-License-Identifier: Apache-2.0 */
/* A bus with DaMiao motors, followed: cycles, positions, health, and what goes wrong. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "wire/canframe.h"
#include "wire/damiao_bus.h"

enum { MOTORS = 3, US = 1000 };

/* Two joints in rad and a gripper from 0 to 1; what was told, and what it added up to. */
struct bed {
	struct damiao_setup setup;
	struct damiao_bus *bus;
	struct buf records;
	int64_t now_ns;
	unsigned hellos, steps, motors, buses, gaps;
	struct buf values; /* of samples: when after the start, whose */
	struct step step;
	struct motor motor[MOTORS];
	struct bus last;
	struct buf notes;
};

static void take(void *host, const struct event *ev)
{
	struct bed *b = host;

	b->hellos += ev->kind == EVENT_HELLO;
	b->steps += ev->kind == EVENT_STEP;
	b->motors += ev->kind == EVENT_MOTOR;
	b->buses += ev->kind == EVENT_BUS;
	b->gaps += ev->kind == EVENT_GAP;
	if (ev->kind == EVENT_STEP)
		b->step = *ev->step;
	if (ev->kind == EVENT_MOTOR && ev->motor->id >= 1 && ev->motor->id <= MOTORS)
		b->motor[ev->motor->id - 1] = *ev->motor;
	if (ev->kind == EVENT_BUS)
		b->last = *ev->bus;
	if (ev->kind == EVENT_SAMPLE)
		buf_printf(&b->values, "%lld %s%u %.2f; ",
			   (long long)(ev->t_ns - 1000 * NS_PER_S) / US,
			   vec_word((enum vec_kind)ev->sample->v->vector), ev->sample->v->joint,
			   ev->sample->v->value);
	if (ev->kind == EVENT_NOTE)
		buf_printf(&b->notes, "%s\n", ev->text);
}

static void bed_open(struct bed *b)
{
	static const struct damiao_joint joints[MOTORS] = {
		{"joint_1.pos",
		 "dm4340",
		 1,
		 0x11,
		 {12.5, 10, 28},
		 1,
		 0,
		 UNIT_RAD,
		 true,
		 -2.6,
		 3.1,
		 true},
		{"joint_2.pos",
		 "dm4310",
		 2,
		 0x12,
		 {12.5, 30, 10},
		 -1,
		 0,
		 UNIT_RAD,
		 false,
		 0,
		 0,
		 false},
		{"gripper.pos",
		 "dm4310",
		 3,
		 0x13,
		 {12.5, 30, 10},
		 0.5,
		 1,
		 UNIT_0_1,
		 false,
		 0,
		 0,
		 false},
	};

	memset(b, 0, sizeof(*b));
	snprintf(b->setup.robot, sizeof(b->setup.robot), "yam");
	snprintf(b->setup.bus, sizeof(b->setup.bus), "can0");
	b->setup.joints = MOTORS;
	memcpy(b->setup.joint, joints, sizeof(joints));
	b->bus = damiao_bus_new(&b->setup, take, b);
	b->now_ns = 1000 * NS_PER_S;
}

static void bed_close(struct bed *b)
{
	damiao_bus_free(b->bus);
	buf_fini(&b->records);
	buf_fini(&b->values);
	buf_fini(&b->notes);
}

static bool told(const struct bed *b, const char *text)
{
	return strstr(buf_text(&b->notes), text) != NULL;
}

/* Hands over what was put, as the source does. */
static void flush(struct bed *b)
{
	damiao_bus_due(b->bus, b->now_ns);
	if (b->records.len)
		damiao_bus_bytes(b->bus, b->records.p, b->records.len, SIZE_MAX, b->now_ns);
	buf_clear(&b->records);
}

static void put(struct bed *b, uint32_t id, const uint8_t *data, size_t len)
{
	struct canframe f = {.id = id, .len = len, .t_ns = b->now_ns};

	memcpy(f.data, data, len);
	canframe_put(&b->records, &f);
	flush(b);
}

static unsigned u16(double rad)
{
	return (unsigned)lround((rad + 12.5) / 25 * 65535);
}

static void command(struct bed *b, unsigned id, double rad, unsigned kp)
{
	unsigned u = u16(rad);
	uint8_t d[8] = {(uint8_t)(u >> 8), (uint8_t)u, 0x7f, (uint8_t)(0xf0 | kp >> 8),
			(uint8_t)kp,	   0x33,       0x37, 0xff};

	b->now_ns += 100 * US;
	put(b, id, d, 8);
}

static void answer(struct bed *b, unsigned id, double rad, unsigned error)
{
	unsigned u = u16(rad);
	uint8_t d[8] = {(uint8_t)(error << 4 | id),
			(uint8_t)(u >> 8),
			(uint8_t)u,
			0x7f,
			0xf7,
			0xff,
			(uint8_t)(30 + id),
			41};

	b->now_ns += 100 * US;
	put(b, id + 0x10, d, 8);
}

/* One cycle of i2rt's loop: each is commanded and answers. */
static void cycle(struct bed *b, double rad)
{
	int64_t from_ns = b->now_ns;

	for (unsigned id = 1; id <= MOTORS; id++) {
		command(b, id, rad, 655);
		answer(b, id, rad + 0.1, 1);
	}
	b->now_ns = from_ns + 4000 * US;
}

static bool is(const struct bed *b, enum vec_kind k, unsigned joint, double value)
{
	double v;

	return vec_value(&b->step.vec[k], joint, &v) && fabs(v - value) < 3e-4;
}

static void test_cycles(struct tap *t)
{
	struct bed b;

	bed_open(&b);
	for (int i = 0; i < 100; i++)
		cycle(&b, 0.01 * i);
	ok(t, b.hellos == 1 && b.steps == 100, "100 cycles, each told when all have answered");
	ok(t, is(&b, VEC_SENT, 0, 0.99) && is(&b, VEC_GOT, 0, 1.09), "sent and got of joint 1");
	ok(t, is(&b, VEC_SENT, 1, -0.99) && is(&b, VEC_GOT, 1, -1.09),
	   "joint 2 turns the other way");
	ok(t, is(&b, VEC_SENT, 2, 1.495) && is(&b, VEC_GOT, 2, 1.545), "the gripper has a scale");
	damiao_bus_due(b.bus, b.now_ns + NS_PER_S);
	ok(t,
	   b.last.transactions == 600 && b.last.timeouts == 0 && b.last.stray == 0 &&
		   b.last.late == 0,
	   "600 frames");
	ok(t, b.last.worst_ms > 0.09 && b.last.worst_ms < 0.11, "answers took 0.1 ms: %g",
	   b.last.worst_ms);
	ok(t,
	   b.motor[0].temp_degc == 31 && b.motor[0].rotor_degc == 41 && b.motor[0].torque == 1 &&
		   b.motor[0].faults == 0 && b.motor[0].missed == 0,
	   "the health of motor 1");
	bed_close(&b);
}

/* Beside the steps: each position at the time of its frame, also those that a cycle leaves out. */
static void test_samples(struct tap *t)
{
	struct bed b;

	bed_open(&b);
	command(&b, 1, 0.5, 655); /* no joint's value before its motor's turn is known */
	answer(&b, 1, 0.6, 1);
	command(&b, 2, 0.2, 0); /* limp */
	answer(&b, 2, 0.3, 1);
	command(&b, 3, 0.4, 655);
	command(&b, 3, 0.5, 655); /* no answer: once more */
	answer(&b, 3, 0.5, 1);
	answer(&b, 3, 0.6, 1);
	if (!ok(t,
		strcmp(buf_text(&b.values),
		       "100 sent0 0.50; 200 got0 0.60; 400 got1 -0.30; 500 sent2 1.20; "
		       "600 sent2 1.25; 700 got2 1.25; 800 got2 1.30; ") == 0,
		"each value at its own time"))
		printf("# %s\n", buf_text(&b.values));
	bed_close(&b);
}

/* As LeRobot does: all are asked, all answer; all are commanded, all answer. */
static void test_lerobot(struct tap *t)
{
	static const uint8_t refresh[8] = {0, 0, 0xcc};
	struct bed b;

	bed_open(&b);
	for (int i = 0; i < 30; i++) {
		int64_t from_ns = b.now_ns;

		for (unsigned id = 1; id <= MOTORS; id++) {
			uint8_t d[8];

			memcpy(d, refresh, 8);
			d[0] = (uint8_t)id;
			put(&b, 0x7ff, d, 8);
		}
		for (unsigned id = 1; id <= MOTORS; id++)
			answer(&b, id, 0.5, 1);
		for (unsigned id = 1; id <= MOTORS; id++)
			command(&b, id, 0.6, 655);
		for (unsigned id = 1; id <= MOTORS; id++)
			answer(&b, id, 0.55, 1);
		b.now_ns = from_ns + NS_PER_S / 30;
	}
	flush(&b);
	ok(t, b.steps == 30, "30 cycles of LeRobot's: %u", b.steps);
	ok(t, is(&b, VEC_SENT, 0, 0.6) && is(&b, VEC_GOT, 0, 0.55), "with the newest answers");
	damiao_bus_due(b.bus, b.now_ns + NS_PER_S);
	ok(t, b.last.timeouts == 0 && b.last.late == 0, "nothing is missing");
	bed_close(&b);
}

/* The last cycle before a pause is told, too: answers may be missing. */
static void test_pause(struct tap *t)
{
	struct bed b;

	bed_open(&b);
	command(&b, 1, 0.5, 655);
	answer(&b, 1, 0.5, 1);
	command(&b, 2, 0.5, 655);
	ok(t, b.steps == 0, "a cycle under way");
	ok(t, damiao_bus_due(b.bus, b.now_ns + 1) == b.now_ns + 20 * NS_PER_MS, "is due soon");
	damiao_bus_due(b.bus, b.now_ns + 20 * NS_PER_MS);
	ok(t, b.steps == 1 && is(&b, VEC_GOT, 0, 0.5) && !vec_known(&b.step.vec[VEC_GOT], 1),
	   "and told with what there is");
	bed_close(&b);
}

static void test_limp(struct tap *t)
{
	struct bed b;

	bed_open(&b);
	for (int i = 0; i < 5; i++) {
		command(&b, 1, 0.5, 0);
		answer(&b, 1, 0.7, 1);
		command(&b, 2, 0.5, 655);
		answer(&b, 2, 0.7, 1);
	}
	ok(t, b.steps >= 3 && !vec_known(&b.step.vec[VEC_SENT], 0) && is(&b, VEC_GOT, 0, 0.7),
	   "without stiffness a position is not sent, and still got");
	ok(t, is(&b, VEC_SENT, 1, -0.5), "its neighbour's is");
	ok(t, !vec_known(&b.step.vec[VEC_SENT], 2) && !vec_known(&b.step.vec[VEC_GOT], 2),
	   "of a motor that nobody talks to nothing is known");
	bed_close(&b);
}

static void test_missing(struct tap *t)
{
	struct bed b;

	bed_open(&b);
	for (int i = 0; i < 20; i++)
		cycle(&b, 0.2);
	/* i2rt asks again, up to 15 times, each after 10 ms. */
	for (int i = 0; i < 120; i++) {
		command(&b, 1, 0.2, 655);
		answer(&b, 1, 0.3, 1);
		for (int again = 0; again < 3; again++) {
			command(&b, 2, 0.2, 655);
			b.now_ns += 10000 * US;
		}
		command(&b, 3, 0.2, 655);
		answer(&b, 3, 0.3, 1);
	}
	ok(t, told(&b, "joint_2.pos (motor 2) has not answered for 1."), "a motor is missing");
	ok(t, b.steps >= 138 && b.steps <= 140, "repeated commands begin no cycle: %u steps",
	   b.steps);
	ok(t,
	   is(&b, VEC_GOT, 0, 0.3) && is(&b, VEC_SENT, 1, -0.2) &&
		   !vec_known(&b.step.vec[VEC_GOT], 1),
	   "its neighbours are undisturbed, its own position is unknown");
	ok(t,
	   b.motor[1].missed > 200 && b.motor[1].faults == -1 && isnan(b.motor[1].temp_degc) &&
		   b.motor[0].missed == 0,
	   "it missed %lld, and its health is unknown", (long long)b.motor[1].missed);
	ok(t, b.last.retries > 200 && b.last.timeouts >= b.last.retries, "retries are counted");
	cycle(&b, 0.2);
	ok(t, told(&b, "joint_2.pos (motor 2) answers again"), "it is back");
	bed_close(&b);
}

static void test_errors(struct tap *t)
{
	struct bed b;
	unsigned before;

	bed_open(&b);
	for (int i = 0; i < 100; i++)
		cycle(&b, 0.2);
	before = b.motors;
	command(&b, 3, 0.2, 655);
	answer(&b, 3, 0.3, 0xe);
	ok(t,
	   b.motors == before + 1 && b.motor[2].faults == MOTOR_OVERLOAD && b.motor[2].torque == -1,
	   "overload is told at once");
	b.now_ns += NS_PER_S / 5;
	answer(&b, 3, 0.3, 0);
	ok(t, b.motor[2].torque == 0 && b.motor[2].faults == 0, "so is that it is off");
	answer(&b, 3, 0.3, 0xc);
	answer(&b, 3, 0.3, 1);
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.motor[2].faults == MOTOR_HOT && b.motor[2].torque == 1,
	   "one that comes and goes between two reports is told");
	ok(t, b.motor[0].faults == 0 && b.motor[1].faults == 0, "the others are well");
	answer(&b, 1, 0, 1);
	b.now_ns += 100 * US;
	put(&b, 0x12, (const uint8_t[8]){0x11}, 8);
	ok(t, told(&b, "motor 1 answers as joint_2.pos, which is motor 2"), "two share an id");
	for (int i = 0; i < 10; i++) {
		command(&b, 1, 0.2, 655);
		answer(&b, 1, 0.2, 1);
		answer(&b, 1, 0.2, 1);
	}
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.last.late >= 10, "answers that nobody asked for: %lld", (long long)b.last.late);
	bed_close(&b);
}

static void put_record(struct bed *b, const struct canframe *f)
{
	b->now_ns += NS_PER_MS;
	canframe_put(&b->records, f);
	flush(b);
}

static void test_controller(struct tap *t)
{
	struct canframe link = {.kind = CANFRAME_LINK,
				.state = BUS_OK,
				.tx_errors = 0,
				.rx_errors = 0,
				.bitrate = 1000000};
	static const uint8_t passive[8] = {0, 0x20, 0, 0, 0, 0, 136, 0};
	struct bed b;

	bed_open(&b);
	link.t_ns = b.now_ns;
	put_record(&b, &link);
	ok(t, b.buses == 1 && b.last.state == BUS_OK && b.last.tx_errors == 0,
	   "a controller says how it is");
	cycle(&b, 0.1);
	b.now_ns += NS_PER_S / 5;
	put(&b, 0x20000004, passive, 8);
	ok(t, b.last.state == BUS_PASSIVE && b.last.tx_errors == 136 && b.last.corrupt == 1,
	   "error passive is told at once");
	ok(t, told(&b, "can0: error passive"), "in words, too");
	b.now_ns += NS_PER_S / 5;
	put(&b, 0x20000040, passive, 8);
	ok(t, b.last.state == BUS_OFF && told(&b, "can0: error passive"), "then bus off");
	b.now_ns += NS_PER_S / 5;
	cycle(&b, 0.1);
	ok(t, b.last.state == BUS_OK, "who hears frames is not off");
	link = (struct canframe){.kind = CANFRAME_LOST, .lost = 77, .t_ns = b.now_ns};
	put_record(&b, &link);
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.gaps == 1 && b.last.overruns == 77, "frames that were not taken in time");
	put(&b, 0x321, passive, 8);
	put(&b, 0x80000011, passive, 8);
	put(&b, 0x50e, passive, 2);
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.last.stray == 2 && told(&b, "id 0x321 belong to no motor of yam"),
	   "frames of nobody");
	bed_close(&b);
}

static void test_positions(struct tap *t)
{
	struct bed b;
	double v = 0;

	bed_open(&b);
	command(&b, 1, 0.5 - 2 * 3.14159265, 655);
	answer(&b, 1, 0.6 - 2 * 3.14159265, 1);
	command(&b, 1, 0.5, 655);
	ok(t, is(&b, VEC_SENT, 0, 0.5) && is(&b, VEC_GOT, 0, 0.6),
	   "a motor that starts a turn away: a turn is added");
	bed_close(&b);

	bed_open(&b);
	for (int i = 0; i < 40; i++) {
		double rad = 12.1 + 0.02 * i;

		command(&b, 2, 0, 655);
		answer(&b, 2, rad > 12.5 ? rad - 25 : rad, 1);
	}
	command(&b, 2, 0, 655);
	ok(t, vec_value(&b.step.vec[VEC_GOT], 1, &v) && fabs(v + 12.88) < 0.01,
	   "over the end of its range it goes on: %g", v);
	bed_close(&b);
}

static void test_registers(struct tap *t)
{
	static const uint8_t read[8] = {2, 0, 0x33, 21}, vmax[8] = {2, 0, 0x33, 22};
	static const uint8_t answer_p[8] = {2, 0, 0x33, 21, 0x46, 0x0e, 0x49, 0x41}; /* 12.566 */
	static const uint8_t volts[8] = {2, 0, 0x33, 60},
			     is_volts[8] = {2, 0, 0x33, 60, 0, 0, 0xc0, 0x41};
	static const uint8_t write[8] = {1, 0, 0x55, 10, 2};
	static const uint8_t zero[8] = {255, 255, 255, 255, 255, 255, 255, 0xfe};
	struct bed b;
	double v = 0;

	bed_open(&b);
	put(&b, 0x7ff, read, 8);
	put(&b, 0x12, answer_p, 8);
	ok(t, told(&b, "joint_2.pos (motor 2) has PMAX 12.566, the table of ranges 12.5"),
	   "a motor's own range is told");
	command(&b, 2, 2.5, 655);
	answer(&b, 2, 2.5, 1);
	command(&b, 2, 2.5, 655);
	ok(t, vec_value(&b.step.vec[VEC_SENT], 1, &v) && fabs(v + 2.5132) < 3e-4,
	   "and used: 2.5 of 12.5 are %g of 12.566", v);
	put(&b, 0x7ff, volts, 8);
	put(&b, 0x12, is_volts, 8);
	put(&b, 0x7ff, vmax, 8);
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.motor[1].voltage_v == 24, "its supply voltage, when somebody asks for it");
	put(&b, 0x12, answer_p, 8);
	b.now_ns += NS_PER_S;
	flush(&b);
	ok(t, b.motor[1].temp_degc == 0x49, "an answer that looks like a register is none");
	put(&b, 0x7ff, write, 8);
	ok(t, told(&b, "register 10 CTRL_MODE of joint_1.pos (motor 1) set to 2"), "a write");
	put(&b, 1, zero, 8);
	ok(t, told(&b, "joint_1.pos (motor 1) took its position as its new zero"), "a new zero");
	bed_close(&b);
}

/* However the bytes are cut: the same events. */
static void test_cuts(struct tap *t)
{
	struct bed whole, cut;
	struct buf all = {0};

	bed_open(&whole);
	bed_open(&cut);
	for (unsigned i = 0; i < 2000; i++) {
		struct canframe f = {.id = i % 2 ? 0x11 + i / 2 % 3 : 1 + i / 2 % 3, .len = 8};

		f.t_ns = whole.now_ns + i * 600 * US;
		f.data[0] = (uint8_t)(0x10 | (1 + i / 2 % 3));
		f.data[1] = (uint8_t)i;
		f.data[4] = 200;
		canframe_put(&all, &f);
		if (i % 100 == 99)
			buf_add(&all, "\xff", 1);
	}
	damiao_bus_bytes(whole.bus, all.p, all.len, SIZE_MAX, whole.now_ns);
	for (size_t at = 0; at < all.len;) {
		size_t n = 1 + at % 37 < all.len - at ? 1 + at % 37 : all.len - at;

		for (size_t used = 0; used < n;)
			used += damiao_bus_bytes(cut.bus, all.p + at + used, n - used, 1,
						 cut.now_ns);
		at += n;
	}
	damiao_bus_end(whole.bus, whole.now_ns);
	damiao_bus_end(cut.bus, cut.now_ns);
	ok(t,
	   whole.steps > 300 && whole.steps == cut.steps &&
		   memcmp(&whole.step.vec, &cut.step.vec, sizeof(cut.step.vec)) == 0,
	   "%u steps, whole or in pieces", whole.steps);
	ok(t, damiao_bus_records(whole.bus) == 2000 && damiao_bus_records(cut.bus) == 2000,
	   "2000 records each");
	ok(t,
	   damiao_bus_bad(whole.bus) == 20 && damiao_bus_bad(cut.bus) == 20 &&
		   damiao_bus_first_bad(cut.bus)[0],
	   "20 bytes between them are none: %s", damiao_bus_first_bad(cut.bus));
	buf_fini(&all);
	bed_close(&whole);
	bed_close(&cut);
}

int main(void)
{
	struct tap t = {0};

	test_cycles(&t);
	test_samples(&t);
	test_lerobot(&t);
	test_pause(&t);
	test_limp(&t);
	test_missing(&t);
	test_errors(&t);
	test_controller(&t);
	test_positions(&t);
	test_registers(&t);
	test_cuts(&t);
	return tap_done(&t);
}
