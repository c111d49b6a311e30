/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver: keeps the run view, the shared derivation, one state block and one row of latches
 * per check, and hands every event to the checks that look at such. Everything is allocated in
 * judge_new().
 */
#include "check/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check/judge_impl.h"

static size_t table_size(void)
{
	size_t n = 0;

	while (check_table[n])
		n++;
	return n;
}

static size_t param_count(const struct check_class *class)
{
	size_t n = 0;

	while (class->params && class->params[n].key)
		n++;
	return n;
}

struct judge *judge_new(const struct profile *profile, const struct judge_host *host)
{
	struct judge *j = xcalloc(1, sizeof(*j));

	j->host = *host;
	j->run.profile = profile;
	j->now.seq = SEQ_UNKNOWN;
	j->lineup = profile ? lineup_new(profile) : NULL;
	for (unsigned i = 0; i < RUN_CAMERAS; i++)
		j->who[i].t_ns = TIME_UNKNOWN;
	j->nslots = table_size();
	j->slot = xcalloc(j->nslots, sizeof(*j->slot));
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];
		const struct check_class *class = check_table[i];
		size_t nparams = param_count(class);

		s->param = xcalloc(nparams + 1, sizeof(*s->param));
		for (size_t p = 0; p < nparams; p++)
			s->param[p] = class->params[p].fallback;
		s->check = (struct check){
			.class = class,
			.run = &j->run,
			.param = s->param,
			.state = xcalloc(1, class->state_size + 1),
			.memory = xcalloc(1, class->memory_size + 1),
			.judge = j,
		};
	}
	return j;
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->nslots; i++) {
		free(j->slot[i].check.state);
		free(j->slot[i].check.memory);
		free(j->slot[i].param);
	}
	lineup_free(j->lineup);
	free(j->slot);
	free(j);
}

static void note_facts(struct judge *j, unsigned facts)
{
	if ((j->facts | facts) == j->facts)
		return;
	j->facts |= facts;
	judge_find_missing(j, NULL);
}

static void feed_hello(struct judge *j, const struct event *ev)
{
	const struct hello *h = ev->hello;

	run_view_init(&j->run, h, j->run.profile);
	derive_run(&j->derive, &j->run, h->fps);
	text_copy(j->hello_task, sizeof(j->hello_task), h->task);
	j->has_hello = true;
	j->facts = 0;
	j->promised = h->facts;
	j->in_episode = j->ended = j->fresh = false;
	j->chunks = j->told = j->call = 0;
	j->call_ns = TIME_UNKNOWN;
	j->opening.has_before = false;
	j->idle_ticks = 0;
	j->now = (struct moment){.t_ns = ev->t_ns, .seq = j->now.seq};
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		s->looked = false;
		memset(s->latch, 0, sizeof(s->latch));
		memset(s->check.memory, 0, s->check.class->memory_size);
	}
	judge_look_hello(j, h);
	judge_find_missing(j, h);
}

void judge_move_to(struct judge *j, int64_t t_ns)
{
	int64_t ns;

	if (!__builtin_sub_overflow(t_ns, j->now.t_ns, &ns) && ns > 0) {
		j->now.elapsed_s += (double)ns / (double)NS_PER_S;
		j->now.t_ns = t_ns;
	}
}

bool judge_may_look(struct judge *j, struct check_slot *s, bool looks)
{
	if (s->missing || !looks)
		return false;
	s->check.now_s = j->now.elapsed_s;
	s->looked = true;
	return true;
}

/* Chunks that came before the episode did are its own. */
static void tell_chunks(struct judge *j)
{
	for (; j->told < j->derive.plans.n; j->told++) {
		const struct chunk_view *p = plans_find(&j->derive.plans, j->told + 1);

		for (size_t i = 0; p && i < j->nslots; i++) {
			struct check_slot *s = &j->slot[i];

			if (judge_may_look(j, s, s->check.class->chunk))
				s->check.class->chunk(&s->check, p);
		}
	}
}

static void tell_replan(struct judge *j)
{
	const struct replan *r = &j->derive.plans.replan;

	for (size_t i = 0; j->derive.plans.has_replan && i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (judge_may_look(j, s, s->check.class->replan))
			s->check.class->replan(&s->check, r);
	}
	j->derive.plans.has_replan = false;
}

static void open_episode(struct judge *j, int64_t t_ns, bool told)
{
	derive_episode(&j->derive);
	if (j->lineup)
		lineup_restart(j->lineup);
	j->in_episode = j->fresh = true;
	j->ended = false;
	j->idle_ticks = 0;
	j->opening.t_ns = t_ns;
	j->opening.told = told;
	j->now = (struct moment){.t_ns = t_ns, .seq = j->now.seq};
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		memset(s->check.state, 0, s->check.class->state_size);
		memset(s->latch, 0, sizeof(s->latch));
		s->rate = (struct latch_rate){0};
		s->check.now_s = 0.0;
		if (s->check.class->episode)
			s->check.class->episode(&s->check, &j->opening);
	}
	tell_chunks(j);
}

static unsigned step_facts(const struct step *s)
{
	return (s->vec[VEC_SEEN].present ? FACT_SEEN : 0u) |
	       (s->vec[VEC_ASKED].present ? FACT_ASKED : 0u) |
	       (s->vec[VEC_SENT].present ? FACT_SENT : 0u) |
	       (s->vec[VEC_GOT].present ? FACT_GOT : 0u);
}

