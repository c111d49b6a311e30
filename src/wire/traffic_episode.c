/* SPDX-License-Identifier: Apache-2.0 */
/* Where episodes begin and end, and how much of a chunk was executed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/traffic_impl.h"

static const int64_t silence_ns = 3 * NS_PER_S; /* and three periods, at least */

static int64_t median_period_ns(const struct traffic *p)
{
	unsigned n = p->periods < TRAFFIC_PERIODS ? (unsigned)p->periods : TRAFFIC_PERIODS;
	int64_t sorted[TRAFFIC_PERIODS];

	for (unsigned i = 0; i < n; i++) {
		unsigned at = i;

		for (; at && sorted[at - 1] > p->period_ns[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = p->period_ns[i];
	}
	return n ? sorted[n / 2] : 0;
}

static void mark(struct traffic *p, const struct episode_mark *m, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_EPISODE, .episode = m};

	traffic_emit(p, &ev, t_ns);
}

void traffic_episode_begin(struct traffic *p, const char *why, bool guessed, int64_t t_ns)
{
	struct episode_mark m = {.start = true, .resumed = p->resumed, .guessed = guessed};

	if (p->in_episode)
		return;
	text_copy(m.boundary, sizeof(m.boundary), why);
	text_copy(m.task, sizeof(m.task), p->request.prompt);
	p->in_episode = true;
	p->resumed = false;
	p->ended_ns = TIME_UNKNOWN;
	p->asked = p->periods = 0;
	p->last_ns = t_ns;
	p->acted_ns = TIME_UNKNOWN;
	for (unsigned i = 0; i < p->cameras; i++)
		p->camera[i].last_ns = TIME_UNKNOWN;
	mark(p, &m, t_ns);
}

static void tell_end(struct traffic *p, const char *why, int64_t t_ns)
{
	struct episode_mark m = {.start = false};

	text_copy(m.boundary, sizeof(m.boundary), why);
	mark(p, &m, t_ns);
}

void traffic_episode_end(struct traffic *p, const char *why, int64_t t_ns)
{
	if (!p->in_episode)
		return;
	p->in_episode = false;
	p->acted_ns = TIME_UNKNOWN;
	p->ended_ns = p->again ? t_ns : TIME_UNKNOWN;
	text_copy(p->ended_why, sizeof(p->ended_why), why);
	tell_end(p, why, t_ns);
}

/*
 * Whether the engine before this one has told the last end is not known, and told twice it does no
 * harm. Where none was seen, an episode may be under way.
 */
void traffic_episode_again(struct traffic *p)
{
	if (p->ended_ns != TIME_UNKNOWN)
		tell_end(p, p->ended_why, p->ended_ns);
	p->resumed = p->connected && p->ended_ns == TIME_UNKNOWN;
	p->in_episode = false; /* its start was told by another engine */
	p->ended_ns = TIME_UNKNOWN;
}

/* The chunk before was executed until now, as far as time can tell. */
static void tell_executed(struct traffic *p, int64_t t_ns)
{
	struct executed x = {.chunk = CHUNK_UNKNOWN};
	struct event ev = {.kind = EVENT_EXECUTED, .executed = &x};
	double steps;

	if (p->acted_ns == TIME_UNKNOWN || !(p->hello.fps > 0))
		return;
	steps = round((double)(t_ns - p->acted_ns) / 1e9 * p->hello.fps);
	x.steps = (unsigned)fmin(fmax(steps, 1), p->executable);
	p->acted_ns = TIME_UNKNOWN;
	traffic_emit(p, &ev, t_ns);
}

void traffic_asked(struct traffic *p, int64_t t_ns)
{
	traffic_episode_begin(p, "first request", true, t_ns);
	tell_executed(p, t_ns);
	if (p->asked++)
		p->period_ns[p->periods++ % TRAFFIC_PERIODS] = t_ns - p->asked_ns;
	p->asked_ns = t_ns;
}

void traffic_reset(struct traffic *p, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_RESET};

	if (p->asked)
		traffic_episode_end(p, "policy reset", t_ns);
	traffic_episode_begin(p, "policy reset", false, t_ns);
	traffic_emit(p, &ev, t_ns);
}

int64_t traffic_due(struct traffic *p, int64_t now_ns)
{
	int64_t limit_ns = 3 * median_period_ns(p), due_ns;
	char why[NAME_BYTES];

	/* After a reset alone the robot is being prepared, for as long as that takes. */
	if (!p->in_episode || p->awaits || !p->asked)
		return INT64_MAX;
	if (limit_ns < silence_ns)
		limit_ns = silence_ns;
	due_ns = p->last_ns + limit_ns;
	if (due_ns > now_ns)
		return due_ns;
	snprintf(why, sizeof(why), "%.1f s without traffic", (double)limit_ns / 1e9);
	traffic_episode_end(p, why, due_ns);
	return INT64_MAX;
}
