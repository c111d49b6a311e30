/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of health: motor, bus, camera_state. Each is a plain struct, and one table says which
 * key is which field, for decoding and for encoding.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/stream_health.h"

enum field_kind { FIELD_TEXT, FIELD_INT, FIELD_NUMBER, FIELD_BUS_STATE, FIELD_STATE, FIELD_MODE };

struct field {
	const char *key;
	enum field_kind kind;
	size_t at, size;
};

#define TEXT(type, name)                                                                           \
	{                                                                                          \
#name, FIELD_TEXT, offsetof(struct type, name), sizeof(((struct type *)0)->name)   \
	}
#define INT(type, name)                                                                            \
	{                                                                                          \
#name, FIELD_INT, offsetof(struct type, name), sizeof(int64_t)                     \
	}
#define NUMBER(type, name)                                                                         \
	{                                                                                          \
#name, FIELD_NUMBER, offsetof(struct type, name), sizeof(double)                   \
	}

/* clang-format off */
static const struct field motor_fields[] = {
	TEXT(motor, joint), TEXT(motor, model), INT(motor, id), INT(motor, torque),
	INT(motor, faults), INT(motor, missed), INT(motor, calibrated), NUMBER(motor, temp_degc), NUMBER(motor, rotor_degc),
	NUMBER(motor, limit_degc), NUMBER(motor, voltage_v), NUMBER(motor, min_v),
	NUMBER(motor, max_v), NUMBER(motor, load), NUMBER(motor, current_ma), {0},
};

static const struct field bus_fields[] = {
	TEXT(bus, name), INT(bus, can),
	{"state", FIELD_BUS_STATE, offsetof(struct bus, state), sizeof(int64_t)},
	INT(bus, transactions), INT(bus, retries), INT(bus, timeouts), INT(bus, corrupt),
	INT(bus, late), INT(bus, behind), INT(bus, stray), INT(bus, overruns), INT(bus, openers),
	INT(bus, tx_errors), INT(bus, rx_errors), NUMBER(bus, reply_ms), NUMBER(bus, worst_ms),
	NUMBER(bus, latency_timer_ms), {0},
};

static const struct field camera_fields[] = {
	TEXT(camera, name), TEXT(camera, device), TEXT(camera, serial), TEXT(camera, owner),
	TEXT(camera, trouble), TEXT(camera, format), TEXT(camera, bus),
	{"mode", FIELD_MODE, offsetof(struct camera, mode), sizeof(int64_t)},
	{"state", FIELD_STATE, offsetof(struct camera, state), sizeof(int64_t)},
	INT(camera, width), INT(camera, height), INT(camera, sequence), INT(camera, lost),
	INT(camera, errors), INT(camera, automatic), NUMBER(camera, fps_set), NUMBER(camera, fps),
	NUMBER(camera, jitter_ms), NUMBER(camera, age_ms), NUMBER(camera, frozen_s),
	NUMBER(camera, megabytes_s), NUMBER(camera, bus_megabytes_s), NUMBER(camera, dark),
	NUMBER(camera, sharpness), TEXT(camera, is), TEXT(camera, method), NUMBER(camera, margin), {0},
};
/* clang-format on */

#undef TEXT
#undef INT
#undef NUMBER

/* One line under work. */
struct line {
	const struct field *field;
	char *to;
	int64_t src_ns;
};

static enum camera_mode mode_from_word(const char *word)
{
	for (int i = 0; i < CAMERA_MODE_N; i++) {
		if (strcmp(camera_mode_word((enum camera_mode)i), word) == 0)
			return (enum camera_mode)i;
	}
	return CAMERA_TRAFFIC;
}

static void take_field(struct stream *s, struct json *j, const struct field *f, char *to)
{
	char word[NAME_BYTES];
	int64_t i64;

	if (f->kind == FIELD_TEXT) {
		stream_take_text(s, j, to + f->at, f->size);
		return;
	}
	if (f->kind == FIELD_NUMBER) {
		double v;

		if (stream_take_double(s, j, f->key, &v))
			memcpy(to + f->at, &v, sizeof(v));
		return;
	}
	if (f->kind == FIELD_INT) {
		if (!stream_take_i64(s, j, f->key, &i64))
			return;
	} else {
		if (!stream_take_text(s, j, word, sizeof(word)))
			return;
		i64 = f->kind == FIELD_MODE    ? (int64_t)mode_from_word(word)
		      : f->kind == FIELD_STATE ? (int64_t)camera_state_from_word(word)
					       : (int64_t)bus_state_from_word(word);
	}
	memcpy(to + f->at, &i64, sizeof(i64));
}

