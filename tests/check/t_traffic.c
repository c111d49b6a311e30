/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy and its server are seen to do: errors, strangers, times, shapes, ticks without. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/check/bed.h"
#include "tests/tap.h"

static void steps(struct bed *b, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++) {
		bed_healthy(b, i);
		bed_send(b);
	}
}

/* n ticks without an action. */
static void idle(struct bed *b, unsigned at, unsigned n, enum driver driver)
{
	for (unsigned i = 0; i < n; i++) {
		bed_healthy(b, at);
		b->step.vec[VEC_ASKED].present = b->step.vec[VEC_SENT].present = false;
		b->step.driver = driver;
		bed_send(b);
	}
}

static void test_server(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	ok(t, bed_status(&b, "server-error").level == LEVEL_UNKNOWN, "without traffic: %s",
	   bed_status(&b, "server-error").why);
	bed_exchange(&b, EXCHANGE_ASKED, 1, NULL);
	ok(t, bed_status(&b, "server-error").level == LEVEL_UNKNOWN, "asked is not answered: %s",
	   bed_status(&b, "server-error").why);
	bed_exchange(&b, EXCHANGE_ANSWERED, 1, NULL);
	ok(t,
	   bed_status(&b, "server-error").level == LEVEL_OK &&
		   bed_status(&b, "wrong-port").level == LEVEL_OK && b.nverdicts == 0,
	   "an answer is OK, before any step: %s", bed_status(&b, "server-error").why);
	bed_exchange(&b, EXCHANGE_FAILED, 2, "KeyError: 'observation/state'");
	v = bed_find(&b, "server-error", LEVEL_FAIL);
	ok(t,
	   v && strcmp(v->message, "the policy server fails: KeyError: 'observation/state'") == 0,
	   "its error is the message: %s", v ? v->message : "nothing");
	ok(t, v && v->t_ns == 1000000000 && v->seq == SEQ_UNKNOWN && v->value == 1,
	   "at the time of the answer, without a step");
	bed_exchange(&b, EXCHANGE_FAILED, 3, NULL);
	ok(t, bed_count(&b, "server-error", LEVEL_NOTE) == 1, "more of them are the same verdict");
	b.t_s += 6;
	bed_exchange(&b, EXCHANGE_BROKEN, 4, NULL);
	ok(t,
	   bed_count(&b, "server-error", LEVEL_NOTE) == 2 &&
		   bed_count(&b, "server-error", LEVEL_FAIL) == 1,
	   "an answer that never came is a note");
	bed_restart(&b);
	bed_exchange(&b, EXCHANGE_STRANGER, 0, "HTTP/1.1 404 Not Found");
	v = bed_find(&b, "wrong-port", LEVEL_FAIL);
	ok(t,
	   v && strcmp(v->message, "who answers: HTTP/1.1 404 Not Found") == 0 && b.nverdicts == 1,
	   "a stranger: %s", v ? v->message : "nothing");
	bed_fini(&b);
}

/* A chunk every `every` steps, whose call took latency_s. */
static void calls(struct bed *b, unsigned n, unsigned every, double latency_s, unsigned execute)
{
	bed_episode(b);
	for (unsigned i = 0; i < n * every; i++) {
		if (i % every == 0) {
			bed_plan(b, i);
			b->chunk.latency_s = latency_s;
			b->chunk.execute = execute;
			bed_announce(b);
		}
		bed_healthy(b, i);
		bed_send(b);
	}
}

