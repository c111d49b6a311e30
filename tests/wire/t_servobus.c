/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a servo bus says, from the packets of a real lerobot-rollout: joint by joint the goals and
 * the positions, the servos' state, what was written; and in any pieces the same.
 */
#include "tests/tap.h"
#include "tests/wire/servobus.h"

enum { LINE = 4096 };

static FILE *open_file(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/wire/servo/%s", top ? top : ".", name);
	return fopen(path, "r");
}

static struct servobus_setup calibrated(struct tap *t)
{
	struct servobus_setup s = so101_setup();
	FILE *f = open_file("calibration.json");
	struct calibration c = {0};
	char text[8192];
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0;

	if (f)
		fclose(f);
	ok(t, calibration_parse(&c, text, n, NULL) == 0, "the arm's calibration");
	for (unsigned i = 0; i < c.n && i < s.motors; i++) {
		s.motor[i].file = c.motor[i];
		s.motor[i].scale.range_min = c.motor[i].range_min;
		s.motor[i].scale.range_max = c.motor[i].range_max;
	}
	return s;
}

/* What the lines themselves hold, read by their fixed form. */
struct truth {
	const struct servobus_setup *setup;
	int position[6], goal[6];
	bool has_position;
	unsigned steps, wrong;
	int64_t position_ns, goal_ns;
};

static double degrees(const struct truth *w, unsigned i, int ticks)
{
	double min = w->setup->motor[i].file.range_min, max = w->setup->motor[i].file.range_max;

	if (i < 5)
		return (ticks - (min + max) / 2) * 360 / 4095;
	return (fmin(max, fmax(min, ticks)) - min) / (max - min) * 100;
}

static void check_step(struct heard *h, const struct step *s)
{
	struct truth *w = h->arg;
	bool old = s->t_ns - w->position_ns > 70 * MS;

	w->steps++;
	for (unsigned i = 0; i < 6; i++) {
		double sent, got;

		w->wrong += !vec_value(&s->vec[VEC_SENT], i, &sent) ||
			    fabs(sent - degrees(w, i, w->goal[i])) > 1e-9;
		if (!vec_value(&s->vec[VEC_GOT], i, &got))
			w->wrong += w->has_position && !old;
		else
			w->wrong += fabs(got - degrees(w, i, w->position[i])) > 1e-9 ||
				    s->t_ns - w->position_ns > 200 * MS;
	}
	w->wrong += s->t_ns != w->goal_ns || s->driver != DRIVER_UNKNOWN;
}

static void read_truth(struct truth *w, bool to, const uint8_t *p, size_t n, int64_t t_ns)
{
	if (to && n == 26 && p[4] == 0x83) {
		w->goal_ns = t_ns;
		for (unsigned i = 0; i < 6; i++)
			w->goal[i] = p[8 + 3 * i] | p[9 + 3 * i] << 8;
	}
	if (!to && n == 48) {
		w->position_ns = t_ns;
		w->has_position = true;
		for (unsigned i = 0; i < 6; i++)
			w->position[i] = p[5 + 8 * i] | p[6 + 8 * i] << 8;
	}
}

/* Plays the recording in pieces of `piece` bytes. */
static void play(struct servobus *b, struct truth *w, size_t piece)
{
	FILE *f = open_file("rollout.bus");
	char line[LINE], way;
	uint8_t p[LINE];
	double seconds;
	int at;

	while (f && fgets(line, sizeof(line), f)) {
		int64_t t_ns;
		size_t n;

		if (sscanf(line, "%lf %c %n", &seconds, &way, &at) != 2)
			continue;
		t_ns = (int64_t)(seconds * 1e9);
		n = from_hex(p, sizeof(p), line + at);
		read_truth(w, way == '>', p, n, t_ns);
		for (size_t i = 0; i < n; i += piece)
			say(b, way == '>', p + i, n - i < piece ? n - i : piece, t_ns);
	}
	if (f)
		fclose(f);
	servobus_end(b, (int64_t)((seconds + 2) * 1e9));
}

static void notes_hold(struct tap *t, struct heard *h, const char *want)
{
	if (!ok(t, strstr(buf_text(&h->notes), want) != NULL, "noted: %s", want))
		printf("# %s\n", buf_text(&h->notes));
}

