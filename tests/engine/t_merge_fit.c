/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Motors on a bus beside a loop that sees the same joints: what the steps have of them becomes the
 * loop's units, sign and offset once the joints have moved, and is never guessed.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "base/buf.h"
#include "base/text.h"
#include "engine/merge.h"

enum { LOOP, ARM, JOINTS = 4, MS = 1000000 };

static const double DEG = 57.29577951308232, TURN = 6.283185307179586;
static const char *const names[JOINTS] = {"a", "b", "c", "gripper"};

struct bench {
	struct merge *m;
	struct buf notes;
	unsigned warns, steps, unknown, off; /* steps of this check; joints of them */
	struct step step;
	int64_t now_ns;
	bool wrong; /* the loop sees c as it does another joint */
};

static void on_out(void *host, const struct event *ev)
{
	struct bench *b = host;

	if (ev->kind == EVENT_NOTE) {
		buf_printf(&b->notes, "%s\n", ev->text);
		b->warns += ev->level >= 3;
	}
	if (ev->kind == EVENT_STEP)
		b->step = *ev->step;
	b->steps += ev->kind == EVENT_STEP;
}

static void loop_hello(struct bench *b)
{
	struct hello h = {.facts = FACT_SEEN | FACT_ASKED, .fps = 30, .joints = JOINTS};
	struct event ev = {.kind = EVENT_HELLO, .t_ns = b->now_ns, .source = LOOP, .hello = &h};

	for (unsigned j = 0; j < JOINTS; j++) {
		text_copy(h.joint[j].name, NAME_BYTES, names[j]);
		h.joint[j].unit = j == 3 ? UNIT_0_1 : UNIT_DEG;
	}
	ev.src_ns = TIME_UNKNOWN;
	merge_feed(b->m, &ev);
}

static void arm_hello(struct bench *b)
{
	struct hello h = {.facts = FACT_SENT | FACT_GOT, .joints = JOINTS, .fits = {15}};
	struct event ev = {.kind = EVENT_HELLO, .t_ns = b->now_ns, .source = ARM, .hello = &h};

	for (unsigned j = 0; j < JOINTS; j++) {
		text_copy(h.joint[j].name, NAME_BYTES, names[j]);
		h.joint[j].unit = UNIT_RAD;
	}
	ev.src_ns = TIME_UNKNOWN;
	merge_feed(b->m, &ev);
}

/* In rad; c stands still. */
static double position(unsigned joint, double t_s)
{
	return joint == 2 ? 0.3 : 0.5 * sin((1.7 + joint) * t_s + joint) + 0.2 * joint;
}

/* What the loop says of it. */
static double truth(unsigned joint, double t_s)
{
	double p = position(joint, t_s);

	switch (joint) {
	case 0:
		return DEG * (p - TURN); /* its motor started a turn further */
	case 1:
		return -DEG * p;
	case 2:
		return DEG * p;
	default:
		return (p - 0.1) / 1.3;
	}
}

static void step(struct bench *b, uint16_t source, double t_s)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = b->now_ns, .source = source};
	struct step s;

	step_init(&s, JOINTS);
	s.t_ns = ev.t_ns;
	for (unsigned j = 0; j < JOINTS; j++) {
		unsigned of = j == 2 && b->wrong ? 0 : j;

		if (source == ARM)
			vec_set(&s.vec[VEC_GOT], j, position(j, t_s));
		if (source == ARM)
			vec_set(&s.vec[VEC_SENT], j, position(j, t_s) + 0.01);
		if (source == LOOP)
			vec_set(&s.vec[VEC_SEEN], j, truth(of, t_s));
		if (source == LOOP)
			vec_set(&s.vec[VEC_ASKED], j, truth(of, t_s));
	}
	ev.src_ns = TIME_UNKNOWN;
	ev.step = &s;
	merge_feed(b->m, &ev);
}

