/* SPDX-License-Identifier: Apache-2.0 */
/* How a set's episodes move: units that go together, starts, the gripper's usual cycle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/dataset_impl.h"
#include "base/mem.h"
#include "robot/robot.h"

enum { LIST_MAX = 6, EPISODES_LEAST = 5 };

static const double factors[] = {57.29577951308232, 1 / 57.29577951308232, 100, 0.01};
static const double factor_off = 0.15, correlated = 0.9;
static const double leaves = 0.02; /* of its span: a joint that began to move */
static const double idle_warn_s = 1, idle_warn_share = 0.25;
static const double start_warn = 0.25; /* std of the starts, of the span */
static const double few_share = 0.1;
static const double least_reach = 0.25; /* of the widest joint's span: a joint that hardly moves */

/* Of action on state, NaN where they do not go together. */
static double slope_of(const struct episodes *e, unsigned action, unsigned state)
{
	double n = 0, sa = 0, ss = 0, saa = 0, sss = 0, sas = 0, va, vs, cov;

	for (size_t i = 0; i < e->frames; i++) {
		double x = e->action[i * e->naction + action], y = e->state[i * e->nstate + state];

		if (!isfinite(x) || !isfinite(y))
			continue;
		n++;
		sa += x;
		ss += y;
		saa += x * x;
		sss += y * y;
		sas += x * y;
	}
	va = saa / n - sa / n * (sa / n);
	vs = sss / n - ss / n * (ss / n);
	cov = sas / n - sa / n * (ss / n);
	return cov / sqrt(va * vs) >= correlated ? cov / vs : (double)NAN;
}

static bool is_factor(double slope)
{
	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		if (fabs(slope / factors[i] - 1) < factor_off)
			return true;
	}
	return false;
}

struct slopes {
	unsigned plain, other, first; /* joints; first of the others */
	double slope;		      /* of first */
};

static struct slopes slopes_of(const struct set_evidence *s)
{
	const struct feature_profile *states = &s->profile->state;
	struct slopes out = {0};

	for (unsigned j = 0; j < s->e->naction; j++) {
		int k = profile_find(states, s->e->action_joint[j].name);
		double slope = k < 0 ? (double)NAN : slope_of(s->e, j, (unsigned)k);

		out.plain += slope > 0.5 && slope < 2;
		if (!is_factor(slope))
			continue;
		if (!out.other++) {
			out.first = j;
			out.slope = slope;
		}
	}
	return out;
}

static unsigned undecided(const struct feature_profile *f)
{
	unsigned n = 0;

	for (unsigned j = 0; j < f->joints; j++)
		n += f->joint[j].joint.unit == UNIT_UNKNOWN;
	return n;
}

