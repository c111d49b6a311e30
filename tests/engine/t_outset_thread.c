/* SPDX-License-Identifier: Apache-2.0 */
/* When an episode's begin is whole, what is in it, and that it is told once; by core, too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/core.h"
#include "engine/explainer.h"
#include "tests/tap.h"

enum { JOINTS = 5, ROWS = 3 };

/* Joints that start at 0..4, in degrees, and end up to 10 further; of 12 episodes. */
static struct profile *make_profile(void)
{
	struct profile *p = profile_new();

	text_copy(p->name, sizeof(p->name), "made");
	p->fps = 30;
	p->episodes = 12;
	p->space = SPACE_ABSOLUTE;
	p->action.joints = p->state.joints = JOINTS;
	p->action.joint = xcalloc(JOINTS, sizeof(*p->action.joint));
	p->state.joint = xcalloc(JOINTS, sizeof(*p->state.joint));
	p->gap = xcalloc(JOINTS, sizeof(*p->gap));
	for (unsigned j = 0; j < JOINTS; j++) {
		struct joint_profile *k = &p->action.joint[j];

		snprintf(k->joint.name, NAME_BYTES, "j%u.pos", j);
		k->joint.unit = UNIT_DEG;
		k->value.min = j;
		k->value.max = j + 60.0 + 7 * j;
		k->value.mean = j + 20.0 + 3 * j;
		k->value.std = 11 + 2.0 * j;
		k->value.q01 = k->value.min;
		k->value.q99 = k->value.max;
		k->delta.max = 2;
		k->start.mean = j;
		k->start.std = 1;
		k->start.min = j - 1.0;
		k->start.max = j + 1.0;
		p->state.joint[j] = *k;
		p->gap[j].known = true;
		p->gap[j].q95 = p->gap[j].max = p->gap[j].first_max = 2;
	}
	return p;
}

static struct hello say_hello(enum unit unit)
{
	struct hello h = {
		.joints = JOINTS, .fps = 30, .facts = FACT_ASKED | FACT_SEEN | FACT_CHUNK};

	/* In another order than training's. */
	for (unsigned j = 0; j < JOINTS; j++) {
		snprintf(h.joint[j].name, NAME_BYTES, "j%u.pos", JOINTS - 1 - j);
		h.joint[j].unit = unit;
	}
	return h;
}

static void say_chunk(struct outset *o, double first)
{
	double actions[ROWS * JOINTS];
	const struct chunk c = {.horizon = ROWS, .dims = JOINTS, .actions = actions};

	for (unsigned i = 0; i < ROWS * JOINTS; i++)
		actions[i] = first + (double)(JOINTS - 1 - i % JOINTS) + 0.1 * (i / JOINTS);
	outset_chunk(o, &c);
}

static struct step a_step(double asked, double got)
{
	struct step s;

	step_init(&s, JOINTS);
	s.driver = DRIVER_POLICY;
	for (unsigned j = 0; j < JOINTS; j++) {
		vec_set(&s.vec[VEC_ASKED], j, asked + (double)(JOINTS - 1 - j));
		vec_set(&s.vec[VEC_GOT], j, got + (double)(JOINTS - 1 - j));
	}
	return s;
}

static void say_step(struct outset *o, double asked, double got)
{
	struct step s = a_step(asked, got);

	outset_step(o, &s);
}

static void begin(struct outset *o, bool resumed)
{
	outset_episode(o, &(struct episode_mark){.start = true, .resumed = resumed}, 0);
}

static void test_whole(struct tap *t, const struct profile *p)
{
	struct outset *o = outset_new(p, NULL);
	struct hello h = say_hello(UNIT_DEG);
	struct outset_case c;

	outset_hello(o, &h);
	begin(o, false);
	say_chunk(o, 0);
	ok(t, !outset_take(o, &c), "a chunk alone: the arm is not known");
	say_step(o, 0, 0.5);
	ok(t, outset_take(o, &c), "with its first step it is whole");
	ok(t,
	   c.steps == ROWS && c.arm[1] == 1.5 && c.actions[1] == 1 && c.actions[JOINTS + 4] == 4.1,
	   "in the order of training's joints");
	outset_case_fini(&c);
	say_chunk(o, 0);
	say_step(o, 0, 0.5);
	ok(t, !outset_take(o, &c), "and no second time");

	begin(o, false);
	say_step(o, 0, 0);
	say_chunk(o, 9);
	ok(t, !outset_take(o, &c), "a chunk after the first step: no step of it was judged yet");
	say_step(o, 9, 0);
	ok(t, outset_take(o, &c) && c.actions[0] == 9 && c.arm[0] == 0,
	   "the chunk's actions, and the arm at the first action");
	outset_case_fini(&c);

	begin(o, false);
	for (unsigned i = 1; i < OUTSET_ROWS; i++)
		say_step(o, 0, 0);
	ok(t, !outset_take(o, &c), "without chunks: as many actions as are looked at");
	say_step(o, 0, 0);
	ok(t, outset_take(o, &c) && c.steps == OUTSET_ROWS, "come one by one");
	outset_case_fini(&c);

	begin(o, false);
	say_step(o, 0, 0);
	outset_episode(o, &(struct episode_mark){.start = false}, 0);
	ok(t, outset_take(o, &c) && c.steps == 1, "an episode that is over is whole as it is");
	outset_case_fini(&c);
	begin(o, true);
	say_chunk(o, 0);
	say_step(o, 0, 0);
	ok(t, !outset_take(o, &c), "the begin of an episode that was resumed is not known");
	outset_free(o);
}

