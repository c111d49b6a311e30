/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of DaMiao motors and of CAN controllers, byte by byte. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "model/motor.h"
#include "tests/tap.h"
#include "wire/canerror.h"
#include "wire/canframe.h"
#include "wire/damiao.h"

static const struct damiao_range dm4340 = {12.5, 10, 28}, dm4310 = {12.5, 30, 10};

static bool near(double a, double b, double tolerance)
{
	return fabs(a - b) <= tolerance;
}

static void test_commands(struct tap *t)
{
	/* As i2rt sends them. */
	static const uint8_t rest[] = {0x7f, 0xff, 0x7f, 0xf2, 0x8f, 0xff, 0xf7, 0xff};
	static const uint8_t moves[] = {0x8a, 0x3c, 0x7f, 0xf0, 0x51, 0x4c, 0xc8, 0x65};
	struct damiao_command c;

	ok(t, damiao_command_id(&c, 1, rest, 8) && c.kind == DAMIAO_MIT && c.id == 1,
	   "a command of motor 1");
	damiao_command_values(&c, rest, &dm4340);
	ok(t,
	   near(c.position_rad, -0.00019, 1e-5) && near(c.velocity_rad_s, -0.00244, 1e-5) &&
		   near(c.kp, 80, 0.13) && c.kd == 5 && near(c.torque_nm, -0.0068, 1e-4),
	   "at rest, zero is not exact: %g %g %g %g %g", c.position_rad, c.velocity_rad_s, c.kp,
	   c.kd, c.torque_nm);
	damiao_command_id(&c, 4, moves, 8);
	damiao_command_values(&c, moves, &dm4310);
	ok(t,
	   near(c.position_rad, 1, 4e-4) && near(c.kp, 10, 0.13) && near(c.kd, 1.5, 2e-3) &&
		   near(c.torque_nm, 0.5, 5e-3),
	   "and one that moves");
	damiao_command_values(&c, rest, &(struct damiao_range){12.566, 10, 28});
	ok(t, near(c.position_rad, -0.000192, 1e-6), "in the range that the motor has");
}

static void test_modes(struct tap *t)
{
	static const uint8_t one[8] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0x40};
	static const uint8_t nan[8] = {0, 0, 0xc0, 0x7f};
	struct damiao_command c;

	ok(t, damiao_command_id(&c, 0x103, one, 8) && c.kind == DAMIAO_POS_VEL && c.id == 3,
	   "position and velocity");
	damiao_command_values(&c, one, &dm4310);
	ok(t, c.position_rad == 1 && c.velocity_rad_s == 2 && isnan(c.kp), "are floats");
	ok(t, damiao_command_id(&c, 0x203, one, 4) && c.kind == DAMIAO_VEL, "velocity alone");
	damiao_command_values(&c, one, &dm4310);
	ok(t, c.velocity_rad_s == 1 && isnan(c.position_rad), "has no position");
	ok(t, damiao_command_id(&c, 0x303, one, 8) && c.kind == DAMIAO_POS_FORCE,
	   "position and force");
	damiao_command_values(&c, nan, &dm4310);
	ok(t, isnan(c.position_rad), "a float that is no number is unknown");
	ok(t,
	   !damiao_command_id(&c, 0x403, one, 8) && !damiao_command_id(&c, 0, one, 8) &&
		   !damiao_command_id(&c, 0x11, one, 8) && !damiao_command_id(&c, 1, one, 7) &&
		   !damiao_command_id(&c, 0x203, one, 3),
	   "other ids and lengths are nobody's");
}

static void test_special(struct tap *t)
{
	static const struct {
		uint8_t last;
		enum damiao_kind kind;
	} rows[] = {{0xfb, DAMIAO_CLEAR},
		    {0xfc, DAMIAO_ENABLE},
		    {0xfd, DAMIAO_DISABLE},
		    {0xfe, DAMIAO_ZERO},
		    {0xff, DAMIAO_MIT}};
	uint8_t d[8];
	struct damiao_command c;

	memset(d, 0xff, sizeof(d));
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d[7] = rows[i].last;
		ok(t, damiao_command_id(&c, 5, d, 8) && c.kind == rows[i].kind && c.id == 5,
		   "ff … %x", rows[i].last);
	}
}

