/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/check/bed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "training/episodes.h"

static const char *const names[BED_JOINTS] = {"pan.pos", "lift.pos", "wrist.pos", "gripper.pos"};

double bed_command(unsigned joint, unsigned i)
{
	double t = (double)i / 30.0;

	if (joint == BED_GRIPPER)
		return 30.0 - 25.0 * tanh(6.0 * (t - 4.0));
	return 20.0 * (joint + 1) * sin(t * (1.0 + 0.2 * joint)) - 10.0 * joint;
}

/* Encoders lag two ticks and are quantised. */
static double measured(unsigned joint, unsigned i)
{
	return 0.088 * round(bed_command(joint, i > 2 ? i - 2 : 0) / 0.088);
}

/* Teachers differ a little: each episode is shifted as a whole. */
static double teacher(unsigned episode, unsigned joint)
{
	return joint == BED_GRIPPER ? 0.0 : 0.2 * ((double)episode - 0.5 * (BED_EPISODES - 1));
}

static struct profile *make_profile(void)
{
	struct episodes e = {.fps = 30, .nstate = BED_JOINTS, .naction = BED_JOINTS};
	struct profile *p;

	e.frames = (size_t)BED_EPISODES * BED_STEPS;
	e.count = BED_EPISODES;
	e.state = xcalloc(e.frames * BED_JOINTS, sizeof(double));
	e.action = xcalloc(e.frames * BED_JOINTS, sizeof(double));
	e.timestamp_s = xcalloc(e.frames, sizeof(double));
	e.span = xcalloc(e.count, sizeof(*e.span));
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		snprintf(e.action_joint[j].name, NAME_BYTES, "%s", names[j]);
		e.action_joint[j].unit = j == BED_GRIPPER ? UNIT_0_100 : UNIT_DEG;
		e.state_joint[j] = e.action_joint[j];
	}
	for (unsigned i = 0; i < e.count; i++) {
		size_t first = (size_t)i * BED_STEPS;

		e.span[i] = (struct episode_span){.index = i, .first = first, .frames = BED_STEPS};
		for (unsigned f = 0; f < BED_STEPS; f++) {
			e.timestamp_s[first + f] = f / 30.0;
			for (unsigned j = 0; j < BED_JOINTS; j++) {
				size_t at = (first + f) * BED_JOINTS + j;

				e.action[at] = bed_command(j, f) + teacher(i, j);
				e.state[at] = measured(j, f) + teacher(i, j);
			}
		}
	}
	p = profile_build(&e, NULL);
	p->space = SPACE_ABSOLUTE;
	episodes_fini(&e);
	return p;
}

static void keep(void *host, const struct verdict *v)
{
	struct bed *b = host;

	if (b->nverdicts < BED_VERDICTS)
		b->verdict[b->nverdicts++] = *v;
}

void bed_restart(struct bed *b)
{
	struct event ev = {.kind = EVENT_HELLO, .hello = &b->hello};

	judge_free(b->judge);
	b->judge = judge_new(b->profile, &(struct judge_host){b, keep});
	b->nverdicts = 0;
	b->seq = 0;
	b->episode = 0;
	b->t_s = 1.0;
	b->chunk = (struct chunk){.number = -1};
	judge_feed(b->judge, &ev);
}

void bed_init(struct bed *b)
{
	*b = (struct bed){.profile = make_profile()};
	b->hello.fps = 30;
	b->hello.joints = BED_JOINTS;
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		snprintf(b->hello.joint[j].name, NAME_BYTES, "%s", names[j]);
		b->hello.joint[j].unit = j == BED_GRIPPER ? UNIT_0_100 : UNIT_DEG;
	}
	bed_restart(b);
}

void bed_fini(struct bed *b)
{
	judge_free(b->judge);
	profile_free(b->profile);
}

void bed_episode(struct bed *b)
{
	struct episode_mark mark = {.start = true};
	struct event ev = {.kind = EVENT_EPISODE, .episode = &mark};

	if (b->seq)
		b->episode++;
	mark.number = b->episode;
	ev.t_ns = (int64_t)(b->t_s * 1e9);
	judge_feed(b->judge, &ev);
	bed_healthy(b, 0);
}

void bed_healthy(struct bed *b, unsigned i)
{
	step_init(&b->step, BED_JOINTS);
	b->step.driver = DRIVER_POLICY;
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		vec_set(&b->step.vec[VEC_SEEN], j, measured(j, i));
		vec_set(&b->step.vec[VEC_ASKED], j, bed_command(j, i));
		vec_set(&b->step.vec[VEC_SENT], j, bed_command(j, i));
		vec_set(&b->step.vec[VEC_GOT], j, measured(j, i));
	}
}

