/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arm against the starts of training, joint by joint; its motors, their bus, their calibration.
 * The check `home` judges the same once more at step 0, by the same rule.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd/inspect.h"

/* As check/home.c: a failure is far beyond the starts, and a good part of the joint's span. */
enum { FAIL_SIGMA = 10, FAIL_SPAN = 20, WARN_SPAN = 3 };

static double seconds_ago(const struct inspect *l, int64_t at_ns)
{
	return at_ns == TIME_UNKNOWN ? (double)NAN : (double)(l->live.now_ns - at_ns) / 1e9;
}

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
	const char *unit = unit_word(p->joint.unit), *what;
	struct preflight_item *i;

	if (!k || isnan(k->value))
		return false;
	if (!unit_factor(k->joint.unit, p->joint.unit, &factor)) {
		inspect_add(l, "pose", p->joint.name, LEVEL_UNKNOWN,
			    "it is told in %s, training is in %s", unit_word(k->joint.unit), unit);
		return true;
	}
	if (seconds_ago(l, k->at_ns) > l->rig->tolerances.age_s) {
		inspect_add(l, "pose", p->joint.name, LEVEL_UNKNOWN, "last heard %.1f s ago",
			    seconds_ago(l, k->at_ns));
		return true;
	}
	v = k->value * factor;
	sigma = fmax(p->start.std, 1e-3 * span);
	beyond = fmax(0.0, fmax(v - p->start.max, p->start.min - v));
	i = inspect_add(l, "pose", p->joint.name, level_of(l, beyond, sigma, span),
			"%.4g%s%s, training starts at %.4g..%.4g, %.3g sigma beyond", v,
			unit_short(p->joint.unit)[0] ? " " : "", unit_short(p->joint.unit),
			p->start.min, p->start.max, beyond / sigma);
	inspect_number(i, v, v > p->start.max ? p->start.max : p->start.min, unit ? unit : "");
	inspect_from(i, l->live.engine ? "engine" : "bus", seconds_ago(l, k->at_ns));
	if (i->level < LEVEL_WARN)
		return true;
	what = gripper_do(l->profile, p->joint.name, v, p->start.mean);
	if (what)
		inspect_do(i, "%s", what);
	else
		inspect_do(i, "move it by %+.4g", p->start.mean - v);
	return true;
}

/* What keeps the arm from being seen, in the words of the source that failed. */
static const char *why_blind(const struct inspect *l)
{
	for (unsigned i = 0; i < l->live.sources; i++) {
		if (!l->live.source[i].camera && l->live.source[i].why[0])
			return l->live.source[i].why;
	}
	return l->live.sources ? "no source tells where the arm is"
			       : "the rig names no source that sees the arm";
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
		inspect_add(l, "pose", "", LEVEL_UNKNOWN, "%s", why_blind(l));
	else if (seen < l->profile->state.joints)
		inspect_add(l, "pose", "", LEVEL_UNKNOWN, "%u of %u joints are seen", seen,
			    l->profile->state.joints);
}

static void motor_item(struct inspect *l, const struct motor *m, int64_t at_ns)
{
	double limit = m->limit_degc > 0 ? m->limit_degc : l->rig->tolerances.temperature_degc;
	struct preflight_item *i;
	char faults[MESSAGE_BYTES];

	motor_faults_text(faults, sizeof(faults), m->faults > 0 ? (unsigned)m->faults : 0);
	if (m->faults > 0) {
		i = inspect_add(l, "motors", m->joint, LEVEL_FAIL, "it reports: %s", faults);
		inspect_do(i, "power it off and on, look at its cable");
	} else if (m->temp_degc >= limit) {
		i = inspect_add(l, "motors", m->joint, LEVEL_FAIL, "it is at %.0f degC",
				m->temp_degc);
		inspect_do(i, "let it cool");
	} else if (m->faults < 0 && m->missed > 0) {
		i = inspect_add(l, "motors", m->joint, LEVEL_FAIL, "it does not answer");
		inspect_do(i, "look at its cable and its id");
	} else {
		return;
	}
	inspect_number(i, m->temp_degc, limit, "degC");
	inspect_from(i, l->live.engine ? "engine" : "bus", seconds_ago(l, at_ns));
}

static void calibration(struct inspect *l)
{
	unsigned compared = 0, differ = 0;

	for (unsigned k = 0; k < l->live.motors; k++) {
		const struct motor *m = &l->live.motor[k];

		compared += m->calibrated >= 0;
		if (m->calibrated != 0)
			continue;
		differ++;
		inspect_do(inspect_add(l, "calibration", m->joint, LEVEL_FAIL,
				       "its registers are not those of the calibration file"),
			   "calibrate, or use this arm's file");
	}
	if (!compared)
		inspect_add(l, "calibration", "", LEVEL_UNKNOWN,
			    "no register was compared with a file");
	else if (!differ)
		inspect_add(l, "calibration", "", LEVEL_OK, "%u motors are as their file says",
			    compared);
}

static void buses(struct inspect *l)
{
	for (unsigned k = 0; k < l->live.buses; k++) {
		const struct bus *b = &l->live.bus[k];
		const char *state = bus_state_word((enum bus_state)b->state);
		struct preflight_item *i;

		if (b->state == BUS_OFF || b->state == BUS_GONE || b->openers > 0 ||
		    b->behind > 0) {
			i = inspect_add(l, "bus", b->name, LEVEL_FAIL, "%s",
					b->openers > 0	? "another program has it open, too"
					: b->behind > 0 ? "its client reads one reply behind"
							: state);
			inspect_do(i, "end the other program, look at the cable");
		} else {
			i = inspect_add(
				l, "bus", b->name, b->latency_timer_ms >= 2 ? LEVEL_WARN : LEVEL_OK,
				"%s, %lld replies missing of %lld", state ? state : "it talks",
				(long long)b->timeouts, (long long)b->transactions);
			if (b->latency_timer_ms >= 2)
				inspect_do(i, "echo 1 into the chip's latency_timer (%.0f ms)",
					   b->latency_timer_ms);
		}
		inspect_number(i, b->reply_ms, NAN, "ms");
	}
}

void inspect_motors(struct inspect *l)
{
	double hottest = NAN, volts = NAN;
	struct preflight_item *i;
	size_t before = l->n;

	if (!l->live.motors) {
		inspect_add(l, "motors", "", LEVEL_UNKNOWN, "%s", why_blind(l));
		calibration(l);
		buses(l);
		return;
	}
	for (unsigned k = 0; k < l->live.motors; k++) {
		motor_item(l, &l->live.motor[k], l->live.motor_ns[k]);
		hottest = fmax(hottest, l->live.motor[k].temp_degc);
		volts = fmin(volts, l->live.motor[k].voltage_v);
	}
	if (l->n == before) {
		i = isnan(hottest)
			    ? inspect_add(l, "motors", "", LEVEL_OK, "%u answer", l->live.motors)
			    : inspect_add(l, "motors", "", LEVEL_OK,
					  "%u answer, hottest %.0f degC, lowest %.1f V",
					  l->live.motors, hottest, volts);
		inspect_number(i, hottest, l->rig->tolerances.temperature_degc, "degC");
	}
	calibration(l);
	buses(l);
}
