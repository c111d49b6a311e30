/* SPDX-License-Identifier: Apache-2.0 */
#include "view/message.h"

#include <errno.h>
#include <string.h>

#include "view/message_impl.h"

static const struct field snapshot_fields[] = {
	TEXT(snapshot, rig),
	TEXT(snapshot, robot),
	TEXT(snapshot, profile),
	TEXT(snapshot, task),
	TEXT(snapshot, policy),
	ROW(4, snapshot, task_index, 0),
	ROW(4, snapshot, task_episodes, 0),
	ROW(4, snapshot, profile_episodes, 0),
	ROW(8, snapshot, run, 0),
	ROW(4, snapshot, segment, 0),
	ROW(4, snapshot, episode, 0),
	ROW(BOOL, snapshot, in_episode, 0),
	TEXT(snapshot, boundary),
	ROW(ENUM, snapshot, driver, DRIVER_N - 1),
	ROW(8, snapshot, elapsed_s, 0),
	ROW(8, snapshot, length_q50_s, 0),
	ROW(8, snapshot, length_q95_s, 0),
	ROW(8, snapshot, seq, 0),
	ROW(8, snapshot, hz, 0),
	ROW(8, snapshot, target_hz, 0),
	ROW(8, snapshot, steps, 0),
	ROW(8, snapshot, dropped, 0),
	ROW(8, snapshot, since_step_s, 0),
	ROW(4, snapshot, facts, 0),
	ROW(ENUM, snapshot, worst, LEVEL_FAIL),
	ROW(BOOL, snapshot, no_tick, 0),
	ROW(8, snapshot, stalled_s, 0),
	TEXT(snapshot, start_text),
	ROW(4, snapshot, njoints, 0),
	ROW(4, snapshot, nalarms, 0),
	ROW(4, snapshot, nevents, 0),
	ROW(4, snapshot, nchecks, 0),
	ROW(4, snapshot, nsources, 0),
	ROW(4, snapshot, nframes, 0),
	ROW(4, snapshot, nmotors, 0),
	ROW(4, snapshot, nbuses, 0),
	ROW(4, snapshot, neyes, 0),
	END,
};

static const struct field joint_fields[] = {
	TEXT(view_joint, joint.name),
	ROW(ENUM, view_joint, joint.unit, UNIT_N - 1),
	ROW(8, view_joint, seen, 0),
	ROW(8, view_joint, asked, 0),
	ROW(8, view_joint, sent, 0),
	ROW(8, view_joint, got, 0),
	ROW(BOOL, view_joint, trained, 0),
	ROW(8, view_joint, min, 0),
	ROW(8, view_joint, q01, 0),
	ROW(8, view_joint, q99, 0),
	ROW(8, view_joint, max, 0),
	ROW(8, view_joint, mean, 0),
	ROW(8, view_joint, std, 0),
	ROW(8, view_joint, start_mean, 0),
	ROW(8, view_joint, start_std, 0),
	ROW(8, view_joint, delta_now, 0),
	ROW(8, view_joint, delta_peak, 0),
	ROW(8, view_joint, delta_max, 0),
	ROW(8, view_joint, err_now, 0),
	ROW(8, view_joint, err_peak, 0),
	ROW(8, view_joint, err_max, 0),
	ROW(8, view_joint, seam, 0),
	ROW(8, view_joint, inside, 0),
	ROW(8, view_joint, plan_off, 0),
	ROW(BOOL, view_joint, gripper, 0),
	ROW(4, view_joint, gripper_state, 0),
	ROW(ENUM, view_joint, level, LEVEL_FAIL),
	TEXT(view_joint, code),
	END,
};

static const struct field alarm_fields[] = {
	ROW(ENUM, view_alarm, level, LEVEL_FAIL),
	TEXT(view_alarm, code),
	TEXT(view_alarm, subject),
	ROW(8, view_alarm, value, 0),
	ROW(8, view_alarm, threshold, 0),
	TEXT(view_alarm, unit),
	TEXT(view_alarm, message),
	ROW(8, view_alarm, since_s, 0),
	ROW(4, view_alarm, count, 0),
	ROW(BOOL, view_alarm, active, 0),
	END,
};

static const struct field check_fields[] = {
	TEXT(view_check, code),
	ROW(ENUM, view_check, level, LEVEL_FAIL),
	ROW(BOOL, view_check, absent, 0),
	TEXT(view_check, subject),
	ROW(8, view_check, value, 0),
	ROW(8, view_check, threshold, 0),
	ROW(BOOL, view_check, least, 0),
	TEXT(view_check, unit),
	TEXT(view_check, why),
	END,
};

static const struct field event_fields[] = {
	ROW(8, view_event, age_s, 0),
	ROW(ENUM, view_event, level, LEVEL_FAIL),
	TEXT(view_event, text),
	END,
};

static const struct field source_fields[] = {
	TEXT(view_source, word),  ROW(4, view_source, facts, 0),     ROW(BOOL, view_source, up, 0),
	TEXT(view_source, state), ROW(8, view_source, bad_lines, 0), END,
};

static const struct field history_fields[] = {
	ROW(4, history, joint, 0),
	ROW(4, history, columns, 0),
	ROW(8, history, span_s, 0),
	ROW(4, history, nplan, 0),
	ROW(8, history, plan_dt_s, 0),
	ROW(4, history, nchunks, 0),
	END,
};

static const struct field verdict_fields[] = {
	ROW(ENUM, verdict, level, LEVEL_FAIL),
	TEXT(verdict, code),
	TEXT(verdict, subject),
	ROW(4, verdict, episode, 0),
	ROW(8, verdict, seq, 0),
	ROW(8, verdict, t_ns, 0),
	ROW(8, verdict, value, 0),
	ROW(8, verdict, threshold, 0),
	TEXT(verdict, unit),
	TEXT(verdict, message),
	END,
};

