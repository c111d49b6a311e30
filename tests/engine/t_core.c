/* SPDX-License-Identifier: Apache-2.0 */
/* What a source tells of the policy reaches the viewers' snapshot, through merge and judge. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/core.h"
#include "tests/tap.h"

struct bench {
	struct clock clock;
	struct recorder *recorder;
	struct core *core;
	struct snapshot *s;
};

static void feed(struct bench *b, struct event ev)
{
	b->clock.virtual_ns += NS_PER_MS;
	ev.t_ns = b->clock.virtual_ns;
	ev.src_ns = TIME_UNKNOWN;
	core_feed(b->core, &ev);
}

static void say_hello(struct bench *b)
{
	const struct hello h = {.joints = 1,
				.joint = {{.name = "a"}},
				.no_tick = true,
				.facts = FACT_ASKED | FACT_CHUNK | FACT_FRAMES};

	feed(b, (struct event){.kind = EVENT_HELLO, .hello = &h});
}

static void say_chunk(struct bench *b)
{
	const double actions[] = {1, 2, 3};
	const struct chunk c = {.number = CHUNK_UNKNOWN,
				.seq = SEQ_UNKNOWN,
				.latency_s = NAN,
				.horizon = 3,
				.dims = 1,
				.actions = actions,
				.prompt_known = true,
				.prompt = "Pick"};

	feed(b, (struct event){.kind = EVENT_CHUNK, .chunk = &c});
}

static void say_step(struct bench *b)
{
	struct step s;

	step_init(&s, 1);
	s.seq = SEQ_UNKNOWN;
	s.position = 0;
	vec_set(&s.vec[VEC_SEEN], 0, 2);
	vec_set(&s.vec[VEC_ASKED], 0, 1);
	feed(b, (struct event){.kind = EVENT_STEP, .step = &s});
}

static void say_traffic(struct bench *b)
{
	const struct exchange x = {.number = 1,
				   .state = EXCHANGE_ANSWERED,
				   .acted = true,
				   .request_ns = 0,
				   .reply_ns = 40 * NS_PER_MS,
				   .server_ms = NAN,
				   .policy_ms = NAN,
				   .endpoint = "infer"};
	const struct frame f = {.camera = "front", .width = 640, .height = 480, .channels = 3};
	const struct executed two = {.chunk = CHUNK_UNKNOWN, .steps = 2};

	feed(b, (struct event){.kind = EVENT_EXCHANGE, .exchange = &x});
	feed(b, (struct event){.kind = EVENT_FRAME, .frame = &f});
	feed(b, (struct event){.kind = EVENT_EXECUTED, .executed = &two});
}

static void test_policy(struct tap *t)
{
	const struct engine_cfg cfg = {0};
	const struct recorder_cfg rc = {0};
	struct bench b = {.core = xcalloc(1, sizeof(*b.core)), .s = xcalloc(1, sizeof(*b.s))};
	struct err e = {0};

	b.recorder = recorder_new(&rc, &e);
	core_init(b.core, &cfg, b.recorder, &b.clock, 0);
	say_hello(&b);
	feed(&b, (struct event){.kind = EVENT_RESET});
	say_chunk(&b);
	say_step(&b);
	say_traffic(&b);
	live_snapshot(b.core->live, b.core->judge, b.clock.virtual_ns, b.s);
	ok(t, b.s->no_tick, "a source without a tick");
	ok(t, b.s->chunk.seen && b.s->chunk.ran == 2 && !strcmp(b.s->chunk.prompt, "Pick"),
	   "its chunk, of which %d were executed", b.s->chunk.ran);
	ok(t,
	   b.s->traffic.seen && b.s->traffic.acts == 1 && b.s->latency.first_ms == 40 &&
		   !strcmp(b.s->traffic.endpoint, "infer"),
	   "its traffic");
	ok(t, b.s->nframes == 1 && !strcmp(b.s->frame[0].camera, "front"), "its camera");
	ok(t,
	   (b.s->facts & (FACT_PROMPT | FACT_RESET | FACT_FRAMES | FACT_LATENCY)) ==
		   (FACT_PROMPT | FACT_RESET | FACT_FRAMES | FACT_LATENCY),
	   "and no fact is called blind that was seen");
	core_end(b.core, "over");
	recorder_finish(b.recorder, 0, &e);
	core_fini(b.core);
	recorder_free(b.recorder);
	free(b.core);
	free(b.s);
}

int main(void)
{
	struct tap t = {0};

	test_policy(&t);
	return tap_done(&t);
}