static void test_registers(struct tap *t)
{
	static const uint8_t read[] = {2, 0, 0x33, 21, 0, 0, 0, 0};
	static const uint8_t write[] = {2, 0, 0x55, 10, 1, 0, 0, 0};
	static const uint8_t refresh[] = {8, 0, 0xcc, 0};
	static const uint8_t save[] = {8, 1, 0xaa, 0};
	static const uint8_t answer[] = {2, 0, 0x33, 21, 0, 0, 0x48, 0x41};
	struct damiao_command c;
	struct damiao_register r;

	ok(t,
	   damiao_command_id(&c, 0x7ff, read, 8) && c.kind == DAMIAO_READ && c.id == 2 &&
		   c.reg == DAMIAO_PMAX,
	   "a register is read");
	ok(t, damiao_command_id(&c, 0x7ff, write, 8) && c.kind == DAMIAO_WRITE && c.reg == 10,
	   "written");
	damiao_command_values(&c, write, &dm4310);
	ok(t, damiao_is_whole(10) && damiao_whole(c.raw) == 1, "with its value");
	ok(t, damiao_command_id(&c, 0x7ff, refresh, 4) && c.kind == DAMIAO_REFRESH && c.id == 8,
	   "an answer is asked for");
	ok(t, damiao_command_id(&c, 0x7ff, save, 4) && c.kind == DAMIAO_SAVE && c.id == 0x108,
	   "registers are saved");
	ok(t, !damiao_command_id(&c, 0x7ff, write, 7) && !damiao_command_id(&c, 0x7ff, read, 3),
	   "cut ones are none");
	ok(t,
	   damiao_register(&r, answer) && r.id == 2 && r.reg == 21 && !r.write &&
		   damiao_float(r.raw) == 12.5,
	   "the answer says 12.5 rad");
	ok(t, strcmp(damiao_register_word(21), "PMAX") == 0 && !damiao_register_word(200),
	   "registers have names");
}

static void test_answers(struct tap *t)
{
	/* Motor 1, on, 1 rad, -0.5 rad/s, 2 Nm, 35 and 31 °C. */
	static const uint8_t d[] = {0x11, 0x8a, 0x3c, 0x79, 0x98, 0x91, 0x23, 0x1f};
	struct damiao_answer a;
	double turned;

	damiao_answer(&a, d, &dm4340);
	ok(t, a.error == 1 && a.id == 1 && a.mos_degc == 35 && a.rotor_degc == 31, "an answer");
	ok(t,
	   near(a.position_rad, 0.99966, 5e-6) && near(a.velocity_rad_s, -0.50061, 5e-6) &&
		   near(a.torque_nm, 1.98974, 5e-6),
	   "%.5f rad %.5f rad/s %.5f Nm", a.position_rad, a.velocity_rad_s, a.torque_nm);
	turned = a.velocity_rad_s;
	damiao_answer(&a, d, &(struct damiao_range){12.5, 8, 28});
	ok(t, near(a.velocity_rad_s, turned * 0.8, 1e-9), "LeRobot's range makes it 4/5 as fast");
	ok(t,
	   damiao_error_faults(0) == 0 && damiao_error_faults(1) == 0 &&
		   damiao_error_faults(8) == MOTOR_VOLTAGE &&
		   damiao_error_faults(9) == MOTOR_VOLTAGE &&
		   damiao_error_faults(0xa) == MOTOR_CURRENT &&
		   damiao_error_faults(0xb) == MOTOR_HOT && damiao_error_faults(0xc) == MOTOR_HOT &&
		   damiao_error_faults(0xd) == MOTOR_LOST &&
		   damiao_error_faults(0xe) == MOTOR_OVERLOAD &&
		   damiao_error_faults(5) == MOTOR_OTHER,
	   "each error is a fault");
	ok(t, strcmp(damiao_error_word(0xc), "rotor too hot") == 0 && !damiao_error_word(1),
	   "and has a word");
}

static void test_ranges(struct tap *t)
{
	struct damiao_range r;

	ok(t, damiao_range_find(&r, DAMIAO_LEROBOT, "DM4340") && r.velocity_rad_s == 8,
	   "LeRobot's DM4340: 8 rad/s");
	ok(t, damiao_range_find(&r, DAMIAO_I2RT, "dm4340") && r.velocity_rad_s == 10,
	   "i2rt's: 10 rad/s");
	ok(t, damiao_range_find(&r, DAMIAO_MAKER, "dm3507") && r.position_rad == 12.566,
	   "the makers' DM3507: 12.566 rad");
	ok(t, damiao_range_find(&r, DAMIAO_LEROBOT, "dm6248") && r.torque_nm == 120,
	   "a model that a table lacks is taken from another");
	ok(t, !damiao_range_find(&r, DAMIAO_I2RT, "dm1"), "one that none has is unknown");
}

