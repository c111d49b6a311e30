/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packets of both servo protocols. Feetech's vectors were sent and taken by its own SDK, the
 * first two of Dynamixel are ROBOTIS' published ones.
 */
#include "wire/dynamixel.h"
#include "wire/feetech.h"
#include "wire/servo.h"

#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

static size_t bytes_of(uint8_t *dst, const char *hex)
{
	size_t n = 0;

	for (char *end; *hex; hex = end) {
		unsigned long v = strtoul(hex, &end, 16);

		if (end == hex)
			break;
		dst[n++] = (uint8_t)v;
	}
	return n;
}

static bool same(const uint8_t *p, size_t n, const char *hex)
{
	uint8_t want[SERVO_PACKET_MAX];

	return n == bytes_of(want, hex) && memcmp(p, want, n) == 0;
}

static const uint8_t six[] = {1, 2, 3, 4, 5, 6};

static void requests(struct tap *t)
{
	uint8_t p[SERVO_REQUEST_BYTES], many[SERVO_READ_IDS + 1] = {0};
	const struct servo_wire *f = &feetech_wire, *d = &dynamixel_wire;

	ok(t, same(p, f->ping(p, 1), "ff ff 01 02 01 fb"), "feetech ping");
	ok(t, same(p, f->read(p, 1, 56, 2), "ff ff 01 04 02 38 02 be"), "feetech read 56, 2");
	ok(t, same(p, f->read(p, 1, 56, 15), "ff ff 01 04 02 38 0f b1"), "feetech read 56, 15");
	ok(t, same(p, f->sync_read(p, 56, 2, six, 6), "ff ff fe 0a 82 38 02 01 02 03 04 05 06 26"),
	   "feetech sync read of six");
	ok(t, same(p, d->ping(p, 1), "ff ff fd 00 01 03 00 01 19 4e"), "dynamixel ping");
	ok(t,
	   same(p, d->sync_read(p, 132, 4, six, 6),
		"ff ff fd 00 fe 0d 00 82 84 00 04 00 01 02 03 04 05 06 b2 9b"),
	   "dynamixel sync read of six");
	ok(t,
	   !f->sync_read(p, 56, 2, many, SERVO_READ_IDS + 1) &&
		   !d->sync_read(p, 132, 4, many, SERVO_READ_IDS + 1),
	   "no request of more servos than fit");
}

/* The only packet of hex; everything is taken. */
static bool only(struct servo_packet *p, const struct servo_wire *w, bool reply, const char *hex)
{
	struct servo_stream *s = malloc(sizeof(*s));
	struct servo_packet more;
	uint8_t b[SERVO_PACKET_MAX];
	size_t n = bytes_of(b, hex);
	bool good;

	if (!s)
		return false;
	servo_stream_init(s, w, reply);
	good = servo_stream_add(s, b, n) == n && servo_stream_next(s, p) &&
	       !servo_stream_next(s, &more) && s->at == s->len && !s->corrupt && !s->garbage_bytes;
	free(s);
	return good;
}

static int32_t position_of(const struct servo_wire *w, const char *hex, uint8_t *id, uint8_t *error)
{
	const struct servo_register *r = servo_register_of(w, SERVO_POSITION);
	struct servo_packet p;
	struct servo_reply a;

	if (!only(&p, w, true, hex) || w->replies(&a, 1, &p, NULL) != 1 || a.len != r->size)
		return INT32_MIN;
	*id = a.id;
	*error = a.error;
	return servo_value(r, a.data);
}

static void values(struct tap *t)
{
	uint8_t id, error;
	bool refused;

	ok(t,
	   position_of(&feetech_wire, "ff ff 01 04 00 00 08 f2", &id, &error) == 2048 && id == 1 &&
		   !error,
	   "feetech position 2048 of id 1");
	ok(t,
	   position_of(&feetech_wire, "ff ff 06 04 20 dc 05 f4", &id, &error) == 1500 && id == 6 &&
		   feetech_wire.faults(error, &refused) == MOTOR_OVERLOAD,
	   "feetech position 1500 of id 6 with overload");
	ok(t,
	   position_of(&dynamixel_wire, "ff ff fd 00 01 08 00 55 00 00 08 00 00 1c 38", &id,
		       &error) == 2048 &&
		   id == 1 && !error,
	   "dynamixel position 2048 of id 1");
	ok(t,
	   position_of(&dynamixel_wire, "ff ff fd 00 01 08 00 55 00 9c ff ff ff 87 04", &id,
		       &error) == -100,
	   "dynamixel position -100");
	ok(t, dynamixel_wire.faults(0x80, &refused) == MOTOR_OTHER && !refused,
	   "dynamixel hardware alert");
	ok(t, dynamixel_wire.faults(0x04, &refused) == 0 && refused, "dynamixel refusal");
	ok(t, dynamixel_wire.status_faults(0x24) == (MOTOR_HOT | MOTOR_OVERLOAD),
	   "dynamixel hardware error");
}