static void test_units(struct tap *t, const struct profile *p)
{
	struct outset *o = outset_new(p, NULL);
	struct hello h = say_hello(UNIT_RAD);
	struct outset_case c;

	outset_hello(o, &h);
	begin(o, false);
	say_chunk(o, 0);
	say_step(o, 0, 0);
	ok(t, outset_take(o, &c) && fabs(c.arm[1] - 180 / 3.14159265358979) < 1e-9,
	   "in training's unit");
	outset_case_fini(&c);
	outset_free(o);
	ok(t, !outset_new(NULL, NULL) && !outset_take(NULL, &c), "without a profile: nothing");
}

/* One case through the thread: the same as at once. */
static void test_thread(struct tap *t, const struct profile *p)
{
	struct outset *o = outset_new(p, NULL);
	struct hello h = say_hello(UNIT_DEG);
	const struct verdict far = {.level = LEVEL_FAIL, .code = "first-action"};
	struct explainer_answer a = {.text = ""};
	struct err e = {0};
	struct explainer *x = explainer_new(&e);
	char text[OUTSET_TEXT] = "";
	struct outset_case c;
	enum level level;

	outset_hello(o, &h);
	begin(o, false);
	say_chunk(o, 45);
	outset_verdict(o, &far);
	say_step(o, 45, 0);
	ok(t,
	   outset_take(o, &c) && outset_explain(&c, text, &level) && level == LEVEL_FAIL &&
		   strstr(text, "45 deg from the arm"),
	   "far and nothing fits: %s", text);
	ok(t, x && explainer_give(x, &c), "the thread takes it");
	explainer_finish(x);
	ok(t, explainer_answer(x, &a) && !strcmp(a.text, text) && !explainer_answer(x, &a),
	   "and says the same, once");
	begin(o, false);
	say_chunk(o, 0);
	say_step(o, 0, 0);
	ok(t, outset_take(o, &c) && !outset_explain(&c, text, &level), "near: nothing to say");
	explainer_give(x, &c);
	explainer_finish(x);
	ok(t, !explainer_answer(x, &a), "nor from the thread");
	explainer_free(x);
	outset_free(o);
}

static void feed(struct core *c, struct clock *clock, struct event ev)
{
	clock->virtual_ns += NS_PER_MS;
	ev.t_ns = clock->virtual_ns;
	ev.src_ns = TIME_UNKNOWN;
	core_feed(c, &ev);
}

static void test_core(struct tap *t, const struct profile *p)
{
	const struct engine_cfg cfg = {.profile = p};
	const struct recorder_cfg rc = {0};
	const struct hello h = say_hello(UNIT_DEG);
	const struct episode_mark start = {.start = true};
	struct snapshot *s = xcalloc(1, sizeof(*s));
	struct core *c = xcalloc(1, sizeof(*c));
	struct clock clock = {0};
	struct err e = {0};
	struct recorder *recorder = recorder_new(&rc, &e);
	const char *alarm = "";

	core_init(c, &cfg, recorder, &clock, 0);
	feed(c, &clock, (struct event){.kind = EVENT_HELLO, .hello = &h});
	feed(c, &clock, (struct event){.kind = EVENT_EPISODE, .episode = &start});
	for (unsigned i = 0; i < OUTSET_ROWS; i++) {
		struct step step = a_step(45, 0);

		step.seq = SEQ_UNKNOWN;
		step.position = -1;
		feed(c, &clock, (struct event){.kind = EVENT_STEP, .step = &step});
	}
	live_snapshot(c->live, c->judge, clock.virtual_ns, s);
	for (unsigned i = 0; i < s->nalarms; i++) {
		if (!strcmp(s->alarm[i].code, "first-action"))
			alarm = s->alarm[i].message;
	}
	ok(t, strstr(alarm, "no known mistake explains it: the first action is 45 deg"),
	   "the alarm on the screen says why: %s", alarm);
	ok(t, s->nevents && strstr(s->event[0].text, "first action: no known mistake"),
	   "and so does an event: %s", s->event[0].text);
	core_end(c, "over");
	recorder_finish(recorder, 0, &e);
	core_fini(c);
	recorder_free(recorder);
	free(c);
	free(s);
}

int main(void)
{
	struct tap t = {0};
	struct profile *p = make_profile();

	test_whole(&t, p);
	test_units(&t, p);
	test_thread(&t, p);
	test_core(&t, p);
	profile_free(p);
	return tap_done(&t);
}
