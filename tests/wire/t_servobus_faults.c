/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A servo bus with one fault each: what is told of it, and that the other joints do not notice.
 * Replies come as one read a servo, 0.1 ms apart; the fault is in cycles 10 to 12.
 */
#include "tests/tap.h"
#include "tests/wire/servobus.h"

#include "wire/dynamixel.h"

enum { CYCLES = 40, FIRST = 10, LAST = 12, JOINTS = 6 };

static const int64_t cycle_ns = 33 * MS;

struct act;
typedef void (*reply_fn)(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns);

/* How a bus behaves. */
struct act {
	struct servobus *b;
	reply_fn reply; /* of servo id while it is broken */
	uint8_t who;	/* the servo with the fault */
	uint8_t error;
	bool always; /* in all cycles from FIRST on */
};

static int position(int cycle, uint8_t id)
{
	return 2000 + 10 * cycle + id;
}

static void plain(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	(void)id;
	say(a->b, 0, p, n, t_ns);
}

/* Whether every step but those near the fault has all that was said; without: one servo is left out. */
struct record {
	unsigned steps, missing, wrong, broken_missing;
	uint8_t without;
};

static void judge(struct heard *h, const struct step *s)
{
	struct record *r = h->arg;
	int cycle = (int)(s->t_ns / cycle_ns);
	bool broken = cycle >= FIRST && cycle <= LAST + 1;

	r->steps++;
	for (unsigned i = 0; i < JOINTS; i++) {
		double v = 0, want = (position(cycle, (uint8_t)(i + 1)) - 4095 / 2.0) * 360 / 4095;

		if (i + 1 == r->without)
			continue;
		if (!vec_value(&s->vec[VEC_GOT], i, &v))
			broken ? r->broken_missing++ : r->missing++;
		else if (i < 5 && fabs(v - want) > 1e-9)
			r->wrong += !broken;
	}
}

static void session(struct act *a, struct heard *h)
{
	struct servobus_setup setup = so101_setup();
	struct servobus *b = servobus_new(&setup, hear, h);
	uint8_t p[64];

	a->b = b;
	h->on_step = judge;
	for (int c = 0; c < CYCLES; c++) {
		bool broken = c >= FIRST && (c <= LAST || a->always);

		ask_positions(b, c * cycle_ns);
		for (uint8_t id = 1; id <= JOINTS; id++) {
			uint8_t error = broken && id == a->who ? a->error : 0;
			size_t n = feetech_ticks(p, id, error, position(c, id));

			(broken ? a->reply : plain)(a, id, p, n, c * cycle_ns + id * MS / 10);
		}
		write_goals(b, 2000, c * cycle_ns + 5 * MS);
	}
	servobus_end(b, CYCLES * cycle_ns);
	servobus_free(b);
}

/* One fault; returns what was heard, whose notes the caller frees. */
static struct heard play(struct tap *t, const char *name, reply_fn reply, uint8_t who,
			 uint8_t error, bool always)
{
	struct record r = {.without = who};
	struct heard h = {.arg = &r};
	struct act a = {.reply = reply, .who = who, .error = error, .always = always};

	session(&a, &h);
	if (!ok(t, r.steps == CYCLES && !r.missing && !r.wrong && !r.broken_missing,
		"%s: the other joints do not notice", name))
		printf("# %u steps, %u missing, %u of them in the fault, %u wrong\n", r.steps,
		       r.missing + r.broken_missing, r.broken_missing, r.wrong);
	return h;
}

static void noted(struct tap *t, struct heard *h, const char *want)
{
	if (!ok(t, strstr(buf_text(&h->notes), want) != NULL, "noted: %s", want))
		printf("# %s\n", buf_text(&h->notes));
	buf_fini(&h->notes);
}

static void checksum_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n,
			   int64_t t_ns)
{
	uint8_t bad[64];

	memcpy(bad, p, n);
	bad[n - 1] ^= id == a->who;
	say(a->b, 0, bad, n, t_ns);
}

static void short_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	say(a->b, 0, p, id == a->who ? n - 3 : n, t_ns);
}

/* Its length says that more is to come. */
static void lying_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	uint8_t bad[64];

	memcpy(bad, p, n);
	if (id == a->who)
		bad[3] = 0xf0;
	say(a->b, 0, bad, n, t_ns);
}

