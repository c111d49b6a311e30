/* SPDX-License-Identifier: Apache-2.0 */
/* What checks use to say which joint and unit they mean. */
#include "check/check.h"

#include "base/text.h"

const char *check_subject(const struct check *c, unsigned subject)
{
	if (subject < c->run->joints)
		return c->run->joint[subject].name;
	if (subject >= SUBJECT_VEC && subject < SUBJECT_N)
		return vec_word((enum vec_kind)(subject - SUBJECT_VEC));
	return subject == SUBJECT_POLICY ? "policy" : "";
}

static enum unit joint_unit(const struct check *c, unsigned joint, enum vec_kind vec)
{
	const struct run_joint *r = &c->run->joint[joint];

	return vec == VEC_ASKED || vec == VEC_SENT ? r->action_unit : r->state_unit;
}

const char *check_unit(const struct check *c, unsigned joint, enum vec_kind vec)
{
	const char *word = unit_word(joint_unit(c, joint, vec));

	return word ? word : "";
}

const char *check_unit_text(const struct check *c, unsigned joint, enum vec_kind vec)
{
	static const char *const text[UNIT_N] = {
		[UNIT_DEG] = " deg", [UNIT_RAD] = " rad", [UNIT_TICKS] = " ticks", [UNIT_M] = " m"};
	enum unit unit = joint_unit(c, joint, vec);

	return unit < UNIT_N && text[unit] ? text[unit] : "";
}

double check_delta_max(const struct check *c, unsigned joint, enum vec_kind vec)
{
	const struct run_joint *r = &c->run->joint[joint];

	return vec == VEC_ASKED || vec == VEC_SENT ? r->action_max : r->state_max;
}

void check_reading(const struct check *c, struct check_status *out, unsigned subject, double value,
		   double threshold, const char *unit)
{
	text_copy(out->subject, sizeof(out->subject), check_subject(c, subject));
	out->value = value;
	out->threshold = threshold;
	text_copy(out->unit, sizeof(out->unit), unit ? unit : "");
}
