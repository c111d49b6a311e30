/* SPDX-License-Identifier: Apache-2.0 */
/* The robot's body: what raises each check of motors and buses, and what must not. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/check/bed.h"
#include "tests/tap.h"

/* The only verdicts so far are of this code, the worst of them of this level. */
static bool only(const struct bed *b, const char *code, enum level level)
{
	return bed_count(b, code, level) > 0 &&
	       bed_count(b, "", LEVEL_NOTE) == bed_count(b, code, LEVEL_NOTE) &&
	       (level == LEVEL_FAIL || bed_count(b, code, LEVEL_FAIL) == 0);
}

static const char *said(const struct bed *b, const char *code)
{
	const struct verdict *v = bed_find(b, code, LEVEL_NOTE);

	return v ? v->message : "nothing";
}

static void tell(struct bed *b, const struct motor *m, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		bed_tell_motor(b, m);
}

static void test_healthy(struct tap *t)
{
	struct bus bus = bed_bus();
	struct motor m;
	struct bed b;

	bed_init(&b);
	ok(t, bed_status(&b, "motor-hot").level == LEVEL_UNKNOWN, "%s",
	   bed_status(&b, "motor-hot").why);
	bed_run(&b, 200);
	for (unsigned i = 0; i < 40; i++) {
		for (unsigned j = 0; j < BED_JOINTS; j++) {
			m = bed_motor(&b, j);
			bed_tell_motor(&b, &m);
		}
		bus.transactions += 40;
		bed_tell_bus(&b, &bus);
	}
	ok(t, b.nverdicts == 0, "a healthy body raises nothing: %s",
	   b.nverdicts ? b.verdict[0].message : "");
	ok(t,
	   bed_status(&b, "motor-hot").level == LEVEL_OK &&
		   bed_status(&b, "voltage").level == LEVEL_OK &&
		   bed_status(&b, "bus-errors").level == LEVEL_OK &&
		   bed_status(&b, "torque-lost").level == LEVEL_OK &&
		   bed_status(&b, "calibration").level == LEVEL_OK,
	   "and is OK: %s; %s", bed_status(&b, "motor-hot").why, bed_status(&b, "voltage").why);
	bed_fini(&b);
}

static void test_status(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	m = bed_motor(&b, 1);
	m.faults = MOTOR_SENSOR | MOTOR_CURRENT;
	tell(&b, &m, 2);
	ok(t, only(&b, "motor-status", LEVEL_FAIL) && b.nverdicts == 1, "a fault by its name: %s",
	   said(&b, "motor-status"));
	bed_restart(&b);
	m = bed_motor(&b, 2);
	m.missed = 40;
	tell(&b, &m, 2);
	ok(t, b.nverdicts == 0, "what was missed before is over");
	m.faults = -1;
	m.missed = 44;
	tell(&b, &m, 1);
	ok(t, b.nverdicts == 0, "four in a row are not enough");
	m.missed = 45;
	tell(&b, &m, 1);
	ok(t, only(&b, "motor-status", LEVEL_FAIL), "five are: %s", said(&b, "motor-status"));
	bed_restart(&b);
	m = bed_motor(&b, 2);
	m.faults = MOTOR_OTHER;
	tell(&b, &m, 2);
	m.faults = MOTOR_OVERLOAD;
	tell(&b, &m, 1);
	ok(t,
	   bed_count(&b, "motor-status", LEVEL_NOTE) == 0 &&
		   bed_count(&b, "overload", LEVEL_FAIL) == 1,
	   "an alert whose register is read next is what that says");
	m.faults = MOTOR_OTHER;
	tell(&b, &m, 3);
	ok(t, strstr(said(&b, "motor-status"), "nobody asked it which") != NULL,
	   "one whose register nobody reads: %s", said(&b, "motor-status"));
	bed_restart(&b);
	m.faults = MOTOR_GARBLED;
	tell(&b, &m, 1);
	ok(t,
	   only(&b, "motor-status", LEVEL_FAIL) &&
		   strstr(said(&b, "motor-status"), "is its id taken") != NULL,
	   "two with one id: %s", said(&b, "motor-status"));
	bed_fini(&b);
}

