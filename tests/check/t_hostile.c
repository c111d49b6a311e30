/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever comes in whatever order: no crash, texts terminated, levels in range, and the same
 * events give the same verdicts.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

static double odd_value(struct rng *r)
{
	static const double odd[] = {NAN,     INFINITY, -INFINITY, 0.0,	   -0.0,
				     DBL_MAX, -DBL_MAX, DBL_MIN,   1e-320, 1e18};

	if (rng_u32(r) % 4)
		return rng_range(r, -200, 200);
	return odd[rng_u32(r) % (sizeof(odd) / sizeof(odd[0]))];
}

static void odd_step(struct bed *b, struct rng *r, struct step *s)
{
	bool regular = rng_u32(r) % 3;

	step_init(s, regular ? b->hello.joints : rng_u32(r) % (MAX_JOINTS + 1));
	for (unsigned k = 0; k < VEC_N; k++) {
		if (rng_u32(r) % 4 == 0)
			continue;
		for (unsigned j = 0; j < s->joints; j++) {
			if (rng_u32(r) % 8)
				vec_set(&s->vec[k], j, odd_value(r));
		}
	}
	b->seq += rng_u32(r) % 8 ? 1 : rng_u32(r) % 1000;
	s->seq = b->seq;
	b->t_s += rng_u32(r) % 8 ? 1.0 / 30.0 : rng_range(r, -5, 50);
	s->t_ns = (int64_t)(b->t_s * 1e9);
	s->src_ns = rng_u32(r) % 16 ? TIME_UNKNOWN : (int64_t)rng_u32(r) - INT32_MAX;
	s->episode = b->episode;
	s->driver = rng_u32(r) % 8 ? DRIVER_POLICY : (enum driver)(rng_u32(r) % DRIVER_N);
	if (rng_u32(r) % 4 == 0)
		return;
	s->chunk = rng_u32(r) % 64 ? b->chunk.number : (int64_t)rng_u32(r);
	s->position = rng_u32(r) % 16 ? (int32_t)(rng_u32(r) % 50) : (int32_t)(rng_u32(r) >> 1);
}

static void odd_text(struct rng *r, char *dst, size_t size)
{
	static const char bits[] = "Gr ab. \xc3\xa9_'\t";
	size_t len = rng_u32(r) % size;

	for (size_t i = 0; i < len; i++)
		dst[i] = bits[rng_u32(r) % (sizeof(bits) - 1)];
	dst[len] = '\0';
}

/* Of any shape, with the actions that it says. */
static void odd_chunk(struct bed *b, struct rng *r)
{
	static double actions[200 * MAX_JOINTS];
	struct chunk *c = &b->chunk;

	c->number = rng_u32(r) % 16 ? c->number + 1 : CHUNK_UNKNOWN;
	c->seq = rng_u32(r) % 8	  ? b->seq + rng_u32(r) % 40
		 : rng_u32(r) % 2 ? SEQ_UNKNOWN
				  : INT64_MIN;
	c->request_ns = rng_u32(r) % 4 ? (int64_t)(b->t_s * 1e9) : INT64_MIN;
	c->latency_s = rng_u32(r) % 2 ? odd_value(r) : 0.1;
	c->execute = rng_u32(r) % 4 ? 10 : rng_u32(r);
	c->horizon = rng_u32(r) % 4 ? 30 : rng_u32(r) % 200;
	c->dims = rng_u32(r) % 4 ? b->hello.joints : rng_u32(r) % (MAX_JOINTS + 1);
	for (size_t i = 0; i < (size_t)c->horizon * c->dims; i++)
		actions[i] = rng_u32(r) % 64 ? (double)(i % 97) : odd_value(r);
	c->actions = rng_u32(r) % 8 ? actions : NULL;
	c->prompt_known = rng_u32(r) % 2;
	odd_text(r, c->prompt, sizeof(c->prompt));
	bed_event(b, (struct event){.kind = EVENT_CHUNK, .chunk = c});
}