static bool goals_are(const struct servo_wire *w, const struct servo_request *r, unsigned n,
		      int32_t goal)
{
	const struct servo_register *reg = servo_register_of(w, SERVO_GOAL);
	bool good = r->n == n && !r->answers;

	for (unsigned i = 0; good && i < n; i++)
		good = r->target[i].id == i + 1 && r->target[i].address == reg->address &&
		       servo_value(reg, r->target[i].data) == goal;
	return good;
}

static void writes(struct tap *t)
{
	struct servo_packet p;
	struct servo_request r;

	ok(t,
	   only(&p, &feetech_wire, false,
		"ff ff fe 16 83 2a 02 01 ff 07 02 ff 07 03 ff 07 04 ff 07 05 ff 07 06 ff 07 03") &&
		   feetech_wire.request(&r, &p) && goals_are(&feetech_wire, &r, 6, 2047),
	   "feetech sync write of six goals");
	ok(t,
	   only(&p, &dynamixel_wire, false,
		"ff ff fd 00 fe 11 00 83 74 00 04 00 01 00 08 00 00 02 00 08 00 00 68 4c") &&
		   dynamixel_wire.request(&r, &p) && goals_are(&dynamixel_wire, &r, 2, 2048),
	   "dynamixel sync write of two goals");
	ok(t,
	   only(&p, &feetech_wire, false, "ff ff 01 04 03 28 00 cf") &&
		   feetech_wire.request(&r, &p) && r.n == 1 && r.answers &&
		   r.target[0].address == 40 && r.target[0].len == 1 && r.target[0].data[0] == 0,
	   "feetech write of torque off");
	ok(t,
	   only(&p, &dynamixel_wire, true, "ff ff fd 00 01 07 00 55 00 06 04 26 65 5d") &&
		   p.len == 3 && p.param[0] == 0x06 && p.param[1] == 0x04 && p.param[2] == 0x26,
	   "dynamixel answers a ping with its model");
}

/* A dynamixel packet around a body (instruction and parameters), as it stands. */
static size_t dynamixel_frame(uint8_t *dst, uint8_t id, const uint8_t *body, size_t n)
{
	static const uint8_t head[] = {0xff, 0xff, 0xfd, 0};
	uint16_t crc;

	memcpy(dst, head, 4);
	dst[4] = id;
	dst[5] = (uint8_t)(n + 2);
	dst[6] = (uint8_t)((n + 2) >> 8);
	memcpy(dst + 7, body, n);
	crc = dynamixel_crc(dst, n + 7);
	dst[n + 7] = (uint8_t)crc;
	dst[n + 8] = (uint8_t)(crc >> 8);
	return n + 9;
}

static void stuffed(struct tap *t)
{
	static const uint8_t body[] = {0x55, 0,	   0xff, 0xff, 0xfd, 0xfd,
				       0x01, 0xff, 0xff, 0xfd, 0xfd};
	static const uint8_t plain[] = {0xff, 0xff, 0xfd, 0x01, 0xff, 0xff, 0xfd};
	uint8_t b[64];
	struct servo_packet p;
	size_t used, n = dynamixel_frame(b, 3, body, sizeof(body));

	ok(t,
	   dynamixel_wire.probe(&p, b, n, true, &used) == SERVO_WHOLE && used == n &&
		   p.len == sizeof(plain) && memcmp(p.param, plain, sizeof(plain)) == 0,
	   "FF FF FD in the data loses what was stuffed in");
}

static void fast(struct tap *t)
{
	/* error, id, data 2 bytes, CRC for each; the CRC of the last is the packet's. */
	static const uint8_t body[] = {0x55, 0,	   1,	 0x11, 0x22, 0xaa, 0xbb, 0x80, 2,
				       0x33, 0x44, 0xcc, 0xdd, 0,    3,	   0x55, 0x66};
	struct servo_request to = {.instruction = SERVO_FAST_SYNC_READ, .answers = true, .n = 3};
	struct servo_reply r[4];
	struct servo_packet p;
	uint8_t b[64];
	size_t used, n = dynamixel_frame(b, SERVO_BROADCAST, body, sizeof(body));

	for (unsigned i = 0; i < 3; i++)
		to.target[i] = (struct servo_target){(uint8_t)(i + 1), 132, 2, NULL};
	ok(t, dynamixel_wire.probe(&p, b, n, true, &used) == SERVO_WHOLE && used == n,
	   "one packet of three servos");
	ok(t,
	   dynamixel_wire.replies(r, 4, &p, &to) == 3 && r[0].id == 1 && r[0].error == 0 &&
		   r[1].id == 2 && r[1].error == 0x80 && r[1].data[1] == 0x44 && r[2].id == 3 &&
		   r[2].data[0] == 0x55,
	   "its answers and their errors");
	ok(t, dynamixel_wire.replies(r, 4, &p, NULL) == 0, "without the request they mean nothing");
}