static void test_hot(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	m = bed_motor(&b, 0);
	m.temp_degc = 57;
	tell(&b, &m, 3);
	ok(t, b.nverdicts == 0, "57 of 70 degC are warm");
	m.temp_degc = 58;
	tell(&b, &m, 1);
	m.temp_degc = 57;
	tell(&b, &m, 1);
	ok(t, b.nverdicts == 0, "one reading is none");
	m.temp_degc = 59;
	tell(&b, &m, 3);
	ok(t, only(&b, "motor-hot", LEVEL_WARN), "%s", said(&b, "motor-hot"));
	m.temp_degc = 68;
	tell(&b, &m, 3);
	ok(t, only(&b, "motor-hot", LEVEL_FAIL), "%s",
	   bed_find(&b, "motor-hot", LEVEL_FAIL) ? bed_find(&b, "motor-hot", LEVEL_FAIL)->message
						 : "nothing");
	bed_restart(&b);
	m.limit_degc = 90;
	tell(&b, &m, 3);
	ok(t, b.nverdicts == 0, "its own register counts: 68 of 90");
	m.rotor_degc = 93;
	tell(&b, &m, 3);
	ok(t, only(&b, "motor-hot", LEVEL_WARN), "the winding by itself: %s",
	   said(&b, "motor-hot"));
	bed_restart(&b);
	m = bed_motor(&b, 0);
	for (unsigned i = 0; i < 150; i++) {
		m.temp_degc = 40 + i / 12.0;
		bed_tell_motor(&b, &m);
	}
	ok(t, only(&b, "motor-hot", LEVEL_WARN) && strstr(said(&b, "motor-hot"), "rises 5.0"),
	   "a rise that ends there within minutes: %s", said(&b, "motor-hot"));
	bed_restart(&b);
	for (unsigned i = 0; i < 400; i++) {
		m.temp_degc = 40 + i / 60;
		bed_tell_motor(&b, &m);
	}
	ok(t, b.nverdicts == 0, "one degree a minute is a motor at work");
	bed_restart(&b);
	m.temp_degc = NAN;
	m.faults = MOTOR_HOT;
	tell(&b, &m, 2);
	ok(t, only(&b, "motor-hot", LEVEL_FAIL), "its own word: %s", said(&b, "motor-hot"));
	bed_fini(&b);
}

static void test_voltage(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	m = bed_motor(&b, 0);
	m.voltage_v = 4.9;
	tell(&b, &m, 3);
	ok(t, only(&b, "voltage", LEVEL_FAIL), "4.9 V: %s", said(&b, "voltage"));
	bed_restart(&b);
	m.voltage_v = 12.6;
	m.max_v = 8;
	m.min_v = 4;
	tell(&b, &m, 3);
	ok(t, only(&b, "voltage", LEVEL_FAIL), "12.6 V on a 7.4 V servo: %s", said(&b, "voltage"));
	bed_restart(&b);
	m.max_v = 14;
	tell(&b, &m, 10);
	ok(t, b.nverdicts == 0, "on one for 12 V it is right");
	m.voltage_v = 11.4;
	tell(&b, &m, 10);
	ok(t, b.nverdicts == 0, "ten percent less under load are usual");
	m.voltage_v = 10.9;
	tell(&b, &m, 3);
	ok(t, only(&b, "voltage", LEVEL_WARN), "%s", said(&b, "voltage"));
	bed_restart(&b);
	m = bed_motor(&b, 0);
	snprintf(m.model, NAME_BYTES, "xl330-m288");
	m.voltage_v = 5;
	tell(&b, &m, 3);
	ok(t, b.nverdicts == 0, "5 V are an XL330's");
	m.voltage_v = 12;
	tell(&b, &m, 3);
	ok(t, only(&b, "voltage", LEVEL_FAIL), "12 V are not: %s", said(&b, "voltage"));
	bed_restart(&b);
	m = bed_motor(&b, 0);
	m.faults = MOTOR_VOLTAGE;
	m.voltage_v = NAN;
	tell(&b, &m, 1);
	m.voltage_v = 12.6;
	m.max_v = 8;
	tell(&b, &m, 1);
	ok(t, strstr(said(&b, "voltage"), "has 12.6 V") != NULL, "a number says more: %s",
	   said(&b, "voltage"));
	bed_restart(&b);
	m.voltage_v = NAN;
	tell(&b, &m, 2);
	ok(t, only(&b, "voltage", LEVEL_FAIL), "its own word: %s", said(&b, "voltage"));
	bed_fini(&b);
}