static void odd_exchange(struct bed *b, struct rng *r)
{
	char error[300];
	struct exchange x = {.number = rng_u32(r) % 4, .endpoint = ""};

	x.state = (enum exchange_state)(rng_u32(r) % (EXCHANGE_STRANGER + 1));
	x.request_ns = rng_u32(r) % 2 ? b->chunk.request_ns : TIME_UNKNOWN;
	odd_text(r, error, sizeof(error));
	x.error = rng_u32(r) % 2 ? error : NULL;
	bed_event(b, (struct event){.kind = EVENT_EXCHANGE, .exchange = &x});
}

static void odd_executed(struct bed *b, struct rng *r)
{
	struct executed x = {.chunk = b->chunk.number - rng_u32(r) % 2};

	x.steps = rng_u32(r) % 4 ? rng_u32(r) % 50 : rng_u32(r);
	bed_event(b, (struct event){.kind = EVENT_EXECUTED, .executed = &x});
}

static void odd_hello(struct bed *b, struct rng *r)
{
	b->hello.joints = rng_u32(r) % 4 ? BED_JOINTS : rng_u32(r) % (MAX_JOINTS + 1);
	b->hello.fps = rng_u32(r) % 2 ? 30.0 : rng_range(r, 0, 2000);
	b->hello.no_tick = rng_u32(r) % 3 == 0;
	odd_text(r, b->hello.policy, sizeof(b->hello.policy));
	odd_text(r, b->hello.task, sizeof(b->hello.task));
	for (unsigned j = 0; j < b->hello.joints; j++) {
		if (j >= BED_JOINTS)
			memset(b->hello.joint[j].name, 'n', NAME_BYTES - 1);
		b->hello.joint[j].unit = (enum unit)(rng_u32(r) % UNIT_N);
	}
}

static int64_t odd_count(struct rng *r)
{
	return rng_u32(r) % 4 ? (int64_t)(rng_u32(r) % 10) - 1
			      : (int64_t)((uint64_t)rng_u32(r) << 32 | rng_u32(r)) / 4;
}

static void odd_motor(struct bed *b, struct rng *r)
{
	struct motor m = bed_motor(b, rng_u32(r) % BED_JOINTS);
	double *number[] = {&m.temp_degc, &m.rotor_degc, &m.limit_degc, &m.voltage_v,
			    &m.min_v,	  &m.max_v,	 &m.load,	&m.current_ma};

	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		*number[i] = odd_value(r);
	m.id = odd_count(r);
	m.faults = odd_count(r);
	m.missed = odd_count(r);
	m.torque = odd_count(r);
	m.calibrated = odd_count(r);
	if (rng_u32(r) % 4 == 0)
		odd_text(r, m.joint, NAME_BYTES);
	bed_event(b, (struct event){.kind = EVENT_MOTOR, .motor = &m});
}

static void odd_bus(struct bed *b, struct rng *r)
{
	struct bus bus = bed_bus();
	int64_t *count[] = {&bus.can,	   &bus.state,	 &bus.transactions, &bus.retries,
			    &bus.timeouts, &bus.corrupt, &bus.late,	    &bus.behind,
			    &bus.overruns, &bus.openers, &bus.tx_errors};

	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++)
		*count[i] = odd_count(r);
	bus.state = bus.state % BUS_STATE_N < 0 ? 0 : bus.state % BUS_STATE_N;
	bus.reply_ms = odd_value(r);
	bus.worst_ms = odd_value(r);
	bus.latency_timer_ms = odd_value(r);
	odd_text(r, bus.name, rng_u32(r) % 2 ? 2 : NAME_BYTES);
	bed_event(b, (struct event){.kind = EVENT_BUS, .bus = &bus});
}

