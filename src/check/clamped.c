/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reached the motors is not what the policy asked for: a limit of the robot's software (a
 * largest step, the ends of the calibration) cuts it. The policy learned without that limit.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_PART, P_TICKS };

static const struct check_param params[] = {
	{"part", "% of span", 2, 0, 100, "between asked and sent"},
	{"ticks", "ticks", 10, 1, 10000, "in a row: a warning"},
	{0},
};

struct state {
	unsigned row[MAX_JOINTS];
	unsigned ticks, cut; /* compared; of them with any joint cut */
	bool any;
	unsigned joint;
	double most; /* % of span */
};

static void judge_joint(struct check *c, unsigned joint, double asked, double sent, bool *cut)
{
	struct state *s = c->state;
	const struct run_joint *r = &c->run->joint[joint];
	double part = 100 * fabs(asked - sent) / r->action_span;
	struct finding f = {LEVEL_WARN, joint, part, c->param[P_PART], "% of span"};

	if (isnan(part))
		return;
	if (!s->any || part > s->most) {
		s->any = true;
		s->joint = joint;
		s->most = part;
	}
	s->row[joint] = part >= c->param[P_PART] ? s->row[joint] + 1 : 0;
	*cut = *cut || s->row[joint];
	if (s->row[joint] >= c->param[P_TICKS])
		check_find(c, &f, "%s is cut: asked %.4g, sent %.4g%s, for %u ticks", r->label,
			   asked, sent, check_unit_text(c, joint, VEC_SENT), s->row[joint]);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	bool cut = false;

	if (!t->step->vec[VEC_SENT].present || !t->step->vec[VEC_ASKED].present)
		return;
	for (unsigned j = 0; j < c->run->joints; j++)
		judge_joint(c, j, t->v[VEC_ASKED][j], t->v[VEC_SENT][j], &cut);
	s->ticks++;
	s->cut += cut;
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "sent is not seen beside asked");
		return;
	}
	check_reading(c, out, s->joint, s->most, c->param[P_PART], "% of span");
	snprintf(out->why, sizeof(out->why),
		 "%u of %u ticks were cut, %s most: %.1f %% of its span", s->cut, s->ticks,
		 c->run->joint[s->joint].label, s->most);
}

const struct check_class check_clamped = {
	.name = "clamped",
	.summary = "the robot's software cuts what the policy asks",
	.needs = NEED_ASKED | NEED_PROFILE | NEED_ABSOLUTE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.show = show,
};
