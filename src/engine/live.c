/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/history.h"
#include "engine/live_internal.h"

struct live *live_new(const struct profile *profile)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->profile = profile;
	l->episode_axis_ns = l->last_axis_ns = l->grid_ns = TIME_UNKNOWN;
	l->acted_axis_ns = l->moved_axis_ns = TIME_UNKNOWN;
	l->traffic.v.took_ms = l->traffic.v.server_ms = l->traffic.v.policy_ms = NAN;
	l->latency.cold = true;
	l->latency.last_ms = l->latency.first_ms = NAN;
	live_chunks_init(l);
	step_init(&l->last, 0);
	return l;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	history_free(l->history);
	free(l->joint);
	live_chunks_free(l);
	free(l);
}

/* The training joint that a run's joint is compared with, of the action if it has one. */
static void match(struct live_joint *lj, const struct profile *p, const struct judge *j, unsigned i)
{
	int action = judge_match(j, i, VEC_ASKED), state = judge_match(j, i, VEC_SEEN);

	lj->action = action >= 0 ? &p->action.joint[action] : NULL;
	lj->state = state >= 0 ? &p->state.joint[state] : NULL;
	lj->gap_max = action >= 0 && p->gap && p->gap[action].known ? p->gap[action].max : NAN;
	for (size_t g = 0; g < p->behaviour.ngrippers; g++) {
		const struct joint_profile *t = lj->action ? lj->action : lj->state;

		if (t && joint_same_name(p->behaviour.gripper[g].joint, t->joint.name))
			lj->gripper = &p->behaviour.gripper[g];
	}
}

void live_hello(struct live *l, const struct hello *h, const struct judge *j)
{
	if (h->joints != l->hello.joints || !l->joint) {
		l->joint = xrealloc(l->joint, h->joints ? h->joints : 1, sizeof(*l->joint));
		history_free(l->history);
		l->history = history_new(h->joints);
	}
	l->hello = *h;
	l->latency.cold = true;
	for (unsigned i = 0; i < h->joints; i++) {
		l->joint[i] = (struct live_joint){.at_grid = NAN,
						  .delta_now = NAN,
						  .delta_peak = NAN,
						  .err_now = NAN,
						  .gap_max = NAN,
						  .err_peak = {NAN, NAN},
						  .seam = NAN,
						  .inside = NAN,
						  .plan_off = NAN,
						  .anchor = NAN};
		if (l->profile)
			match(&l->joint[i], l->profile, j, i);
	}
	if (!l->task[0])
		text_copy(l->task, sizeof(l->task), h->task);
}

void live_episode(struct live *l, const struct episode_mark *m, uint32_t number, int64_t now_ns)
{
	char text[MESSAGE_BYTES];
	const char *outcome = m->start ? NULL : outcome_word(m->outcome);

	snprintf(text, sizeof(text), "episode %u %s (%s)%s%s", number,
		 m->start ? m->resumed ? "goes on" : "began" : "ended", m->boundary,
		 outcome ? ": " : "", outcome ? outcome : "");
	live_note(l, LEVEL_OK, text, now_ns);
	l->episode = number;
	l->in_episode = m->start;
	text_copy(l->boundary, sizeof(l->boundary), m->boundary);
	if (!m->start)
		return;
	if (m->task[0])
		text_copy(l->task, sizeof(l->task), m->task);
	l->episode_axis_ns = l->moved_axis_ns = TIME_UNKNOWN;
	live_cadence_episode(l);
	for (unsigned i = 0; i < l->hello.joints && l->joint; i++) {
		struct live_joint *j = &l->joint[i];

		j->delta_peak = j->delta_now = j->at_grid = NAN;
		j->err_peak[0] = j->err_peak[1] = NAN;
		j->seam = j->inside = j->plan_off = j->anchor = NAN;
	}
	live_chunks_episode(l);
}

static double larger(double a, double b)
{
	return b > a || isnan(a) ? b : a;
}

/* A change of what is asked is a seam where a chunk began, else one inside a chunk. */
static void note_seam(struct live *l, struct live_joint *j)
{
	if (l->chunks.seam_pending)
		j->seam = j->delta_now;
	else if (l->chunks.current)
		j->inside = larger(j->inside, j->delta_now);
}

/* Δ on the training grid: steps closer than half a period to the last one belong to its slot. */
static void note_deltas(struct live *l, const struct step *s, int64_t axis_ns)
{
	double fps = l->profile && l->profile->fps > 0 ? l->profile->fps : l->hello.fps;

	if (l->hello.no_tick)
		return;
	if (fps > 0 && l->grid_ns != TIME_UNKNOWN && axis_ns > l->grid_ns &&
	    (double)(axis_ns - l->grid_ns) < 0.5e9 / fps)
		return;
	l->grid_ns = axis_ns;
	for (unsigned i = 0; i < s->joints; i++) {
		struct live_joint *j = &l->joint[i];
		double v = NAN;

		if (!vec_value(&s->vec[VEC_ASKED], i, &v) && !vec_value(&s->vec[VEC_GOT], i, &v) &&
		    !vec_value(&s->vec[VEC_SEEN], i, &v))
			v = NAN;
		j->delta_now = fabs(v - j->at_grid);
		j->delta_peak = larger(j->delta_peak, j->delta_now);
		j->at_grid = v;
		if (s->vec[VEC_ASKED].present)
			note_seam(l, j);
	}
	l->chunks.seam_pending = false;
}