static void odd_camera(struct bed *b, struct rng *r)
{
	struct camera k;
	struct frame f;

	camera_init(&k);
	frame_init(&f);
	odd_text(r, k.name, 2);
	odd_text(r, f.camera, 2);
	k.state = rng_u32(r) % CAMERA_STATE_N;
	k.lost = odd_count(r);
	k.errors = odd_count(r);
	k.automatic = odd_count(r);
	k.fps = odd_value(r);
	k.age_ms = odd_value(r);
	f.sharpness = odd_value(r);
	f.repeats = odd_value(r);
	f.repeat_s = odd_value(r);
	f.dark = odd_value(r);
	if (rng_u32(r) % 2)
		bed_event(b, (struct event){.kind = EVENT_CAMERA, .camera = &k});
	else
		bed_event(b, (struct event){.kind = EVENT_FRAME, .frame = &f});
}

static void odd_event(struct bed *b, struct rng *r)
{
	static struct step s; /* 4 kB: too much to clear at every event */
	struct episode_mark mark = {.start = rng_u32(r) % 2};
	struct event ev = {.kind = EVENT_STEP, .step = &s};
	unsigned what = rng_u32(r) % 100;

	if (what == 0) {
		odd_hello(b, r);
		ev = (struct event){.kind = EVENT_HELLO, .hello = &b->hello};
	} else if (what < 3) {
		b->episode += mark.start;
		ev = (struct event){.kind = EVENT_EPISODE, .episode = &mark};
	} else if (what < 9) {
		(what < 6 ? odd_chunk : what < 8 ? odd_executed : odd_exchange)(b, r);
		return;
	} else if (what == 9) {
		ev = (struct event){.kind = EVENT_RESET};
	} else if (what < 13) {
		(what < 11 ? odd_motor : what < 12 ? odd_bus : odd_camera)(b, r);
		return;
	} else {
		odd_step(b, r, &s);
	}
	judge_feed(b->judge, &ev);
}

static bool good_status(const struct bed *b)
{
	struct check_status status[64];
	size_t n = judge_status(b->judge, status, 64);
	bool good = n > 0;

	for (size_t i = 0; i < n; i++)
		good = good && status[i].why[0] && strlen(status[i].why) < MESSAGE_BYTES &&
		       status[i].level <= LEVEL_FAIL;
	return good;
}

/* Three tasks of any text. */
static void odd_tasks(struct bed *b, struct rng *r)
{
	struct profile *p = b->profile;

	free(p->tasks);
	p->tasks = xcalloc(3, sizeof(*p->tasks));
	p->ntasks = 3;
	for (size_t i = 0; i < p->ntasks; i++)
		odd_text(r, p->tasks[i].task, TASK_BYTES);
}

static void test_anything(struct tap *t)
{
	struct bed *b = &(struct bed){0};
	struct rng r;
	bool good = true;

	bed_init(b);
	r = rng_seed(1);
	odd_tasks(b, &r);
	for (unsigned seed = 0; seed < 20; seed++) {
		r = rng_seed(seed);
		bed_restart(b);
		for (unsigned i = 0; i < 1000; i++)
			odd_event(b, &r);
		good = good && good_status(b);
		for (unsigned i = 0; i < b->nverdicts; i++)
			good = good && b->verdict[i].level >= LEVEL_NOTE &&
			       b->verdict[i].message[0];
	}
	ok(t, good, "20 000 odd events are judged without harm");
	bed_fini(b);
}

static void test_same_verdicts(struct tap *t)
{
	static struct bed a, b; /* too large for the stack twice */
	struct rng ra = rng_seed(77), rb = rng_seed(77);
	bool same = true;

	bed_init(&a);
	bed_init(&b);
	for (unsigned i = 0; i < 2000; i++) {
		odd_event(&a, &ra);
		odd_event(&b, &rb);
	}
	for (unsigned i = 0; i < a.nverdicts; i++)
		same = same && a.verdict[i].seq == b.verdict[i].seq &&
		       strcmp(a.verdict[i].message, b.verdict[i].message) == 0;
	ok(t, same && a.nverdicts == b.nverdicts && a.nverdicts > 0,
	   "same events, same verdicts: %u", a.nverdicts);
	bed_fini(&a);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_anything(&t);
	test_same_verdicts(&t);
	return tap_done(&t);
}
