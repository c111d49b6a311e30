/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of the simulated world: episodes, ticks, the pause between them. */
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sim/world.h"

static const char task_text[] = "Put the brick into the box.";

enum stage { STAGE_HELLO, STAGE_START, STAGE_RESET, STAGE_TICK, STAGE_STEP, STAGE_RETURN };

enum { RETURN_TICKS = 18 };

struct sim *sim_new(const struct sim_cfg *cfg)
{
	struct sim *s = xcalloc(1, sizeof(*s));
	struct rng r;
	double home[SO101_JOINTS];

	s->cfg = *cfg;
	s->cfg.cameras = cfg->cameras || sim_fault_of_camera(cfg->fault);
	fault_init(&s->fault, cfg);
	if (s->cfg.cameras)
		shots_init(&s->shots);
	r = world_stream(s, STREAM_HOME);
	plan_home(&r, home);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		home[j] += so101_servo[j].droop; /* as its servos hold it */
	arm_init(&s->arm, home);
	return s;
}

void sim_free(struct sim *s)
{
	free(s);
}

/* A picture falls between two events of the arm, so that answers and their steps stay together. */
static bool camera_due(const struct sim *s)
{
	return (s->stage == STAGE_START || s->stage == STAGE_TICK || s->stage == STAGE_RETURN) &&
	       shots_due_ns(s) <= s->t_ns;
}

int64_t sim_peek_ns(const struct sim *s)
{
	return camera_due(s) ? shots_due_ns(s) : s->t_ns;
}

int64_t sim_fault_seq(const struct sim *s)
{
	return s->fault.first_seq;
}

static double plan_tick(const struct sim *s)
{
	return s->cfg.teleop ? s->hand_tick : policy_tick(&s->policy);
}

static void emit_hello(struct sim *s, struct event *ev)
{
	struct hello *h = &s->out.hello;

	memset(h, 0, sizeof(*h));
	text_copy(h->robot, sizeof(h->robot), "so101_follower");
	text_copy(h->task, sizeof(h->task), task_text);
	text_copy(h->policy, sizeof(h->policy), s->cfg.teleop ? "" : "scripted");
	h->fps = SO101_FPS;
	h->facts = FACT_SEEN | FACT_ASKED | FACT_SENT | FACT_GOT | FACT_PROMPT;
	if (s->cfg.cameras)
		h->facts |= FACT_FRAMES;
	if (!s->cfg.teleop)
		h->facts |= FACT_CHUNK | FACT_RESET | FACT_LATENCY;
	h->joints = SO101_JOINTS;
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		text_copy(h->joint[j].name, sizeof(h->joint[j].name), so101_servo[j].name);
		h->joint[j].unit = so101_servo[j].unit;
	}
	ev->kind = EVENT_HELLO;
	ev->hello = h;
	s->stage = STAGE_START;
}

static void emit_mark(struct sim *s, struct event *ev, bool start)
{
	struct episode_mark *m = &s->out.mark;

	memset(m, 0, sizeof(*m));
	m->start = start;
	if (!start)
		m->outcome = s->placed ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
	text_copy(m->task, sizeof(m->task), task_text);
	text_copy(m->boundary, sizeof(m->boundary), "episode message");
	ev->kind = EVENT_EPISODE;
	ev->episode = m;
}

static void emit_start(struct sim *s, struct event *ev)
{
	world_begin_episode(s);
	emit_mark(s, ev, true);
	s->stage = s->cfg.teleop ? STAGE_TICK : STAGE_RESET;
}

static void emit_end(struct sim *s, struct event *ev)
{
	struct rng home_rng;
	double home[SO101_JOINTS], pose[SO101_JOINTS];

	emit_mark(s, ev, false);
	s->episode++;
	home_rng = world_stream(s, STREAM_HOME);
	plan_home(&home_rng, home);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		pose[j] = s->arm.servo[j].goal;
	plan_line(&s->way_home, pose, home, RETURN_TICKS);
	s->returned = 0;
	s->stage = STAGE_RETURN;
}

static struct step *blank_step(struct sim *s, struct event *ev, enum driver driver)
{
	struct step *step = &s->out.step;

	step_init(step, SO101_JOINTS);
	step->seq = s->seq;
	step->t_ns = TIME_UNKNOWN;
	step->src_ns = s->t_ns;
	step->episode = s->episode;
	step->driver = driver;
	ev->kind = EVENT_STEP;
	ev->step = step;
	return step;
}

