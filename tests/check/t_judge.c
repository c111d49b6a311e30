/* SPDX-License-Identifier: Apache-2.0 */
/* The driver: applicability, latches, re-arming, rates, and the rows of the check table. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "check/latch.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

static bool is_code(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '-')
			return false;
	}
	return n > 0 && n < CODE_BYTES;
}

static void test_table(struct tap *t)
{
	for (size_t i = 0; check_table[i]; i++) {
		const struct check_class *c = check_table[i];
		size_t len = strlen(c->summary);
		bool good = is_code(c->name) && len > 0 && len <= 60 &&
			    c->summary[len - 1] != '.' && c->needs && c->params && c->show &&
			    (c->step || c->chunk || c->replan || c->idle || c->exchange ||
			     c->motor || c->bus || c->camera || c->frame || c->look);

		for (const struct check_param *p = c->params; p && p->key; p++)
			good = good && p->min <= p->fallback && p->fallback <= p->max && p->help[0];
		for (size_t k = 0; k < i; k++)
			good = good && strcmp(check_table[k]->name, c->name) != 0;
		ok(t, good, "row %s is complete and unique", c->name);
	}
}

static void test_silent_when_healthy(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	bed_run(&b, BED_STEPS);
	bed_run(&b, BED_STEPS);
	ok(t, b.nverdicts == 0, "two healthy episodes raise nothing: %u %s %s", b.nverdicts,
	   b.nverdicts ? b.verdict[0].code : "", b.nverdicts ? b.verdict[0].message : "");
	for (size_t i = 0; check_table[i]; i++) {
		struct check_status s = bed_status(&b, check_table[i]->name);

		ok(t, s.why[0] && (s.level == LEVEL_OK || s.level == LEVEL_UNKNOWN), "%s: %s %s",
		   s.code, level_word(s.level), s.why);
	}
	bed_fini(&b);
}

/* What a run has none of is told from what it cannot see. */
static void test_absent(struct tap *t)
{
	struct bus bus = bed_bus();
	struct bed b;

	bed_init(&b);
	b.hello.facts = FACT_ASKED | FACT_GOT;
	bed_restart(&b);
	bed_run(&b, BED_STEPS);
	ok(t,
	   bed_status(&b, "motor-hot").absent && bed_status(&b, "can-bus").absent &&
		   bed_status(&b, "server-error").absent,
	   "no source tells of motors, a bus or a server: there is none");
	ok(t, !bed_status(&b, "chunk-disagreement").absent && !bed_status(&b, "jump").absent,
	   "a chunk could be told, and is not");
	b.hello.facts |= FACT_HEALTH;
	bed_restart(&b);
	bed_run(&b, BED_STEPS);
	ok(t,
	   !bed_status(&b, "motor-hot").absent &&
		   bed_status(&b, "motor-hot").level == LEVEL_UNKNOWN,
	   "a source that could tell of motors does not: %s", bed_status(&b, "motor-hot").why);
	bed_tell_bus(&b, &bus);
	ok(t, bed_status(&b, "can-bus").absent && !bed_status(&b, "bus-errors").absent,
	   "a serial bus is no CAN bus: %s", bed_status(&b, "can-bus").why);
	bed_fini(&b);
}

static void test_no_data_is_never_ok(struct tap *t)
{
	struct bed b;
	struct judge *fresh;
	struct check_status status[64];
	size_t n;
	unsigned good = 0;

	bed_init(&b);
	fresh = judge_new(b.profile, &(struct judge_host){0});
	n = judge_status(fresh, status, 64);
	for (size_t i = 0; i < n; i++)
		good += status[i].level == LEVEL_UNKNOWN && status[i].why[0];
	n = judge_status(b.judge, status, 64);
	for (size_t i = 0; i < n; i++)
		good += status[i].level == LEVEL_UNKNOWN && status[i].why[0];
	bed_episode(&b);
	step_init(&b.step, BED_JOINTS); /* a step that knows nothing */
	for (unsigned i = 0; i < 30; i++)
		bed_send(&b);
	n = judge_status(b.judge, status, 64);
	for (size_t i = 0; i < n; i++)
		good += (status[i].level == LEVEL_UNKNOWN ||
			 strcmp(status[i].code, "cadence") == 0) &&
			status[i].why[0];
	ok(t, n > 0 && good == 3 * n, "no hello, no step, empty steps: nothing is OK (%u of %zu)",
	   good, 3 * n);
	ok(t, b.nverdicts == 0, "and nothing is said");
	judge_free(fresh);
	bed_fini(&b);
}

