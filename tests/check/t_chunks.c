/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks that take over from others: seams and their evidence, reversal, disagreement, staleness. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/chunk_disagreement.h"
#include "check/plans.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

/* n steps of the motion from `from` on, as the announced chunk has them; the motion goes on. */
static void execute(struct bed *b, unsigned from, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		bed_healthy(b, from + i);
		for (unsigned j = 0; j < BED_JOINTS; j++) {
			b->step.vec[VEC_ASKED].v[j] = b->actions[i][j];
			b->step.vec[VEC_SENT].v[j] = b->actions[i][j];
		}
		bed_send(b);
	}
}

static void add(struct bed *b, unsigned joint, double value)
{
	for (unsigned h = 0; h < BED_HORIZON; h++)
		b->actions[h][joint] += value;
}

static void test_disagree(struct tap *t)
{
	static struct chunk_view old, next;
	struct replan r = {&old, &next, 2, 0};
	struct disagreement d;

	old.kept = next.kept = 5;
	for (unsigned h = 0; h < 5; h++) {
		old.a[h][0] = h;
		old.a[h][1] = 10 * h;
		next.a[h][0] = h + 2 + 3;
		next.a[h][1] = 10 * (h + 2) + 4;
	}
	d = disagree(&r, 2);
	ok(t, d.overlap == 3 && d.tce == 12.5 && d.stac == 5, "3, 4 apart: TCE %g, STAC %g over %u",
	   d.tce, d.stac, d.overlap);
	r.offset = 5;
	d = disagree(&r, 2);
	ok(t, d.overlap == 0 && d.tce == 0 && d.stac == 0, "no overlap is no disagreement");
	r.offset = 2;
	next.a[1][1] = NAN;
	d = disagree(&r, 2);
	ok(t, d.overlap == 3 && fabs(d.tce - (9 + 16 + 9 + 9 + 16) / 5.0) < 1e-12,
	   "an action that is not known does not count: %g", d.tce);
}

static void test_disagreement(struct tap *t)
{
	struct check_status s;
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 5; i++) {
		bed_plan(&b, 20 * i);
		if (i % 2)
			add(&b, 0, 0.5);
		bed_announce(&b);
		execute(&b, 20 * i, 20);
	}
	s = bed_status(&b, "chunk-disagreement");
	/* Each of four replans is 0.5 off in one of four joints. */
	ok(t, fabs(s.value - 4 * 0.0625) < 1e-9 && s.level == LEVEL_UNKNOWN,
	   "the sum is shown and judged by nothing: %s", s.why);
	ok(t, strstr(s.why, "uncalibrated") && strstr(s.why, "overlap 10") && b.nverdicts == 0,
	   "with its overlap, as uncalibrated");
	bed_restart(&b);
	bed_run(&b, 60);
	ok(t, isnan(bed_status(&b, "chunk-disagreement").value), "%s",
	   bed_status(&b, "chunk-disagreement").why);
	bed_fini(&b);
}

static void test_seam(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	bed_plan(&b, 0);
	bed_announce(&b);
	execute(&b, 0, 20);
	bed_plan(&b, 20);
	add(&b, 1, 20);
	bed_announce(&b);
	execute(&b, 20, 20);
	v = bed_find(&b, "seam", LEVEL_WARN);
	ok(t,
	   v && strcmp(v->subject, "lift.pos") == 0 && strstr(v->message, "20 off the old plan") &&
		   strstr(v->message, " inside chunks"),
	   "a seam has its evidence: %s", v ? v->message : "nothing");
	ok(t, strstr(bed_status(&b, "seam").why, "inside chunks"), "%s",
	   bed_status(&b, "seam").why);
	bed_fini(&b);
}

/*
 * Replies only, each of which was executed for so many steps, and told steps are said, 0 none,
 * before the next reply or after. by: the jump at every other one.
 */
static void replies(struct bed *b, unsigned executed, unsigned told, bool before, double by)
{
	struct executed x = {.steps = told};

	bed_episode(b);
	for (unsigned i = 0; i < 6; i++) {
		x.chunk = b->chunk.number;
		if (i && told && before)
			bed_event(b, (struct event){.kind = EVENT_EXECUTED, .executed = &x});
		bed_plan(b, executed * i);
		if (i % 2)
			add(b, 1, by);
		bed_announce(b);
		if (i && told && !before)
			bed_event(b, (struct event){.kind = EVENT_EXECUTED, .executed = &x});
		bed_healthy(b, executed * i);
		b->step.vec[VEC_ASKED].v[1] = b->actions[0][1];
		b->step.vec[VEC_SENT].present = b->step.vec[VEC_GOT].present = false;
		b->step.chunk = b->chunk.number;
		b->step.position = 0;
		bed_send(b);
		b->t_s += executed / 30.0;
	}
}