void audit_set_units(struct audit *a, const struct set_evidence *s)
{
	struct slopes slopes = slopes_of(s);
	unsigned unknown = undecided(&s->profile->action) + undecided(&s->profile->state);
	unsigned all = s->profile->action.joints + s->profile->state.joints;
	struct audit_finding *f;

	if (slopes.other) {
		f = audit_add(a, "set-units", LEVEL_WARN, s->e->action_joint[slopes.first].name,
			      "%s: the action is %.3g times the state%s",
			      s->e->action_joint[slopes.first].name, slopes.slope,
			      slopes.plain ? ", other joints are not: mixed units"
					   : ": in different units");
		audit_number(f, slopes.slope, 1, "x");
		audit_do(f, "convert the set to one unit, and the robot's interface with it");
		return;
	}
	if (unknown == all)
		audit_add(a, "set-units", LEVEL_UNKNOWN, "",
			  "nothing shows the units of its joints");
	else
		audit_add(a, "set-units", unknown ? LEVEL_NOTE : LEVEL_OK, "",
			  "the unit of %u of %u joints is known, state and action go together",
			  all - unknown, all);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Frames until a joint leaves where it began. */
static size_t idle_frames(const struct set_evidence *s, const struct episode_span *span)
{
	bool action = s->e->naction > 0;
	const struct feature_profile *f = action ? &s->profile->action : &s->profile->state;
	const double *v = (action ? s->e->action : s->e->state) + span->first * f->joints;

	for (size_t i = 1; i < span->frames; i++) {
		for (unsigned j = 0; j < f->joints; j++) {
			const struct dist *d = &f->joint[j].value;

			if (fabs(v[i * f->joints + j] - v[j]) > leaves * (d->max - d->min))
				return i;
		}
	}
	return span->frames;
}

void audit_set_idle(struct audit *a, const struct set_evidence *s)
{
	double *idle_s = xcalloc(s->e->count + 1, sizeof(*idle_s)), median, longest, share = 0;
	size_t n = s->e->count;
	struct audit_finding *f;
	bool wrong;

	for (size_t i = 0; i < n; i++) {
		size_t frames = idle_frames(s, &s->e->span[i]);

		idle_s[i] = (double)frames / s->e->fps;
		share += (double)frames / (double)(s->e->span[i].frames + 1) / (double)n;
	}
	qsort(idle_s, n, sizeof(*idle_s), by_value);
	median = n ? idle_s[n / 2] : (double)NAN;
	longest = n ? idle_s[n - 1] : (double)NAN;
	free(idle_s);
	if (!n || !(s->e->fps > 0)) {
		audit_add(a, "set-idle", LEVEL_UNKNOWN, "", "no frames, or no rate");
		return;
	}
	wrong = median > idle_warn_s || share > idle_warn_share;
	f = audit_add(a, "set-idle", wrong ? LEVEL_WARN : LEVEL_OK, "",
		      "episodes rest %.2g s before they move (longest %.2g s)", median, longest);
	audit_number(f, median, idle_warn_s, "s");
	if (wrong)
		audit_do(f, "a policy learns to wait: cut the frames before the first motion");
}

/* The joint whose starts are spread most, as a share of its span in *most; -1 none. Hands and
 * joints that hardly move begin anywhere. */
static int widest_start(const struct set_evidence *s, const struct feature_profile *p, double *most)
{
	const struct robot_class *robot = robot_find(s->profile->robot);
	double widest = 0;
	int worst = -1;

	for (unsigned j = 0; j < p->joints; j++) {
		if (!robot_is_hand(robot, p->joint[j].joint.name))
			widest = fmax(widest, p->joint[j].value.max - p->joint[j].value.min);
	}
	for (unsigned j = 0; j < p->joints; j++) {
		const struct joint_profile *x = &p->joint[j];
		double share = x->start.std /
			       fmax(x->value.max - x->value.min, least_reach * widest);

		if (robot_is_hand(robot, x->joint.name) || !(share > *most || worst < 0))
			continue;
		*most = share;
		worst = (int)j;
	}
	return worst;
}

void audit_set_start(struct audit *a, const struct set_evidence *s)
{
	const struct feature_profile *p = s->profile->state.joints ? &s->profile->state
								   : &s->profile->action;
	double most = 0;
	int worst = widest_start(s, p, &most);
	const struct joint_profile *x = worst < 0 ? NULL : &p->joint[worst];
	struct audit_finding *f;

	if (!x || s->e->count < EPISODES_LEAST) {
		audit_add(a, "set-start", LEVEL_UNKNOWN, "",
			  "%zu episodes are too few to tell how they start", s->e->count);
		return;
	}
	f = audit_add(a, "set-start", most > start_warn ? LEVEL_WARN : LEVEL_OK, x->joint.name,
		      "%s starts at %.4g +- %.3g (%.4g..%.4g), the widest of all joints",
		      x->joint.name, x->start.mean, x->start.std, x->start.min, x->start.max);
	audit_number(f, 100 * most, 100 * start_warn, "% of its span");
	if (most > start_warn)
		audit_do(f, "no start pose can be told from these: were episodes cut?");
}

/* How often a gripper closes in an episode. */
static unsigned closes(const struct set_evidence *s, const struct gripper_habit *g, unsigned joint,
		       const struct episode_span *span)
{
	bool action = s->e->naction > 0;
	unsigned width = action ? s->e->naction : s->e->nstate, n = 0;
	const double *v = (action ? s->e->action : s->e->state) + span->first * width + joint;
	int state = -1;

	for (size_t i = 0; i < span->frames; i++) {
		int next = gripper_next(g, state, v[i * width]);

		n += state == 0 && next == 1;
		state = next;
	}
	return n;
}

static void audit_gripper(struct audit *a, const struct set_evidence *s,
			  const struct gripper_habit *g, unsigned joint)
{
	unsigned never = 0, listed = 0;
	char list[96] = "";
	struct audit_finding *f;

	for (size_t i = 0; i < s->e->count; i++) {
		size_t used = strlen(list);

		if (closes(s, g, joint, &s->e->span[i]))
			continue;
		never++;
		if (listed++ < LIST_MAX)
			snprintf(list + used, sizeof(list) - used, "%s%lld", used ? ", " : "",
				 (long long)s->e->span[i].index);
	}
	if (!never || never > few_share * (double)s->e->count) {
		f = audit_add(a, "set-gripper", LEVEL_OK, g->joint,
			      "%s closes %.3g times an episode (%.0f to %.0f)", g->joint,
			      g->closes_mean, g->closes_min, g->closes_max);
	} else {
		/* Of two arms one may well work alone. */
		f = audit_add(a, "set-gripper",
			      s->profile->behaviour.ngrippers > 1 ? LEVEL_NOTE : LEVEL_WARN,
			      g->joint, "%u of %zu episodes never close %s: episode %s%s", never,
			      s->e->count, g->joint, list, listed > LIST_MAX ? ", ..." : "");
		audit_do(f, "look at them: a demonstration that failed teaches to fail");
	}
	audit_number(f, never, 0, "episodes");
}

void audit_set_gripper(struct audit *a, const struct set_evidence *s)
{
	const struct behaviour *b = &s->profile->behaviour;
	const struct feature_profile *p = s->profile->action.joints ? &s->profile->action
								    : &s->profile->state;

	for (size_t i = 0; i < b->ngrippers; i++) {
		int joint = profile_find(p, b->gripper[i].joint);

		if (joint >= 0)
			audit_gripper(a, s, &b->gripper[i], (unsigned)joint);
	}
	if (!b->ngrippers)
		audit_add(a, "set-gripper", LEVEL_UNKNOWN, "", "no joint is known to be a gripper");
}
