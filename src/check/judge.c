/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver: keeps the run view, the shared derivation, one state block and one row of latches
 * per check, and turns findings into verdicts. Everything is allocated in judge_new().
 */
#include "check/judge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check/check.h"
#include "check/derive.h"
#include "check/latch.h"

enum { FEW_EPISODES = 10 };

struct check_slot {
	struct check check;
	double *param;
	bool stepped;	  /* judged a step of this run: before that a check is never OK */
	unsigned missing; /* NEED_* that are not met */
	struct latch_rate rate;
	struct latch latch[SUBJECT_N];
};

struct judge {
	struct judge_host host;
	struct run_view run;
	struct derive derive;
	bool has_hello;
	char units_why[96]; /* "deg against m100_100", "" */
	unsigned facts;	    /* FACT_* really seen: a source may promise more than it gives */
	uint32_t episode;
	bool in_episode;
	bool ended;   /* an end was said and no start since */
	bool resumed; /* it was under way when the engine restarted */
	enum level worst;
	size_t nslots;
	struct check_slot *slot;
};

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
		free(j->slot[i].param);
	}
	free(j->slot);
	free(j);
}

static bool any_joint(const struct judge *j, bool (*has)(const struct run_joint *r))
{
	for (unsigned i = 0; i < j->run.joints; i++) {
		if (has(&j->run.joint[i]))
			return true;
	}
	return false;
}

static bool is_trained(const struct run_joint *r)
{
	return r->action || r->state;
}

static bool is_gripper(const struct run_joint *r)
{
	return r->gripper >= 0;
}

/* Why a trained joint is not compared, for "not applicable: deg against m100_100". */
static void explain_units(struct judge *j, const struct hello *h)
{
	j->units_why[0] = '\0';
	for (unsigned i = 0; j->run.profile && i < j->run.joints; i++) {
		const struct profile *p = j->run.profile;
		int at = profile_find(&p->action, h->joint[i].name);
		double factor;

		if (at >= 0 &&
		    !unit_factor(h->joint[i].unit, p->action.joint[at].joint.unit, &factor)) {
			snprintf(j->units_why, sizeof(j->units_why), "%s against %s",
				 unit_word(h->joint[i].unit),
				 unit_word(p->action.joint[at].joint.unit));
			return;
		}
	}
}

static unsigned missing_needs(const struct judge *j, unsigned needs)
{
	const struct profile *p = j->run.profile;
	unsigned facts = j->facts, have = NEED_ANY;

	if (facts & FACT_ASKED)
		have |= NEED_ASKED;
	if (facts & (FACT_ASKED | FACT_SENT))
		have |= NEED_COMMAND;
	if (facts & (FACT_SEEN | FACT_GOT))
		have |= NEED_MEASURED;
	if (facts & FACT_CHUNK)
		have |= NEED_CHUNK;
	if (p && any_joint(j, is_trained))
		have |= NEED_PROFILE;
	if (p && p->space == SPACE_ABSOLUTE)
		have |= NEED_ABSOLUTE;
	if (any_joint(j, is_gripper))
		have |= NEED_GRIPPER;
	if (j->run.fps > 0)
		have |= NEED_FPS;
	if (!j->resumed)
		have |= NEED_START;
	return needs & ~have;
}

static void find_missing(struct judge *j)
{
	for (size_t i = 0; i < j->nslots; i++)
		j->slot[i].missing = missing_needs(j, j->slot[i].check.class->needs);
}

static void feed_hello(struct judge *j, const struct hello *h)
{
	run_view_init(&j->run, h, j->run.profile);
	derive_run(&j->derive, &j->run, h->fps);
	explain_units(j, h);
	j->has_hello = true;
	j->facts = 0;
	j->in_episode = j->ended = false;
	for (size_t i = 0; i < j->nslots; i++)
		j->slot[i].stepped = false;
	find_missing(j);
}

