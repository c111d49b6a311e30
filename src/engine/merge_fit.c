/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Motors on a CAN bus are told by what the robot's row says of them. Where another source has seen the
 * same joints, sign, offset and range come from both instead, once the joint has moved for 2 s.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "engine/merge_internal.h"
#include "model/jointfit.h"
#include "model/verdict.h"

enum { FIT_JOINTS = 16, MOTOR_MOST = 1600, SEEN_MOST = 400, NOBODY = -1 };

static const int64_t motor_step_ns = 4 * NS_PER_MS, seen_step_ns = 15 * NS_PER_MS;
static const int64_t judge_step_ns = NS_PER_S / 2;

/* Positions or values of the joints, in the order of their times. */
struct series {
	unsigned n;
	int64_t *t_ns; /* [most] */
	double *v;     /* [most][FIT_JOINTS] */
};

struct fitted {
	uint16_t joint; /* of the source */
	int seen;	/* joint of the seer, NOBODY: it has none of that name */
	bool done;	/* gain and bias are known */
	unsigned told;	/* bit per enum jointfit_state */
	double gain, bias;
};

struct fitting {
	unsigned n;
	struct fitted joint[FIT_JOINTS];
	int seer;	   /* who saw, NOBODY yet */
	int64_t judged_ns; /* when it was last looked at, TIME_UNKNOWN never */
	struct series motor, seen;
	struct step step; /* with fitted values */
};

static void series_init(struct series *s, unsigned most)
{
	s->n = 0;
	s->t_ns = xcalloc(most, sizeof(*s->t_ns));
	s->v = xcalloc((size_t)most * FIT_JOINTS, sizeof(*s->v));
}

static void forget(struct fitting *f)
{
	free(f->motor.t_ns);
	free(f->motor.v);
	free(f->seen.t_ns);
	free(f->seen.v);
	f->motor = f->seen = (struct series){0};
}

/* The row of a new time; NULL: it is too soon after the last one. Half is dropped when it is full. */
static double *add_row(struct series *s, unsigned most, int64_t t_ns, int64_t step_ns)
{
	unsigned half = most / 2;

	if (s->n && t_ns - s->t_ns[s->n - 1] < step_ns && t_ns >= s->t_ns[s->n - 1])
		return NULL;
	if (s->n && t_ns < s->t_ns[s->n - 1])
		s->n = 0; /* another axis: it begins anew */
	if (s->n == most) {
		memmove(s->t_ns, s->t_ns + half, (most - half) * sizeof(*s->t_ns));
		memmove(s->v, s->v + (size_t)half * FIT_JOINTS,
			(size_t)(most - half) * FIT_JOINTS * sizeof(*s->v));
		s->n = most - half;
	}
	s->t_ns[s->n] = t_ns;
	return s->v + (size_t)s->n++ * FIT_JOINTS;
}

void merge_fit_free(struct fitting *f)
{
	if (f)
		forget(f);
	free(f);
}

void merge_fit_hello(struct input *in)
{
	const struct hello *h = in->hello;

	merge_fit_free(in->fit);
	in->fit = NULL;
	for (unsigned j = 0; j < h->joints; j++) {
		if (!(h->fits[j / 64] >> j % 64 & 1))
			continue;
		if (!in->fit) {
			in->fit = xcalloc(1, sizeof(*in->fit));
			in->fit->seer = NOBODY;
			in->fit->judged_ns = TIME_UNKNOWN;
		}
		if (in->fit->n < FIT_JOINTS)
			in->fit->joint[in->fit->n++] = (struct fitted){.joint = (uint16_t)j,
								       .seen = NOBODY};
	}
}

enum unit merge_fit_unit(const struct merge *m, const struct input *in, unsigned joint)
{
	const struct fitting *f = in->fit;

	for (unsigned i = 0; f && i < f->n; i++) {
		if (f->joint[i].joint == joint && f->joint[i].done)
			return m->input[f->seer].hello->joint[f->joint[i].seen].unit;
	}
	return in->hello->joint[joint].unit;
}

/* The joints of both are those that share a column of the run. False: there is none. */
static bool choose_seer(const struct merge *m, struct input *in, uint16_t source)
{
	const struct input *seer = &m->input[source];
	struct fitting *f = in->fit;
	bool any = false;

	for (unsigned i = 0; i < f->n; i++) {
		for (unsigned j = 0; j < seer->hello->joints; j++) {
			if (seer->map[j] == in->map[f->joint[i].joint] && seer->map[j] < MAX_JOINTS)
				f->joint[i].seen = (int)j;
		}
		any = any || f->joint[i].seen != NOBODY;
	}
	if (!any)
		return false;
	f->seer = source;
	series_init(&f->motor, MOTOR_MOST);
	series_init(&f->seen, SEEN_MOST);
	return true;
}

static void tell(struct merge *m, const struct event *at, int level, const char *text)
{
	struct event ev = {.kind = EVENT_NOTE, .t_ns = at->t_ns, .src_ns = TIME_UNKNOWN};

	ev.source = at->source;
	ev.level = level;
	ev.text = text;
	m->host.out(m->host.host, &ev);
}

/* What was found differs from the row: how. */
static void put_found(struct buf *b, const struct jointfit *r, enum unit from, enum unit to)
{
	double factor;

	if (!unit_factor(from, to, &factor) || from == UNIT_UNKNOWN || to == UNIT_UNKNOWN) {
		buf_printf(b, " (%.4g times its position, %+.4g)", r->gain, r->bias);
		return;
	}
	if (r->gain < 0)
		buf_str(b, " (the other way round)");
	if (r->turns)
		buf_printf(b, " (%+d turn%s)", r->turns, abs(r->turns) == 1 ? "" : "s");
	else if (r->bias != 0)
		buf_printf(b, " (%+.4g %s)", r->bias, unit_short(to));
}