static void test_errors(struct tap *t)
{
	/* As candump explains it: rx-error-warning, tx-error-warning, counters 96 and 128. */
	static const uint8_t warning[8] = {0, 0x0c, 0, 0, 0, 0, 0x60, 0x80};
	static const uint8_t passive[8] = {0, 0x20, 0x04};
	static const uint8_t active[8] = {0, 0x40};
	static const uint8_t overflow[8] = {0, 0x01};
	struct canerror e;

	canerror_read(&e, 0x20000004, warning, 8);
	ok(t, e.state == BUS_WARNING && e.tx_errors == 96 && e.rx_errors == 128,
	   "error warning, with counters: %s", e.what);
	canerror_read(&e, 0x2000000c, passive, 8);
	ok(t,
	   e.state == BUS_PASSIVE && e.tx_errors == -1 &&
		   strcmp(e.what, "error passive, stuff error") == 0,
	   "error passive by stuff errors: %s", e.what);
	canerror_read(&e, 0x20000040, NULL, 0);
	ok(t, e.state == BUS_OFF && strcmp(e.what, "bus off") == 0, "bus off");
	canerror_read(&e, 0x20000100, NULL, 0);
	ok(t, e.state == BUS_OK, "restarted: it is on again");
	canerror_read(&e, 0x20000004, active, 8);
	ok(t, e.state == BUS_OK, "error active again");
	canerror_read(&e, 0x20000004, overflow, 8);
	ok(t, e.overflow && e.state == BUS_UNKNOWN, "the controller's buffer was full");
	canerror_read(&e, 0x20000020, NULL, 0);
	ok(t, e.no_answer && e.state == BUS_UNKNOWN, "nobody acknowledges: %s", e.what);
	canerror_read(&e, 0x20000000, NULL, 0);
	ok(t, strcmp(e.what, "error frame") == 0, "one that says nothing");
	canerror_read(&e, 0xffffffff, (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9);
	ok(t, e.state == BUS_OFF && strlen(e.what) < sizeof(e.what), "all at once fits");
}

static void test_records(struct tap *t)
{
	struct canframe in[3] = {
		{.id = 0x123, .flags = CANFRAME_FD, .len = 12, .t_ns = 5, .data = {1, 2, 3}},
		{.kind = CANFRAME_LOST, .lost = 70000, .t_ns = 6},
		{.kind = CANFRAME_LINK,
		 .t_ns = 7,
		 .state = BUS_PASSIVE,
		 .tx_errors = 130,
		 .rx_errors = CANFRAME_COUNT_UNKNOWN,
		 .bitrate = 1000000},
	};
	struct canframe out[3];
	struct buf b = {0};
	size_t at = 0;
	ssize_t used;
	bool short_ones = true;

	for (unsigned i = 0; i < 3; i++)
		canframe_put(&b, &in[i]);
	for (unsigned i = 0; i < 3; i++) {
		for (size_t n = 0; n < 16 && n + at < b.len; n++)
			short_ones &= canframe_get(&out[i], b.p + at, n) == 0;
		used = canframe_get(&out[i], b.p + at, b.len - at);
		at += used > 0 ? (size_t)used : 0;
	}
	ok(t, at == b.len && short_ones, "records come back, and parts of them wait");
	ok(t,
	   out[0].id == 0x123 && out[0].flags == CANFRAME_FD && out[0].len == 12 &&
		   out[0].t_ns == 5 && memcmp(out[0].data, in[0].data, 12) == 0,
	   "a frame");
	ok(t, out[1].kind == CANFRAME_LOST && out[1].lost == 70000, "a loss");
	ok(t,
	   out[2].state == BUS_PASSIVE && out[2].tx_errors == 130 &&
		   out[2].rx_errors == CANFRAME_COUNT_UNKNOWN && out[2].bitrate == 1000000,
	   "a controller");
	b.p[2] = 65;
	ok(t, canframe_get(out, b.p, b.len) == -EBADMSG, "65 bytes are no frame");
	b.p[0] = 3;
	ok(t, canframe_get(out, b.p, 5) == -EBADMSG, "nor is a fourth kind");
	buf_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_commands(&t);
	test_modes(&t);
	test_special(&t);
	test_registers(&t);
	test_answers(&t);
	test_ranges(&t);
	test_errors(&t);
	test_records(&t);
	return tap_done(&t);
}
