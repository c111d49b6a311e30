/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot and history that viewers get, out of what live.c gathered. */
#include "engine/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/live_internal.h"

static double seconds(int64_t from_ns, int64_t to_ns)
{
	return (double)(to_ns - from_ns) / 1e9;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double live_quantile(double *v, size_t n, double q)
{
	double at = q * (double)(n ? n - 1 : 0);
	size_t i = (size_t)at;

	if (!n)
		return NAN;
	qsort(v, n, sizeof(*v), ascending);
	return i + 1 < n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[n - 1];
}

static void show_lengths(const struct profile *p, struct snapshot *out)
{
	double *v;

	out->length_q50_s = out->length_q95_s = NAN;
	out->task_index = -2;
	if (!p)
		return;
	text_copy(out->profile, sizeof(out->profile), p->name);
	out->profile_episodes = p->episodes;
	out->task_index = -1;
	for (size_t i = 0; i < p->ntasks; i++) {
		if (strcmp(p->tasks[i].task, out->task) == 0) {
			out->task_index = (int)i;
			out->task_episodes = p->tasks[i].episodes;
		}
	}
	v = p->episode_frames && p->fps > 0 ? calloc(p->episodes + 1, sizeof(*v)) : NULL;
	if (!v)
		return;
	for (unsigned i = 0; i < p->episodes; i++)
		v[i] = p->episode_frames[i] / p->fps;
	out->length_q50_s = live_quantile(v, p->episodes, 0.5);
	out->length_q95_s = live_quantile(v, p->episodes, 0.95);
	free(v);
}

static double value_of(const struct step *s, enum vec_kind k, unsigned i)
{
	return i < s->joints && vec_known(&s->vec[k], i) ? s->vec[k].v[i] : NAN;
}

static void show_training(const struct live_joint *lj, struct view_joint *v)
{
	const struct joint_profile *t = lj->action ? lj->action : lj->state;
	const struct joint_profile *start = lj->state ? lj->state : lj->action;

	v->trained = t != NULL;
	v->min = v->q01 = v->q99 = v->max = v->mean = v->std = NAN;
	v->start_mean = v->start_std = v->delta_max = NAN;
	v->err_max = lj->gap_max;
	if (!t)
		return;
	v->min = t->value.min;
	v->q01 = t->value.q01;
	v->q99 = t->value.q99;
	v->max = t->value.max;
	v->mean = t->value.mean;
	v->std = t->value.std;
	v->delta_max = t->delta.max;
	v->start_mean = start->start.mean;
	v->start_std = start->start.std;
}

static int gripper_state(const struct live_joint *lj, const struct view_joint *v)
{
	double value = isfinite(v->got) ? v->got : isfinite(v->seen) ? v->seen : v->asked;

	if (!lj->gripper || !isfinite(value))
		return -1;
	return (value < lj->gripper->split) == lj->gripper->closed_low;
}

static void show_joint(const struct live *l, unsigned i, struct view_joint *v)
{
	const struct live_joint *lj = &l->joint[i];

	v->joint = l->hello.joint[i];
	v->seen = value_of(&l->last, VEC_SEEN, i);
	v->asked = value_of(&l->last, VEC_ASKED, i);
	v->sent = value_of(&l->last, VEC_SENT, i);
	v->got = value_of(&l->last, VEC_GOT, i);
	v->delta_now = lj->delta_now;
	v->delta_peak = lj->delta_peak;
	v->err_now = lj->err_now;
	v->err_peak = lj->err_peak[1] > lj->err_peak[0] || isnan(lj->err_peak[0]) ? lj->err_peak[1]
										  : lj->err_peak[0];
	show_training(lj, v);
	v->seam = lj->seam;
	v->inside = lj->inside;
	v->plan_off = lj->plan_off;
	v->gripper = lj->gripper != NULL;
	v->gripper_state = gripper_state(lj, v);
}

static bool still_active(const struct snapshot *out, const struct live_alarm *a)
{
	for (unsigned i = 0; i < out->nchecks; i++) {
		if (strcmp(out->check[i].code, a->last.code) == 0)
			return out->check[i].level >= LEVEL_NOTE &&
			       out->check[i].level >= a->last.level;
	}
	return false;
}

static bool before(const struct live_alarm *a, bool a_active, const struct live_alarm *b,
		   bool b_active)
{
	if (a_active != b_active)
		return a_active;
	if (a->last.level != b->last.level)
		return a->last.level > b->last.level;
	return a->last_ns > b->last_ns;
}

static void show_alarm(const struct live_alarm *a, bool active, int64_t now_ns,
		       struct view_alarm *v)
{
	v->level = a->last.level;
	text_copy(v->code, sizeof(v->code), a->last.code);
	text_copy(v->subject, sizeof(v->subject), a->last.subject);
	v->value = a->last.value;
	v->threshold = a->last.threshold;
	text_copy(v->unit, sizeof(v->unit), a->last.unit);
	text_copy(v->message, sizeof(v->message), a->last.message);
	v->since_s = seconds(a->first_ns, now_ns);
	v->count = a->count;
	v->active = active;
}

/* Active first, then worst, then newest; and each joint gets its worst active one. */
static void show_alarms(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	bool active[LIVE_ALARMS], taken[LIVE_ALARMS] = {false};

	for (unsigned i = 0; i < LIVE_ALARMS; i++) {
		const struct live_alarm *a = &l->alarm[i];

		active[i] = a->count && still_active(out, a);
		for (unsigned j = 0; active[i] && j < out->njoints; j++) {
			struct view_joint *v = &out->joint[j];

			if (a->last.level > v->level &&
			    joint_same_name(a->last.subject, v->joint.name)) {
				v->level = a->last.level;
				text_copy(v->code, sizeof(v->code), a->last.code);
			}
		}
	}
	while (out->nalarms < VIEW_ALARMS) {
		int best = -1;

		for (int i = 0; i < LIVE_ALARMS; i++) {
			if (l->alarm[i].count && !taken[i] &&
			    (best < 0 ||
			     before(&l->alarm[i], active[i], &l->alarm[best], active[best])))
				best = i;
		}
		if (best < 0)
			return;
		taken[best] = true;
		show_alarm(&l->alarm[best], active[best], now_ns, &out->alarm[out->nalarms++]);
	}
}

static void show_checks(const struct judge *j, struct snapshot *out)
{
	struct check_status s[VIEW_CHECKS];
	size_t used = 0;

	out->nchecks = (unsigned)judge_status(j, s, VIEW_CHECKS);
	for (unsigned i = 0; i < out->nchecks; i++) {
		struct view_check *v = &out->check[i];

		text_copy(v->code, sizeof(v->code), s[i].code);
		v->level = s[i].level;
		v->absent = s[i].absent;
		v->least = s[i].least;
		text_copy(v->subject, sizeof(v->subject), s[i].subject);
		v->value = s[i].value;
		v->threshold = s[i].threshold;
		text_copy(v->unit, sizeof(v->unit), s[i].unit);
		text_copy(v->why, sizeof(v->why), s[i].why);
		if ((strcmp(v->code, "home") && strcmp(v->code, "first-action")) ||
		    v->level == LEVEL_UNKNOWN || used + 4 > sizeof(out->start_text))
			continue;
		if (used)
			used += text_copy(out->start_text + used, sizeof(out->start_text) - used,
					  " | ");
		used += text_copy(out->start_text + used, sizeof(out->start_text) - used, v->why);
	}
}

static void show_events(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	for (uint64_t i = 0; i < VIEW_EVENTS && i < l->events; i++) {
		const struct live_event *ev = &l->event[(l->events - 1 - i) % VIEW_EVENTS];
		struct view_event *v = &out->event[out->nevents++];

		v->age_s = seconds(ev->at_ns, now_ns);
		v->level = ev->level;
		text_copy(v->text, sizeof(v->text), ev->text);
	}
}

void live_snapshot(const struct live *l, const struct judge *j, int64_t now_ns,
		   struct snapshot *out)
{
	memset(out, 0, sizeof(*out));
	text_copy(out->robot, sizeof(out->robot), l->hello.robot);
	text_copy(out->task, sizeof(out->task), l->task);
	text_copy(out->policy, sizeof(out->policy), l->hello.policy);
	show_lengths(l->profile, out);
	out->episode = l->episode;
	out->in_episode = l->in_episode;
	text_copy(out->boundary, sizeof(out->boundary), l->boundary);
	out->driver = l->last.driver;
	out->elapsed_s = l->episode_axis_ns == TIME_UNKNOWN
				 ? NAN
				 : seconds(l->episode_axis_ns, l->last_axis_ns);
	out->seq = l->last.seq;
	out->no_tick = l->hello.no_tick;
	out->hz = live_rate_hz(l);
	out->target_hz = live_target_hz(l);
	out->stalled_s = l->moved_axis_ns != TIME_UNKNOWN && l->in_episode
				 ? seconds(l->moved_axis_ns, l->last_axis_ns)
				 : NAN;
	out->steps = l->steps;
	out->since_step_s = l->steps ? seconds(l->last_now_ns, now_ns) : NAN;
	out->facts = l->facts;
	out->worst = judge_worst(j);
	live_chunks_show(l, now_ns, out);
	live_traffic_show(l, now_ns, out);
	live_cadence_show(l, out);
	live_frames_show(l, now_ns, out);
	live_health_show(l, now_ns, out);
	out->njoints = l->joint ? l->hello.joints : 0;
	for (unsigned i = 0; i < out->njoints; i++)
		show_joint(l, i, &out->joint[i]);
	show_checks(j, out);
	show_alarms(l, now_ns, out);
	show_events(l, now_ns, out);
}

bool live_history(const struct live *l, unsigned joint, unsigned columns, double span_s,
		  int64_t now_ns, struct history *out)
{
	int64_t end_ns = l->steps ? l->last_axis_ns + (now_ns - l->last_now_ns) : now_ns;

	if (!l->history || !history_read(l->history, joint, columns, span_s, end_ns, out))
		return false;
	live_chunks_history(l, joint, end_ns, out);
	return true;
}