static const unsigned char magic[4] = {'P', 'T', 'M', MESSAGE_VERSION};

enum message_kind message_kind(const void *p, size_t len)
{
	uint32_t kind;

	if (len < sizeof(magic) + sizeof(kind) || memcmp(p, magic, sizeof(magic)))
		return MESSAGE_NONE;
	memcpy(&kind, (const char *)p + sizeof(magic), sizeof(kind));
	return kind <= MESSAGE_REFERENCE ? (enum message_kind)kind : MESSAGE_NONE;
}

struct cursor message_begin_put(void *dst, size_t size, enum message_kind kind)
{
	struct cursor c = {.put = dst, .left = size};
	uint32_t k = kind;

	cursor_put(&c, magic, sizeof(magic));
	cursor_put(&c, &k, sizeof(k));
	return c;
}

size_t message_end_put(const struct cursor *c, size_t size)
{
	return c->failed ? 0 : size - c->left;
}

struct cursor message_begin_get(const void *p, size_t len, enum message_kind kind)
{
	struct cursor c = {.failed = message_kind(p, len) != kind};

	if (!c.failed) {
		c.get = (const unsigned char *)p + sizeof(magic) + sizeof(uint32_t);
		c.left = len - sizeof(magic) - sizeof(uint32_t);
	}
	return c;
}

/* A packet that is too short or too long was made by something else. */
int message_end_get(const struct cursor *c)
{
	return c->failed || c->left ? -EBADMSG : 0;
}

size_t message_put_snapshot(void *dst, size_t size, const struct snapshot *s)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_SNAPSHOT);

	fields_put(&c, snapshot_fields, s);
	for (unsigned i = 0; i < s->njoints; i++)
		fields_put(&c, joint_fields, &s->joint[i]);
	for (unsigned i = 0; i < s->nalarms; i++)
		fields_put(&c, alarm_fields, &s->alarm[i]);
	for (unsigned i = 0; i < s->nevents; i++)
		fields_put(&c, event_fields, &s->event[i]);
	for (unsigned i = 0; i < s->nchecks; i++)
		fields_put(&c, check_fields, &s->check[i]);
	for (unsigned i = 0; i < s->nsources; i++)
		fields_put(&c, source_fields, &s->source[i]);
	message_put_policy(&c, s);
	message_put_health(&c, s);
	return message_end_put(&c, size);
}

int message_get_snapshot(struct snapshot *s, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_SNAPSHOT);

	fields_get(&c, snapshot_fields, s);
	if (c.failed || s->njoints > MAX_JOINTS || s->nalarms > VIEW_ALARMS ||
	    s->nevents > VIEW_EVENTS || s->nchecks > VIEW_CHECKS || s->nsources > VIEW_SOURCES ||
	    s->nframes > VIEW_CAMERAS)
		return -EBADMSG;
	for (unsigned i = 0; i < s->njoints; i++)
		fields_get(&c, joint_fields, &s->joint[i]);
	for (unsigned i = 0; i < s->nalarms; i++)
		fields_get(&c, alarm_fields, &s->alarm[i]);
	for (unsigned i = 0; i < s->nevents; i++)
		fields_get(&c, event_fields, &s->event[i]);
	for (unsigned i = 0; i < s->nchecks; i++)
		fields_get(&c, check_fields, &s->check[i]);
	for (unsigned i = 0; i < s->nsources; i++)
		fields_get(&c, source_fields, &s->source[i]);
	message_get_policy(&c, s);
	message_get_health(&c, s);
	return message_end_get(&c);
}

size_t message_put_history(void *dst, size_t size, const struct history *h)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_HISTORY);
	size_t bytes = h->columns * sizeof(float);

	fields_put(&c, history_fields, h);
	cursor_put(&c, h->got_min, bytes);
	cursor_put(&c, h->got_max, bytes);
	cursor_put(&c, h->asked_min, bytes);
	cursor_put(&c, h->asked_max, bytes);
	cursor_put(&c, h->plan, h->nplan * sizeof(float));
	message_put_chunks(&c, h);
	return message_end_put(&c, size);
}

int message_get_history(struct history *h, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_HISTORY);
	size_t bytes;

	fields_get(&c, history_fields, h);
	if (c.failed || h->joint >= MAX_JOINTS || h->columns > HISTORY_COLUMNS ||
	    h->nplan > HISTORY_PLAN || h->nchunks > HISTORY_CHUNKS)
		return -EBADMSG;
	bytes = h->columns * sizeof(float);
	cursor_get(&c, h->got_min, bytes);
	cursor_get(&c, h->got_max, bytes);
	cursor_get(&c, h->asked_min, bytes);
	cursor_get(&c, h->asked_max, bytes);
	cursor_get(&c, h->plan, h->nplan * sizeof(float));
	message_get_chunks(&c, h);
	return message_end_get(&c);
}

size_t message_put_verdict(void *dst, size_t size, const struct verdict *v)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_VERDICT);

	fields_put(&c, verdict_fields, v);
	return message_end_put(&c, size);
}

int message_get_verdict(struct verdict *v, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_VERDICT);

	fields_get(&c, verdict_fields, v);
	return message_end_get(&c);
}

size_t message_put_event(void *dst, size_t size, const struct view_event *ev)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_EVENT);

	fields_put(&c, event_fields, ev);
	return message_end_put(&c, size);
}

int message_get_event(struct view_event *ev, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_EVENT);

	fields_get(&c, event_fields, ev);
	return message_end_get(&c);
}