static void start_episode(struct judge *j, uint32_t episode)
{
	derive_episode(&j->derive);
	j->episode = episode;
	j->in_episode = true;
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		memset(s->check.state, 0, s->check.class->state_size);
		memset(s->latch, 0, sizeof(s->latch));
		s->rate = (struct latch_rate){0};
	}
}

static void note_facts(struct judge *j, unsigned facts)
{
	if ((j->facts | facts) == j->facts)
		return;
	j->facts |= facts;
	find_missing(j);
}

static unsigned step_facts(const struct step *s)
{
	return (s->vec[VEC_SEEN].present ? FACT_SEEN : 0u) |
	       (s->vec[VEC_ASKED].present ? FACT_ASKED : 0u) |
	       (s->vec[VEC_SENT].present ? FACT_SENT : 0u) |
	       (s->vec[VEC_GOT].present ? FACT_GOT : 0u);
}

static void feed_step(struct judge *j, const struct step *step)
{
	if (!j->has_hello)
		return;
	/* What goes on after an end was said is no new start, whoever drives. */
	if (j->ended) {
		derive_break(&j->derive);
		return;
	}
	if (step->driver != DRIVER_POLICY && step->driver != DRIVER_UNKNOWN) {
		derive_break(&j->derive);
		return;
	}
	if (!j->in_episode || step->episode != j->episode)
		start_episode(j, step->episode);
	note_facts(j, step_facts(step));
	derive_step(&j->derive, &j->run, step);
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (s->missing)
			continue;
		s->stepped = true;
		if (j->worst == LEVEL_UNKNOWN && step_facts(step))
			j->worst = LEVEL_OK;
		s->check.class->step(&s->check, &j->derive.tick);
	}
}

static void feed_chunk(struct judge *j, const struct chunk *chunk)
{
	note_facts(j, FACT_CHUNK);
	derive_chunk(&j->derive, chunk);
}

static void feed_episode(struct judge *j, const struct episode_mark *m)
{
	j->in_episode = false;
	j->ended = !m->start;
	if (!m->start || m->resumed == j->resumed)
		return;
	j->resumed = m->resumed;
	find_missing(j);
}

void judge_feed(struct judge *j, const struct event *ev)
{
	if (ev->kind == EVENT_HELLO)
		feed_hello(j, ev->hello);
	else if (ev->kind == EVENT_EPISODE)
		feed_episode(j, ev->episode);
	else if (ev->kind == EVENT_CHUNK)
		feed_chunk(j, ev->chunk);
	else if (ev->kind == EVENT_STEP)
		feed_step(j, ev->step);
}

static enum level slot_level(const struct check_slot *s, double elapsed_s)
{
	enum level worst = LEVEL_UNKNOWN;

	for (unsigned i = 0; i < SUBJECT_N; i++) {
		enum level l = latch_level(&s->latch[i], elapsed_s);

		if (l > worst)
			worst = l;
	}
	return worst;
}

/* A code that explains this one stands at warn or more: its consequence is no failure of its own. */
static bool explained(const struct judge *j, const struct check_class *class)
{
	for (size_t i = 0; class->yields && i < j->nslots; i++) {
		const char *name = j->slot[i].check.class->name, *at = strstr(class->yields, name);
		size_t len = strlen(name);

		if (!at || (at != class->yields && at[-1] != ' ') || (at[len] && at[len] != ' '))
			continue;
		if (slot_level(&j->slot[i], j->derive.tick.elapsed_s) >= LEVEL_WARN)
			return true;
	}
	return false;
}

/* The limits come from so few episodes that a failure would say more than they know. */
static bool untaught(const struct judge *j, const struct check_class *class)
{
	return class->needs & NEED_PROFILE && j->run.profile->episodes < FEW_EPISODES;
}