static void test_seam_of_replies(struct tap *t)
{
	struct check_status s;
	struct bed b;

	bed_init(&b);
	b.hello.no_tick = true;
	for (unsigned before = 0; before < 2; before++) {
		bed_restart(&b);
		replies(&b, 20, 20, before, 0);
		ok(t, bed_status(&b, "seam").level == LEVEL_OK && b.nverdicts == 0,
		   "replies that go on: %s", bed_status(&b, "seam").why);
		bed_restart(&b);
		replies(&b, 20, 20, before, 20);
		ok(t, bed_count(&b, "seam", LEVEL_WARN) > 0, "replies that jump: %s",
		   bed_find(&b, "seam", LEVEL_WARN) ? bed_find(&b, "seam", LEVEL_WARN)->message
						    : "nothing");
	}
	bed_restart(&b);
	replies(&b, 20, 0, false, 20);
	ok(t,
	   bed_status(&b, "seam").level == LEVEL_UNKNOWN &&
		   bed_status(&b, "chunk-disagreement").level == LEVEL_UNKNOWN &&
		   bed_count(&b, "seam", LEVEL_NOTE) == 0,
	   "who executes how much must be known: %s", bed_status(&b, "seam").why);
	bed_restart(&b);
	replies(&b, 20, 19, false, 0); /* times are not exact */
	s = bed_status(&b, "seam");
	ok(t, s.value <= s.threshold / 5 && s.value > s.threshold / 20,
	   "one step too few makes no seam: %g of %g", s.value, s.threshold);
	bed_fini(&b);
}

/* A new chunk every ten steps, from where the arm was `late` steps before. */
static void late(struct bed *b, unsigned n, unsigned late)
{
	bed_episode(b);
	for (unsigned i = 0; i < n; i++) {
		bed_plan(b, (10 - late) * i);
		bed_announce(b);
		execute(b, (10 - late) * i, 10);
	}
}

static void test_reversal(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	late(&b, 8, 0);
	ok(t, b.nverdicts == 0 && bed_status(&b, "reversal").level == LEVEL_OK, "%s",
	   bed_status(&b, "reversal").why);
	bed_restart(&b);
	late(&b, 8, 8);
	v = bed_find(&b, "reversal", LEVEL_WARN);
	ok(t, v && v->value >= 7 && v->value <= 9, "chunks that are eight steps old go back: %s",
	   v ? v->message : "nothing");
	bed_restart(&b);
	late(&b, 2, 8);
	ok(t, bed_count(&b, "reversal", LEVEL_NOTE) == 0, "once is nothing to tell");
	bed_restart(&b);
	bed_run(&b, 100);
	ok(t, bed_status(&b, "reversal").level == LEVEL_UNKNOWN, "chunks without actions: %s",
	   bed_status(&b, "reversal").why);
	b.profile->space = SPACE_RELATIVE;
	bed_restart(&b);
	late(&b, 8, 8);
	ok(t, b.nverdicts == 0 || bed_count(&b, "reversal", LEVEL_NOTE) == 0, "%s",
	   bed_status(&b, "reversal").why);
	bed_fini(&b);
}

/* What the steps themselves say goes before what was announced. */
static void test_places(struct tap *t)
{
	static struct plans p;
	static struct run_view run = {.joints = 1};
	double actions[10] = {0};
	struct chunk c = {.number = 7, .seq = 0, .horizon = 10, .dims = 1, .actions = actions};
	struct step s;

	run.joint[0].to_action = 1;
	plans_run(&p, false);
	plans_episode(&p);
	plans_add(&p, &run, &c, 0, true);
	step_init(&s, 1);
	for (s.seq = 0; s.seq < 6; s.seq++)
		plans_step(&p, &s);
	ok(t, p.position == 5 && !p.begins, "by announcement the sixth step is at 5");
	c.number = 8;
	c.seq = SEQ_UNKNOWN;
	plans_add(&p, &run, &c, 0, true);
	s.chunk = 7;
	s.position = 6;
	plans_step(&p, &s);
	ok(t, !p.begins && p.position == 6 && !p.has_replan, "it goes on while the step says so");
	s.seq = 7;
	s.chunk = 8;
	s.position = 3; /* the first three came too late */
	plans_step(&p, &s);
	ok(t, p.begins && p.has_replan && p.replan.offset == 4 && p.replan.first == 3,
	   "a chunk that begins at 3 stands on place 4 of the old one: %u", p.replan.offset);
	plans_break(&p);
	c.number = 9;
	plans_add(&p, &run, &c, 0, true);
	s.seq = 9;
	s.chunk = 9;
	s.position = 0;
	plans_step(&p, &s);
	ok(t, p.begins && !p.has_replan, "after another driver nothing is replaced");
	s.seq = 10;
	s.position = 1;
	plans_step(&p, &s);
	plans_idle(&p);
	plans_idle(&p);
	c.number = 10;
	plans_add(&p, &run, &c, 0, true);
	s.seq = 13;
	s.chunk = 10;
	s.position = 0;
	plans_step(&p, &s);
	ok(t, p.has_replan && p.replan.offset == 2, "ticks without an action executed none: %u",
	   p.replan.offset);
}

/* An episode of 40 steps with two chunks; the last one has ten actions left. */
static void before(struct bed *b)
{
	bed_episode(b);
	for (unsigned i = 0; i < 40; i += 20) {
		bed_plan(b, i);
		bed_announce(b);
		execute(b, i, 20);
	}
}