/* Joints of one state, the first time that they are in it, in one line. */
static void tell_state(struct merge *m, const struct event *at, struct input *in,
		       const struct jointfit *found, enum jointfit_state state)
{
	static const char *const words[] = {
		[JOINTFIT_STILL] = "sign and offset cannot be told before it moves:",
		[JOINTFIT_FITS] = "sign, offset and range fitted on what was seen:",
		[JOINTFIT_REFUSED] =
			"what was seen does not follow the motor (another arm, another "
			"order of names?), nothing is fitted:",
	};
	const struct hello *seer = m->input[in->fit->seer].hello;
	struct buf b = {0};
	bool any = false;

	buf_str(&b, words[state]);
	for (unsigned i = 0; i < in->fit->n; i++) {
		struct fitted *f = &in->fit->joint[i];

		if (found[i].state != state || f->told >> state & 1)
			continue;
		f->told |= 1u << state;
		buf_printf(&b, "%s %s", any ? "," : "", in->hello->joint[f->joint].name);
		if (state == JOINTFIT_FITS)
			put_found(&b, &found[i], in->hello->joint[f->joint].unit,
				  seer->joint[f->seen].unit);
		any = true;
	}
	if (any)
		tell(m, at, state == JOINTFIT_REFUSED ? LEVEL_WARN : LEVEL_NOTE, buf_text(&b));
	buf_fini(&b);
}

static struct jointfit judge_joint(const struct merge *m, const struct input *in, unsigned i)
{
	const struct fitting *f = in->fit;
	const struct fitted *j = &f->joint[i];
	struct jointfit_series motor = {f->motor.t_ns, f->motor.v + i, f->motor.n, FIT_JOINTS,
					in->hello->joint[j->joint].unit};
	struct jointfit_series seen = {f->seen.t_ns, f->seen.v + i, f->seen.n, FIT_JOINTS,
				       m->input[f->seer].hello->joint[j->seen].unit};

	return jointfit(&motor, &seen);
}

static void judge(struct merge *m, const struct event *at, struct input *in)
{
	struct jointfit found[FIT_JOINTS] = {{0}};
	struct fitting *f = in->fit;
	bool all = true, any = false;

	for (unsigned i = 0; i < f->n; i++) {
		struct fitted *j = &f->joint[i];

		if (j->done || j->seen == NOBODY)
			continue;
		found[i] = judge_joint(m, in, i);
		j->done = found[i].state == JOINTFIT_FITS;
		j->gain = found[i].gain;
		j->bias = found[i].bias;
		all = all && j->done;
		any = any || j->done;
	}
	if (any) { /* it was sampled as it was before */
		free(in->last);
		in->last = NULL;
	}
	for (enum jointfit_state s = JOINTFIT_STILL; s <= JOINTFIT_REFUSED; s++)
		tell_state(m, at, in, found, s);
	if (all)
		forget(f);
}

static void take_seen(struct merge *m, const struct event *ev, struct input *in)
{
	struct fitting *f = in->fit;
	int64_t begin_ns = merge_bus_begin(ev);
	double *row;

	if (f->seer == NOBODY && !choose_seer(m, in, ev->source))
		return;
	if (f->seer != ev->source || !f->seen.t_ns)
		return;
	row = add_row(&f->seen, SEEN_MOST, begin_ns != TIME_UNKNOWN ? begin_ns : ev->t_ns,
		      seen_step_ns);
	if (!row)
		return;
	for (unsigned i = 0; i < f->n; i++) {
		unsigned j = (unsigned)f->joint[i].seen;

		if (f->joint[i].seen == NOBODY || !vec_value(&ev->step->vec[VEC_SEEN], j, &row[i]))
			row[i] = NAN;
	}
	if (f->judged_ns != TIME_UNKNOWN && ev->t_ns - f->judged_ns < judge_step_ns)
		return;
	f->judged_ns = ev->t_ns;
	judge(m, ev, in);
}

static void take_motor(struct fitting *f, const struct event *ev)
{
	double *row = f->motor.t_ns ? add_row(&f->motor, MOTOR_MOST, ev->t_ns, motor_step_ns)
				    : NULL;

	for (unsigned i = 0; row && i < f->n; i++) {
		if (!vec_value(&ev->step->vec[VEC_GOT], f->joint[i].joint, &row[i]))
			row[i] = NAN;
	}
}

void merge_fit_step(struct merge *m, const struct event *ev)
{
	if (m->input[ev->source].fit)
		take_motor(m->input[ev->source].fit, ev);
	if (!ev->step->vec[VEC_SEEN].present)
		return;
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		if (i != ev->source && m->input[i].fit)
			take_seen(m, ev, &m->input[i]);
	}
}

const struct step *merge_fit_apply(struct input *in, const struct step *step)
{
	static const enum vec_kind kinds[] = {VEC_SENT, VEC_GOT};
	struct fitting *f = in->fit;

	if (!f)
		return step;
	f->step = *step;
	for (unsigned i = 0; i < f->n; i++) {
		const struct fitted *j = &f->joint[i];

		for (unsigned k = 0; j->done && k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			struct vec *v = &f->step.vec[kinds[k]];

			if (vec_known(v, j->joint))
				v->v[j->joint] = j->gain * v->v[j->joint] + j->bias;
		}
	}
	return &f->step;
}

void merge_fit_lose(struct merge *m, uint16_t source)
{
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		if (m->input[i].fit && m->input[i].fit->seer == source)
			merge_fit_hello(&m->input[i]);
	}
}