static void rollout(struct tap *t, size_t piece)
{
	struct servobus_setup setup = calibrated(t);
	struct truth w = {.setup = &setup};
	struct heard h = {.on_step = check_step, .arg = &w};
	struct servobus *b = servobus_new(&setup, hear, &h);

	play(b, &w, piece);
	ok(t, w.steps > 100 && !w.wrong, "%u steps in pieces of %zu bytes, %u values are wrong",
	   w.steps, piece, w.wrong);
	ok(t,
	   h.hellos == 2 && h.hello.joints == 6 && h.hello.facts == SERVOBUS_FACTS &&
		   h.hello.on_bus && strcmp(h.hello.joint[5].name, "gripper.pos") == 0 &&
		   h.hello.joint[5].unit == UNIT_0_100 && h.hello.joint[0].unit == UNIT_DEG,
	   "hello twice: goals are seen later");
	ok(t,
	   !h.bus.retries && !h.bus.timeouts && !h.bus.corrupt && !h.bus.late && !h.bus.stray &&
		   h.bus.behind == 0 && h.bus.transactions > 200 && servobus_bad(b) == 0,
	   "%lld requests, none in vain", (long long)h.bus.transactions);
	ok(t, h.motor[1].calibrated == 1 && h.motor[6].calibrated == 1, "the calibration is right");
	ok(t, h.motor[6].torque == 0 && h.worst[6].faults == 0 && h.motors > 24,
	   "the torque is off in the end, and nothing was wrong");
	notes_hold(t, &h, "wrote Torque_Enable 0 to 6 motors (id 1 2 3 4 5 6)");
	notes_hold(t, &h, "wrote Torque_Enable 1 to 6 motors (id 1 2 3 4 5 6)");
	notes_hold(t, &h, "wrote P_Coefficient 16 to 6 motors (id 1 2 3 4 5 6)");
	notes_hold(t, &h, "wrote Overload_Torque 25 to gripper.pos (id 6)");
	notes_hold(t, &h,
		   "after 1.2 ms, and every 20 steps after 9.4 ms: there the policy computes");
	ok(t, !strstr(buf_text(&h.notes), "calibration file"), "the motors are as the file says");
	servobus_free(b);
	buf_fini(&h.notes);
}

static void write_sample(struct heard *h, const struct event *ev)
{
	struct buf *b = h->arg;

	buf_printf(b, "%lld:", (long long)(ev->t_ns / (MS / 10)));
	for (unsigned i = 0; i < ev->sample->n; i++) {
		const struct sample_value *v = &ev->sample->v[i];

		buf_printf(b, " %s%u %.0f", vec_word((enum vec_kind)v->vector), v->joint, v->value);
	}
	buf_str(b, "; ");
}

/* Each value at the time of its packet: also of reads that no step is of. */
static void samples(struct tap *t)
{
	struct buf text = {0};
	struct heard h = {.on_sample = write_sample, .arg = &text};
	struct servobus_setup setup = {.name = "test"};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (int64_t tick = 1; tick <= 2; tick++) {
		ask_positions(b, tick * 10 * MS);
		for (uint8_t id = 1; id <= 6; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000 + (int)(10 * tick) + id),
			    tick * 10 * MS + id * MS / 10);
	}
	ok(t, h.steps == 0 && h.hello.facts == FACT_HEALTH, "a leader: its positions are no steps");
	write_goals(b, 1900, 22 * MS);
	write_goals(b, 1900, 24 * MS); /* nothing comes after it */
	if (!ok(t,
		strcmp(buf_text(&text),
		       "101: got0 2011; 102: got1 2012; 103: got2 2013; 104: got3 2014; 105: got4 "
		       "2015; 106: got5 2016; 201: got0 2021; 202: got1 2022; 203: got2 2023; 204: "
		       "got3 2024; 205: got4 2025; 206: got5 2026; 220: sent0 1900 sent1 1901 "
		       "sent2 1902 sent3 1903 sent4 1904 sent5 1905; 240: sent0 1900 sent1 1901 sent2 1902 "
		       "sent3 1903 sent4 1904 sent5 1905; ") == 0,
		"each value at the time of its packet, a leader's, too"))
		printf("# %s\n", buf_text(&text));
	servobus_free(b);
	buf_fini(&text);
	buf_fini(&h.notes);
}

