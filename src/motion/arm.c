/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/arm.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/dynamixel.h"
#include "wire/feetech.h"

static int add_motor(struct motion_arm *a, const struct robot_motor *r, const struct calibration *c,
		     struct err *e)
{
	const struct calibration_motor *file = calibration_joint(c, r->joint);
	const struct servo_model *model = servo_model_find(a->wire, r->model);
	struct motion_motor *m = &a->motor[a->n];

	if (!file)
		return err_set(e, EINVAL, "the calibration has no joint %s: is it of a %s?",
			       r->joint, a->robot->name);
	if (file->id != r->id)
		return err_set(e, EINVAL,
			       "the calibration has motor %d as %s, which is motor %d of a %s",
			       file->id, r->joint, r->id, a->robot->name);
	m->file = *file;
	motor_init(&m->health);
	text_copy(m->health.joint, sizeof(m->health.joint), r->joint);
	text_copy(m->health.model, sizeof(m->health.model), r->model);
	m->health.id = r->id;
	m->model = model ? model->number : -1;
	m->scale = (struct calibration_scale){
		.unit = r->unit,
		.range_min = file->range_min,
		.range_max = file->range_max,
		/* As LeRobot: Dynamixel servos turn the other way by themselves. */
		.reversed = a->wire == &feetech_wire && file->drive_mode,
		.resolution = model ? model->resolution : 4096,
	};
	a->n++;
	return 0;
}

int motion_arm_init(struct motion_arm *a, const struct robot_class *robot,
		    const struct calibration *c, struct err *e)
{
	memset(a, 0, sizeof(*a));
	a->robot = robot;
	a->wire = robot->bus == ROBOT_BUS_FEETECH     ? &feetech_wire
		  : robot->bus == ROBOT_BUS_DYNAMIXEL ? &dynamixel_wire
						      : NULL;
	if (!a->wire)
		return err_set(e, ENOTSUP, "a %s has no servo bus that policytop can move it by",
			       robot->name);
	a->torque = servo_register_of(a->wire, SERVO_TORQUE);
	a->goal = servo_register_of(a->wire, SERVO_GOAL);
	a->position = servo_register_of(a->wire, SERVO_POSITION);
	for (const struct robot_motor *r = robot->motors; r && r->joint; r++) {
		int rc = 0;

		/* Two motors on one axis must agree to the tick: not with a hand on one of them. */
		if (r->health_only && strstr(r->joint, "shadow"))
			return err_set(e, ENOTSUP,
				       "a %s has two motors on one joint (%s): policytop does not "
				       "move it",
				       robot->name, r->joint);
		if (!r->health_only && a->n < MOTION_IDS)
			rc = add_motor(a, r, c, e);
		if (rc)
			return rc;
	}
	return 0;
}

int motion_arm_find(const struct motion_arm *a, const char *joint)
{
	for (unsigned i = 0; i < a->n; i++) {
		if (joint_same_name(a->motor[i].health.joint, joint))
			return (int)i;
	}
	return -1;
}

/* Hotter than its limit less this, it is left alone: work makes it hotter. */
static const double spare_degc = 10;
static const double usual_limit_degc = 70;

static bool reason_of_state(const struct motion_arm *a, const struct motion_motor *m, char *out,
			    size_t size)
{
	const struct motor *h = &m->health;
	double limit = isfinite(h->limit_degc) ? h->limit_degc : usual_limit_degc;
	uint32_t modes = motion_frame_of(a->wire)->position_modes;
	char words[128];

	if (!m->answered) {
		snprintf(out, size, "%s (motor %d) does not answer: has it power?", h->joint,
			 (int)h->id);
	} else if (m->model < 0) {
		snprintf(out, size, "%s (motor %d) has the model number %d, which is no %s",
			 h->joint, (int)h->id, -m->model, h->model);
	} else if (h->faults > 0) {
		motor_faults_text(words, sizeof(words), (unsigned)h->faults);
		snprintf(out, size, "%s reports: %s", h->joint, words);
	} else if (m->mode < 0 || m->mode > 31 || !(modes >> m->mode & 1)) {
		snprintf(out, size,
			 "%s is in operating mode %d, where a goal position means nothing",
			 h->joint, m->mode);
	} else if (h->temp_degc > limit - spare_degc) {
		snprintf(out, size, "%s has %.0f degC, its limit is %.0f: let it cool", h->joint,
			 h->temp_degc, limit);
	} else {
		return false;
	}
	return true;
}

static bool reason_of_calibration(const struct motion_motor *m, char *out, size_t size)
{
	struct calibration_difference d[CALIBRATION_FIELDS];

	if (!m->answered || !calibration_compare(d, &m->file, &m->own))
		return false;
	snprintf(out, size,
		 "%s: %s is %d in the calibration and %d in the motor: it was calibrated again, or "
		 "the file is another arm's",
		 m->health.joint, d[0].name, d[0].file, d[0].motor);
	return true;
}

unsigned motion_arm_refusals(const struct motion_arm *a, char (*reason)[MOTION_REASON_BYTES],
			     unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < a->n && n < max; i++) {
		if (reason_of_state(a, &a->motor[i], reason[n], MOTION_REASON_BYTES))
			n++;
	}
	for (unsigned i = 0; i < a->n && n < max; i++) {
		if (reason_of_calibration(&a->motor[i], reason[n], MOTION_REASON_BYTES))
			n++;
	}
	return n;
}