static void signs(struct tap *t)
{
	static const struct {
		uint16_t address;
		uint8_t lo, hi;
		int32_t value;
	} cases[] = {
		{56, 0x00, 0x80, 0},	 {56, 0x64, 0x80, -100}, {56, 0xff, 0x7f, 32767},
		{31, 0xeb, 0x0b, -1003}, {31, 0x77, 0x03, 887},	 {60, 0x0a, 0x04, -10},
		{60, 0xe8, 0x03, 1000},	 {69, 0x02, 0x80, -2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct servo_register *r = servo_register_at(&feetech_wire, cases[i].address);
		const uint8_t raw[] = {cases[i].lo, cases[i].hi};

		ok(t, r && servo_value(r, raw) == cases[i].value, "%s %02x %02x is %d",
		   r ? r->name : "?", raw[0], raw[1], (int)cases[i].value);
	}
}

/* How many good packets, corrupt ones and garbage bytes hex holds. */
static bool counts(const char *hex, bool overdue, unsigned good, unsigned corrupt, unsigned garbage)
{
	struct servo_stream *s = malloc(sizeof(*s));
	struct servo_packet p;
	uint8_t b[SERVO_PACKET_MAX];
	size_t n = bytes_of(b, hex);
	bool right;

	if (!s)
		return false;
	servo_stream_init(s, &feetech_wire, true);
	for (size_t i = 0; i < n; i++) {
		servo_stream_add(s, b + i, 1);
		s->overdue = overdue;
		while (servo_stream_next(s, &p))
			;
	}
	right = s->packets == good && s->corrupt == corrupt && s->garbage_bytes == garbage;
	if (!right)
		printf("# %llu good, %llu corrupt, %llu garbage\n", (unsigned long long)s->packets,
		       (unsigned long long)s->corrupt, (unsigned long long)s->garbage_bytes);
	free(s);
	return right;
}

static void broken(struct tap *t)
{
	ok(t, counts("ff ff 01 04 00 00 08 f2 ff ff 02 04 00 00 08 f1", false, 2, 0, 0),
	   "two packets, byte by byte");
	ok(t, counts("00 ff 13 ff ff 01 04 00 00 08 f2 37", false, 1, 0, 4), "garbage around one");
	ok(t, counts("ff ff 01 04 00 00 08 f3 ff ff 02 04 00 00 08 f1", false, 1, 1, 0),
	   "a wrong checksum costs one packet");
	ok(t, counts("ff ff 01 06 00 ff ff 02 02 f6 ff ff 02 04 00 00 08 f1", false, 2, 0, 0),
	   "a header in the parameters is no packet");
	ok(t, counts("ff ff 01 06 00 00 ff ff 02 04 00 00 08 f1", false, 1, 1, 0),
	   "one cut short costs itself alone");
	ok(t, counts("ff ff 01 f0 00 ff ff 02 04 00 00 08 f1", false, 0, 0, 0),
	   "a length that lies is waited for");
	ok(t, counts("ff ff 01 f0 00 ff ff 02 04 00 00 08 f1", true, 1, 1, 0),
	   "but not when the answer is overdue");
	ok(t, counts("ff ff 01 08 00 ff ff 02 04 00 00 00 ff ff 02 04 00 00 08 f1", false, 1, 1, 0),
	   "a corrupt packet is one, whatever is in it");
	ok(t, counts("ff ff ff 01 04 00 00 08 f2", false, 1, 0, 1), "three FF");
}

static void tables(struct tap *t)
{
	for (unsigned i = 0; servo_wires[i]; i++) {
		const struct servo_register *r = servo_wires[i]->registers;
		unsigned bad = 0, roles = 0;

		for (; r->name; r++) {
			bad += r[1].name && r[1].address < r->address + r->size;
			bad += r->sign == SERVO_SIGN_BIT && r->sign_bit >= 8 * r->size;
			roles |= 1u << r->role;
		}
		ok(t, !bad, "%s: registers are in order and do not overlap", servo_wires[i]->word);
		ok(t,
		   (roles & (1u << SERVO_POSITION)) && (roles & (1u << SERVO_GOAL)) &&
			   (roles & (1u << SERVO_TORQUE)) && (roles & (1u << SERVO_STATUS)) &&
			   (roles & (1u << SERVO_LIMIT_MIN)) && (roles & (1u << SERVO_LIMIT_MAX)) &&
			   (roles & (1u << SERVO_HOMING)),
		   "%s: what the decoder looks for has a register", servo_wires[i]->word);
	}
}

int main(void)
{
	struct tap t = {0};

	requests(&t);
	values(&t);
	writes(&t);
	stuffed(&t);
	fast(&t);
	signs(&t);
	broken(&t);
	tables(&t);
	return tap_done(&t);
}