/* A joint has moved when it is 0.5 % of its training span from where it was. */
static void note_motion(struct live *l, const struct step *s, int64_t axis_ns)
{
	for (unsigned i = 0; i < s->joints; i++) {
		struct live_joint *j = &l->joint[i];
		double v;

		if (!j->state ||
		    (!vec_value(&s->vec[VEC_GOT], i, &v) && !vec_value(&s->vec[VEC_SEEN], i, &v)))
			continue;
		if (fabs(v - j->anchor) <= 0.005 * (j->state->value.max - j->state->value.min))
			continue;
		j->anchor = v;
		l->moved_axis_ns = axis_ns;
	}
}

/* The largest of 2 s, as the larger of this second's and the one before. */
static void note_errors(struct live *l, const struct step *s, int64_t axis_ns)
{
	bool turn = axis_ns < l->peak_ns || axis_ns - l->peak_ns >= NS_PER_S;

	for (unsigned i = 0; i < s->joints; i++) {
		struct live_joint *j = &l->joint[i];
		double is, wanted;
		bool known = (vec_value(&s->vec[VEC_GOT], i, &is) ||
			      vec_value(&s->vec[VEC_SEEN], i, &is)) &&
			     (vec_value(&s->vec[VEC_SENT], i, &wanted) ||
			      vec_value(&s->vec[VEC_ASKED], i, &wanted));

		if (turn) {
			j->err_peak[1] = j->err_peak[0];
			j->err_peak[0] = NAN;
		}
		j->err_now = known ? fabs(is - wanted) : NAN;
		j->err_peak[0] = larger(j->err_peak[0], j->err_now);
	}
	if (turn)
		l->peak_ns = axis_ns;
}

void live_step(struct live *l, const struct step *s, int64_t now_ns)
{
	int64_t axis_ns = step_axis_ns(s);

	if (l->in_episode && l->episode_axis_ns == TIME_UNKNOWN)
		l->episode_axis_ns = axis_ns;
	live_cadence_step(l, s, axis_ns, live_chunks_step(l, s, axis_ns));
	l->last_axis_ns = axis_ns;
	note_deltas(l, s, axis_ns);
	note_errors(l, s, axis_ns);
	note_motion(l, s, axis_ns);
	history_add(l->history, s);
	l->last = *s;
	l->last_now_ns = now_ns;
	l->steps++;
	for (unsigned k = 0; k < VEC_N; k++)
		l->facts |= s->vec[k].present ? (unsigned)FACT_SEEN << k : 0u;
}

void live_reset(struct live *l)
{
	l->facts |= FACT_RESET;
}

static struct live_alarm *alarm_of(struct live *l, const struct verdict *v)
{
	struct live_alarm *oldest = &l->alarm[0];

	for (unsigned i = 0; i < LIVE_ALARMS; i++) {
		struct live_alarm *a = &l->alarm[i];

		if (!a->count || (strcmp(a->last.code, v->code) == 0 &&
				  strcmp(a->last.subject, v->subject) == 0))
			return a;
		if (a->last.level < oldest->last.level ||
		    (a->last.level == oldest->last.level && a->last_ns < oldest->last_ns))
			oldest = a;
	}
	*oldest = (struct live_alarm){0};
	return oldest;
}

void live_verdict(struct live *l, const struct verdict *v, int64_t now_ns)
{
	struct live_alarm *a = alarm_of(l, v);
	char text[MESSAGE_BYTES];

	if (!a->count++)
		a->first_ns = now_ns;
	a->last = *v;
	a->last_ns = now_ns;
	snprintf(text, sizeof(text), "%s: %s", v->code, v->message);
	live_note(l, v->level, text, now_ns);
}

void live_explained(struct live *l, const char *text)
{
	for (unsigned i = 0; i < LIVE_ALARMS; i++) {
		struct live_alarm *a = &l->alarm[i];

		if (a->count && strcmp(a->last.code, "first-action") == 0 &&
		    a->last.episode == l->episode)
			text_copy(a->last.message, sizeof(a->last.message), text);
	}
}

void live_note(struct live *l, enum level level, const char *text, int64_t now_ns)
{
	struct live_event *ev = &l->event[l->events++ % VIEW_EVENTS];

	ev->at_ns = now_ns;
	ev->level = level;
	text_copy(ev->text, sizeof(ev->text), text);
}

uint64_t live_steps(const struct live *l)
{
	return l->steps;
}
