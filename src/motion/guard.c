/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/guard.h"

#include <stdlib.h>

static int first_fault(const struct motion_seen *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->joint[i].answered && s->joint[i].faults)
			return (int)i;
	}
	return -1;
}

static int first_silent(const struct motion_seen *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (!s->joint[i].answered)
			return (int)i;
	}
	return -1;
}

static int first_off(const struct motion_seen *s, int32_t limit)
{
	for (unsigned i = 0; i < s->n; i++) {
		int64_t off = (int64_t)s->joint[i].at - s->joint[i].goal;

		if (s->joint[i].answered && llabs(off) > limit)
			return (int)i;
	}
	return -1;
}

static enum motion_state stop(struct motion_guard *g, enum motion_state why, int joint)
{
	g->state = why;
	g->joint = joint;
	return why;
}

enum motion_state motion_guard_step(struct motion_guard *g, const struct motion_seen *s)
{
	int joint;

	if (g->state != MOTION_GOING)
		return g->state;
	if (s->interrupted)
		return stop(g, MOTION_INTERRUPTED, -1);
	if (s->hung_up)
		return stop(g, MOTION_TERMINAL, -1);
	if (s->gone)
		return stop(g, MOTION_GONE, -1);
	if ((joint = first_fault(s)) >= 0) {
		g->faults = s->joint[joint].faults;
		return stop(g, MOTION_FAULT, joint);
	}
	if ((joint = first_silent(s)) >= 0)
		return stop(g, MOTION_REPLY, joint);
	if ((joint = first_off(s, g->follow_ticks)) >= 0)
		return stop(g, MOTION_FOLLOW, joint);
	if (s->over_s < g->rest_s)
		return MOTION_GOING;
	joint = first_off(s, g->arrive_ticks);
	if (joint < 0)
		return stop(g, MOTION_ARRIVED, -1);
	return s->over_s > g->settle_s ? stop(g, MOTION_SHORT, joint) : MOTION_GOING;
}

const char *motion_state_word(enum motion_state s)
{
	static const char *const words[] = {
		[MOTION_GOING] = "going",
		[MOTION_ARRIVED] = "arrived",
		[MOTION_INTERRUPTED] = "interrupted",
		[MOTION_TERMINAL] = "terminal-lost",
		[MOTION_FAULT] = "fault",
		[MOTION_FOLLOW] = "not-following",
		[MOTION_REPLY] = "no-reply",
		[MOTION_GONE] = "unplugged",
		[MOTION_SHORT] = "not-arrived",
	};

	return words[s];
}
