/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that meta/modality.json cuts state and action into, for GR00T. */
#include <math.h>

#include "audit/dataset_impl.h"
#include "robot/robot.h"

static const char file[] = "meta/modality.json";
static const char advice[] = "start is the first value of a part, end the one behind its last";

static const struct joint *joints_of(const struct set_evidence *s, bool action, unsigned *n)
{
	*n = action ? s->e->naction : s->e->nstate;
	return action ? s->e->action_joint : s->e->state_joint;
}

static bool has_hand(const struct set_evidence *s, bool action, unsigned from, unsigned until)
{
	const struct robot_class *robot = robot_find(s->e->robot);
	unsigned n;
	const struct joint *joint = joints_of(s, action, &n);

	for (unsigned i = from; i < until && i < n; i++) {
		if (robot_is_hand(robot, joint[i].name))
			return true;
	}
	return false;
}

/* True: it is a slice of the vector. */
static bool inside(struct audit *a, const struct set_evidence *s, const struct modality_part *p)
{
	const char *vector = p->action ? "action" : "state";
	struct audit_finding *f;
	unsigned n;

	joints_of(s, p->action, &n);
	if (p->start >= 0 && p->end > p->start && p->end <= n && p->start == floor(p->start) &&
	    p->end == floor(p->end))
		return true;
	f = audit_add(a, "set-files", LEVEL_FAIL, file,
		      "%s of the %s is values %g to %g, and there are %u", p->name, vector,
		      p->start, p->end, n);
	audit_do(f, "%s", advice);
	return false;
}

static bool overlap(const struct modality_part *a, const struct modality_part *b)
{
	return a->action == b->action && a->start < b->end && b->start < a->end;
}

static unsigned judge(struct audit *a, const struct set_evidence *s, unsigned k)
{
	const struct modality_part *p = &s->modality->part[k];
	const char *vector = p->action ? "action" : "state";
	struct audit_finding *f;
	unsigned n;
	const struct joint *joint = joints_of(s, p->action, &n);

	if (!inside(a, s, p))
		return 1;
	if (robot_is_hand(NULL, p->name) && has_hand(s, p->action, 0, n) &&
	    !has_hand(s, p->action, (unsigned)p->start, (unsigned)p->end)) {
		f = audit_add(a, "set-files", LEVEL_FAIL, file, "%s of the %s is %s", p->name,
			      vector, joint[(unsigned)p->start].name);
		audit_do(f, "%s", advice);
		return 1;
	}
	for (unsigned i = 0; i < k; i++) {
		const struct modality_part *q = &s->modality->part[i];

		if (!overlap(p, q))
			continue;
		f = audit_add(a, "set-files", LEVEL_WARN, file, "%s and %s of the %s share values",
			      q->name, p->name, vector);
		audit_do(f, "%s", advice);
		return 1;
	}
	return 0;
}

void audit_set_parts(struct audit *a, const struct set_evidence *s)
{
	unsigned wrong = 0;

	if (s->modality_wrong)
		audit_do(audit_add(a, "set-files", LEVEL_FAIL, file, "%s", s->modality_wrong),
			 "copy it again, or write it anew");
	if (!s->modality)
		return;
	for (unsigned k = 0; k < s->modality->parts; k++)
		wrong += judge(a, s, k);
	if (!wrong && s->modality->parts)
		audit_add(a, "set-files", LEVEL_OK, file, "its %u parts lie in the vectors",
			  s->modality->parts);
}