static void set_all(struct vec *v, const double values[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		vec_set(v, j, values[j]);
}

/* A script drives the arm home, then it waits for somebody to lay the next object out. */
static void emit_return(struct sim *s, struct event *ev)
{
	struct step *step = blank_step(s, ev, DRIVER_SCRIPT);
	double goal[SO101_JOINTS], sent[SO101_JOINTS], got[SO101_JOINTS];

	arm_read(&s->arm, &s->encoder_rng, got);
	plan_at(&s->way_home, ++s->returned, goal);
	world_pass(s, goal, sent, 0);
	set_all(&step->vec[VEC_SENT], sent);
	set_all(&step->vec[VEC_GOT], got);
	s->seq++;
	if (s->returned < RETURN_TICKS)
		return;
	double idle_s = rng_range(&s->time_rng, 1.05, 1.30);

	arm_run(&s->arm, idle_s);
	s->t_ns += (int64_t)llround(idle_s * (double)NS_PER_S);
	s->stage = STAGE_START;
}

static void emit_chunk(struct sim *s, struct event *ev)
{
	const struct sim_fault *row = s->fault.row;
	struct chunk *c = &s->out.chunk;
	bool first_of_episode = !s->policy.started;

	policy_answer(&s->policy, &s->plan, s->seen);
	if (s->fault.begun && row->acts->answer &&
	    row->acts->answer(&s->fault, &s->policy, first_of_episode))
		fault_touch(&s->fault, s->seq);
	s->latency_s = rng_range(&s->time_rng, 0.016, 0.026);
	*c = (struct chunk){
		.number = CHUNK_UNKNOWN,
		.seq = s->seq,
		.request_ns = TIME_UNKNOWN,
		.reply_ns = TIME_UNKNOWN,
		.latency_s = s->latency_s,
		.execute = CHUNK_EXECUTE,
		.horizon = CHUNK_HORIZON,
		.dims = SO101_JOINTS,
		.actions = s->policy.action[0],
	};
	ev->kind = EVENT_CHUNK;
	ev->chunk = c;
	s->stage = STAGE_STEP;
}

static void emit_step(struct sim *s, struct event *ev)
{
	const struct sim_fault *row = s->fault.row;
	enum driver driver = s->cfg.teleop ? DRIVER_HUMAN : DRIVER_POLICY;
	struct step *step = blank_step(s, ev, driver);
	double action[SO101_JOINTS], sent[SO101_JOINTS];

	if (s->cfg.teleop)
		world_hand_act(s, action);
	else
		policy_act(&s->policy, action);
	if (s->fault.begun && row->acts->action && row->acts->action(&s->fault, action))
		fault_touch(&s->fault, s->seq);
	set_all(&step->vec[VEC_SEEN], s->seen);
	set_all(&step->vec[VEC_GOT], s->seen);
	set_all(&step->vec[VEC_ASKED], action);
	world_pass(s, action, sent, s->latency_s);
	set_all(&step->vec[VEC_SENT], sent);
	s->seq++;
	s->stage = STAGE_TICK;
}

void sim_serve(struct sim *s, struct sim_serving *out)
{
	const struct sim_fault *row = s->fault.row;

	*out = (struct sim_serving){.prompt = task_text};
	if (!s->fault.begun || !row->acts->serve)
		return;
	row->acts->serve(&s->fault, out);
	fault_touch(&s->fault, s->seq);
}

bool sim_fault_served(const struct sim_fault *f)
{
	return f && f->acts->served;
}

bool sim_fault_of_camera(const struct sim_fault *f)
{
	return f && f->acts->camera;
}

bool sim_stranger(const struct sim_cfg *cfg)
{
	return cfg->fault && cfg->fault->acts->stranger && cfg->strength > 0;
}

const double *sim_observation(const struct sim *s)
{
	return s->seen;
}

/* The start of a control cycle: read the encoders, and see whether the fault begins. */
static void begin_tick(struct sim *s)
{
	const struct sim_fault *row = s->fault.row;

	arm_read(&s->arm, &s->encoder_rng, s->seen);
	s->latency_s = 0;
	if (fault_begin(&s->fault, s->t_ns, &s->plan, plan_tick(s)) && row->acts->motors) {
		row->acts->motors(&s->fault, &s->arm);
		fault_touch(&s->fault, s->seq + 1);
	}
	if (s->fault.begun && row->acts->reading && row->acts->reading(&s->fault, s->seen))
		fault_touch(&s->fault, s->seq);
}

static void emit_tick(struct sim *s, struct event *ev)
{
	if (plan_tick(s) >= s->plan.ticks) {
		emit_end(s, ev);
		return;
	}
	begin_tick(s);
	if (!s->cfg.teleop && policy_wants_chunk(&s->policy))
		emit_chunk(s, ev);
	else
		emit_step(s, ev);
}

void sim_next(struct sim *s, struct event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->t_ns = TIME_UNKNOWN;
	while (camera_due(s)) {
		if (shots_next(s, ev))
			return;
	}
	ev->src_ns = s->t_ns;
	switch (s->stage) {
	case STAGE_HELLO:
		emit_hello(s, ev);
		return;
	case STAGE_START:
		emit_start(s, ev);
		return;
	case STAGE_RESET:
		ev->kind = EVENT_RESET;
		s->stage = STAGE_TICK;
		return;
	case STAGE_TICK:
		emit_tick(s, ev);
		return;
	case STAGE_STEP:
		emit_step(s, ev);
		return;
	case STAGE_RETURN:
		emit_return(s, ev);
		return;
	default:
		abort();
	}
}
