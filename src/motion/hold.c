/* SPDX-License-Identifier: Apache-2.0 */
/* The writes to single motors: torque, and the goal that must be right before it. */
#include <errno.h>
#include <string.h>

#include "motion/arm.h"

enum { TRIES = 2 };

/* Written, and the servo said yes: 1, 0 when it did not, -errno. */
static int write_one(struct motion_port *p, const struct servo_register *r, unsigned id,
		     int32_t value)
{
	const struct motion_value v = {(uint8_t)id, value};
	struct motion_answer answer[MOTION_IDS];
	uint8_t request[MOTION_PACKET_BYTES];
	size_t n = motion_packet_write(request, p->wire, r, &v);

	for (int tries = 0; tries < TRIES; tries++) {
		bool refused = false;
		int rc = motion_port_ask(p, request, n, answer);

		if (rc < 0)
			return rc;
		if (rc > 0 && answer[0].answered) {
			p->wire->faults(answer[0].error, &refused);
			return !refused;
		}
	}
	return 0;
}

static int read_back(struct motion_port *p, const struct servo_register *r, unsigned id,
		     int32_t *out)
{
	struct motion_answer answer[MOTION_IDS];
	uint8_t request[SERVO_REQUEST_BYTES];

	for (int tries = 0; tries < TRIES; tries++) {
		size_t n = p->wire->read(request, (uint8_t)id, r->address, r->size);
		int rc = motion_port_ask(p, request, n, answer);

		if (rc < 0)
			return rc;
		if (answer[0].answered && answer[0].len == r->size) {
			*out = servo_value(r, answer[0].data);
			return 1;
		}
	}
	return 0;
}

static int failed(const struct motion_port *p, int rc, const char *joint, const char *what,
		  struct err *e)
{
	if (rc < 0)
		return err_set(e, -rc, "%s: %s", serial_path(p->serial),
			       rc == -EINTR ? "interrupted" : strerror(-rc));
	return err_set(e, EIO, "%s %s", joint, what);
}

/*
 * The goal register still has what somebody wrote there last, perhaps on the other side of the
 * table: first the goal, read again to be sure, then torque, read again, too.
 */
int motion_arm_hold(struct motion_arm *a, struct motion_port *p, unsigned motor, struct err *e)
{
	struct motion_motor *m = &a->motor[motor];
	unsigned id = (unsigned)m->health.id;
	int32_t at = 0, goal = 0, torque = 0;
	int rc = read_back(p, a->position, id, &at);

	if (rc > 0)
		rc = write_one(p, a->goal, id, at);
	if (rc > 0)
		rc = read_back(p, a->goal, id, &goal);
	if (rc <= 0 || goal != at)
		return failed(p, rc, m->health.joint, "does not take a goal", e);
	rc = write_one(p, a->torque, id, 1);
	if (rc > 0)
		rc = read_back(p, a->torque, id, &torque);
	if (rc <= 0 || torque != 1)
		return failed(p, rc, m->health.joint, "does not switch its torque on", e);
	m->at = m->goal = at;
	m->health.torque = 1;
	return 0;
}

int motion_arm_release(struct motion_arm *a, struct motion_port *p, struct err *e)
{
	int worst = 0;

	for (unsigned i = 0; i < a->n; i++) {
		struct motion_motor *m = &a->motor[i];
		int rc = write_one(p, a->torque, (unsigned)m->health.id, 0);

		if (rc > 0)
			m->health.torque = 0;
		else if (!worst)
			worst = failed(p, rc, m->health.joint, "did not say that it let go", e);
	}
	return worst;
}
