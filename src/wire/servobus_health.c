/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/servobus_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/verdict.h"

static const int64_t tell_ns = NS_PER_S / 2, faults_ns = 20 * NS_PER_MS, off_ns = NS_PER_S;
static const int64_t twins_ns = NS_PER_S;

/* The registers that a calibration file names, once all of them were read. */
static void compare(struct servobus *b, struct servo_state *m, int64_t t_ns)
{
	struct calibration_difference d[CALIBRATION_FIELDS];
	unsigned n;

	if (m->compared || m->registers.homing_offset == CALIBRATION_UNKNOWN ||
	    m->registers.range_min == CALIBRATION_UNKNOWN ||
	    m->registers.range_max == CALIBRATION_UNKNOWN)
		return;
	m->compared = true;
	n = calibration_compare(d, &m->as.file, &m->registers);
	if (m->as.file.homing_offset != CALIBRATION_UNKNOWN)
		m->health.calibrated = n == 0;
	for (unsigned i = 0; i < n; i++)
		servobus_note(b, LEVEL_WARN, t_ns,
			      "%s (id %u): %s is %d in the motor, %d in the calibration file",
			      m->health.joint, m->as.id, d[i].name, (int)d[i].motor,
			      (int)d[i].file);
}

static void set_torque(struct servo_state *m, int32_t raw)
{
	int64_t on = raw != 0;

	if (m->health.torque != on)
		m->at_once = true;
	m->health.torque = on;
}

/* Second answers that went on until now: two servos have its id. */
static unsigned twins(struct servo_state *m, int64_t t_ns)
{
	if (m->twice && t_ns - m->twice_ns > twins_ns)
		m->twice = 0;
	return m->twice >= SERVOBUS_SILENT ? MOTOR_GARBLED : 0u;
}

static void set_faults(struct servo_state *m, unsigned said, int64_t t_ns)
{
	unsigned faults = said | twins(m, t_ns);

	if (m->health.faults != (int64_t)faults && (faults || m->health.faults > 0))
		m->at_once = true;
	m->health.faults = faults;
}

/* The register holds milliamperes or, of some models, the load. */
static void set_current(struct servobus *b, struct servo_state *m, const struct servo_register *r,
			int32_t v)
{
	const struct servo_model *model = servo_model_find(b->wire, m->health.model);

	if (r->scale > 0)
		m->health.current_ma = v * r->scale;
	else if (model && model->load_instead)
		m->health.load = v * 0.001;
	else if (model)
		m->health.current_ma = v * model->current_ma;
}

static void set_model(struct servobus *b, struct servo_state *m, int32_t number, int64_t t_ns)
{
	const struct servo_model *model = servo_model_number(b->wire, (uint32_t)number);
	const char *name = model ? model->name : "";

	if (m->as.model[0] && strcmp(m->health.model, name) != 0 && strcmp(m->as.model, name) != 0)
		servobus_note(b, LEVEL_WARN, t_ns, "%s (id %u) is a %s (model number %d), not a %s",
			      m->health.joint, m->as.id, model ? name : "model unknown here",
			      (int)number, m->as.model);
	text_copy(m->health.model, sizeof(m->health.model), name);
}

static void set_calibration(struct servobus *b, struct servo_state *m, enum servo_role role,
			    int32_t v, int64_t t_ns)
{
	struct calibration_motor *r = &m->registers;
	int32_t *field = role == SERVO_HOMING	   ? &r->homing_offset
			 : role == SERVO_LIMIT_MIN ? &r->range_min
			 : role == SERVO_LIMIT_MAX ? &r->range_max
						   : &r->drive_mode;

	if (*field != v)
		m->compared = false;
	*field = v;
	compare(b, m, t_ns);
}

static void take(struct servobus *b, struct servo_state *m, const struct servo_register *r,
		 int32_t v, int64_t t_ns)
{
	struct motor *h = &m->health;

	switch (r->role) {
	case SERVO_POSITION:
		servobus_position(b, m, v, t_ns);
		break;
	case SERVO_TORQUE:
		set_torque(m, v);
		break;
	case SERVO_STATUS:
		set_faults(m, b->wire->status_faults((uint32_t)v), t_ns);
		break;
	case SERVO_LOAD:
		h->load = v * r->scale / 100;
		break;
	case SERVO_CURRENT:
		set_current(b, m, r, v);
		break;
	case SERVO_VOLTAGE:
		h->voltage_v = v * r->scale;
		break;
	case SERVO_VOLTAGE_MIN:
		h->min_v = v * r->scale;
		break;
	case SERVO_VOLTAGE_MAX:
		h->max_v = v * r->scale;
		break;
	case SERVO_TEMPERATURE:
		h->temp_degc = v;
		break;
	case SERVO_TEMPERATURE_LIMIT:
		h->limit_degc = v;
		break;
	case SERVO_MODEL:
		set_model(b, m, v, t_ns);
		break;
	case SERVO_HOMING:
	case SERVO_LIMIT_MIN:
	case SERVO_LIMIT_MAX:
	case SERVO_DRIVE_MODE:
		set_calibration(b, m, r->role, v, t_ns);
		break;
	case SERVO_OTHER:
	case SERVO_GOAL:
	case SERVO_COMMAND:
	case SERVO_VELOCITY:
	case SERVO_ROLES:
		break;
	}
}

