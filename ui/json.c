/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/json_impl.h"

static void next(struct json *j)
{
	if (j->more)
		buf_str(j->b, ",");
	j->more = true;
}

void json_put_key(struct json *j, const char *name)
{
	next(j);
	buf_json_str(j->b, name);
	buf_str(j->b, ":");
}

void json_put_number(struct json *j, const char *name, double v)
{
	json_put_key(j, name);
	buf_json_num(j->b, v);
}

void json_put_integer(struct json *j, const char *name, int64_t v)
{
	json_put_key(j, name);
	buf_printf(j->b, "%lld", (long long)v);
}

void json_put_boolean(struct json *j, const char *name, bool v)
{
	json_put_key(j, name);
	buf_str(j->b, v ? "true" : "false");
}

void json_put_count(struct json *j, const char *name, int v)
{
	json_put_number(j, name, v == COUNT_UNKNOWN ? (double)NAN : v);
}

void json_put_text(struct json *j, const char *name, const char *v)
{
	json_put_key(j, name);
	if (v && v[0])
		buf_json_str(j->b, v);
	else
		buf_str(j->b, "null");
}

struct json json_put_item(struct json *parent, const char *bracket)
{
	next(parent);
	buf_str(parent->b, bracket);
	return (struct json){parent->b, false};
}

struct json json_put_open(struct json *parent, const char *name, const char *bracket)
{
	json_put_key(parent, name);
	buf_str(parent->b, bracket);
	return (struct json){parent->b, false};
}

static void facts(struct json *parent, const char *name, unsigned bits)
{
	struct json list = json_put_open(parent, name, "[");

	for (unsigned i = 0; i < FACT_N; i++) {
		if (!(bits & 1u << i))
			continue;
		next(&list);
		buf_json_str(list.b, fact_word(i));
	}
	buf_str(list.b, "]");
}

static void add_joint(struct json *list, const struct view_joint *v)
{
	double nan = (double)NAN;
	struct json j = json_put_item(list, "{");

	json_put_text(&j, "joint", v->joint.name);
	json_put_text(&j, "unit", unit_word(v->joint.unit));
	json_put_number(&j, "seen", v->seen);
	json_put_number(&j, "asked", v->asked);
	json_put_number(&j, "sent", v->sent);
	json_put_number(&j, "got", v->got);
	json_put_number(&j, "delta", v->delta_now);
	json_put_number(&j, "delta_peak", v->delta_peak);
	json_put_number(&j, "error", v->err_now);
	json_put_number(&j, "error_peak", v->err_peak);
	json_put_number(&j, "seam", v->seam);
	json_put_number(&j, "inside_chunks_max", v->inside);
	json_put_number(&j, "plan_off", v->plan_off);
	json_put_boolean(&j, "trained", v->trained);
	json_put_number(&j, "train_min", v->trained ? v->min : nan);
	json_put_number(&j, "train_q01", v->trained ? v->q01 : nan);
	json_put_number(&j, "train_q99", v->trained ? v->q99 : nan);
	json_put_number(&j, "train_max", v->trained ? v->max : nan);
	json_put_number(&j, "train_mean", v->trained ? v->mean : nan);
	json_put_number(&j, "train_std", v->trained ? v->std : nan);
	json_put_number(&j, "train_start_mean", v->trained ? v->start_mean : nan);
	json_put_number(&j, "train_start_std", v->trained ? v->start_std : nan);
	json_put_number(&j, "train_delta_max", v->trained ? v->delta_max : nan);
	json_put_number(&j, "train_error_max", v->trained ? v->err_max : nan);
	json_put_key(&j, "gripper_closed");
	buf_str(j.b, !v->gripper || v->gripper_state < 0 ? "null"
		     : v->gripper_state			 ? "true"
							 : "false");
	json_put_text(&j, "level", level_word(v->level));
	json_put_text(&j, "code", v->code);
	buf_str(j.b, "}");
}