static void test_latency(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	calls(&b, 1, 20, 5.0, 20);
	ok(t, b.nverdicts == 0 && bed_status(&b, "latency").level == LEVEL_UNKNOWN,
	   "the first call of a connection is apart: %s", bed_status(&b, "latency").why);
	calls(&b, 6, 20, 0.3, 20);
	ok(t, b.nverdicts == 0 && bed_status(&b, "latency").level == LEVEL_OK,
	   "nine steps of ten that are left are OK: %s", bed_status(&b, "latency").why);
	calls(&b, 1, 20, 0.5, 20);
	ok(t, bed_count(&b, "latency", LEVEL_WARN) == 0, "one slow call is no warning");
	calls(&b, 3, 20, 0.5, 20);
	v = bed_find(&b, "latency", LEVEL_WARN);
	ok(t, v && v->level == LEVEL_WARN && fabs(v->value - 15) < 1e-9 && v->threshold == 10,
	   "15 steps when 10 are left warn the second time: %s", v ? v->message : "nothing");
	calls(&b, 4, 20, 1.1, 20);
	v = bed_find(&b, "latency", LEVEL_FAIL);
	ok(t, v && v->threshold == 30, "33 steps of a chunk of 30 fail the third time: %s",
	   v ? v->message : "nothing");
	bed_restart(&b);
	calls(&b, 5, 30, 0.15, 30);
	ok(t,
	   bed_count(&b, "latency", LEVEL_WARN) == 0 && bed_count(&b, "latency", LEVEL_NOTE) == 1,
	   "an arm that waits five steps for each chunk is a note");
	bed_restart(&b);
	calls(&b, 5, 20, NAN, 20);
	ok(t,
	   strcmp(bed_status(&b, "latency").why,
		  "not applicable: how long the policy takes is not told") == 0,
	   "%s", bed_status(&b, "latency").why);
	bed_fini(&b);
}

/* A loop that waits for a policy slower than its chunks stalls: latency says why. */
static void test_explained(struct tap *t)
{
	struct bed b;

	for (unsigned told = 0; told < 2; told++) {
		bed_init(&b);
		bed_episode(&b);
		for (unsigned i = 0; i < 180; i++) {
			if (i % 20 == 0 && i)
				b.t_s += 1.1;
			if (i % 20 == 0) {
				bed_plan(&b, i);
				b.chunk.latency_s = told ? 1.1 : NAN;
				bed_announce(&b);
			}
			bed_healthy(&b, i);
			bed_send(&b);
		}
		ok(t,
		   bed_count(&b, "latency", LEVEL_FAIL) == told &&
			   bed_count(&b, "cadence", LEVEL_WARN) > 0 &&
			   bed_count(&b, "cadence", LEVEL_FAIL) == !told,
		   "stalls %s", told ? "beside a latency that fails warn" : "by themselves fail");
		bed_fini(&b);
	}
}

/* By exchanges: the first call of each connection is known. */
static void test_warm_up(struct tap *t)
{
	struct exchange x = {.state = EXCHANGE_ASKED, .endpoint = ""};
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 8; i++) {
		x.number = i % 2 + 1; /* it reconnects again and again */
		x.request_ns = (int64_t)(b.t_s * 1e9);
		bed_event(&b, (struct event){.kind = EVENT_EXCHANGE, .exchange = &x});
		bed_plan(&b, 20 * i);
		b.chunk.latency_s = x.number == 1 ? 5.0 : 0.03;
		b.chunk.execute = 20;
		b.chunk.request_ns = x.request_ns;
		bed_announce(&b);
		steps(&b, 20 * i, 20);
	}
	ok(t, b.nverdicts == 0, "first calls of later connections are apart, too: %s",
	   bed_status(&b, "latency").why);
	bed_fini(&b);
}

static void test_starved(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	idle(&b, 0, 60, DRIVER_IDLE);
	ok(t, b.nverdicts == 0, "two seconds before the first action are no trouble");
	steps(&b, 0, 60);
	idle(&b, 60, 12, DRIVER_IDLE);
	ok(t, bed_count(&b, "starved", LEVEL_NOTE) == 0, "0.4 s without an action, neither: %s",
	   bed_status(&b, "starved").why);
	idle(&b, 60, 5, DRIVER_IDLE);
	v = bed_find(&b, "starved", LEVEL_WARN);
	ok(t, v && v->level == LEVEL_WARN && v->value >= 0.5 && v->value < 0.6,
	   "0.5 s are a warning: %s", v ? v->message : "nothing");
	idle(&b, 60, 50, DRIVER_IDLE);
	ok(t, bed_count(&b, "starved", LEVEL_FAIL) == 1, "two seconds are a failure");
	bed_restart(&b);
	bed_episode(&b);
	idle(&b, 0, 310, DRIVER_IDLE);
	ok(t, bed_count(&b, "starved", LEVEL_FAIL) == 1, "no action at all for ten seconds: %s",
	   bed_find(&b, "starved", LEVEL_FAIL) ? bed_find(&b, "starved", LEVEL_FAIL)->message
					       : "nothing");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 10; i++) {
		steps(&b, 10 * i, 10);
		idle(&b, 10 * i + 10, 4, DRIVER_IDLE);
	}
	v = bed_find(&b, "starved", LEVEL_WARN);
	ok(t, v && strcmp(v->unit, "%") == 0, "short ones, again and again: %s",
	   v ? v->message : "nothing");
	bed_fini(&b);
}