/* n healthy steps from `from` on that say where they are from: of the last chunk. */
static void from_chunk(struct bed *b, unsigned from, unsigned n, int position)
{
	for (unsigned i = 0; i < n; i++) {
		bed_healthy(b, from + i);
		b->step.chunk = b->chunk.number;
		b->step.position = position + (int)i;
		bed_send(b);
	}
}

static void mark(struct bed *b, bool start, bool guessed)
{
	struct episode_mark m = {.start = start, .guessed = guessed, .number = ++b->episode};

	bed_event(b, (struct event){.kind = EVENT_EPISODE, .episode = &m});
}

static void test_stale(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	before(&b);
	ok(t, b.nverdicts == 0 && bed_status(&b, "stale-chunk").level == LEVEL_OK, "%s",
	   bed_status(&b, "stale-chunk").why);
	b.t_s += 3;
	mark(&b, true, false);
	from_chunk(&b, 0, 1, 20);
	v = bed_find(&b, "stale-chunk", LEVEL_WARN);
	ok(t,
	   v && v->seq == 40 &&
		   strstr(v->message, "first action predicted before the episode (3.7 s"),
	   "the chunk of the episode before is told at once: %s", v ? v->message : "nothing");
	ok(t, v && v->level == LEVEL_WARN, "as a warning while the arm is near");
	bed_restart(&b);
	before(&b);
	b.t_s += 3;
	mark(&b, true, false);
	bed_healthy(&b, 0);
	b.step.vec[VEC_ASKED].v[1] += 60;
	b.step.chunk = b.chunk.number;
	b.step.position = 20;
	bed_send(&b);
	ok(t,
	   bed_count(&b, "stale-chunk", LEVEL_FAIL) == 1 && bed_count(&b, "", LEVEL_FAIL) == 1 &&
		   bed_count(&b, "first-action", LEVEL_WARN) == 1,
	   "far from the arm it fails, and explains the first action");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 40; i++) {
		if (i == 10) {
			bed_plan(&b, i);
			bed_announce(&b);
		}
		bed_healthy(&b, i);
		bed_send(&b);
	}
	v = bed_find(&b, "stale-chunk", LEVEL_WARN);
	ok(t, v && v->seq == 10 && v->value == 10 && strstr(v->message, "first 10 actions "),
	   "steps of no chunk before the first one: %s", v ? v->message : "nothing");
	bed_restart(&b);
	before(&b);
	bed_plan(&b, 40);
	b.chunk.request_ns = (int64_t)((b.t_s - 0.2) * 1e9); /* under way while it ended */
	b.t_s += 2;
	bed_announce(&b);
	mark(&b, true, true);
	from_chunk(&b, 0, 5, 0);
	ok(t, bed_count(&b, "stale-chunk", LEVEL_WARN) == 1, "a request of before: %s",
	   bed_status(&b, "stale-chunk").why);
	bed_fini(&b);
}

static void test_not_stale(struct tap *t)
{
	struct episode_mark resumed = {.start = true, .resumed = true};
	struct bed b;

	bed_init(&b);
	before(&b);
	mark(&b, false, false);
	b.t_s += 3;
	bed_plan(&b, 0);
	bed_announce(&b);
	mark(&b, true, true); /* guessed from the step that the chunk is for */
	execute(&b, 0, 20);
	ok(t, b.nverdicts == 0 && bed_status(&b, "stale-chunk").level == LEVEL_OK,
	   "a chunk that comes before a guessed start: %s", bed_status(&b, "stale-chunk").why);
	mark(&b, false, false);
	mark(&b, true, false);
	from_chunk(&b, 20, 10, 20);
	ok(t, bed_count(&b, "stale-chunk", LEVEL_NOTE) == 0,
	   "a run that is cut in two and goes on: %s", bed_status(&b, "stale-chunk").why);
	bed_restart(&b);
	for (unsigned i = 5; i < 40; i++) {
		if (i == 20) {
			bed_plan(&b, i);
			bed_announce(&b);
		}
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t, bed_count(&b, "stale-chunk", LEVEL_NOTE) == 0, "one that was met in its middle: %s",
	   bed_status(&b, "stale-chunk").why);
	bed_restart(&b);
	bed_episode(&b);
	bed_plan(&b, 0);
	execute(&b, 0, 2);
	bed_announce(&b); /* told a moment late */
	execute(&b, 2, 10);
	ok(t, bed_count(&b, "stale-chunk", LEVEL_NOTE) == 0, "a chunk that is told late: %s",
	   bed_status(&b, "stale-chunk").why);
	bed_restart(&b);
	bed_event(&b, (struct event){.kind = EVENT_EPISODE, .episode = &resumed});
	execute(&b, 0, 2);
	ok(t, strstr(bed_status(&b, "stale-chunk").why, "the engine restarted"), "%s",
	   bed_status(&b, "stale-chunk").why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_disagree(&t);
	test_disagreement(&t);
	test_seam(&t);
	test_seam_of_replies(&t);
	test_reversal(&t);
	test_places(&t);
	test_stale(&t);
	test_not_stale(&t);
	return tap_done(&t);
}
