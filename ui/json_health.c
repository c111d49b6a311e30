/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/json_impl.h"

/* -1 stands for unknown. */
static void put_known(struct json *j, const char *name, int64_t v)
{
	json_put_number(j, name, v < 0 ? (double)NAN : (double)v);
}

static void add_motor(struct json *list, const struct view_motor *k)
{
	const struct motor *m = &k->v;
	struct json j = json_put_item(list, "{");
	char status[MESSAGE_BYTES];

	motor_faults_text(status, sizeof(status), m->faults > 0 ? (unsigned)m->faults : 0);
	json_put_text(&j, "joint", m->joint);
	put_known(&j, "motor", m->id);
	json_put_text(&j, "model", m->model);
	put_known(&j, "torque", m->torque);
	json_put_text(&j, "status", m->faults < 0 ? NULL : status);
	json_put_integer(&j, "missed", m->missed);
	put_known(&j, "calibrated", m->calibrated);
	json_put_number(&j, "temp_degc", m->temp_degc);
	json_put_number(&j, "rotor_degc", m->rotor_degc);
	json_put_number(&j, "rise_degc_min", k->rise_degc);
	json_put_number(&j, "voltage_v", m->voltage_v);
	json_put_number(&j, "lowest_v", k->lowest_v);
	json_put_number(&j, "load", m->load);
	json_put_number(&j, "current_ma", m->current_ma);
	json_put_number(&j, "age_s", k->age_s);
	buf_str(j.b, "}");
}

static void add_bus(struct json *list, const struct view_bus *k)
{
	const struct bus *b = &k->v;
	struct json j = json_put_item(list, "{");

	json_put_text(&j, "bus", b->name);
	json_put_text(&j, "state", bus_state_word((enum bus_state)b->state));
	json_put_integer(&j, "transactions", b->transactions);
	json_put_integer(&j, "retries", b->retries);
	json_put_integer(&j, "timeouts", b->timeouts);
	json_put_integer(&j, "corrupt", b->corrupt);
	json_put_integer(&j, "late", b->late);
	put_known(&j, "behind", b->behind);
	json_put_integer(&j, "stray", b->stray);
	json_put_integer(&j, "overruns", b->overruns);
	put_known(&j, "openers", b->openers);
	put_known(&j, "tx_errors", b->tx_errors);
	put_known(&j, "rx_errors", b->rx_errors);
	json_put_number(&j, "reply_ms", b->reply_ms);
	json_put_number(&j, "worst_ms", b->worst_ms);
	json_put_number(&j, "latency_timer_ms", b->latency_timer_ms);
	json_put_number(&j, "age_s", k->age_s);
	buf_str(j.b, "}");
}

static void add_eye(struct json *list, const struct view_eye *k)
{
	const struct camera *c = &k->v;
	struct json j = json_put_item(list, "{");

	json_put_text(&j, "camera", c->name);
	json_put_text(&j, "mode", camera_mode_word((enum camera_mode)c->mode));
	json_put_text(&j, "state", camera_state_word((enum camera_state)c->state));
	json_put_text(&j, "device", c->device);
	json_put_text(&j, "serial", c->serial);
	json_put_text(&j, "owner", c->owner);
	json_put_text(&j, "trouble", c->trouble);
	json_put_text(&j, "format", c->format);
	json_put_number(&j, "width", c->width > 0 ? (double)c->width : (double)NAN);
	json_put_number(&j, "height", c->height > 0 ? (double)c->height : (double)NAN);
	put_known(&j, "lost", c->lost);
	put_known(&j, "errors", c->errors);
	json_put_number(&j, "fps_set", c->fps_set);
	json_put_number(&j, "fps", c->fps);
	json_put_number(&j, "jitter_ms", c->jitter_ms);
	json_put_number(&j, "age_ms", c->age_ms);
	json_put_number(&j, "frozen_s", c->frozen_s);
	json_put_number(&j, "megabytes_s", c->megabytes_s);
	json_put_text(&j, "is", c->is);
	json_put_text(&j, "method", c->method);
	json_put_number(&j, "margin", c->margin);
	json_put_number(&j, "age_s", k->age_s);
	buf_str(j.b, "}");
}

void json_put_health(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "motors", "[");

	for (unsigned i = 0; i < s->nmotors; i++)
		add_motor(&list, &s->motor[i]);
	buf_str(list.b, "]");
	list = json_put_open(o, "buses", "[");
	for (unsigned i = 0; i < s->nbuses; i++)
		add_bus(&list, &s->bus[i]);
	buf_str(list.b, "]");
	list = json_put_open(o, "camera_states", "[");
	for (unsigned i = 0; i < s->neyes; i++)
		add_eye(&list, &s->eye[i]);
	buf_str(list.b, "]");
}