/* A tick without an action, of an episode. */
static void feed_idle(struct judge *j, const struct step *step)
{
	int64_t axis_ns = step_axis_ns(step), ns;
	struct idle idle = {.begun = !j->fresh};

	if (!j->idle_ticks++ && j->fresh)
		j->idle_since_ns = axis_ns;
	idle.ticks = j->idle_ticks;
	if (!__builtin_sub_overflow(axis_ns, j->idle_since_ns, &ns) && ns > 0)
		idle.for_s = (double)ns / (double)NS_PER_S;
	judge_move_to(j, step->t_ns);
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (judge_may_look(j, s, s->check.class->idle))
			s->check.class->idle(&s->check, &idle);
	}
}

static void judge_step(struct judge *j, const struct step *step)
{
	const struct tick *t = &j->derive.tick;
	unsigned facts = step_facts(step);

	note_facts(j, facts);
	derive_step(&j->derive, &j->run, step);
	j->now = (struct moment){step->t_ns, step->seq, t->index, t->elapsed_s};
	tell_replan(j);
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (!judge_may_look(j, s, s->check.class->step))
			continue;
		if (j->worst == LEVEL_UNKNOWN && facts)
			j->worst = LEVEL_OK;
		s->check.class->step(&s->check, t);
	}
}

static void feed_step(struct judge *j, const struct step *step)
{
	if (!j->has_hello)
		return;
	judge_look_step(j, step);
	/* What goes on after an end was said is no new start, whoever drives. */
	if (j->ended) {
		derive_skip(&j->derive, false);
		return;
	}
	if (step->driver != DRIVER_POLICY && step->driver != DRIVER_UNKNOWN) {
		bool idle = step->driver == DRIVER_IDLE && j->in_episode;

		derive_skip(&j->derive, idle);
		if (idle) {
			feed_idle(j, step);
		} else {
			j->idle_ticks = 0;
			j->idle_since_ns = step_axis_ns(step);
		}
		return;
	}
	if (!j->in_episode || (!j->fresh && step->episode != j->episode))
		open_episode(j, step->t_ns, false);
	j->episode = step->episode;
	judge_step(j, step);
	j->fresh = false;
	j->idle_ticks = 0;
	j->idle_since_ns = j->opening.before_axis_ns = step_axis_ns(step);
	j->opening.has_before = true;
	j->opening.before_ns = step->t_ns;
}

static void feed_chunk(struct judge *j, const struct event *ev)
{
	const struct chunk *c = ev->chunk;
	bool first = j->chunks++ == 0 ||
		     (j->call == 1 && j->call_ns != TIME_UNKNOWN && j->call_ns == c->request_ns);

	if (!j->has_hello)
		return;
	note_facts(j, FACT_CHUNK | (c->latency_s >= 0 ? FACT_LATENCY : 0u));
	plans_add(&j->derive.plans, &j->run, c, ev->t_ns, !first);
	judge_move_to(j, ev->t_ns);
	if (!j->in_episode)
		return;
	tell_chunks(j);
	tell_replan(j);
}

static void feed_executed(struct judge *j, const struct event *ev)
{
	plans_executed(&j->derive.plans, ev->executed);
	if (!j->in_episode)
		return;
	judge_move_to(j, ev->t_ns);
	tell_replan(j);
}

static void feed_exchange(struct judge *j, const struct event *ev)
{
	const struct exchange *x = ev->exchange;

	if (!j->traffic) {
		j->traffic = true;
		judge_find_missing(j, NULL);
	}
	j->call = x->number;
	j->call_ns = x->request_ns;
	judge_move_to(j, ev->t_ns);
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (judge_may_look(j, s, s->check.class->exchange))
			s->check.class->exchange(&s->check, x);
	}
}

static void feed_episode(struct judge *j, const struct event *ev)
{
	const struct episode_mark *m = ev->episode;

	if (!m->start) {
		j->in_episode = false;
		j->ended = true;
		return;
	}
	if (m->resumed != j->resumed) {
		j->resumed = m->resumed;
		judge_find_missing(j, NULL);
	}
	text_copy(j->run.task, sizeof(j->run.task), m->task[0] ? m->task : j->hello_task);
	j->episode = m->number;
	if (j->has_hello)
		open_episode(j, ev->t_ns, !m->guessed);
}

void judge_feed(struct judge *j, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_HELLO:
		feed_hello(j, ev);
		break;
	case EVENT_EPISODE:
		feed_episode(j, ev);
		break;
	case EVENT_CHUNK:
		feed_chunk(j, ev);
		break;
	case EVENT_EXECUTED:
		feed_executed(j, ev);
		break;
	case EVENT_EXCHANGE:
		feed_exchange(j, ev);
		break;
	case EVENT_STEP:
		feed_step(j, ev->step);
		break;
	case EVENT_FRAME:
	case EVENT_CAMERA:
	case EVENT_MOTOR:
	case EVENT_BUS:
		judge_feed_health(j, ev);
		break;
	case EVENT_RESET:
	case EVENT_NOTE:
	case EVENT_GAP:
	case EVENT_SAMPLE:
	case EVENT_END:
	default:
		break;
	}
}