static void other_calibration(struct tap *t)
{
	struct servobus_setup setup = calibrated(t);
	struct truth w = {.setup = &setup};
	struct heard h = {0};
	struct servobus *b;

	setup.motor[2].file.homing_offset = -5;
	setup.motor[5].file.range_max = 3520;
	b = servobus_new(&setup, hear, &h);
	play(b, &w, SIZE_MAX);
	notes_hold(t, &h,
		   "elbow_flex.pos (id 3): homing_offset is 1012 in the motor, -5 in the "
		   "calibration file");
	notes_hold(t, &h,
		   "gripper.pos (id 6): range_max is 3519 in the motor, 3520 in the calibration "
		   "file");
	ok(t,
	   h.motor[3].calibrated == 0 && h.motor[6].calibrated == 0 && h.motor[1].calibrated == 1,
	   "of two motors it is not");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* Without a word about the robot: ids are joints, ticks are values. */
static void stranger(struct tap *t)
{
	struct servobus_setup setup = {.name = "ttyACM0", .prefix = "left/"}, with = so101_setup();
	struct truth w = {.setup = &with};
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	double v = 0;

	play(b, &w, SIZE_MAX);
	ok(t,
	   h.hello.joints == 6 && strcmp(h.hello.joint[3].name, "left/motor4") == 0 &&
		   h.hello.joint[3].unit == UNIT_TICKS,
	   "unknown servos are joints by their id");
	ok(t, h.steps && vec_value(&h.step.vec[VEC_SENT], 3, &v) && v == w.goal[3],
	   "their goals are ticks");
	ok(t, strcmp(h.bus.name, "left/ttyACM0") == 0 && strcmp(h.motor[1].model, "sts3215") == 0,
	   "the bus has its name, the servo its model");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* The positions of a leader are nobody's. */
static void leader(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (int i = 0; i < 90; i++) {
		ask_positions(b, i * 33 * MS);
		for (uint8_t id = 1; id <= 6; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000), i * 33 * MS + MS);
	}
	ok(t, h.hello.facts == FACT_HEALTH && h.hello.joints == 6 && !h.steps && h.motors > 6,
	   "a leader has joints and health, and no steps");
	ok(t, h.bus.state == BUS_OK && fabs(h.bus.reply_ms - 1) < 1e-6, "its bus answers in 1 ms");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* Goals written one by one are one step; one that comes again begins the next. */
static void one_by_one(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	double v = 0;

	for (int cycle = 0; cycle < 3; cycle++) {
		for (uint8_t id = 1; id <= 6; id++) {
			const uint8_t goal[] = {42, (uint8_t)(cycle + id), 8};
			uint8_t p[16];
			int64_t t_ns = cycle * 33 * MS + id * MS / 2;

			say(b, 1, p, feetech_packet(p, id, SERVO_WRITE, goal, 3), t_ns);
			say(b, 0, p, feetech_packet(p, id, 0, NULL, 0), t_ns + MS / 4);
		}
	}
	servobus_due(b, 200 * MS);
	ok(t, h.steps == 3, "%u steps of six writes each", h.steps);
	ok(t,
	   vec_value(&h.step.vec[VEC_SENT], 5, &v) && h.step.t_ns == 66 * MS + MS / 2 &&
		   fabs(v - (2048 + 2 + 6) / 4095.0 * 100) < 1e-9,
	   "the last one has all, and the time of its first write");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* Goals without positions: what was read long ago is not got. */
static void stale(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	unsigned with = 0;
	uint8_t p[64];

	for (int i = 0; i < 20; i++) {
		ask_positions(b, i * 30 * MS);
		for (uint8_t id = 1; id <= 6 && i < 10; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000), i * 30 * MS + MS);
		write_goals(b, 2000, i * 30 * MS + 2 * MS);
		with += h.step.vec[VEC_GOT].present;
	}
	ok(t, with == 11 || with == 12, "positions are got for two periods, not longer: %u", with);
	servobus_free(b);
	buf_fini(&h.notes);
}

static void write_torque(struct servobus *b, uint8_t id, uint8_t on, int64_t t_ns)
{
	const uint8_t param[] = {40, on};
	uint8_t p[16];

	say(b, 1, p, feetech_packet(p, id, SERVO_WRITE, param, 2), t_ns);
	say(b, 0, p, feetech_packet(p, id, 0, NULL, 0), t_ns + MS / 4);
}

/* Who was told what, in order. */
static void written(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);

	write_torque(b, 1, 0, MS);
	write_torque(b, 2, 1, 2 * MS);
	write_torque(b, 1, 1, 3 * MS);
	write_torque(b, 3, 1, 4 * MS);
	write_torque(b, 1, 0, 5 * MS);
	servobus_due(b, 200 * MS);
	ok(t,
	   text_starts(
		   buf_text(&h.notes),
		   "wrote Torque_Enable 0 to shoulder_pan.pos (id 1)\n"
		   "wrote Torque_Enable 1 to shoulder_lift.pos (id 2), shoulder_pan.pos (id 1), "
		   "elbow_flex.pos (id 3)\n"
		   "wrote Torque_Enable 0 to shoulder_pan.pos (id 1)\n"),
	   "values and servos are told in their order");
	servobus_end(b, NS_PER_S);
	ok(t, h.motor[1].torque == 0 && h.motor[2].torque == 1, "and who holds now");
	servobus_free(b);
	buf_fini(&h.notes);
}

/* A machine that is slow now and then is no policy that thinks. */
static void irregular(struct tap *t)
{
	struct servobus_setup setup = so101_setup();
	struct heard h = {0};
	struct servobus *b = servobus_new(&setup, hear, &h);
	uint8_t p[64];

	for (int i = 0; i < 400; i++) {
		bool slow = i * i % 37 < 3;

		ask_positions(b, i * 33 * MS);
		for (uint8_t id = 1; id <= 6; id++)
			say(b, 0, p, feetech_ticks(p, id, 0, 2000), i * 33 * MS + MS);
		write_goals(b, 2000, i * 33 * MS + (slow ? 11 : 2) * MS);
	}
	ok(t, h.steps == 400 && !strstr(buf_text(&h.notes), "new chunk"),
	   "irregular pauses are not told as chunks");
	servobus_free(b);
	buf_fini(&h.notes);
}

int main(void)
{
	struct tap t = {0};

	rollout(&t, SIZE_MAX);
	rollout(&t, 1);
	rollout(&t, 7);
	samples(&t);
	other_calibration(&t);
	stranger(&t);
	leader(&t);
	one_by_one(&t);
	stale(&t);
	written(&t);
	irregular(&t);
	return tap_done(&t);
}
