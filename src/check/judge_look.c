/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures and joints for the lineup, whoever drives: at preflight it is the operator. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "check/judge_impl.h"

static const double look_s = 0.5;

/* An answer that is older tells of another time. */
static const int64_t who_ns = 5 * NS_PER_S;

/* Of one clock: the source's own, where it has one. */
static double seconds(int64_t src_ns, int64_t t_ns)
{
	return (double)(src_ns == TIME_UNKNOWN ? t_ns : src_ns) / (double)NS_PER_S;
}

void judge_look_hello(struct judge *j, const struct hello *h)
{
	if (!j->lineup)
		return;
	lineup_joints(j->lineup, h->joint, h->joints);
	lineup_restart(j->lineup);
	for (unsigned i = 0; i < RUN_CAMERAS; i++) {
		j->next_look_s[i] = -INFINITY;
		j->who[i].t_ns = TIME_UNKNOWN;
	}
}

void judge_look_step(struct judge *j, const struct step *s)
{
	double v[MAX_JOINTS];

	if (!j->lineup)
		return;
	for (unsigned i = 0; i < j->run.joints; i++) {
		v[i] = NAN;
		if (i < s->joints && !vec_value(&s->vec[VEC_GOT], i, &v[i]))
			vec_value(&s->vec[VEC_SEEN], i, &v[i]);
	}
	lineup_step(j->lineup, seconds(s->src_ns, s->t_ns), v);
}

static void keep_who(struct judge *j, unsigned i, const struct lineup_answer *a, int64_t t_ns)
{
	j->who[i].t_ns = t_ns;
	j->who[i].is = a->is;
	j->who[i].method = a->method;
	j->who[i].role = a->role;
	j->who[i].margin = a->margin;
}

void judge_look_frame(struct judge *j, unsigned subject, const struct event *ev)
{
	double t_s = seconds(ev->src_ns, ev->t_ns), *next_s;
	struct lineup_answer a;
	int camera;

	if (!j->lineup)
		return;
	next_s = &j->next_look_s[subject - SUBJECT_CAMERA];
	camera = lineup_see(j->lineup, ev->frame->camera, t_s, ev->frame);
	/* A clock that went back is another one. */
	if (camera < 0 || (t_s < *next_s && t_s > *next_s - 10 * look_s) ||
	    !lineup_ready(j->lineup, (unsigned)camera))
		return;
	*next_s = t_s + look_s;
	lineup_judge(j->lineup, (unsigned)camera, &a);
	keep_who(j, subject - SUBJECT_CAMERA, &a, ev->t_ns);
	j->reading = ++j->looks[subject - SUBJECT_CAMERA]; /* in a row is of answers */
	for (size_t i = 0; i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (judge_may_look(j, s, s->check.class->look))
			s->check.class->look(&s->check, subject, &a);
	}
}

void judge_identify(const struct judge *j, int64_t t_ns, struct camera *c)
{
	unsigned i = 0;

	while (i < j->run.cameras && strcmp(j->run.camera[i], c->name) != 0)
		i++;
	if (!j->lineup || i == j->run.cameras || c->is[0] || j->who[i].t_ns == TIME_UNKNOWN ||
	    t_ns - j->who[i].t_ns > who_ns)
		return;
	c->margin = j->who[i].margin;
	if (j->who[i].is == IS_ROLE)
		text_copy(c->is, sizeof(c->is), lineup_role(j->lineup, j->who[i].role));
	else if (j->who[i].is == IS_STRANGER)
		text_copy(c->is, sizeof(c->is), "unknown");
	if (j->who[i].method != BY_NOTHING)
		text_copy(c->method, sizeof(c->method), lineup_method_word(j->who[i].method));
}
