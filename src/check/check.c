/* SPDX-License-Identifier: Apache-2.0 */
/* What checks use to say which joint and unit they mean. */
#include "check/check.h"

#include <math.h>

#include "base/text.h"

const char *check_subject(const struct check *c, unsigned subject)
{
	if (subject < c->run->joints)
		return c->run->joint[subject].name;
	if (subject >= SUBJECT_BUS && subject - SUBJECT_BUS < c->run->buses)
		return c->run->bus[subject - SUBJECT_BUS];
	if (subject >= SUBJECT_CAMERA && subject - SUBJECT_CAMERA < c->run->cameras)
		return c->run->camera[subject - SUBJECT_CAMERA];
	if (subject >= SUBJECT_VEC && subject < SUBJECT_CAMERA)
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

static double gap_limit(const struct run_joint *r)
{
	return fmax(r->action_max, r->gap && r->gap->known ? r->gap->first_max : 0.0);
}

bool check_first_gap(const struct check *c, const struct tick *t, double many,
		     struct first_gap *out)
{
	bool known = false;

	*out = (struct first_gap){0};
	for (unsigned j = 0; j < c->run->joints; j++) {
		const struct run_joint *r = &c->run->joint[j];
		double now = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];
		double gap = fabs(t->v[VEC_ASKED][j] - now), ratio;

		if (!r->action || !r->pair || isnan(gap))
			continue;
		ratio = gap / gap_limit(r);
		out->far += ratio >= many;
		if (known && ratio <= out->ratio)
			continue;
		known = true;
		out->joint = j;
		out->gap = gap;
		out->ratio = ratio;
		out->limit = gap_limit(r);
	}
	return known;
}

void check_reading(const struct check *c, struct check_status *out, unsigned subject, double value,
		   double threshold, const char *unit)
{
	text_copy(out->subject, sizeof(out->subject), check_subject(c, subject));
	out->value = value;
	out->threshold = threshold;
	text_copy(out->unit, sizeof(out->unit), unit ? unit : "");
}

double check_tracking_max(const struct check *c, unsigned joint)
{
	const struct run_joint *r = &c->run->joint[joint];
	const struct profile *p = c->run->profile;
	size_t at = r->action ? (size_t)(r->action - p->action.joint) : SIZE_MAX;

	if (!p || !r->pair || at >= p->behaviour.joints || isnan(p->behaviour.tracking_max[at]))
		return NAN;
	/* Simulated and leader-less sets have no error at all: a fraction of a step is none. */
	return fmax(p->behaviour.tracking_max[at], 0.3 * r->action_max);
}
