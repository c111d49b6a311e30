/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arm against the starts of training, joint by joint. The check `home` judges the same once more
 * at step 0, by the same rule.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "preflight/inspect.h"

/* As check/home.c: a failure is far beyond the starts, and a good part of the joint's span. */
enum { FAIL_SIGMA = 10, FAIL_SPAN = 20, WARN_SPAN = 3 };

static const struct live_joint *live_joint(const struct inspect *l, const char *name)
{
	const struct live_joint *near = NULL;

	for (unsigned i = 0; i < l->live.joints; i++) {
		if (strcmp(l->live.joint[i].joint.name, name) == 0)
			return &l->live.joint[i];
		if (joint_same_name(l->live.joint[i].joint.name, name))
			near = &l->live.joint[i];
	}
	return near;
}

/* A gripper's words: what a person does about it. */
static const char *gripper_do(const struct profile *p, const char *joint, double v, double to)
{
	for (size_t i = 0; i < p->behaviour.ngrippers; i++) {
		const struct gripper_habit *g = &p->behaviour.gripper[i];

		if (joint_same_name(g->joint, joint))
			return (to - v) * (g->open - g->closed) > 0 ? "open it" : "close it";
	}
	return NULL;
}

static enum level level_of(const struct inspect *l, double beyond, double sigma, double span)
{
	double sigmas = beyond / sigma, share = 100 * beyond / span;

	if (sigmas >= FAIL_SIGMA && share >= FAIL_SPAN)
		return LEVEL_FAIL;
	return sigmas >= l->rig->tolerances.pose_sigma && share >= WARN_SPAN ? LEVEL_WARN
									     : LEVEL_OK;
}

static bool pose_joint(struct inspect *l, const struct joint_profile *p)
{
	const struct live_joint *k = live_joint(l, p->joint.name);
	double span = fmax(p->value.max - p->value.min, p->delta.max), factor, v, beyond, sigma;
	const char *unit = unit_word(p->joint.unit), *gap, *what;
	struct preflight_item *i;

	if (!k || isnan(k->value))
		return false;
	if (!unit_factor(k->joint.unit, p->joint.unit, &factor)) {
		inspect_add(l, "pose", p->joint.name, LEVEL_UNKNOWN,
			    "it is told in %s, training is in %s", unit_word(k->joint.unit), unit);
		return true;
	}
	if (inspect_live_age_s(&l->live, k->at_ns) > l->rig->tolerances.age_s) {
		inspect_add(l, "pose", p->joint.name, LEVEL_UNKNOWN, "last heard %.1f s ago",
			    inspect_live_age_s(&l->live, k->at_ns));
		return true;
	}
	gap = unit_short(p->joint.unit)[0] ? " " : "";
	v = k->value * factor;
	sigma = fmax(p->start.std, 1e-3 * span);
	beyond = fmax(0.0, fmax(v - p->start.max, p->start.min - v));
	i = inspect_add(l, "pose", p->joint.name, level_of(l, beyond, sigma, span),
			"%.4g%s%s, training starts at %.4g..%.4g, %.3g sigma beyond", v, gap,
			unit_short(p->joint.unit), p->start.min, p->start.max, beyond / sigma);
	inspect_number(i, v, v > p->start.max ? p->start.max : p->start.min, unit ? unit : "");
	inspect_from(i, l->live.engine ? "engine" : "bus", inspect_live_age_s(&l->live, k->at_ns));
	if (i->level < LEVEL_WARN)
		return true;
	what = gripper_do(l->profile, p->joint.name, v, p->start.mean);
	if (what)
		inspect_do(i, "%s", what);
	else
		inspect_do(i, "move it by %+.3g%s%s", p->start.mean - v, gap,
			   unit_short(p->joint.unit));
	return true;
}

void inspect_pose(struct inspect *l)
{
	unsigned seen = 0;

	if (!l->profile) {
		inspect_add(l, "pose", "", LEVEL_UNKNOWN, "no training profile: %s",
			    l->profile_e.msg);
		return;
	}
	for (unsigned j = 0; j < l->profile->state.joints; j++)
		seen += pose_joint(l, &l->profile->state.joint[j]);
	if (!seen)
		inspect_add(l, "pose", "", LEVEL_UNKNOWN, "%s", inspect_live_blind(&l->live));
	else if (seen < l->profile->state.joints)
		inspect_add(l, "pose", "", LEVEL_UNKNOWN, "%u of %u joints are seen", seen,
			    l->profile->state.joints);
}
