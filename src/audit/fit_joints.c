/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "audit/fit_impl.h"
#include "base/text.h"
#include "robot/robot.h"

/* State or action as the training set has it. */
struct trained {
	unsigned n; /* 0 unknown */
	const struct joint_profile *joint;
	char (*name)[NAME_BYTES];
};

static struct trained of_training(const struct fit *f, bool action)
{
	const struct feature_profile *p = !f->profile ? NULL
					  : action    ? &f->profile->action
						      : &f->profile->state;
	const struct feature *d = f->dataset ? info_feature(f->dataset,
							    action ? "action" : "observation.state")
					     : NULL;

	if (p && p->joints)
		return (struct trained){.n = p->joints, .joint = p->joint};
	if (d)
		return (struct trained){.n = d->width, .name = d->nnames ? d->names : NULL};
	return (struct trained){0};
}

static const char *name_at(const struct trained *t, unsigned i)
{
	return t->joint ? t->joint[i].joint.name : t->name ? t->name[i] : NULL;
}

/* GR00T has parts; openpi's and padded vectors may be wider than the robot. */
static unsigned width_of(const struct checkpoint *c, bool action)
{
	const struct policy_feature *f = action ? c->output : c->input;
	size_t n = action ? c->noutputs : c->ninputs;
	unsigned width = 0;

	for (size_t i = 0; i < n; i++) {
		if (f[i].type == (action ? POLICY_ACTION : POLICY_STATE))
			width += f[i].width;
	}
	return width;
}

static void size_of(struct audit *a, const struct fit *f, bool action, const struct trained *t)
{
	const char *code = action ? "outputs" : "inputs", *what = action ? "action" : "state";
	unsigned width = width_of(f->checkpoint, action);
	bool wider = f->checkpoint->form == CHECKPOINT_OPENPI && width > t->n;
	struct audit_finding *found;

	if (!width || !t->n) {
		audit_add(a, code, LEVEL_UNKNOWN, what,
			  width ? "the policy's %s has %u values; no training profile to compare"
				: "the checkpoint does not say how many values its %s has",
			  what, width);
		return;
	}
	if (width == t->n || wider) {
		audit_add(a, code, LEVEL_OK, what, "%s has %u values%s", what, t->n,
			  wider ? ", padded" : "");
		return;
	}
	if (is_groot(f->checkpoint) && width < t->n) {
		audit_add(a, code, LEVEL_OK, what, "%s has %u of the robot's %u values", what,
			  width, t->n);
		return;
	}
	found = audit_add(a, code, LEVEL_FAIL, what,
			  "the policy's %s has %u values, the robot's of its training %u", what,
			  width, t->n);
	audit_number(found, width, t->n, "");
	audit_do(found, "take the checkpoint, or the profile, of this robot");
}

/* LeRobot itself only logs a word, and takes the robot's order. */
static void names_of(struct audit *a, const struct fit *f, const struct trained *t)
{
	const struct policy_feature *out = checkpoint_feature(f->checkpoint, POLICY_ACTION);
	struct audit_finding *found;

	if (!out || !out->nnames || out->nnames != t->n || !name_at(t, 0))
		return;
	for (unsigned i = 0; i < t->n; i++) {
		if (joint_same_name(out->name[i], name_at(t, i)))
			continue;
		found = audit_add(a, "outputs", LEVEL_FAIL, name_at(t, i),
				  "action %u is %s of the policy, and %s of the training set", i,
				  out->name[i], name_at(t, i));
		audit_do(found, "the order of the joints must be that of the training");
		return;
	}
}

/* Twice as fast, half as fast: the same actions at another pace. */
static void pace(struct audit *a, const struct fit *f)
{
	double trained = f->profile ? f->profile->fps : f->dataset ? f->dataset->fps : 0;
	struct audit_finding *found;

	if (!(f->fps > 0) || !(trained > 0) ||
	    (f->fps <= 1.05 * trained && f->fps >= 0.95 * trained))
		return;
	found = audit_add(a, "inputs", LEVEL_WARN, "fps",
			  "the loop runs at %g Hz, and the training set has %g", f->fps, trained);
	audit_number(found, f->fps, trained, "Hz");
	audit_do(found, "--fps=%g", trained);
}

static bool same_motors(const struct robot_class *a, const struct robot_class *b)
{
	const struct robot_motor *x = a->motors, *y = b->motors;

	if (a->bus != b->bus || a->can != b->can || !x || !y)
		return a->can && a->can == b->can;
	while (x->joint && y->joint && strcmp(x->joint, y->joint) == 0) {
		x++;
		y++;
	}
	return !x->joint && !y->joint;
}

/* As many joints, even of the same names, mean something else on another arm. */
static void robot_of(struct audit *a, const struct fit *f)
{
	const struct robot_class *rig = f->robot ? robot_find(f->robot) : NULL;
	const struct robot_class *trained = f->profile ? robot_find(f->profile->robot) : NULL;
	struct audit_finding *found;

	if (!rig || !trained || rig == trained || same_motors(rig, trained))
		return;
	found = audit_add(a, "outputs", LEVEL_WARN, rig->name,
			  "the rig's robot is a %s, and training's was a %s", f->robot,
			  f->profile->robot);
	audit_do(found, "take the checkpoint, or the profile, of this robot");
}

void fit_joints(struct audit *a, const struct fit *f)
{
	struct trained state = of_training(f, false), action = of_training(f, true);

	size_of(a, f, false, &state);
	size_of(a, f, true, &action);
	names_of(a, f, &action);
	robot_of(a, f);
	pace(a, f);
}
