/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation for people: what was done, and the numbers that prove it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/explain.h"
#include "base/text.h"

const char *explain_word(enum explain_kind k)
{
	static const char *const words[EXPLAIN_KINDS] = {
		[EXPLAIN_UNKNOWN] = "unknown",
		[EXPLAIN_NEAR] = "near",
		[EXPLAIN_NONE] = "none-fits",
		[EXPLAIN_NO_RESET] = "queue-not-reset",
		[EXPLAIN_ARM_AWAY] = "arm-away",
		[EXPLAIN_TWICE] = "unnormalised-twice",
		[EXPLAIN_MISSING] = "not-unnormalised",
		[EXPLAIN_MODE] = "other-mode",
		[EXPLAIN_OTHER_SET] = "other-set",
		[EXPLAIN_DEGREES] = "degrees",
		[EXPLAIN_RADIANS] = "radians",
		[EXPLAIN_GRIPPER_SMALL] = "gripper-small",
		[EXPLAIN_GRIPPER_LARGE] = "gripper-large",
		[EXPLAIN_EXCHANGED] = "exchanged",
		[EXPLAIN_SIGN] = "sign",
		[EXPLAIN_SHRUNK] = "shrunk-to-mean",
		[EXPLAIN_DELTA] = "relative-as-absolute",
	};

	return words[k];
}

/* What was wrong, by kind and joints. */
static void name_cause(char *dst, size_t size, enum explain_kind k, unsigned a, unsigned b,
		       int other, const struct explain_case *c)
{
	static const char *const texts[EXPLAIN_KINDS] = {
		[EXPLAIN_TWICE] = "one un-normalise too many",
		[EXPLAIN_MISSING] = "not un-normalised",
		[EXPLAIN_MODE] = "un-normalised by another mode than the policy's",
		[EXPLAIN_DEGREES] = "degrees where training has radians",
		[EXPLAIN_RADIANS] = "radians where training has degrees",
		[EXPLAIN_GRIPPER_SMALL] = "gripper 100 times too small",
		[EXPLAIN_GRIPPER_LARGE] = "gripper 100 times too large",
		[EXPLAIN_SHRUNK] = "shrunk to the training mean",
		[EXPLAIN_DELTA] = "relative actions sent as absolute ones",
	};
	const struct joint_profile *j = c->profile->action.joint;
	char one[NAME_BYTES], two[NAME_BYTES];

	joint_short_name(one, j[a].joint.name);
	joint_short_name(two, j[b].joint.name);
	if (k == EXPLAIN_EXCHANGED)
		snprintf(dst, size, "%s and %s exchanged", one, two);
	else if (k == EXPLAIN_SIGN)
		snprintf(dst, size, "the sign of %s", one);
	else if (k == EXPLAIN_OTHER_SET && other >= 0)
		snprintf(dst, size, "un-normalised with the statistics of %s",
			 c->others[other].name);
	else
		text_copy(dst, size, texts[k] ? texts[k] : explain_word(k));
}

/* "210 deg", "0.12 rad"; no exponents. */
static const char *distance_text(char *dst, size_t size, double v, const char *unit)
{
	snprintf(dst, size, fabs(v) >= 100 ? "%.0f%s%s" : "%.3g%s%s", v, unit[0] ? " " : "", unit);
	return dst;
}

static void add_numbers(char *dst, size_t size, const struct explanation *x)
{
	const char *unit = unit_short(x->unit);
	char before[48], after[48];

	if (isfinite(x->before.arm) && isfinite(x->after.arm))
		snprintf(dst, size, ": undone, the first action is %s from the arm instead of %s",
			 distance_text(after, sizeof(after), x->after.arm, unit),
			 distance_text(before, sizeof(before), x->before.arm, unit));
	else
		snprintf(dst, size,
			 ": undone, the chunk is inside the training range, instead of "
			 "%.0f %% of it beyond",
			 100 * x->before.excess);
}

/* Where the chunk as it was lies. */
static void add_place(char *dst, size_t size, const struct explanation *x,
		      const struct explain_case *c)
{
	char name[NAME_BYTES], away[48];

	joint_short_name(name, c->profile->action.joint[x->before.joint].joint.name);
	if (isfinite(x->before.arm))
		snprintf(dst, size, "the first action is %s from the arm (%s)",
			 distance_text(away, sizeof(away), x->before.arm, unit_short(x->unit)),
			 name);
	else
		snprintf(dst, size, "the chunk lies %.0f %% beyond the training range",
			 100 * x->before.excess);
}

static void explain_found(char *dst, size_t size, const struct explanation *x,
			  const struct explain_case *c)
{
	char cause[160], numbers[160] = "", next[160] = "";

	name_cause(cause, sizeof(cause), x->kind, x->a, x->b, x->other, c);
	if (x->ambiguous) {
		name_cause(next, sizeof(next), x->rival, x->rival_a, x->rival_b, x->rival_other, c);
		snprintf(dst, size, "cannot tell apart: %s; %s", cause, next);
		return;
	}
	add_numbers(numbers, sizeof(numbers), x);
	if (x->kind == EXPLAIN_SHRUNK)
		snprintf(cause + strlen(cause), sizeof(cause) - strlen(cause), " by %.2g",
			 x->factor);
	if (isfinite(x->lead))
		snprintf(next, sizeof(next), "; the next best fits %.3g times worse", x->lead);
	snprintf(dst, size, "%s%s%s", cause, numbers, next);
}

void explain_sentence(char *dst, size_t size, const struct explanation *x,
		      const struct explain_case *c)
{
	char place[160] = "";

	if (c->profile->action.joints)
		add_place(place, sizeof(place), x, c);
	if (x->kind == EXPLAIN_UNKNOWN)
		snprintf(dst, size, "cannot tell: %s", x->why);
	else if (x->kind == EXPLAIN_NO_RESET)
		snprintf(dst, size,
			 "asked before any chunk of this episode: the queue of the last "
			 "one was not reset");
	else if (x->kind == EXPLAIN_NEAR)
		snprintf(dst, size, "nothing to explain: %s", place);
	else if (x->kind == EXPLAIN_ARM_AWAY)
		snprintf(dst, size,
			 "the arm is where training never started, the chunk is as in "
			 "training: move the arm to its start pose");
	else if (x->kind == EXPLAIN_NONE)
		snprintf(dst, size, "no known mistake explains it: %s", place);
	else if (x->kind == EXPLAIN_GRIPPER_SMALL && !(x->after.cost > 0))
		snprintf(dst, size,
			 "the gripper is 100 times too small: by the end of its first "
			 "chunk every training episode has it further open");
	else
		explain_found(dst, size, x, c);
}
