/* SPDX-License-Identifier: Apache-2.0 */
/* Values: labels become joints, and messages of one log time a step. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/foxglove_impl.h"

static const enum vec_kind vec_of[TOPICS] = {VEC_SEEN, VEC_ASKED};

/* The joint with this label, a new one when there is room; MAX_JOINTS: there is none. */
static unsigned joint_of(struct foxglove *f, const char *label, unsigned hint)
{
	struct hello *h = &f->hello;
	char full[2 * NAME_BYTES];

	if (hint < h->joints && strcmp(f->name[hint], label) == 0)
		return hint; /* labels come in the same order every time */
	for (unsigned i = 0; i < h->joints; i++) {
		if (strcmp(f->name[i], label) == 0)
			return i;
	}
	if (h->joints == MAX_JOINTS)
		return MAX_JOINTS;
	text_copy(f->name[h->joints], NAME_BYTES, label);
	snprintf(full, sizeof(full), "%s%s", f->prefix, label);
	text_copy(h->joint[h->joints].name, NAME_BYTES, full);
	h->joint[h->joints].unit = UNIT_UNKNOWN;
	f->grown = true;
	return h->joints++;
}

/* One {"label":…,"value":…}, whose '{' was the last token. False: not understood. */
static void take_scalar(struct foxglove *f, struct json *j, struct vec *v, unsigned index)
{
	char raw[NAME_BYTES + 4], label[NAME_BYTES] = "";
	bool known = false, null = false;
	double value = NAN;
	unsigned joint;

	while (json_next(j) == JSON_KEY) {
		if (json_is(j, "label")) {
			if (json_next(j) == JSON_STRING)
				text_clean(label, sizeof(label), raw,
					   json_text(j, raw, sizeof(raw)));
		} else if (json_is(j, "value")) {
			known = json_next(j) == JSON_NUMBER && json_double(j, &value);
			null = j->token == JSON_NULL;
		} else {
			json_next(j);
		}
		json_skip(j);
	}
	if (!label[0] || !(known || null)) {
		foxglove_blame(f, "scalar %u has no label, or no number as value", index);
		return;
	}
	joint = joint_of(f, label, index);
	if (joint == MAX_JOINTS)
		foxglove_blame(f, "more than %d labels: the first are kept", MAX_JOINTS);
	else if (vec_known(v, joint))
		foxglove_blame(f, "two values are called %s: the first is kept", label);
	else if (known)
		vec_set(v, joint, value);
}

/* The values of one message. False: it has none. */
static bool take_scalars(struct foxglove *f, const char *text, size_t len, struct vec *v)
{
	unsigned count = 0;
	struct json j;

	json_init(&j, text, len);
	json_next(&j);
	while (j.token != JSON_ERROR && json_next(&j) == JSON_KEY) {
		bool ours = json_is(&j, "scalars");

		if (json_next(&j) == JSON_ARRAY && ours) {
			while (json_next(&j) == JSON_OBJECT)
				take_scalar(f, &j, v, count++);
		}
		if (j.token != JSON_ARRAY_END)
			json_skip(&j);
	}
	if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
		foxglove_blame(f, "values that are no JSON object: %s",
			       j.error ? j.error : "no object");
	else if (!count)
		foxglove_blame(f, "values without scalars");
	return count;
}

static void tell_joints(struct foxglove *f)
{
	struct event ev = {.kind = EVENT_HELLO,
			   .t_ns = f->step.t_ns,
			   .src_ns = TIME_UNKNOWN,
			   .hello = &f->hello};

	f->grown = false;
	f->emit(f->host, &ev);
}

void foxglove_flush(struct foxglove *f)
{
	struct event ev = {.kind = EVENT_STEP,
			   .t_ns = f->step.t_ns,
			   .src_ns = f->step.src_ns,
			   .step = &f->step};

	if (!f->has[TOPIC_STATE] && !f->has[TOPIC_ACTION])
		return;
	f->has[TOPIC_STATE] = f->has[TOPIC_ACTION] = false;
	if (f->grown)
		tell_joints(f);
	f->step.joints = f->hello.joints;
	f->emit(f->host, &ev);
}

static void begin_step(struct foxglove *f, uint64_t log_time)
{
	f->log_time = log_time;
	step_init(&f->step, MAX_JOINTS);
	if (log_time <= INT64_MAX)
		f->step.src_ns = (int64_t)log_time;
	else
		foxglove_blame(f, "a log time of %llu ns is none", (unsigned long long)log_time);
}

void foxglove_take_data(struct foxglove *f, unsigned which, uint64_t log_time, const char *text,
			size_t len)
{
	unsigned other = which == TOPIC_STATE ? TOPIC_ACTION : TOPIC_STATE;
	struct vec *v = &f->step.vec[vec_of[which]];

	if (f->has[which] || f->log_time != log_time)
		foxglove_flush(f);
	if (!f->has[other])
		begin_step(f, log_time);
	if (!take_scalars(f, text, len, v))
		return;
	v->present = f->hello.joints > 0;
	f->has[which] = f->has[which] || v->present;
	f->step.t_ns = f->t_ns;
	/* Complete, or nothing more can come: the other topic is not there. */
	if (f->has[other] || !f->topic[other].live)
		foxglove_flush(f);
}