static void test_not_starved(struct tap *t)
{
	struct episode_mark end = {.start = false};
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	steps(&b, 0, 30);
	idle(&b, 30, 300, DRIVER_HUMAN);
	ok(t, bed_count(&b, "starved", LEVEL_NOTE) == 0, "a human at work starves nobody");
	idle(&b, 30, 5, DRIVER_IDLE);
	ok(t, bed_count(&b, "starved", LEVEL_NOTE) == 0, "nor does time count from before him");
	bed_event(&b, (struct event){.kind = EVENT_EPISODE, .episode = &end});
	idle(&b, 30, 300, DRIVER_IDLE);
	ok(t, bed_count(&b, "starved", LEVEL_NOTE) == 0, "between episodes nothing is expected");
	bed_restart(&b);
	bed_episode(&b);
	for (unsigned i = 0; i < 30; i++) {
		bed_healthy(&b, i);
		b.step.driver = DRIVER_UNKNOWN;
		bed_send(&b);
	}
	ok(t, bed_status(&b, "starved").level == LEVEL_UNKNOWN, "%s",
	   bed_status(&b, "starved").why);
	bed_fini(&b);
}

static void test_horizon(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	calls(&b, 4, 20, 0.02, 20);
	ok(t, b.nverdicts == 0 && bed_status(&b, "horizon").level == LEVEL_OK, "%s",
	   bed_status(&b, "horizon").why);
	bed_plan(&b, 0);
	b.chunk.horizon = 10;
	bed_announce(&b);
	v = bed_find(&b, "horizon", LEVEL_WARN);
	ok(t,
	   v && strcmp(v->message, "a reply of 10 steps x 4 joints, the one before had 30 x 4") ==
			   0,
	   "%s", v ? v->message : "nothing");
	bed_restart(&b);
	bed_plan(&b, 0);
	bed_announce(&b);
	bed_episode(&b);
	ok(t, bed_status(&b, "horizon").value == 30, "a chunk before the episode is the episode's");
	bed_restart(&b);
	bed_episode(&b);
	bed_plan(&b, 0);
	for (unsigned h = 0; h < BED_HORIZON; h++)
		b.actions[h][3] = NAN;
	bed_announce(&b);
	v = bed_find(&b, "horizon", LEVEL_WARN);
	ok(t, v && strstr(v->message, "acts on 3 joints, training on 4"), "%s",
	   v ? v->message : "nothing");
	bed_fini(&b);
}

/* Without a profile the robot itself tells how many there should be. */
static void test_horizon_robot(struct tap *t)
{
	const struct verdict *v;
	struct profile *p;
	struct bed b;

	bed_init(&b);
	p = b.profile;
	b.profile = NULL;
	bed_restart(&b);
	bed_episode(&b);
	bed_plan(&b, 0);
	for (unsigned h = 0; h < BED_HORIZON; h++)
		b.actions[h][0] = NAN;
	bed_announce(&b);
	steps(&b, 0, 20);
	v = bed_find(&b, "horizon", LEVEL_WARN);
	ok(t,
	   v && b.nverdicts == 1 &&
		   strstr(v->message, "acts on 3 joints, the robot is asked for 4"),
	   "%s", v ? v->message : "nothing");
	b.profile = p;
	bed_restart(&b);
	bed_run(&b, 40);
	ok(t, bed_status(&b, "horizon").level == LEVEL_UNKNOWN, "chunks without actions: %s",
	   bed_status(&b, "horizon").why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_server(&t);
	test_latency(&t);
	test_explained(&t);
	test_warm_up(&t);
	test_starved(&t);
	test_not_starved(&t);
	test_horizon(&t);
	test_horizon_robot(&t);
	return tap_done(&t);
}