void check_find(struct check *c, const struct finding *f, const char *fmt, ...)
{
	struct judge *j = c->judge;
	const struct tick *t = &j->derive.tick;
	struct check_slot *s = NULL;
	enum level level = f->level;
	struct verdict v = {0};
	va_list ap;

	for (size_t i = 0; i < j->nslots && !s; i++)
		s = j->slot[i].check.class == c->class ? &j->slot[i] : NULL;
	if (!s || f->subject >= SUBJECT_N)
		return;
	if (level == LEVEL_FAIL && (explained(j, c->class) || untaught(j, c->class)))
		level = LEVEL_WARN;
	if (!latch_find(&s->latch[f->subject], &s->rate, level, c->class->debounce, t->index,
			t->elapsed_s))
		return;
	v.level = s->latch[f->subject].level;
	text_copy(v.code, sizeof(v.code), c->class->name);
	text_copy(v.subject, sizeof(v.subject), check_subject(c, f->subject));
	v.episode = t->step->episode;
	v.seq = t->step->seq;
	v.t_ns = t->step->t_ns;
	v.value = f->value;
	v.threshold = f->threshold;
	text_copy(v.unit, sizeof(v.unit), f->unit ? f->unit : "");
	va_start(ap, fmt);
	vsnprintf(v.message, sizeof(v.message), fmt, ap);
	va_end(ap);
	if (v.level > j->worst)
		j->worst = v.level;
	j->host.verdict(j->host.host, &v);
}

/* The first unmet need in words; the order goes from the most basic to the most special. */
static void why_not(const struct judge *j, unsigned missing, char *why, size_t size)
{
	static const struct {
		unsigned need;
		const char *why;
	} words[] = {
		{NEED_ASKED, "asked is not seen"},
		{NEED_COMMAND, "neither asked nor sent is seen"},
		{NEED_MEASURED, "neither seen nor got is seen"},
		{NEED_ABSOLUTE, "actions are not known to be absolute positions"},
		{NEED_GRIPPER, "no gripper is known"},
		{NEED_FPS, "no rate is known, neither of the run nor of training"},
		{NEED_START, "the engine restarted in this episode, its beginning is not known"},
		{NEED_CHUNK, "no chunk was announced; steps are judged by jump"},
	};

	if (missing & NEED_PROFILE) {
		snprintf(why, size, "not applicable: %s",
			 !j->run.profile   ? "no profile"
			 : j->units_why[0] ? j->units_why
					   : "no joint of the run is in the profile");
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (missing & words[i].need) {
			snprintf(why, size, "not applicable: %s", words[i].why);
			return;
		}
	}
}

size_t judge_status(const struct judge *j, struct check_status *out, size_t max)
{
	size_t n = j->nslots < max ? j->nslots : max;

	for (size_t i = 0; i < n; i++) {
		const struct check_slot *s = &j->slot[i];

		out[i] = (struct check_status){
			.code = s->check.class->name, .value = NAN, .threshold = NAN};
		if (!j->has_hello) {
			text_copy(out[i].why, sizeof(out[i].why), "not applicable: no source yet");
		} else if (!j->facts) {
			text_copy(out[i].why, sizeof(out[i].why), "no step to judge yet");
		} else if (s->missing) {
			why_not(j, s->missing, out[i].why, sizeof(out[i].why));
		} else if (!s->stepped) {
			text_copy(out[i].why, sizeof(out[i].why), "no step to judge yet");
		} else {
			enum level level = slot_level(s, j->derive.tick.elapsed_s);

			s->check.class->show(&s->check, &out[i]);
			if (isfinite(out[i].value) || level != LEVEL_UNKNOWN)
				out[i].level = level == LEVEL_UNKNOWN ? LEVEL_OK : level;
		}
	}
	return n;
}

enum level judge_worst(const struct judge *j)
{
	return j->worst;
}

int judge_match(const struct judge *j, unsigned joint, enum vec_kind which)
{
	const struct run_joint *r = &j->run.joint[joint];

	if (!j->has_hello || !j->run.profile || joint >= j->run.joints)
		return -1;
	if (which == VEC_ASKED || which == VEC_SENT)
		return r->action ? (int)(r->action - j->run.profile->action.joint) : -1;
	return r->state ? (int)(r->state - j->run.profile->state.joint) : -1;
}
