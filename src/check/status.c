/* SPDX-License-Identifier: Apache-2.0 */
/* Which checks apply, and what they show. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/judge_impl.h"

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

/* A set without language has no task, or one that is empty. */
static bool has_language(const struct profile *p)
{
	for (size_t i = 0; i < p->ntasks; i++) {
		if (p->tasks[i].task[0])
			return true;
	}
	return false;
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
	if (!j->run.no_tick)
		have |= NEED_TICK;
	if (p && has_language(p))
		have |= NEED_TASKS;
	if (facts & FACT_LATENCY)
		have |= NEED_LATENCY;
	if (j->traffic)
		have |= NEED_TRAFFIC;
	if (j->lineup)
		have |= NEED_LOOK;
	have |= j->health;
	return needs & ~have;
}

void judge_find_missing(struct judge *j, const struct hello *h)
{
	if (h)
		explain_units(j, h);
	for (size_t i = 0; i < j->nslots; i++)
		j->slot[i].missing = missing_needs(j, j->slot[i].check.class->needs);
}

/* The first unmet need in words; the order goes from the most basic to the most special. */
static void why_not(const struct judge *j, unsigned missing, char *why, size_t size)
{
	static const struct {
		unsigned need;
		const char *why;
	} words[] = {
		{NEED_TRAFFIC, "no exchange with a policy server is seen"},
		{NEED_MOTORS, "no motor's health is seen"},
		{NEED_BUS, "no bus is seen"},
		{NEED_CAMERAS, "no camera is seen"},
		{NEED_LOOK, "training has no pictures of its cameras"},
		{NEED_TICK, "no tick (the policy server's traffic only)"},
		{NEED_TASKS, "training had no language"},
		{NEED_ASKED, "asked is not seen"},
		{NEED_COMMAND, "neither asked nor sent is seen"},
		{NEED_MEASURED, "neither seen nor got is seen"},
		{NEED_ABSOLUTE, "actions are not known to be absolute positions"},
		{NEED_GRIPPER, "no gripper is known"},
		{NEED_FPS, "no rate is known, neither of the run nor of training"},
		{NEED_START, "the engine restarted in this episode, its beginning is not known"},
		{NEED_CHUNK, "no chunk was announced; steps are judged by jump"},
		{NEED_LATENCY, "how long the policy takes is not told"},
	};

	if (missing & NEED_TASKS && !j->run.profile) {
		snprintf(why, size, "not applicable: no profile");
		return;
	}
	if (missing & NEED_PROFILE && !(missing & NEED_TICK)) {
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

/* Needs of a kind of thing that this run has none of: no source was asked for it, nobody trained with it. */
static unsigned absent_kinds(const struct judge *j)
{
	const struct profile *p = j->run.profile;
	unsigned kinds = NEED_TRAFFIC;

	if (!(j->promised & FACT_HEALTH))
		kinds |= NEED_MOTORS | NEED_BUS;
	if (!(j->promised & FACT_FRAMES) && !(p && p->ncameras))
		kinds |= NEED_CAMERAS;
	if (p && !has_language(p))
		kinds |= NEED_TASKS;
	return kinds;
}

static bool looks_beyond_steps(const struct check_class *class)
{
	return class->exchange || class->motor || class->bus || class->camera || class->frame ||
	       class->look;
}

size_t judge_status(const struct judge *j, struct check_status *out, size_t max)
{
	size_t n = j->nslots < max ? j->nslots : max;

	for (size_t i = 0; i < n; i++) {
		const struct check_slot *s = &j->slot[i];

		out[i] = (struct check_status){
			.code = s->check.class->name, .value = NAN, .threshold = NAN};
		if (!j->has_hello && !s->looked) {
			text_copy(out[i].why, sizeof(out[i].why), "not applicable: no source yet");
		} else if (!j->facts && !looks_beyond_steps(s->check.class)) {
			text_copy(out[i].why, sizeof(out[i].why), "no step to judge yet");
			out[i].absent = s->missing & absent_kinds(j);
		} else if (s->missing) {
			why_not(j, s->missing, out[i].why, sizeof(out[i].why));
			out[i].absent = s->missing & absent_kinds(j);
		} else if (!s->looked) {
			text_copy(out[i].why, sizeof(out[i].why), "no step to judge yet");
		} else {
			enum level level = judge_slot_level(j, s);

			s->check.class->show(&s->check, &out[i]);
			if (!out[i].why[0])
				text_copy(out[i].why, sizeof(out[i].why), "nothing to judge yet");
			if (level != LEVEL_UNKNOWN)
				out[i].level = level;
			else if (isfinite(out[i].value) && !s->check.class->unjudged)
				out[i].level = LEVEL_OK;
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