/* Steps whose joint stays away from its command by `off` degrees, with the load of its motor. */
static void push(struct bed *b, unsigned joint, double off, double load, unsigned readings)
{
	struct motor m = bed_motor(b, joint);

	m.load = load;
	for (unsigned k = 0; k < readings; k++) {
		for (unsigned i = 0; i < 3; i++) {
			bed_healthy(b, 0);
			vec_set(&b->step.vec[VEC_GOT], joint, bed_command(joint, 0) - off);
			bed_send(b);
		}
		bed_event(b, (struct event){.kind = EVENT_MOTOR, .motor = &m});
	}
}

static void test_overload(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	push(&b, 0, 0.1, 0.95, 20);
	ok(t, bed_count(&b, "overload", LEVEL_NOTE) == 0, "much load where it should be is work");
	push(&b, 0, 20, 0.4, 20);
	ok(t, bed_count(&b, "overload", LEVEL_NOTE) == 0, "little load elsewhere is not overload");
	push(&b, 0, 20, -0.95, 3);
	ok(t, bed_count(&b, "overload", LEVEL_NOTE) == 0, "three readings are not enough");
	push(&b, 0, 20, -0.95, 3);
	ok(t, bed_count(&b, "overload", LEVEL_WARN) == 1, "six are: %s", said(&b, "overload"));
	bed_restart(&b);
	bed_episode(&b);
	push(&b, BED_GRIPPER, 60, 1, 20);
	ok(t, bed_count(&b, "overload", LEVEL_NOTE) == 0,
	   "a gripper that holds an object is normal");
	m = bed_motor(&b, BED_GRIPPER);
	m.faults = MOTOR_OVERLOAD;
	tell(&b, &m, 1);
	ok(t, bed_count(&b, "overload", LEVEL_FAIL) == 1, "until it says so itself: %s",
	   said(&b, "overload"));
	bed_fini(&b);
}

static void test_torque(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	m = bed_motor(&b, 1);
	m.torque = 0;
	bed_tell_motor(&b, &m);
	ok(t, b.nverdicts == 0, "torque off before anything is commanded is rest");
	bed_run(&b, 30);
	bed_event(&b, (struct event){.kind = EVENT_MOTOR, .motor = &m});
	ok(t, bed_count(&b, "torque-lost", LEVEL_FAIL) == 1, "commanded: %s",
	   said(&b, "torque-lost"));
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 200; i++) {
		bed_healthy(&b, i);
		vec_set(&b.step.vec[VEC_GOT], 1, -80 + 0.01 * i); /* it hangs */
		bed_send(&b);
	}
	ok(t,
	   bed_count(&b, "torque-lost", LEVEL_WARN) == 1 &&
		   bed_count(&b, "torque-lost", LEVEL_FAIL) == 0,
	   "one that hangs while its command moves: %s", said(&b, "torque-lost"));
	for (int side = -1; side <= 1; side += 2) {
		bed_restart(&b);
		bed_episode(&b);
		for (unsigned i = 0; i < 300; i++) {
			bed_healthy(&b, i);
			vec_set(&b.step.vec[VEC_GOT], 1,
				-80 + (i < 100 ? side * 0.5 * (100 - i) : 0));
			bed_send(&b);
		}
		ok(t, bed_count(&b, "torque-lost", LEVEL_WARN) == 1,
		   "and one that came from %s before: %s", side < 0 ? "below" : "above",
		   said(&b, "torque-lost"));
	}
	bed_fini(&b);
}