static void test_not_applicable(struct tap *t)
{
	struct bed b;
	struct profile *profile;

	bed_init(&b);
	profile = b.profile;
	b.profile = NULL;
	bed_restart(&b);
	bed_run(&b, 10);
	ok(t, strcmp(bed_status(&b, "jump").why, "not applicable: no profile") == 0, "%s",
	   bed_status(&b, "jump").why);
	ok(t, bed_status(&b, "finite").level == LEVEL_OK, "finite needs no profile");
	b.profile = profile;
	for (unsigned j = 0; j < BED_JOINTS; j++)
		b.hello.joint[j].unit = UNIT_M100_100;
	bed_restart(&b);
	bed_run(&b, 10);
	ok(t, strcmp(bed_status(&b, "range").why, "not applicable: m100_100 against deg") == 0,
	   "%s", bed_status(&b, "range").why);
	bed_fini(&b);
}

static void test_no_tick(struct tap *t)
{
	static const char *const codes[] = {"cadence", "motion",   "jump",
					    "frozen",  "tracking", "gripper"};
	struct bed b;

	bed_init(&b);
	b.hello.no_tick = true;
	bed_restart(&b);
	bed_run(&b, 40);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		ok(t,
		   strcmp(bed_status(&b, codes[i]).why,
			  "not applicable: no tick (the policy server's traffic only)") == 0,
		   "%s: %s", codes[i], bed_status(&b, codes[i]).why);
	ok(t, bed_status(&b, "first-action").level == LEVEL_OK, "first-action needs none");
	bed_fini(&b);
}

static void test_units(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	for (unsigned j = 0; j < BED_GRIPPER; j++)
		b.hello.joint[j].unit = UNIT_RAD;
	b.hello.joint[BED_GRIPPER].unit = UNIT_0_1;
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < BED_STEPS; i++) {
		bed_healthy(&b, i);
		for (unsigned k = 0; k < VEC_N; k++)
			for (unsigned j = 0; j < BED_JOINTS; j++)
				b.step.vec[k].v[j] *= j == BED_GRIPPER ? 0.01
								       : 0.017453292519943295;
		bed_send(&b);
	}
	ok(t, b.nverdicts == 0, "a run in radians and 0..1 meets a profile in degrees and 0..100");
	bed_fini(&b);
}

static void test_drivers(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	bed_run(&b, 50);
	bed_healthy(&b, 50);
	b.step.vec[VEC_ASKED].v[0] = 1e6;
	b.step.driver = DRIVER_HUMAN;
	for (unsigned i = 0; i < 20; i++)
		bed_send(&b);
	for (unsigned i = 50; i < 100; i++) {
		bed_healthy(&b, i);
		bed_send(&b);
	}
	ok(t, b.nverdicts == 0, "what a human does is not judged");
	bed_fini(&b);
}

static void test_latch(struct tap *t)
{
	struct latch l = {0};
	struct latch_rate rate = {0};
	bool first, again, higher, rearmed;

	first = latch_find(&l, &rate, LEVEL_NOTE, 1, 0, 0.0);
	again = latch_find(&l, &rate, LEVEL_NOTE, 1, 1, 1.0);
	higher = latch_find(&l, &rate, LEVEL_WARN, 1, 2, 2.0);
	ok(t, first && !again && higher, "a latch speaks when it rises");
	rearmed = latch_find(&l, &rate, LEVEL_NOTE, 1, 3, 2.1 + LATCH_REARM_S);
	ok(t, rearmed, "and again after it was quiet for a while");
	l = (struct latch){0};
	first = false;
	for (unsigned i = 0; i < 9; i++)
		first = first || latch_find(&l, &rate, LEVEL_WARN, 10, i, i * 0.03);
	again = latch_find(&l, &rate, LEVEL_WARN, 10, 10, 0.3); /* step 9 did not show it */
	ok(t, !first && !again, "nine steps and a pause are not ten in a row");
	for (unsigned i = 11; i < 20; i++)
		again = latch_find(&l, &rate, LEVEL_WARN, 10, i, i * 0.03);
	ok(t, again, "ten in a row are");
}

static void test_rate(struct tap *t)
{
	struct latch l[16] = {0};
	struct latch_rate rate = {0};
	unsigned rows = 0;

	for (unsigned i = 0; i < 15; i++)
		rows += latch_find(&l[i], &rate, LEVEL_WARN, 1, 0, 0.0);
	ok(t, rows == LATCH_ROWS_PER_S, "one code writes at most %u rows a second", rows);
	ok(t, latch_find(&l[15], &rate, LEVEL_FAIL, 1, 0, 0.5), "but a worse level always passes");
	ok(t, latch_find(&l[14], &rate, LEVEL_WARN, 1, 0, 1.1), "and the next second is a new one");
}

int main(void)
{
	struct tap t = {0};

	test_table(&t);
	test_silent_when_healthy(&t);
	test_no_data_is_never_ok(&t);
	test_absent(&t);
	test_not_applicable(&t);
	test_no_tick(&t);
	test_units(&t);
	test_drivers(&t);
	test_latch(&t);
	test_rate(&t);
	return tap_done(&t);
}