static void tell(struct servobus *b, struct servo_state *m, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_MOTOR, .motor = &m->health};

	servobus_emit(b, &ev, t_ns);
	m->told_ns = t_ns;
	m->dirty = m->at_once = false;
	/* What changes by itself is unknown until it is read again. */
	m->health.temp_degc = m->health.voltage_v = m->health.load = m->health.current_ma =
		(double)NAN;
}

/* A change is told at once, but an error bit that comes and goes with each reply is not. */
static void tell_when_due(struct servobus *b, struct servo_state *m, int64_t t_ns)
{
	int64_t wait = m->at_once ? faults_ns : tell_ns;

	m->dirty = true;
	if (!m->placed)
		return;
	if (m->told_ns == TIME_UNKNOWN ? m->at_once : t_ns - m->told_ns >= wait)
		tell(b, m, t_ns);
	else if (m->told_ns == TIME_UNKNOWN)
		m->told_ns = t_ns - tell_ns / 2; /* the first one waits for what is read at start */
}

void servobus_registers(struct servobus *b, struct servo_state *m, uint16_t address,
			const uint8_t *p, size_t n, bool heard, int64_t t_ns)
{
	for (const struct servo_register *r = b->wire->registers; r->name; r++) {
		if (r->address >= address && (size_t)(r->address - address) + r->size <= n)
			take(b, m, r, servo_value(r, p + (r->address - address)), t_ns);
	}
	if (heard || m->at_once)
		tell_when_due(b, m, t_ns);
}

void servobus_doubt(struct servobus *b, struct servo_state *m, const struct servo_target *to)
{
	const struct servo_register *r = servo_register_of(b->wire, SERVO_TORQUE);

	if (!to->data || r->address < to->address || r->address >= to->address + to->len)
		return;
	m->dirty = true;
	m->at_once = m->at_once || m->health.torque != -1;
	m->health.torque = -1;
}

bool servobus_faults(struct servobus *b, struct servo_state *m, uint8_t error, bool more,
		     int64_t t_ns)
{
	bool refused;
	unsigned faults = b->wire->faults(error, &refused);

	if (refused && !m->refusal_told)
		servobus_note(b, LEVEL_WARN, t_ns, "%s (id %u) refused a request: error %u",
			      m->health.joint, m->as.id, error & 0x7fU);
	m->refusal_told = refused;
	/* An alert says only that its status register names a fault: that is kept while it lasts. */
	if (faults == MOTOR_OTHER && m->health.faults > 0 && m->health.faults != MOTOR_GARBLED)
		faults = (unsigned)m->health.faults;
	set_faults(m, faults, t_ns);
	if (!more)
		tell_when_due(b, m, t_ns);
	return refused;
}

void servobus_missed(struct servobus *b, struct servo_state *m, int64_t t_ns)
{
	m->health.missed++;
	if (m->silent >= SERVOBUS_SILENT) {
		bool garbled = m->garbled >= SERVOBUS_SILENT;
		int64_t faults = garbled ? MOTOR_GARBLED : -1;

		/* What is missing counts from the last report of a motor that answered. */
		if (m->silent == SERVOBUS_SILENT && m->placed)
			tell(b, m, t_ns);
		m->at_once = m->at_once || (garbled && m->health.faults != faults);
		m->health.faults = faults;
	}
	tell_when_due(b, m, t_ns);
}

void servobus_tell_motors(struct servobus *b, int64_t t_ns)
{
	for (unsigned i = 0; i < b->motors; i++) {
		if (b->motor[i].dirty && b->motor[i].placed)
			tell(b, &b->motor[i], t_ns);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void servobus_tell_bus(struct servobus *b, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_BUS, .bus = &b->bus};

	b->bus.corrupt = (int64_t)(b->stream[0].corrupt + b->stream[1].corrupt);
	b->bus.stray = (int64_t)(b->stream[0].garbage_bytes + b->stream[1].garbage_bytes +
				 b->early_garbage);
	b->bus.reply_ms = (double)NAN;
	if (b->times) {
		qsort(b->times_ms, b->times, sizeof(*b->times_ms), by_size);
		b->bus.reply_ms = b->times_ms[b->times / 2];
	}
	if (b->reply_ns != TIME_UNKNOWN && t_ns - b->reply_ns < off_ns)
		b->bus.state = BUS_OK;
	else if (b->request_ns != TIME_UNKNOWN && t_ns - b->request_ns < off_ns)
		b->bus.state = BUS_OFF;
	servobus_emit(b, &ev, t_ns);
	b->bus.worst_ms = (double)NAN;
	b->times = 0;
}