static void add_alarms(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "alarms", "[");

	for (unsigned i = 0; i < s->nalarms; i++) {
		const struct view_alarm *a = &s->alarm[i];
		struct json j = json_put_item(&list, "{");

		json_put_text(&j, "level", level_word(a->level));
		json_put_text(&j, "code", a->code);
		json_put_text(&j, "subject", a->subject);
		json_put_number(&j, "value", a->value);
		json_put_number(&j, "threshold", a->threshold);
		json_put_text(&j, "unit", a->unit);
		json_put_text(&j, "message", a->message);
		json_put_number(&j, "age_s", a->since_s);
		json_put_integer(&j, "count", a->count);
		json_put_boolean(&j, "active", a->active);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_checks(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "checks", "[");

	for (unsigned i = 0; i < s->nchecks; i++) {
		const struct view_check *c = &s->check[i];
		struct json j = json_put_item(&list, "{");

		json_put_text(&j, "code", c->code);
		json_put_text(&j, "level", level_word(c->level));
		json_put_text(&j, "subject", c->subject);
		json_put_number(&j, "value", c->value);
		json_put_number(&j, "threshold", c->threshold);
		json_put_text(&j, "unit", c->unit);
		json_put_text(&j, "why", c->why);
		json_put_boolean(&j, "absent", c->absent);
		json_put_boolean(&j, "at_least", c->least);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_events(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "events", "[");

	for (unsigned i = 0; i < s->nevents; i++) {
		struct json j = json_put_item(&list, "{");

		json_put_number(&j, "age_s", s->event[i].age_s);
		json_put_text(&j, "level", level_word(s->event[i].level));
		json_put_text(&j, "text", s->event[i].text);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_sources(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "sources", "[");

	for (unsigned i = 0; i < s->nsources; i++) {
		struct json j = json_put_item(&list, "{");

		json_put_text(&j, "source", s->source[i].word);
		json_put_boolean(&j, "up", s->source[i].up);
		json_put_text(&j, "state", s->source[i].state);
		facts(&j, "facts", s->source[i].facts);
		json_put_integer(&j, "bad_lines", (int64_t)s->source[i].bad_lines);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

void json_snapshot(struct buf *b, const struct snapshot *s)
{
	struct json o = {b, false}, list;
	double nan = (double)NAN;

	buf_str(b, "{");
	json_put_integer(&o, "schema", 1);
	json_put_text(&o, "rig", s->rig);
	json_put_text(&o, "robot", s->robot);
	json_put_text(&o, "profile", s->profile);
	json_put_number(&o, "run", s->run ? (double)s->run : nan);
	json_put_integer(&o, "segment", s->segment);
	json_put_number(&o, "episode", s->in_episode ? (double)s->episode : nan);
	json_put_text(&o, "boundary", s->boundary);
	json_put_text(&o, "driver", driver_word(s->driver));
	json_put_number(&o, "elapsed_s", s->in_episode ? s->elapsed_s : nan);
	json_put_number(&o, "train_length_q50_s", s->length_q50_s);
	json_put_number(&o, "train_length_q95_s", s->length_q95_s);
	json_put_number(&o, "seq", s->steps ? (double)s->seq : nan);
	json_put_integer(&o, "steps", (int64_t)s->steps);
	json_put_integer(&o, "dropped", (int64_t)s->dropped);
	json_put_number(&o, "hz", s->hz);
	json_put_number(&o, "target_hz", s->target_hz > 0 ? s->target_hz : nan);
	json_put_boolean(&o, "no_tick", s->no_tick);
	json_put_number(&o, "stalled_s", s->stalled_s);
	json_put_text(&o, "worst", level_word(s->worst));
	json_put_text(&o, "start", s->start_text);
	json_put_text(&o, "task", s->task);
	json_put_number(&o, "task_index", s->task_index >= 0 ? s->task_index : nan);
	json_put_text(&o, "policy", s->policy);
	json_put_policy(&o, s);
	json_put_health(&o, s);
	facts(&o, "facts", s->facts);
	facts(&o, "blind", ~s->facts);
	list = json_put_open(&o, "joints", "[");
	for (unsigned i = 0; i < s->njoints; i++)
		add_joint(&list, &s->joint[i]);
	buf_str(b, "]");
	add_alarms(&o, s);
	add_checks(&o, s);
	add_events(&o, s);
	add_sources(&o, s);
	buf_str(b, "}\n");
}