static void no_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	if (id != a->who)
		say(a->b, 0, p, n, t_ns);
}

static void noisy_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	static const uint8_t noise[] = {0x00, 0xff, 0xfe, 0xff, 0xff, 0x13, 0x80, 0xff};

	if (id == a->who)
		say(a->b, 0, noise, sizeof(noise), t_ns);
	say(a->b, 0, p, n, t_ns);
}

static void double_reply(const struct act *a, uint8_t id, const uint8_t *p, size_t n, int64_t t_ns)
{
	say(a->b, 0, p, n, t_ns);
	if (id == a->who)
		say(a->b, 0, p, n, t_ns);
}

static void wire_faults(struct tap *t)
{
	struct heard h = play(t, "checksum error", checksum_reply, 3, 0, false);

	ok(t, h.bus.corrupt == 3 && h.bus.timeouts == 3 && h.motor[3].missed == 3 && !h.bus.late,
	   "3 corrupt packets, and 3 requests without all replies");
	buf_fini(&h.notes);
	h = play(t, "truncated reply", short_reply, 3, 0, false);
	ok(t, h.bus.corrupt == 3 && h.bus.timeouts == 3 && h.motor[3].missed == 3,
	   "3 packets that were cut");
	buf_fini(&h.notes);
	h = play(t, "garbage between packets", noisy_reply, 3, 0, false);
	ok(t, h.bus.stray == 24 && !h.bus.timeouts && !h.bus.corrupt,
	   "24 stray bytes, nothing lost");
	buf_fini(&h.notes);
	h = play(t, "duplicate id", double_reply, 3, 0, false);
	ok(t, h.bus.late == 3 && !h.bus.timeouts && h.bus.behind == 0, "3 replies too many");
	noted(t, &h, "two answers to one request as elbow_flex.pos (id 3)");
	ok(t, h.worst[3].faults == MOTOR_GARBLED && h.worst[2].faults <= 0,
	   "three of them are garbled");
	h = play(t, "damaged replies", checksum_reply, 3, 0, true);
	ok(t, h.motor[3].faults == MOTOR_GARBLED && h.motor[2].faults == 0,
	   "damaged ones in a row are, too: what it says of itself is not heard");
	buf_fini(&h.notes);
	h = play(t, "one motor silent", no_reply, 4, 0, true);
	ok(t,
	   h.motor[4].missed == CYCLES - FIRST - 1 && h.bus.timeouts == CYCLES - FIRST - 1 &&
		   !h.motor[3].missed && h.bus.state != BUS_OFF && h.motor[4].faults == -1,
	   "its replies are missed, and its bus is on");
	noted(t, &h, "wrist_flex.pos (id 4) does not answer");
	h = play(t, "one motor silent for a while", no_reply, 4, 0, false);
	noted(t, &h, "wrist_flex.pos (id 4) answers again");
}

/* What is behind a length that lies is found when the next request is sent. */
static void lying_length(struct tap *t)
{
	struct record r = {.without = 3};
	struct heard h = {.arg = &r};
	struct act a = {.reply = lying_reply, .who = 3};

	session(&a, &h);
	ok(t, r.steps == CYCLES && !r.missing && !r.wrong, "a length that lies: soon forgotten");
	ok(t, !r.broken_missing && h.bus.late == 0 && h.bus.corrupt == 3 && h.motor[3].missed == 3,
	   "three lost, and those behind them found before the next request");
	buf_fini(&h.notes);
}

static void motor_faults(struct tap *t)
{
	struct heard h = play(t, "overload bit", plain, 3, 0x20, false);

	ok(t, h.worst[3].faults == MOTOR_OVERLOAD && h.motor[3].faults == 0 && !h.worst[2].faults,
	   "overload comes and goes");
	buf_fini(&h.notes);
	h = play(t, "over-temperature bit", plain, 6, 0x04, true);
	ok(t, h.motor[6].faults == MOTOR_HOT && !h.worst[5].faults, "over-temperature stays");
	buf_fini(&h.notes);
}

