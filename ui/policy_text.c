/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/policy_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

__attribute__((format(printf, 2, 3))) static void add(char *dst, const char *fmt, ...)
{
	size_t used = strlen(dst);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(dst + used, POLICY_TEXT_BYTES - used, fmt, ap);
	va_end(ap);
}

void policy_joint(char dst[NAME_BYTES], const struct view_joint *j)
{
	text_copy(dst, NAME_BYTES, j->joint.name);
	if (strlen(dst) > 4 && text_ends(dst, ".pos"))
		dst[strlen(dst) - 4] = '\0';
}

const char *policy_amount(char dst[NUMBER_BYTES], const struct view_joint *j, double v)
{
	if (j->joint.unit == UNIT_UNKNOWN && !isnan(v))
		return number_short(dst, v, 7);
	return number_text(dst, v, 7, number_decimals(UNITS_ROBOT, j));
}

static const char *no_chunk(const struct snapshot *s)
{
	return s->facts & FACT_CHUNK ? "none in this episode yet" : "not seen by any source";
}

enum role policy_chunk(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief)
{
	const struct view_chunk *c = &s->chunk;
	char n[NUMBER_BYTES];

	dst[0] = '\0';
	if (!c->seen) {
		add(dst, "%s", no_chunk(s));
		return ROLE_UNKNOWN;
	}
	add(dst, brief ? "%u" : "%u steps", c->horizon);
	if (!brief)
		add(dst, " of %u actions", c->dims);
	if (c->execute)
		add(dst, brief ? " runs %u" : ", runs %u", c->execute);
	else if (c->last_ran >= 0)
		add(dst, brief ? " ran %d" : ", ran %d", c->last_ran);
	if (!brief && c->ran >= 0)
		add(dst, ", now %d", c->ran);
	if (c->queue >= 0)
		add(dst, ", queue %d/%u", c->queue, c->horizon);
	if (c->replan_s > 0)
		add(dst, brief ? ", %ss" : ", replan %ss", number_text(n, c->replan_s, 5, 2));
	return ROLE_TEXT;
}

/* In control steps, as many as an answer costs; NaN unknown. */
static double latency_steps(const struct snapshot *s)
{
	double ms = isnan(s->latency.p95_ms) ? s->latency.last_ms : s->latency.p95_ms;

	return ceil(ms * s->target_hz / 1000.0);
}

enum role policy_latency(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief)
{
	const struct view_latency *l = &s->latency;
	double steps = latency_steps(s);
	char a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES];

	dst[0] = '\0';
	if (isnan(l->last_ms)) {
		add(dst, "no source tells how long it takes");
		return ROLE_UNKNOWN;
	}
	add(dst, "%s ms", number_text(a, l->last_ms, 6, 0));
	if (brief && l->n)
		add(dst, ", p95 %s", number_text(b, l->p95_ms, 6, 0));
	else if (l->n)
		add(dst, ", p50 %s p95 %s worst %s of %u", number_text(a, l->p50_ms, 6, 0),
		    number_text(b, l->p95_ms, 6, 0), number_text(c, l->worst_ms, 6, 0), l->n);
	if (steps >= 0 && steps < 1e6) {
		add(dst, " = %.0f", steps);
		if (s->chunk.seen)
			add(dst, brief ? "/%u steps" : " of %u steps", s->chunk.horizon);
		else
			add(dst, " step%s", steps > 1 ? "s" : "");
	}
	if (!brief && !isnan(l->first_ms))
		add(dst, "; the first %s", number_text(a, l->first_ms, 6, 0));
	return s->chunk.seen && steps >= s->chunk.horizon ? ROLE_WARN : ROLE_TEXT;
}

static const struct view_joint *joint_at(const struct snapshot *s, int at)
{
	return at >= 0 && at < (int)s->njoints ? &s->joint[at] : NULL;
}

/* v of a joint beside the largest of training: not judged here, only shown larger than it. */
static enum role beside(double v, double max)
{
	return v > max ? ROLE_NOTE : ROLE_TEXT;
}

enum role policy_seam(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief)
{
	const struct view_joint *j = joint_at(s, s->chunk.seam_joint);
	char name[NAME_BYTES], v[NUMBER_BYTES], n[NUMBER_BYTES];

	dst[0] = '\0';
	if (!s->chunk.seen || !j) {
		add(dst, "%s", s->chunk.seen ? "no replan in this episode yet" : no_chunk(s));
		return ROLE_UNKNOWN;
	}
	policy_joint(name, j);
	policy_amount(v, j, j->seam);
	if (brief) {
		add(dst, "%s %s", v, name);
	} else {
		add(dst, "%s %s%s%s at the replan", name, v,
		    unit_short(j->joint.unit)[0] ? " " : "", unit_short(j->joint.unit));
		add(dst, ", inside chunks at most %s", policy_amount(n, j, j->inside));
	}
	if (j->trained)
		add(dst, ", train %s", policy_amount(n, j, j->delta_max));
	return j->trained ? beside(j->seam, j->delta_max) : ROLE_TEXT;
}

enum role policy_path(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief)
{
	const struct view_joint *j = joint_at(s, s->chunk.off_joint);
	char name[NAME_BYTES], v[NUMBER_BYTES], n[NUMBER_BYTES];

	dst[0] = '\0';
	if (!s->chunk.seen || !j) {
		add(dst, "%s", s->chunk.seen ? "no chunk is over yet" : no_chunk(s));
		return ROLE_UNKNOWN;
	}
	policy_joint(name, j);
	policy_amount(v, j, j->plan_off);
	if (brief)
		add(dst, "%s off plan", v);
	else
		add(dst, "%s %s%s%s off its plan", name, v, unit_short(j->joint.unit)[0] ? " " : "",
		    unit_short(j->joint.unit));
	if (s->chunk.last_ran >= 0)
		add(dst, brief ? " at %d" : " after %d steps", s->chunk.last_ran);
	if (j->trained && !isnan(j->err_max))
		add(dst, ", train %s", policy_amount(n, j, j->err_max));
	return j->trained ? beside(j->plan_off, j->err_max) : ROLE_TEXT;
}

enum role policy_prompt(char dst[POLICY_TEXT_BYTES], const struct snapshot *s)
{
	const struct view_chunk *c = &s->chunk;

	dst[0] = '\0';
	if (!c->seen || c->match == PROMPT_UNSEEN) {
		add(dst, "not seen: a server may add one of its own");
		return ROLE_UNKNOWN;
	}
	if (c->match == PROMPT_NONE) {
		add(dst, "empty");
		return ROLE_NOTE;
	}
	add(dst, "\"%.120s\"", c->prompt);
	if (c->match == PROMPT_UNTRAINED) {
		add(dst, " (no training profile to compare with)");
		return ROLE_TEXT;
	}
	if (c->match == PROMPT_OTHER) {
		add(dst, " is NOT a training task");
		return ROLE_WARN;
	}
	add(dst, " = training task %d", c->task);
	return ROLE_OK;
}
