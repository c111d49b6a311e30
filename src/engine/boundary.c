/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/boundary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* This long without asked, and the policy has stopped. */
static const int64_t pause_ns = NS_PER_S;

void boundary_init(struct boundary *b, const struct resume_point *resume)
{
	b->last_asked_ns = TIME_UNKNOWN;
	if (!resume->run)
		return;
	b->number = resume->episode;
	b->any = resume->episode_open || resume->last_seq != SEQ_UNKNOWN;
	b->in_episode = b->resumed = resume->episode_open;
}

/* The judge of this segment has not seen the episode begin, and has to know. */
static void tell_resumed(struct boundary *b, int64_t t_ns)
{
	struct episode_mark m = {.start = true, .resumed = true, .boundary = "engine restarted"};

	b->resumed = false;
	text_copy(m.task, sizeof(m.task), b->task);
	b->mark(b->host, &m, t_ns);
}

static void begin(struct boundary *b, const struct episode_mark *mark, const char *why,
		  int64_t t_ns)
{
	struct episode_mark m = {.start = true};

	if (mark)
		m = *mark;
	m.resumed = false;
	if (!m.boundary[0])
		text_copy(m.boundary, sizeof(m.boundary), why);
	if (!m.task[0])
		text_copy(m.task, sizeof(m.task), b->task);
	if (b->any)
		b->number++;
	b->any = b->in_episode = true;
	b->held = b->resumed = false;
	b->last_asked_ns = TIME_UNKNOWN;
	b->mark(b->host, &m, t_ns);
}

static void finish(struct boundary *b, const struct episode_mark *mark, const char *why,
		   int64_t t_ns)
{
	struct episode_mark m = {.start = false};

	if (!b->in_episode)
		return;
	if (mark)
		m = *mark;
	if (!m.boundary[0])
		text_copy(m.boundary, sizeof(m.boundary), why);
	b->in_episode = b->resumed = false;
	b->last_asked_ns = TIME_UNKNOWN;
	b->mark(b->host, &m, t_ns);
}

void boundary_message(struct boundary *b, const struct episode_mark *m, int64_t t_ns)
{
	b->told = true;
	if (m->start) {
		b->told_start = true;
		if (m->resumed && b->in_episode) {
			if (b->resumed)
				tell_resumed(b, t_ns);
			return;
		}
		finish(b, NULL, "next episode message", t_ns);
		begin(b, m, "episode message", t_ns);
	} else {
		finish(b, m, "episode message", t_ns);
	}
}

void boundary_reset(struct boundary *b, int64_t t_ns)
{
	/* A reset before the first action is the preparation of this very episode. */
	if (b->told || !b->in_episode || b->last_asked_ns == TIME_UNKNOWN)
		return;
	finish(b, NULL, "policy reset", t_ns);
	begin(b, NULL, "policy reset", t_ns);
}

void boundary_reconnect(struct boundary *b, int64_t t_ns)
{
	if (!b->told)
		finish(b, NULL, "connection", t_ns);
}

void boundary_end(struct boundary *b, const char *why, int64_t t_ns)
{
	finish(b, NULL, why, t_ns);
}

static bool paused(const struct boundary *b, int64_t axis_ns)
{
	return b->last_asked_ns != TIME_UNKNOWN && axis_ns - b->last_asked_ns >= pause_ns;
}

static void pause_text(char dst[NAME_BYTES], const struct boundary *b, int64_t axis_ns)
{
	snprintf(dst, NAME_BYTES, "%.1f s without asked",
		 (double)(axis_ns - b->last_asked_ns) / 1e9);
}

/* Ends an episode in which the policy has paused, and begins the next with its next action. */
static void step_by_asked(struct boundary *b, bool asked, int64_t axis_ns, int64_t t_ns)
{
	struct episode_mark m = {.start = true, .guessed = true};
	bool pause = paused(b, axis_ns);
	char why[NAME_BYTES] = "connection";

	if (pause)
		pause_text(why, b, axis_ns);
	if (b->in_episode && pause) {
		int64_t last = b->last_asked_ns;

		finish(b, NULL, why, t_ns);
		b->last_asked_ns = last; /* the pause goes on */
	}
	if (b->in_episode || (b->held && !pause))
		return;
	text_copy(m.boundary, sizeof(m.boundary), b->any && !pause ? "asked again" : why);
	if (asked || !b->any)
		begin(b, &m, NULL, t_ns);
}

bool boundary_step(struct boundary *b, bool asked, int64_t axis_ns, int64_t t_ns)
{
	if (b->resumed)
		tell_resumed(b, t_ns);
	if (!b->told_start)
		step_by_asked(b, asked, axis_ns, t_ns);
	if (asked)
		b->last_asked_ns = axis_ns;
	return b->in_episode;
}

int boundary_operator_end(struct boundary *b, enum outcome o, const char *note, int64_t t_ns)
{
	struct episode_mark m = {.outcome = o, .boundary = "operator"};

	if (!b->in_episode)
		return -EALREADY;
	text_copy(m.note, sizeof(m.note), note);
	finish(b, &m, "operator", t_ns);
	b->held = true;
	return 0;
}

int boundary_operator_start(struct boundary *b, int64_t t_ns)
{
	if (b->in_episode)
		return -EALREADY;
	begin(b, NULL, "operator", t_ns);
	return 0;
}
