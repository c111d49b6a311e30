/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/calibration.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "wire/json.h"

#define PI 3.14159265358979323846

static const char *const field_names[CALIBRATION_FIELDS] = {
	"id", "drive_mode", "homing_offset", "range_min", "range_max",
};

static int32_t *field(struct calibration_motor *m, unsigned i)
{
	int32_t *const fields[CALIBRATION_FIELDS] = {
		&m->id, &m->drive_mode, &m->homing_offset, &m->range_min, &m->range_max,
	};

	return fields[i];
}

static int32_t get_field(const struct calibration_motor *m, unsigned i)
{
	struct calibration_motor copy = *m;

	return *field(&copy, i);
}

void calibration_unknown(struct calibration_motor *m)
{
	for (unsigned i = 0; i < CALIBRATION_FIELDS; i++)
		*field(m, i) = CALIBRATION_UNKNOWN;
}

static int bad(struct err *e, const char *joint, const char *what)
{
	return err_set(e, EBADMSG, "no calibration of LeRobot: %s%s%s", joint, joint[0] ? ": " : "",
		       what);
}

/* The value of one key of a motor; the key is the last token. False: it is no such integer. */
static bool take_field(struct json *j, struct calibration_motor *m)
{
	unsigned which = CALIBRATION_FIELDS;
	int64_t v;

	for (unsigned i = 0; i < CALIBRATION_FIELDS; i++) {
		if (json_is(j, field_names[i]))
			which = i;
	}
	json_next(j);
	if (which == CALIBRATION_FIELDS) {
		json_skip(j);
		return true;
	}
	if (j->token != JSON_NUMBER || !json_i64(j, &v) || v <= INT32_MIN || v > INT32_MAX)
		return false;
	*field(m, which) = (int32_t)v;
	return true;
}

/* One motor; its name is the last token. */
static int take_motor(struct calibration *c, struct json *j, struct err *e)
{
	struct calibration_motor *m = &c->motor[c->n];
	char raw[NAME_BYTES];

	if (c->n == CALIBRATION_MOTORS)
		return bad(e, "", "it has more motors than any robot");
	text_clean(m->joint, sizeof(m->joint), raw, json_text(j, raw, sizeof(raw)));
	calibration_unknown(m);
	if (json_next(j) != JSON_OBJECT)
		return bad(e, m->joint, "is no object");
	while (json_next(j) == JSON_KEY) {
		if (!take_field(j, m))
			return bad(e, m->joint, "a value is no integer");
	}
	if (j->token != JSON_OBJECT_END)
		return bad(e, m->joint, j->error ? j->error : "is no object");
	for (unsigned i = 0; i < CALIBRATION_FIELDS; i++) {
		if (get_field(m, i) == CALIBRATION_UNKNOWN)
			return err_set(e, EBADMSG, "no calibration of LeRobot: %s has no %s",
				       m->joint, field_names[i]);
	}
	if (m->id < 0 || m->id > 253)
		return bad(e, m->joint, "its id is none");
	if (calibration_id(c, m->id))
		return bad(e, m->joint, "another motor has its id, too");
	c->n++;
	return 0;
}

int calibration_parse(struct calibration *c, const char *text, size_t len, struct err *e)
{
	struct json j;
	int rc = 0;

	c->n = 0;
	if (len > CALIBRATION_BYTES)
		return bad(e, "", "it is too long");
	json_init(&j, text, len);
	if (json_next(&j) != JSON_OBJECT)
		return bad(e, "", j.error ? j.error : "it is no object");
	while (rc == 0 && json_next(&j) == JSON_KEY)
		rc = take_motor(c, &j, e);
	if (rc < 0)
		return rc;
	if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
		return bad(e, "", j.error ? j.error : "it goes on after its end");
	return c->n ? 0 : bad(e, "", "it has no motor");
}

const struct calibration_motor *calibration_joint(const struct calibration *c, const char *joint)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (strcmp(c->motor[i].joint, joint) == 0)
			return &c->motor[i];
	}
	return NULL;
}

const struct calibration_motor *calibration_id(const struct calibration *c, int32_t id)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (c->motor[i].id == id)
			return &c->motor[i];
	}
	return NULL;
}

/* As Python's min(hi, max(lo, v)). */
static double clamp(double v, double lo, double hi)
{
	double low = v > lo ? v : lo;

	return low < hi ? low : hi;
}

double calibration_value(const struct calibration_scale *s, int32_t ticks)
{
	double min = s->range_min, max = s->range_max, v = ticks, norm;

	if (s->unit == UNIT_TICKS)
		return v;
	if (s->unit == UNIT_RAD)
		return (v - s->resolution / 2) * (2 * PI / s->resolution);
	if (s->range_min == s->range_max)
		return NAN;
	if (s->unit == UNIT_DEG)
		return (v - (min + max) / 2) * 360 / (s->resolution - 1);
	norm = (clamp(v, min, max) - min) / (max - min);
	if (s->unit == UNIT_M100_100) {
		norm = norm * 200 - 100;
		return s->reversed ? -norm : norm;
	}
	if (s->unit == UNIT_0_100) {
		norm = norm * 100;
		return s->reversed ? 100 - norm : norm;
	}
	return NAN;
}

/* Toward zero, as Python's int(). */
static bool truncated(double v, int32_t *out)
{
	if (!isfinite(v) || v <= INT32_MIN || v > INT32_MAX)
		return false;
	*out = (int32_t)v;
	return true;
}

bool calibration_ticks(const struct calibration_scale *s, double value, int32_t *ticks)
{
	double min = s->range_min, max = s->range_max;

	if (!isfinite(value))
		return false;
	if (s->unit == UNIT_TICKS)
		return truncated(value, ticks);
	if (s->unit == UNIT_RAD)
		return truncated(round(value * (s->resolution / (2 * PI))) + s->resolution / 2,
				 ticks);
	if (s->range_min == s->range_max)
		return false;
	if (s->unit == UNIT_DEG)
		return truncated(value * (s->resolution - 1) / 360 + (min + max) / 2, ticks);
	if (s->unit == UNIT_M100_100) {
		value = clamp(s->reversed ? -value : value, -100, 100);
		return truncated((value + 100) / 200 * (max - min) + min, ticks);
	}
	if (s->unit == UNIT_0_100) {
		value = clamp(s->reversed ? 100 - value : value, 0, 100);
		return truncated(value / 100 * (max - min) + min, ticks);
	}
	return false;
}

unsigned calibration_compare(struct calibration_difference *out,
			     const struct calibration_motor *file,
			     const struct calibration_motor *motor)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CALIBRATION_FIELDS; i++) {
		int32_t a = get_field(file, i), b = get_field(motor, i);

		if (a != CALIBRATION_UNKNOWN && b != CALIBRATION_UNKNOWN && a != b)
			out[n++] = (struct calibration_difference){field_names[i], a, b};
	}
	return n;
}