/* A motor cycle every 4 ms, a tick every 33. */
static void run(struct bench *b, double from_s, double to_s)
{
	for (int ms = (int)(from_s * 1000); ms < (int)(to_s * 1000); ms++) {
		b->now_ns = 1000000000000 + (int64_t)ms * MS;
		if (ms % 4 == 0)
			step(b, ARM, ms / 1000.0);
		if (ms % 33 == 1)
			step(b, LOOP, ms / 1000.0);
	}
}

static void begin(struct bench *b, bool arm_first)
{
	static const struct resume_point fresh = {.last_seq = SEQ_UNKNOWN};
	struct merge_host host = {.host = b, .out = on_out};

	memset(b, 0, sizeof(*b));
	b->m = merge_new(&host, &fresh, 0);
	if (arm_first)
		arm_hello(b);
	loop_hello(b);
	if (!arm_first)
		arm_hello(b);
}

static void end(struct bench *b)
{
	merge_free(b->m);
	buf_fini(&b->notes);
}

/* got is what was seen, within what a joint moves in a motor's cycle; sent is 0.01 rad beyond. */
static bool agrees(const struct bench *b, unsigned joint)
{
	static const double scale[JOINTS] = {DEG, -DEG, DEG, 1 / 1.3};
	double seen, got, sent;

	return vec_value(&b->step.vec[VEC_SEEN], joint, &seen) &&
	       vec_value(&b->step.vec[VEC_GOT], joint, &got) &&
	       vec_value(&b->step.vec[VEC_SENT], joint, &sent) &&
	       fabs(got - seen) < 0.02 * fabs(scale[joint]) &&
	       fabs(sent - got - 0.01 * scale[joint]) < 1e-3 * fabs(scale[joint]);
}

static bool told(const struct bench *b, const char *text)
{
	bool is = strstr(buf_text(&b->notes), text) != NULL;

	if (!is)
		printf("# %s", buf_text(&b->notes));
	return is;
}

static void test_fit(struct tap *t, bool arm_first)
{
	const char *first = arm_first ? "the arm" : "the loop";
	struct bench b;
	double v;

	begin(&b, arm_first);
	run(&b, 0, 1.5);
	ok(t,
	   !vec_value(&b.step.vec[VEC_GOT], 3, &v) && vec_value(&b.step.vec[VEC_GOT], 2, &v) &&
		   fabs(v - 0.3 * DEG) < 1e-9 && !b.notes.len,
	   "%s first: rad become the run's degrees; what a gripper's mean is not known yet", first);
	run(&b, 1.5, 4);
	ok(t, agrees(&b, 0) && agrees(&b, 1) && agrees(&b, 3),
	   "after 2 s turn, sign and range are found");
	ok(t,
	   told(&b,
		"fitted on what was seen: a (-1 turn), b (the other way round), gripper (0.76") &&
		   told(&b, "cannot be told before it moves: c\n") && !b.warns,
	   "and told, and what cannot be told is, too");
	ok(t, agrees(&b, 2), "a joint that stands still stays as its robot's row has it");
	arm_hello(&b);
	run(&b, 4, 4.5);
	ok(t, !vec_value(&b.step.vec[VEC_GOT], 3, &v), "motors that come back are found anew");
	run(&b, 4.5, 8);
	ok(t, agrees(&b, 0) && agrees(&b, 3), "in their time");
	end(&b);
}

static void test_wrong(struct tap *t)
{
	struct bench b;
	double v;

	begin(&b, false);
	b.wrong = true;
	run(&b, 0, 4);
	ok(t, told(&b, "does not follow the motor") && b.warns == 1 && agrees(&b, 1),
	   "a pairing that is wrong is refused, and the others are not");
	ok(t, vec_value(&b.step.vec[VEC_GOT], 2, &v) && fabs(v - 0.3 * DEG) < 1e-9,
	   "what its motor says stands as it was");
	end(&b);
}

int main(void)
{
	struct tap t = {0};

	test_fit(&t, false);
	test_fit(&t, true);
	test_wrong(&t);
	return tap_done(&t);
}