/* FF FF inside a reply, and a whole packet inside one. */
static void payload(struct tap *t)
{
	static const uint8_t block[15] = {0xff, 0xff, 0x02, 0x04, 0x00, 0x00, 0x08, 0xf1,
					  0x4a, 30,   0,    0,	  0,	0xff, 0xff};
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (int i = 0; i < 3; i++) {
		say(b, 1, p, feetech_wire.read(p, 1, 56, 15), i * 600 * MS);
		say(b, 0, p, feetech_packet(p, 1, 0, block, sizeof(block)), i * 600 * MS + MS);
	}
	servobus_end(b, 2 * NS_PER_S);
	ok(t, !h.bus.timeouts && !h.bus.corrupt && !h.bus.stray && !h.bus.late,
	   "FF FF in the data is data");
	ok(t, h.motor[1].temp_degc == 0xf1, "and its registers are read");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* The replies to each request from the fifth on come after the next request: the client is behind. */
static void late(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];
	bool behind_before;

	for (int c = 0; c < 5; c++) {
		ask_positions(b, c * cycle_ns);
		for (uint8_t id = 1; id <= JOINTS && c < 4; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000), c * cycle_ns + MS);
	}
	/* LeRobot gives up after 50 ms and asks again; then both answers come. */
	ask_positions(b, 4 * cycle_ns + 55 * MS);
	for (uint8_t id = 1; id <= JOINTS; id++)
		say(b, 0, p, feetech_ticks(p, id, 0, 2000), 4 * cycle_ns + 56 * MS);
	behind_before = h.bus.behind == 1;
	for (uint8_t id = 1; id <= JOINTS; id++)
		say(b, 0, p, feetech_ticks(p, id, 0, 2001), 4 * cycle_ns + 57 * MS);
	ok(t, !behind_before && h.bus.behind == 1 && h.bus.late == 6 && h.bus.retries == 1,
	   "six replies too many are the late ones: the client is behind");
	servobus_due(b, NS_PER_S);
	noted(t, &h, "a client that does not drop them reads the state before from now on");
	ask_positions(b, NS_PER_S);
	servobus_end(b, NS_PER_S + 10 * MS);
	ok(t, h.bus.behind == 0, "the client has left: the next one begins afresh");
	servobus_free(b);
}

/* A reply that comes two requests later is no second servo. */
static void very_late(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (uint8_t id = 20; id < 30; id++)
		say(b, 1, p, feetech_wire.ping(p, id), MS);
	for (int c = 1; c < 4; c++)
		say(b, 1, p, feetech_wire.read(p, 1, 56, 2), c * 10 * MS);
	for (int c = 0; c < 3; c++)
		say(b, 0, p, feetech_ticks(p, 1, 0, 2000), 31 * MS);
	servobus_end(b, 40 * MS);
	ok(t, h.bus.timeouts == 1, "who is looked for and not there is no error of the bus");
	ok(t, h.bus.late == 2 && !strstr(buf_text(&h.notes), "another servo"),
	   "a very late reply is late");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* A client that is behind writes before the answer to its question has come. */
static void ahead(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (int c = 0; c < 6; c++) {
		ask_positions(b, c * cycle_ns);
		write_goals(b, 2000, c * cycle_ns + MS / 2);
		for (uint8_t id = 1; id <= JOINTS; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000), c * cycle_ns + MS);
	}
	servobus_end(b, 7 * cycle_ns);
	ok(t, h.bus.late == 36 && !h.bus.timeouts && h.steps == 6, "36 late replies, none lost");
	noted(t, &h, "a client that does not drop them reads the state before from now on");
	servobus_free(b);
}