static void test_bus(struct tap *t)
{
	struct bus bus = bed_bus();
	struct bed b;

	bed_init(&b);
	bed_tell_bus(&b, &bus);
	bus.timeouts = bus.corrupt = 2;
	bed_tell_bus(&b, &bus);
	ok(t, b.nverdicts == 0, "two damaged replies in a minute happen, and are two");
	bus.timeouts = 3;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-errors", LEVEL_WARN), "%s", said(&b, "bus-errors"));
	bus.transactions += 30;
	bus.retries = 100;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-errors", LEVEL_FAIL), "a hundred of thirty requests fail");
	bed_restart(&b);
	bus = bed_bus();
	for (unsigned i = 0; i < 200; i++) {
		bus.timeouts = i / 40;
		bus.transactions += 60;
		bed_tell_bus(&b, &bus);
	}
	ok(t, b.nverdicts == 0, "five in 200 seconds are one and a half a minute");
	bed_restart(&b);
	bus = bed_bus();
	bus.behind = 1;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-behind", LEVEL_FAIL), "%s", said(&b, "bus-behind"));
	bed_restart(&b);
	bus.behind = 0;
	bus.openers = 1;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-shared", LEVEL_FAIL), "%s", said(&b, "bus-shared"));
	bed_restart(&b);
	bus = bed_bus();
	bus.latency_timer_ms = 16;
	for (unsigned i = 0; i < 3; i++)
		bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-latency", LEVEL_WARN), "%s", said(&b, "bus-latency"));
	bed_restart(&b);
	bus.latency_timer_ms = 1;
	bus.worst_ms = 31;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-latency", LEVEL_NOTE), "one slow reply is a note: %s",
	   said(&b, "bus-latency"));
	bed_restart(&b);
	bus.worst_ms = bus.reply_ms = 9;
	bed_tell_bus(&b, &bus);
	ok(t, b.nverdicts == 0, "a slow median is none in one reading");
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-latency", LEVEL_WARN), "two are: %s", said(&b, "bus-latency"));
	bed_fini(&b);
}

static void test_bus_state(struct tap *t)
{
	struct bus bus = bed_bus();
	struct bed b;

	bed_init(&b);
	bed_tell_bus(&b, &bus);
	bus.stray += 19;
	bed_tell_bus(&b, &bus);
	ok(t, b.nverdicts == 0, "nineteen bytes of noise in a minute happen");
	bus.stray += 1;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-errors", LEVEL_WARN), "%s", said(&b, "bus-errors"));
	bed_restart(&b);
	bus = bed_bus();
	bus.state = BUS_GONE;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-errors", LEVEL_FAIL), "%s", said(&b, "bus-errors"));
	bed_restart(&b);
	bus.state = BUS_OFF;
	bed_tell_bus(&b, &bus);
	ok(t, b.nverdicts == 0, "a second without an answer is not enough");
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "bus-errors", LEVEL_FAIL), "two are: %s", said(&b, "bus-errors"));
	bed_restart(&b);
	bus = bed_bus();
	bed_tell_bus(&b, &bus);
	bus.timeouts = bus.transactions = 100;
	bed_tell_bus(&b, &bus);
	bus.state = BUS_GONE;
	bed_tell_bus(&b, &bus);
	bed_tell_bus(&b, &bus);
	ok(t, bed_count(&b, "bus-errors", LEVEL_FAIL) == 2,
	   "unplugged after many errors: is told, once");
	bed_fini(&b);
}