static void take_key(struct stream *s, struct json *j, void *out)
{
	struct line *l = out;

	if (json_is(j, "t")) {
		stream_take_time(s, j, &l->src_ns);
		return;
	}
	for (const struct field *f = l->field; f->key; f++) {
		if (json_is(j, f->key)) {
			take_field(s, j, f, l->to);
			return;
		}
	}
	stream_skip_value(j);
}

static void put_prefix(const struct stream *s, char name[NAME_BYTES])
{
	char full[2 * NAME_BYTES];

	snprintf(full, sizeof(full), "%s%s", s->prefix, name);
	text_copy(name, NAME_BYTES, full);
}

static bool take_line(struct stream *s, const char *text, size_t len, const struct field *field,
		      void *to, struct event *ev)
{
	struct line l = {.field = field, .to = to, .src_ns = TIME_UNKNOWN};

	if (!stream_each_key(s, text, len, take_key, &l))
		return false;
	ev->src_ns = l.src_ns;
	return true;
}

bool stream_take_health(struct stream *s, const char *type, const char *text, size_t len)
{
	struct event ev = {.src_ns = TIME_UNKNOWN};
	struct camera camera;
	struct motor motor;
	struct bus bus;

	if (strcmp(type, "motor") == 0) {
		motor_init(&motor);
		if (!take_line(s, text, len, motor_fields, &motor, &ev))
			return true;
		put_prefix(s, motor.joint);
		ev.kind = EVENT_MOTOR;
		ev.motor = &motor;
	} else if (strcmp(type, "bus") == 0) {
		bus_init(&bus);
		if (!take_line(s, text, len, bus_fields, &bus, &ev))
			return true;
		put_prefix(s, bus.name);
		ev.kind = EVENT_BUS;
		ev.bus = &bus;
	} else if (strcmp(type, "camera_state") == 0) {
		camera_init(&camera);
		if (!take_line(s, text, len, camera_fields, &camera, &ev))
			return true;
		ev.kind = EVENT_CAMERA;
		ev.camera = &camera;
	} else {
		return false;
	}
	stream_emit(s, &ev);
	return true;
}

static const char *word_of(const struct field *f, int64_t v)
{
	if (f->kind == FIELD_MODE)
		return camera_mode_word((enum camera_mode)v);
	return f->kind == FIELD_STATE ? camera_state_word((enum camera_state)v)
				      : bus_state_word((enum bus_state)v);
}

/* What is unknown is left out. */
static void put_field(struct buf *b, const struct field *f, const char *from)
{
	const char *text = from + f->at;
	int64_t i64 = 0;
	double v = 0;

	if (f->kind == FIELD_NUMBER) {
		memcpy(&v, text, sizeof(v));
		if (!isnan(v))
			stream_put_number(b, f->key, v);
		return;
	}
	if (f->kind != FIELD_TEXT)
		memcpy(&i64, text, sizeof(i64));
	if (f->kind == FIELD_INT) {
		buf_printf(b, ",\"%s\":%lld", f->key, (long long)i64);
		return;
	}
	if (f->kind != FIELD_TEXT)
		text = word_of(f, i64);
	if (!text || !text[0])
		return;
	buf_printf(b, ",\"%s\":", f->key);
	buf_json_str(b, text);
}

bool stream_put_health(struct buf *b, const struct event *ev)
{
	const struct field *f;
	const void *from;

	if (ev->kind == EVENT_MOTOR) {
		buf_str(b, "{\"type\":\"motor\"");
		f = motor_fields;
		from = ev->motor;
	} else if (ev->kind == EVENT_BUS) {
		buf_str(b, "{\"type\":\"bus\"");
		f = bus_fields;
		from = ev->bus;
	} else if (ev->kind == EVENT_CAMERA) {
		buf_str(b, "{\"type\":\"camera_state\"");
		f = camera_fields;
		from = ev->camera;
	} else {
		return false;
	}
	stream_put_time(b, ev->src_ns);
	for (; f->key; f++)
		put_field(b, f, from);
	return true;
}