/* Dynamixel's own software drops what is late: that is no lasting harm. */
static void dynamixel_late(struct tap *t)
{
	struct servobus_setup setup = {.name = "ttyUSB0"};
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	static const char reply[] = "ff ff fd 00 01 08 00 55 00 00 08 00 00 1c 38";
	static const uint8_t id = 1;
	uint8_t p[64];

	for (int i = 0; i < 2; i++)
		say(b, 1, p, dynamixel_wire.sync_read(p, 132, 4, &id, 1), i * 40 * MS);
	for (int i = 0; i < 2; i++)
		say(b, 0, p, from_hex(p, sizeof(p), reply), 41 * MS);
	servobus_due(b, NS_PER_S + 40 * MS);
	ok(t, h.bus.late == 1 && h.bus.retries == 1 && h.bus.behind == 0 && !h.bus.timeouts,
	   "late on a Dynamixel bus, and not behind");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* The bytes of hex and their CRC. */
static size_t with_crc(uint8_t *p, size_t size, const char *hex)
{
	size_t n = from_hex(p, size, hex);
	uint16_t crc = dynamixel_crc(p, n);

	p[n++] = (uint8_t)crc;
	p[n++] = (uint8_t)(crc >> 8);
	return n;
}

/* The alert bit says that something is wrong, the register what; and a request that is refused. */
static void dynamixel_alert(struct tap *t)
{
	struct servobus_setup setup = {.name = "ttyUSB0"};
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	static const char alert[] = "ff ff fd 00 01 08 00 55 80 00 08 00 00";
	static const char status[] = "ff ff fd 00 01 05 00 55 80 20";
	static const uint8_t id = 1;
	uint8_t p[64];
	size_t n;

	say(b, 1, p, dynamixel_wire.sync_read(p, 132, 4, &id, 1), 0);
	n = with_crc(p, sizeof(p), alert);
	say(b, 0, p, n, MS);
	ok(t, h.motor[1].faults == MOTOR_OTHER, "a hardware alert is told at once");
	say(b, 1, p, dynamixel_wire.read(p, 1, 70, 1), 100 * MS);
	n = with_crc(p, sizeof(p), status);
	say(b, 0, p, n, 101 * MS);
	ok(t, h.motor[1].faults == MOTOR_OVERLOAD, "its register says overload");
	say(b, 1, p, dynamixel_wire.sync_read(p, 132, 4, &id, 1), 700 * MS);
	n = with_crc(p, sizeof(p), alert);
	say(b, 0, p, n, 701 * MS);
	servobus_end(b, NS_PER_S);
	ok(t, h.motor[1].faults == MOTOR_OVERLOAD, "and it is overload as long as the alert lasts");
	servobus_free(b);
	buf_fini(&h.notes);
}

static void set_torque(struct servobus *b, uint8_t id, uint8_t on, int error, int64_t t_ns)
{
	const uint8_t param[] = {40, on};
	uint8_t p[16];

	say(b, 1, p, feetech_packet(p, id, SERVO_WRITE, param, 2), t_ns);
	if (error >= 0)
		say(b, 0, p, feetech_packet(p, id, (uint8_t)error, NULL, 0), t_ns + MS / 4);
}

/* LeRobot's end: torque off, one by one, until one answers with an error (who), or not at all. */
static struct heard teardown(uint8_t who, int error)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	int64_t t_ns = NS_PER_S;

	for (uint8_t id = 1; id <= JOINTS; id++)
		set_torque(b, id, 1, 0, id * MS);
	for (uint8_t id = 1; id <= who; id++, t_ns += MS)
		set_torque(b, id, 0, id == who ? error : 0, t_ns);
	for (int again = 0; again < 3 && error < 0; again++, t_ns += 50 * MS)
		set_torque(b, who, 0, error, t_ns);
	servobus_due(b, t_ns + NS_PER_S);
	servobus_end(b, t_ns + 2 * NS_PER_S);
	servobus_free(b);
	return h;
}

static void left_torqued(struct tap *t)
{
	struct heard h = teardown(3, 0x20);

	ok(t, h.motor[3].torque == 0 && h.motor[4].torque == 1, "the end stops at an overload");
	noted(t, &h, "still on wrist_flex.pos (id 4), wrist_roll.pos (id 5), gripper.pos (id 6)");
	h = teardown(4, -1);
	ok(t, h.motor[3].torque == 0 && h.motor[4].torque == -1 && h.motor[5].torque == 1,
	   "the end stops at a silent servo, whose torque is unknown");
	noted(t, &h,
	      "still on wrist_roll.pos (id 5), gripper.pos (id 6); unknown wrist_flex.pos (id 4)");
	h = teardown(6, 0);
	ok(t, !strstr(buf_text(&h.notes), "still on"), "nothing is said when all is off");
	buf_fini(&h.notes);
}

int main(void)
{
	struct tap t = {0};

	wire_faults(&t);
	lying_length(&t);
	motor_faults(&t);
	payload(&t);
	late(&t);
	very_late(&t);
	ahead(&t);
	dynamixel_late(&t);
	dynamixel_alert(&t);
	left_torqued(&t);
	return tap_done(&t);
}