static void test_can(struct tap *t)
{
	struct bus bus = bed_bus();
	struct bed b;

	bed_init(&b);
	bus.can = 1;
	bus.tx_errors = bus.rx_errors = 0;
	for (unsigned i = 0; i < 10; i++) {
		bus.corrupt += 2;
		bed_tell_bus(&b, &bus);
	}
	ok(t, b.nverdicts == 0, "two error frames a second are a long cable");
	bus.corrupt += 20;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "can-bus", LEVEL_WARN), "%s", said(&b, "can-bus"));
	bed_restart(&b);
	bus.overruns = 3;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "can-bus", LEVEL_NOTE), "%s", said(&b, "can-bus"));
	bed_restart(&b);
	bus.overruns = 0;
	bus.state = BUS_PASSIVE;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "can-bus", LEVEL_WARN), "%s", said(&b, "can-bus"));
	bed_restart(&b);
	bus.state = BUS_OFF;
	bed_tell_bus(&b, &bus);
	ok(t, only(&b, "can-bus", LEVEL_FAIL), "%s", said(&b, "can-bus"));
	bed_fini(&b);
}

/* Healthy steps, but for one vector of a joint that is off. */
static void off(struct bed *b, enum vec_kind vec, unsigned joint, double by, unsigned n)
{
	bed_episode(b);
	for (unsigned i = 0; i < n; i++) {
		double v;

		bed_healthy(b, i);
		vec_value(&b->step.vec[vec], joint, &v);
		vec_set(&b->step.vec[vec], joint, v + by);
		bed_send(b);
	}
}

static void test_chain(struct tap *t)
{
	struct motor m;
	struct bed b;

	bed_init(&b);
	off(&b, VEC_SENT, 1, 0.5, 60);
	ok(t, bed_count(&b, "clamped", LEVEL_NOTE) == 0, "half a degree is no cut");
	off(&b, VEC_SENT, 1, 4, 60);
	ok(t, bed_count(&b, "clamped", LEVEL_WARN) == 1, "%s", said(&b, "clamped"));
	bed_restart(&b);
	off(&b, VEC_SEEN, 2, 1, 60);
	ok(t, bed_count(&b, "asked-sent-got", LEVEL_NOTE) == 0, "a degree is noise");
	off(&b, VEC_SEEN, 2, 15, 60);
	ok(t, bed_count(&b, "asked-sent-got", LEVEL_WARN) == 1, "%s", said(&b, "asked-sent-got"));
	bed_restart(&b);
	off(&b, VEC_GOT, 0, 30, 60);
	ok(t, bed_count(&b, "encoder-wrap", LEVEL_NOTE) == 0, "an offset is no wrap");
	bed_healthy(&b, 61);
	vec_set(&b.step.vec[VEC_GOT], 0, bed_command(0, 61) + 30 - 360);
	bed_send(&b);
	ok(t, bed_count(&b, "encoder-wrap", LEVEL_FAIL) == 1, "%s", said(&b, "encoder-wrap"));
	bed_restart(&b);
	m = bed_motor(&b, 1);
	m.calibrated = 0;
	tell(&b, &m, 2);
	ok(t, only(&b, "calibration", LEVEL_FAIL), "%s", said(&b, "calibration"));
	bed_fini(&b);
}

/* Two arms: each motor's verdict has its own arm's joint as subject. */
static void test_arms(struct tap *t)
{
	const struct verdict *v;
	struct motor m;
	struct bed b;

	bed_init(&b);
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		char name[NAME_BYTES];

		snprintf(name, sizeof(name), "right/%.50s", b.hello.joint[j].name);
		snprintf(b.hello.joint[b.hello.joints].name, NAME_BYTES, "%s", name);
		b.hello.joint[b.hello.joints++].unit = b.hello.joint[j].unit;
	}
	bed_restart(&b);
	m = bed_motor(&b, BED_JOINTS + 1);
	m.faults = MOTOR_SENSOR;
	tell(&b, &m, 1);
	v = bed_find(&b, "motor-status", LEVEL_FAIL);
	ok(t, v && strcmp(v->subject, b.hello.joint[BED_JOINTS + 1].name) == 0, "%s",
	   v ? v->subject : "nothing");
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_healthy(&t);
	test_status(&t);
	test_hot(&t);
	test_voltage(&t);
	test_overload(&t);
	test_torque(&t);
	test_bus(&t);
	test_bus_state(&t);
	test_can(&t);
	test_chain(&t);
	test_arms(&t);
	return tap_done(&t);
}
