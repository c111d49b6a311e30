/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `check --ask --go`: one request to the policy server, and its answer judged: numbers, shape, time,
 * and how far its first action lies from the arm. Asked once a command, however often it looks.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "preflight/ask.h"
#include "preflight/explain_own.h"
#include "preflight/explain_read.h"
#include "preflight/inspect.h"
#include "preflight/inspect_ask.h"

/* As check/first_action.c: in largest first gaps of training. */
static const double fail_ratio = 8;

struct inspect_asked {
	bool live;
	struct ask_question question;
	struct ask_answer answer;
};

static void ask(struct inspect *l)
{
	struct inspect_asked *k = l->asked = xcalloc(1, sizeof(*k));
	const struct infer_wire *wire = l->protocol ? infer_find(l->protocol) : NULL;

	k->answer.latency_ms = (double)NAN;
	k->question.age_s = (double)NAN;
	if (!l->rig->server[0])
		snprintf(k->question.why, sizeof(k->question.why), "the rig names no server");
	else if (!l->protocol)
		snprintf(k->question.why, sizeof(k->question.why), "there is no policy server");
	else if (!wire)
		snprintf(k->question.why, sizeof(k->question.why),
			 "LeRobot's async server takes pickles, which are programs: none is made");
	if (k->question.why[0])
		return;
	k->live = !l->ask.from;
	if (k->live)
		inspect_live_close(&l->live); /* else the cameras are with our own sources */
	if (k->live)
		ask_live(&k->question, wire, l->rig, &l->live, l->policy, l->profile);
	else
		ask_recorded(&k->question, l->ask.from, wire);
	if (k->question.body.len)
		ask_server(&k->answer, wire, l->rig->server, &k->question.body, l->ask.deadline_s);
}

static struct preflight_item *add(struct inspect *l, const char *subject, enum level level,
				  const char *text)
{
	struct preflight_item *i = inspect_add(l, "ask", subject, level, "%s", text);

	inspect_from(i, l->asked->question.source, l->asked->question.age_s);
	return i;
}

/* How long a plan lasts, or what the rig allows, in ms; NaN unknown. */
static double patience_ms(const struct inspect *l)
{
	double n = l->rig->n_action_steps, fps = l->rig->fps;

	if (l->rig->tolerances.latency_ms > 0)
		return l->rig->tolerances.latency_ms;
	if (isnan(n) && l->policy && l->policy->n_action_steps)
		n = l->policy->n_action_steps;
	if (isnan(n))
		n = l->asked->answer.horizon;
	if (isnan(fps) && l->profile)
		fps = l->profile->fps;
	return fps > 0 && n > 0 ? n / fps * 1e3 : (double)NAN;
}

static void judge_latency(struct inspect *l, const struct ask_answer *a)
{
	double limit = patience_ms(l);
	struct preflight_item *i;
	char text[MESSAGE_BYTES];

	if (isnan(limit))
		snprintf(text, sizeof(text), "%.0f ms, and how long a plan lasts is not known",
			 a->latency_ms);
	else
		snprintf(text, sizeof(text), "%.0f ms, a plan lasts %.0f ms%s", a->latency_ms,
			 limit,
			 a->latency_ms > limit ? "; a server's first answer may be slow" : "");
	i = add(l, "latency",
		isnan(limit)		? LEVEL_UNKNOWN
		: a->latency_ms > limit ? LEVEL_WARN
					: LEVEL_OK,
		text);
	inspect_number(i, a->latency_ms, limit, "ms");
	if (a->latency_ms > limit)
		inspect_do(i, "ask again; execute more of each plan, or make the policy faster");
}

static void judge_numbers(struct inspect *l, const struct ask_answer *a)
{
	size_t n = (size_t)a->horizon * a->dims, bad = 0;
	char text[MESSAGE_BYTES];

	for (size_t i = 0; i < n; i++)
		bad += isfinite(a->actions[i]) ? 0 : 1;
	snprintf(text, sizeof(text), bad ? "%zu of %zu actions are no numbers" : "all are numbers",
		 bad, n);
	if (bad)
		inspect_do(add(l, "finite", LEVEL_FAIL, text), "look at its inputs and statistics");
	else
		add(l, "finite", LEVEL_OK, text);
}

static unsigned action_width(const struct inspect *l)
{
	unsigned n = 0;

	for (size_t i = 0; l->policy && i < l->policy->noutputs; i++) {
		if (l->policy->output[i].type == POLICY_ACTION)
			n += l->policy->output[i].width;
	}
	/* openpi's statistics are padded to the model's width: the robot's is in the profile. */
	if (l->profile && (!n || l->policy->form == CHECKPOINT_OPENPI))
		n = l->profile->action.joints;
	return n;
}

