/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/json.h"

#include <math.h>

/* A growing object or list: writes the commas. */
struct json {
	struct buf *b;
	bool more;
};

static void next(struct json *j)
{
	if (j->more)
		buf_str(j->b, ",");
	j->more = true;
}

static void key(struct json *j, const char *name)
{
	next(j);
	buf_json_str(j->b, name);
	buf_str(j->b, ":");
}

static void number(struct json *j, const char *name, double v)
{
	key(j, name);
	buf_json_num(j->b, v);
}

static void integer(struct json *j, const char *name, int64_t v)
{
	key(j, name);
	buf_printf(j->b, "%lld", (long long)v);
}

static void boolean(struct json *j, const char *name, bool v)
{
	key(j, name);
	buf_str(j->b, v ? "true" : "false");
}

/* "" is unknown. */
static void text(struct json *j, const char *name, const char *v)
{
	key(j, name);
	if (v && v[0])
		buf_json_str(j->b, v);
	else
		buf_str(j->b, "null");
}

static struct json open_with(struct json *parent, const char *bracket)
{
	next(parent);
	buf_str(parent->b, bracket);
	return (struct json){parent->b, false};
}

static struct json open_key(struct json *parent, const char *name, const char *bracket)
{
	key(parent, name);
	buf_str(parent->b, bracket);
	return (struct json){parent->b, false};
}

static void facts(struct json *parent, const char *name, unsigned bits)
{
	struct json list = open_key(parent, name, "[");

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
	struct json j = open_with(list, "{");

	text(&j, "joint", v->joint.name);
	text(&j, "unit", unit_word(v->joint.unit));
	number(&j, "seen", v->seen);
	number(&j, "asked", v->asked);
	number(&j, "sent", v->sent);
	number(&j, "got", v->got);
	number(&j, "delta", v->delta_now);
	number(&j, "delta_peak", v->delta_peak);
	number(&j, "error", v->err_now);
	number(&j, "error_peak", v->err_peak);
	boolean(&j, "trained", v->trained);
	number(&j, "train_min", v->trained ? v->min : nan);
	number(&j, "train_q01", v->trained ? v->q01 : nan);
	number(&j, "train_q99", v->trained ? v->q99 : nan);
	number(&j, "train_max", v->trained ? v->max : nan);
	number(&j, "train_mean", v->trained ? v->mean : nan);
	number(&j, "train_std", v->trained ? v->std : nan);
	number(&j, "train_start_mean", v->trained ? v->start_mean : nan);
	number(&j, "train_start_std", v->trained ? v->start_std : nan);
	number(&j, "train_delta_max", v->trained ? v->delta_max : nan);
	number(&j, "train_error_max", v->trained ? v->err_max : nan);
	key(&j, "gripper_closed");
	buf_str(j.b, !v->gripper || v->gripper_state < 0 ? "null"
		     : v->gripper_state			 ? "true"
							 : "false");
	text(&j, "level", level_word(v->level));
	text(&j, "code", v->code);
	buf_str(j.b, "}");
}

static void add_alarms(struct json *o, const struct snapshot *s)
{
	struct json list = open_key(o, "alarms", "[");

	for (unsigned i = 0; i < s->nalarms; i++) {
		const struct view_alarm *a = &s->alarm[i];
		struct json j = open_with(&list, "{");

		text(&j, "level", level_word(a->level));
		text(&j, "code", a->code);
		text(&j, "subject", a->subject);
		number(&j, "value", a->value);
		number(&j, "threshold", a->threshold);
		text(&j, "unit", a->unit);
		text(&j, "message", a->message);
		number(&j, "age_s", a->since_s);
		integer(&j, "count", a->count);
		boolean(&j, "active", a->active);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_checks(struct json *o, const struct snapshot *s)
{
	struct json list = open_key(o, "checks", "[");

	for (unsigned i = 0; i < s->nchecks; i++) {
		const struct view_check *c = &s->check[i];
		struct json j = open_with(&list, "{");

		text(&j, "code", c->code);
		text(&j, "level", level_word(c->level));
		text(&j, "subject", c->subject);
		number(&j, "value", c->value);
		number(&j, "threshold", c->threshold);
		text(&j, "unit", c->unit);
		text(&j, "why", c->why);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_events(struct json *o, const struct snapshot *s)
{
	struct json list = open_key(o, "events", "[");

	for (unsigned i = 0; i < s->nevents; i++) {
		struct json j = open_with(&list, "{");

		number(&j, "age_s", s->event[i].age_s);
		text(&j, "level", level_word(s->event[i].level));
		text(&j, "text", s->event[i].text);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_sources(struct json *o, const struct snapshot *s)
{
	struct json list = open_key(o, "sources", "[");

	for (unsigned i = 0; i < s->nsources; i++) {
		struct json j = open_with(&list, "{");

		text(&j, "source", s->source[i].word);
		boolean(&j, "up", s->source[i].up);
		text(&j, "state", s->source[i].state);
		facts(&j, "facts", s->source[i].facts);
		integer(&j, "bad_lines", (int64_t)s->source[i].bad_lines);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_policy(struct json *o, const struct snapshot *s)
{
	double nan = (double)NAN;
	struct json j;

	text(o, "task", s->task);
	key(o, "task_index");
	buf_json_num(o->b, s->task_index >= 0 ? s->task_index : nan);
	text(o, "policy", s->policy);
	if (!s->has_chunk) {
		text(o, "chunk", NULL);
		return;
	}
	j = open_key(o, "chunk", "{");
	integer(&j, "horizon", s->horizon);
	number(&j, "execute", s->execute ? s->execute : nan);
	integer(&j, "queue", s->queue);
	number(&j, "latency_ms", s->latency_ms);
	number(&j, "latency_p95_ms", s->latency_p95_ms);
	number(&j, "replan_s", s->replan_s);
	buf_str(j.b, "}");
}

void json_snapshot(struct buf *b, const struct snapshot *s)
{
	struct json o = {b, false}, list;
	double nan = (double)NAN;

	buf_str(b, "{");
	integer(&o, "schema", 1);
	text(&o, "rig", s->rig);
	text(&o, "robot", s->robot);
	text(&o, "profile", s->profile);
	number(&o, "run", s->run ? (double)s->run : nan);
	integer(&o, "segment", s->segment);
	number(&o, "episode", s->in_episode ? (double)s->episode : nan);
	text(&o, "boundary", s->boundary);
	text(&o, "driver", driver_word(s->driver));
	number(&o, "elapsed_s", s->in_episode ? s->elapsed_s : nan);
	number(&o, "train_length_q50_s", s->length_q50_s);
	number(&o, "train_length_q95_s", s->length_q95_s);
	number(&o, "seq", s->steps ? (double)s->seq : nan);
	integer(&o, "steps", (int64_t)s->steps);
	integer(&o, "dropped", (int64_t)s->dropped);
	number(&o, "hz", s->hz);
	number(&o, "target_hz", s->target_hz > 0 ? s->target_hz : nan);
	text(&o, "worst", level_word(s->worst));
	text(&o, "start", s->start_text);
	add_policy(&o, s);
	facts(&o, "facts", s->facts);
	facts(&o, "blind", ~s->facts);
	list = open_key(&o, "joints", "[");
	for (unsigned i = 0; i < s->njoints; i++)
		add_joint(&list, &s->joint[i]);
	buf_str(b, "]");
	add_alarms(&o, s);
	add_checks(&o, s);
	add_events(&o, s);
	add_sources(&o, s);
	buf_str(b, "}\n");
}
