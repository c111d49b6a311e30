/* SPDX-License-Identifier: Apache-2.0 */
/* The arm's motors, their calibration, their bus. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "preflight/inspect.h"
#include "preflight/rig_calibration.h"
#include "robot/robot.h"

/* Within the moment of a look a healthy bus loses nothing; a busy machine may miss one or two. */
enum { LOST_LEAST = 3 };
static const double LOST_SHARE = 0.01;
/* Of the loop's period: the rest is for cameras and the policy. */
static const double SLOW_SHARE = 0.5;

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
	inspect_from(i, l->live.engine ? "engine" : "bus", inspect_live_age_s(&l->live, at_ns));
}

/* A wheel has registers, and no joint that a file could be about. */
static bool is_joint(const struct inspect *l, const struct motor *m)
{
	for (unsigned j = 0; j < l->live.joints; j++) {
		if (joint_same_name(l->live.joint[j].joint.name, m->joint))
			return true;
	}
	return false;
}

static void calibration(struct inspect *l)
{
	unsigned compared = 0, differ = 0, joints = 0;

	for (unsigned k = 0; k < l->live.motors; k++) {
		const struct motor *m = &l->live.motor[k];

		joints += m->calibrated >= 0 || is_joint(l, m);
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
	else if (compared < joints)
		inspect_add(l, "calibration", "", LEVEL_UNKNOWN,
			    "the registers of %u of %u motors were compared in time", compared,
			    joints);
	else if (!differ)
		inspect_add(l, "calibration", "", LEVEL_OK, "%u motors are as their file says",
			    compared);
	rig_calibration_look(l);
}

/* Of the control loop, s. */
static double period_s(const struct inspect *l)
{
	const struct robot_class *robot = robot_find(l->rig->robot_type);
	double fps = l->rig->fps > 0			 ? l->rig->fps
		     : l->profile && l->profile->fps > 0 ? l->profile->fps
		     : robot				 ? robot->fps
							 : 0;

	return fps > 0 ? 1 / fps : (double)NAN;
}

/* A bus that talks: does it in time, and does nothing get lost? */
static void talking(struct inspect *l, const struct bus *b)
{
	double period_ms = 1e3 * period_s(l);
	/* What came after the next request was late, not lost: that may be this machine. */
	int64_t gone = b->timeouts - (b->late > 0 ? b->late : 0);
	bool lost = gone >= LOST_LEAST && (double)gone > LOST_SHARE * (double)b->transactions;
	bool slow = b->reply_ms > SLOW_SHARE * period_ms, chip = b->latency_timer_ms >= 2;
	struct preflight_item *i = inspect_add(
		l, "bus", b->name, lost || slow || chip ? LEVEL_WARN : LEVEL_OK,
		"%s, %lld replies missing of %lld",
		bus_state_word((enum bus_state)b->state) ? bus_state_word((enum bus_state)b->state)
							 : "it talks",
		(long long)b->timeouts, (long long)b->transactions);

	if (chip) {
		inspect_do(i, "echo 1 into the chip's latency_timer (%.0f ms)",
			   b->latency_timer_ms);
	} else if (slow) {
		snprintf(i->message, sizeof(i->message),
			 "a reply takes %.0f ms, and the loop's period is %.0f ms", b->reply_ms,
			 period_ms);
		inspect_do(i, "look for a slow adapter or driver: the loop cannot keep its rate");
	} else if (lost) {
		inspect_do(i, "look at cables and supply, and at the motor that is silent");
	}
	inspect_number(i, b->reply_ms, SLOW_SHARE * period_ms, "ms");
}

static void buses(struct inspect *l)
{
	for (unsigned k = 0; k < l->live.buses; k++) {
		const struct bus *b = &l->live.bus[k];
		struct preflight_item *i;

		if (b->state != BUS_OFF && b->state != BUS_GONE && b->openers <= 0 &&
		    b->behind <= 0) {
			talking(l, b);
			continue;
		}
		i = inspect_add(l, "bus", b->name, LEVEL_FAIL, "%s",
				b->openers > 0	? "another program has it open, too"
				: b->behind > 0 ? "its client reads one reply behind"
						: bus_state_word((enum bus_state)b->state));
		inspect_do(i, "end the other program, look at the cable");
		inspect_number(i, b->reply_ms, NAN, "ms");
	}
	if (!l->live.buses)
		inspect_add(l, "bus", "", LEVEL_UNKNOWN, "%s", inspect_live_blind(&l->live));
}

void inspect_motors(struct inspect *l)
{
	double hottest = NAN, volts = NAN;
	struct preflight_item *i;
	size_t before = l->n;

	if (!l->live.motors) {
		inspect_add(l, "motors", "", LEVEL_UNKNOWN, "%s", inspect_live_blind(&l->live));
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
