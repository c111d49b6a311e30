/* SPDX-License-Identifier: Apache-2.0 */
/* The lines without vectors: episode, reset, event, gap; health is in stream_health.c. */
#include <string.h>

#include "base/text.h"
#include "model/verdict.h"
#include "wire/stream_health.h"

struct small {
	struct event ev;
	struct episode_mark mark;
	char event[NAME_BYTES], outcome[NAME_BYTES], text[TASK_BYTES], unit[NAME_BYTES];
	char level[NAME_BYTES];
};

static void take_small(struct stream *s, struct json *j, void *out)
{
	struct small *m = out;

	if (json_is(j, "event"))
		stream_take_text(s, j, m->event, sizeof(m->event));
	else if (json_is(j, "outcome"))
		stream_take_text(s, j, m->outcome, sizeof(m->outcome));
	else if (json_is(j, "task"))
		stream_take_text(s, j, m->mark.task, sizeof(m->mark.task));
	else if (json_is(j, "note"))
		stream_take_text(s, j, m->mark.note, sizeof(m->mark.note));
	else if (json_is(j, "boundary"))
		stream_take_text(s, j, m->mark.boundary, sizeof(m->mark.boundary));
	else if (json_is(j, "resumed"))
		stream_take_flag(s, j, "resumed", &m->mark.resumed);
	else if (json_is(j, "text") || json_is(j, "reason"))
		stream_take_text(s, j, m->text, sizeof(m->text));
	else if (json_is(j, "level"))
		stream_take_text(s, j, m->level, sizeof(m->level));
	else if (json_is(j, "unit"))
		stream_take_text(s, j, m->unit, sizeof(m->unit));
	else if (json_is(j, "lost"))
		stream_take_i64(s, j, "lost", &m->ev.lost);
	else if (json_is(j, "t"))
		stream_take_time(s, j, &m->ev.src_ns);
	else
		stream_skip_value(j);
}

static void take_episode(struct stream *s, const char *line, size_t len)
{
	struct small m = {.ev = {.kind = EVENT_EPISODE, .src_ns = TIME_UNKNOWN}};

	if (!stream_each_key(s, line, len, take_small, &m))
		return;
	m.mark.start = strcmp(m.event, "start") == 0;
	if (!m.mark.start && strcmp(m.event, "end") != 0) {
		stream_blame(s, "episode event is neither start nor end: '%s'", m.event);
		return;
	}
	m.mark.resumed &= m.mark.start;
	m.mark.outcome = outcome_from_word(m.outcome);
	if (m.outcome[0] && !m.mark.outcome)
		stream_blame(s, "unknown outcome '%s'", m.outcome);
	if (!m.mark.boundary[0])
		text_copy(m.mark.boundary, sizeof(m.mark.boundary), "episode message");
	m.ev.episode = &m.mark;
	stream_emit(s, &m.ev);
}

/* reset, event, gap. */
static void take_word(struct stream *s, const char *line, size_t len, enum event_kind kind)
{
	struct small m = {.ev = {.kind = kind, .src_ns = TIME_UNKNOWN, .lost = -1}};

	if (!stream_each_key(s, line, len, take_small, &m))
		return;
	if (kind != EVENT_RESET)
		m.ev.text = m.text;
	if (kind == EVENT_GAP)
		m.ev.unit = m.unit;
	m.ev.level = kind != EVENT_NOTE ? 0 : LEVEL_NOTE;
	for (int l = LEVEL_OK; kind == EVENT_NOTE && l <= LEVEL_FAIL; l++) {
		if (strcmp(level_word((enum level)l), m.level) == 0)
			m.ev.level = l;
	}
	stream_emit(s, &m.ev);
}

bool stream_take_small(struct stream *s, const char *type, const char *line, size_t len)
{
	if (strcmp(type, "episode") == 0)
		take_episode(s, line, len);
	else if (strcmp(type, "reset") == 0)
		take_word(s, line, len, EVENT_RESET);
	else if (strcmp(type, "event") == 0)
		take_word(s, line, len, EVENT_NOTE);
	else if (strcmp(type, "gap") == 0)
		take_word(s, line, len, EVENT_GAP);
	else
		return stream_take_health(s, type, line, len);
	return true;
}
