/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "motion/arm.h"

enum { TRIES = 2 };

/* One register of one motor: 1, 0 when there is no answer or no such register, -errno. */
static int read_one(struct motion_port *p, struct motion_motor *m, const struct servo_register *r,
		    int32_t *out)
{
	struct motion_answer answer[MOTION_IDS];
	uint8_t request[SERVO_REQUEST_BYTES];
	bool good = false, refused;

	for (int tries = 0; r && !good && tries < TRIES; tries++) {
		size_t n = p->wire->read(request, (uint8_t)m->health.id, r->address, r->size);
		int rc = motion_port_ask(p, request, n, answer);

		if (rc < 0)
			return rc;
		good = answer[0].answered && answer[0].len == r->size;
	}
	if (!good)
		return 0;
	if (m->health.faults < 0)
		m->health.faults = 0;
	m->health.faults |= (int64_t)p->wire->faults(answer[0].error, &refused);
	*out = servo_value(r, answer[0].data);
	return 1;
}

/* Where a register goes. */
struct question {
	const struct servo_register *r; /* NULL: this vendor has none */
	int32_t *out;
};

static const struct servo_register *named(const struct servo_wire *w, const char *name)
{
	for (const struct servo_register *r = w->registers; r->name; r++) {
		if (strcasecmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

/* All of them: 1, 0 once one is not answered, -errno. */
static int read_all(struct motion_port *p, struct motion_motor *m, const struct question *q,
		    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = q[i].r ? read_one(p, m, q[i].r, q[i].out) : 1;

		if (rc <= 0)
			return rc;
	}
	return 1;
}

static int survey_motor(struct motion_port *p, struct motion_motor *m)
{
	const struct servo_wire *w = p->wire;
	const struct servo_register *volts = servo_register_of(w, SERVO_VOLTAGE);
	int32_t model = 0, torque = 0, voltage = 0, temp = 0, limit = 0, status = 0;
	const struct question q[] = {
		{servo_register_of(w, SERVO_MODEL), &model},
		{servo_register_of(w, SERVO_HOMING), &m->own.homing_offset},
		{servo_register_of(w, SERVO_LIMIT_MIN), &m->own.range_min},
		{servo_register_of(w, SERVO_LIMIT_MAX), &m->own.range_max},
		{named(w, "Operating_Mode"), &m->mode},
		{servo_register_of(w, SERVO_TORQUE), &torque},
		{servo_register_of(w, SERVO_GOAL), &m->goal},
		{servo_register_of(w, SERVO_POSITION), &m->at},
		{servo_register_of(w, SERVO_TEMPERATURE), &temp},
		{servo_register_of(w, SERVO_TEMPERATURE_LIMIT), &limit},
		{volts, &voltage},
		{servo_register_of(w, SERVO_STATUS), &status},
	};
	int rc;

	calibration_unknown(&m->own);
	m->mode = -1;
	rc = read_all(p, m, q, sizeof(q) / sizeof(q[0]));
	m->answered = rc > 0;
	if (rc <= 0)
		return rc;
	m->own.id = (int32_t)m->health.id;
	m->model = m->model == model ? m->model : -model;
	m->health.torque = torque == 1;
	m->health.temp_degc = temp;
	m->health.limit_degc = limit;
	m->health.voltage_v = voltage * volts->scale;
	/* What it reports by name stands for the bit that says "look there". */
	if (w->status_faults((uint32_t)status))
		m->health.faults &= ~(int64_t)MOTOR_OTHER;
	m->health.faults |= (int64_t)w->status_faults((uint32_t)status);
	return 1;
}

int motion_arm_survey(struct motion_arm *a, struct motion_port *p, struct err *e)
{
	for (unsigned i = 0; i < a->n; i++) {
		int rc = survey_motor(p, &a->motor[i]);

		if (rc < 0)
			return err_set(e, -rc, "%s: %s", serial_path(p->serial),
				       rc == -EINTR ? "interrupted" : strerror(-rc));
	}
	return 0;
}

int motion_arm_faults(struct motion_arm *a, struct motion_port *p, unsigned motor)
{
	int32_t status = 0;
	int rc = read_one(p, &a->motor[motor], servo_register_of(p->wire, SERVO_STATUS), &status);
	unsigned faults = rc > 0 ? p->wire->status_faults((uint32_t)status) : 0;

	return rc < 0 ? rc : faults ? (int)faults : MOTOR_OTHER;
}