void bed_send(struct bed *b)
{
	struct event ev = {.kind = EVENT_STEP, .step = &b->step};

	b->step.seq = b->seq++;
	b->step.episode = b->episode;
	b->step.t_ns = (int64_t)(b->t_s * 1e9);
	b->t_s += 1.0 / 30.0;
	judge_feed(b->judge, &ev);
}

void bed_chunk(struct bed *b)
{
	struct chunk chunk = {.seq = b->seq, .latency_s = 0.02, .execute = 20};
	struct event ev = {.kind = EVENT_CHUNK, .chunk = &chunk, .t_ns = (int64_t)(b->t_s * 1e9)};

	judge_feed(b->judge, &ev);
}

void bed_plan(struct bed *b, unsigned from)
{
	for (unsigned h = 0; h < BED_HORIZON; h++)
		for (unsigned j = 0; j < BED_JOINTS; j++)
			b->actions[h][j] = bed_command(j, from + h);
	b->chunk = (struct chunk){
		.number = b->chunk.number + 1,
		.seq = b->seq,
		.request_ns = TIME_UNKNOWN,
		.reply_ns = TIME_UNKNOWN,
		.latency_s = NAN,
		.execute = b->chunk.execute,
		.horizon = BED_HORIZON,
		.dims = BED_JOINTS,
		.actions = b->actions[0],
	};
}

void bed_announce(struct bed *b)
{
	bed_event(b, (struct event){.kind = EVENT_CHUNK, .chunk = &b->chunk});
}

void bed_event(struct bed *b, struct event ev)
{
	ev.t_ns = (int64_t)(b->t_s * 1e9);
	ev.src_ns = TIME_UNKNOWN;
	judge_feed(b->judge, &ev);
}

void bed_exchange(struct bed *b, enum exchange_state state, uint64_t number, const char *error)
{
	struct exchange x = {.number = number, .state = state, .error = error, .endpoint = ""};

	x.request_ns = x.reply_ns = TIME_UNKNOWN;
	bed_event(b, (struct event){.kind = EVENT_EXCHANGE, .exchange = &x});
}

struct motor bed_motor(const struct bed *b, unsigned joint)
{
	struct motor m;

	motor_init(&m);
	snprintf(m.joint, NAME_BYTES, "%s", b->hello.joint[joint].name);
	snprintf(m.model, NAME_BYTES, "sts3215");
	m.id = joint + 1;
	m.faults = 0;
	m.torque = 1;
	m.temp_degc = 35;
	m.voltage_v = 12;
	m.load = 0.1;
	m.calibrated = 1;
	return m;
}

void bed_tell_motor(struct bed *b, const struct motor *m)
{
	b->t_s += 1;
	bed_event(b, (struct event){.kind = EVENT_MOTOR, .motor = m});
}

struct bus bed_bus(void)
{
	struct bus bus;

	bus_init(&bus);
	snprintf(bus.name, NAME_BYTES, "arm");
	bus.state = BUS_OK;
	bus.transactions = 1000;
	bus.behind = bus.openers = 0;
	bus.reply_ms = 0.9;
	bus.worst_ms = 3;
	return bus;
}

void bed_tell_bus(struct bed *b, const struct bus *bus)
{
	b->t_s += 1;
	bed_event(b, (struct event){.kind = EVENT_BUS, .bus = bus});
}

void bed_run(struct bed *b, unsigned n)
{
	bed_episode(b);
	for (unsigned i = 0; i < n; i++) {
		if (i % 20 == 0)
			bed_chunk(b);
		bed_healthy(b, i);
		bed_send(b);
	}
}

unsigned bed_count(const struct bed *b, const char *code, enum level level)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nverdicts; i++)
		n += (!code[0] || strcmp(b->verdict[i].code, code) == 0) &&
		     b->verdict[i].level >= level;
	return n;
}

const struct verdict *bed_find(const struct bed *b, const char *code, enum level level)
{
	for (unsigned i = 0; i < b->nverdicts; i++) {
		if (strcmp(b->verdict[i].code, code) == 0 && b->verdict[i].level >= level)
			return &b->verdict[i];
	}
	return NULL;
}

struct check_status bed_status(const struct bed *b, const char *code)
{
	struct check_status status[64];
	size_t n = judge_status(b->judge, status, 64);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(status[i].code, code) == 0)
			return status[i];
	}
	return (struct check_status){.code = ""};
}