static void judge_shape(struct inspect *l, const struct ask_answer *a)
{
	unsigned width = action_width(l), chunk = l->policy ? l->policy->chunk_size : 0;
	double executed = l->rig->n_action_steps;
	enum level level = LEVEL_OK;
	char text[MESSAGE_BYTES];

	if (!width && !chunk)
		level = LEVEL_UNKNOWN;
	if (chunk && a->horizon != chunk)
		level = LEVEL_WARN;
	if ((width && a->dims != width) || a->horizon < executed)
		level = LEVEL_FAIL;
	if (level == LEVEL_UNKNOWN)
		snprintf(text, sizeof(text), "%u x %u, and what it should be is not known",
			 a->horizon, a->dims);
	else
		snprintf(text, sizeof(text), "%u actions of %u values; the policy plans %u of %u",
			 a->horizon, a->dims, chunk ? chunk : a->horizon, width ? width : a->dims);
	if (level >= LEVEL_WARN)
		inspect_do(add(l, "shape", level, text),
			   "another checkpoint or configuration behind this address?");
	else
		add(l, "shape", level, text);
}

/* Where the arm was by the request's state, in the order of the profile's action joints. */
static void arm_of(double arm[MAX_JOINTS], const struct ask_answer *a, const struct profile *p)
{
	/* A state of another size than the actions has joints of its own behind theirs. */
	unsigned first = a->states > a->dims ? a->dims : 0;

	for (unsigned j = 0; j < p->action.joints; j++) {
		int k = profile_find(&p->state, p->action.joint[j].joint.name);

		arm[j] = k >= 0 && first + (unsigned)k < a->states ? a->state[first + (unsigned)k]
								   : (double)NAN;
	}
}

static void explain(struct inspect *l, const struct ask_answer *a)
{
	struct explain_own *own = xcalloc(1, sizeof(*own));
	struct explain_others others = {.n = 0};
	struct explain_case c = {.profile = l->profile,
				 .start = l->asked->live,
				 .chunk = a->actions,
				 .steps = a->horizon < EXPLAIN_ROWS_MAX ? a->horizon
									: EXPLAIN_ROWS_MAX};
	struct err e = {0};
	struct db *db = db_open(l->db, DB_READ, &e);
	struct preflight_item *i;
	struct explanation x;
	double arm[MAX_JOINTS];
	char text[2 * MESSAGE_BYTES];

	if (db)
		explain_others_read(&others, db, l->profile);
	db_close(db);
	explain_own_open(own, l->profile, l->policy ? l->policy->path : NULL, &e);
	arm_of(arm, a, l->profile);
	c.own = &own->stats;
	c.delta = own->delta;
	c.others = others.stats;
	c.nothers = others.n;
	c.arm = arm;
	explain_chunk(&x, &c);
	explain_sentence(text, sizeof(text), &x, &c);
	i = add(l, "first-action",
		x.kind == EXPLAIN_NEAR	       ? LEVEL_OK
		: x.kind == EXPLAIN_UNKNOWN    ? LEVEL_UNKNOWN
		: x.before.ratio >= fail_ratio ? LEVEL_FAIL
					       : LEVEL_WARN,
		text);
	inspect_number(i, x.before.arm, NAN, unit_word(x.unit) ? unit_word(x.unit) : "");
	if (i->level >= LEVEL_WARN)
		inspect_do(i, "do not run it: mend what un-normalises, or how joints are ordered");
	explain_others_fini(&others);
	explain_own_fini(own);
	free(own);
}

static void judge_first_action(struct inspect *l, const struct ask_answer *a)
{
	char text[MESSAGE_BYTES];

	if (l->profile && a->dims == l->profile->action.joints) {
		explain(l, a);
		return;
	}
	if (!l->profile)
		snprintf(text, sizeof(text), "no training profile: %s", l->profile_e.msg);
	else
		snprintf(text, sizeof(text), "it acts on %u joints, training on %u", a->dims,
			 l->profile->action.joints);
	add(l, "first-action", LEVEL_UNKNOWN, text);
}

void inspect_ask(struct inspect *l)
{
	const struct ask_question *q;
	const struct ask_answer *a;
	char text[ASK_ERROR + 32];

	if (!l->ask.wanted)
		return;
	if (!l->asked)
		ask(l);
	q = &l->asked->question;
	a = &l->asked->answer;
	if (!q->body.len) {
		snprintf(text, sizeof(text), "not applicable: %s", q->why);
		inspect_add(l, "ask", "", LEVEL_UNKNOWN, "%s", text);
		return;
	}
	if (a->error[0]) {
		inspect_do(add(l, "", LEVEL_FAIL, a->error),
			   "look at the server's own output; does it serve this policy?");
		return;
	}
	snprintf(text, sizeof(text), "it answers a request of %.1f kB", (double)q->body.len / 1e3);
	add(l, "", LEVEL_OK, text);
	judge_latency(l, a);
	judge_numbers(l, a);
	judge_shape(l, a);
	judge_first_action(l, a);
}

void inspect_asked_free(struct inspect_asked *k)
{
	if (!k)
		return;
	ask_question_fini(&k->question);
	ask_answer_fini(&k->answer);
	free(k);
}
