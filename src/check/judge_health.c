/* SPDX-License-Identifier: Apache-2.0 */
/* Hands motors, buses, cameras and pictures to the checks that look at such. */
#include <string.h>

#include "base/text.h"
#include "check/judge_impl.h"

static void note_health(struct judge *j, unsigned need)
{
	if (j->health & need)
		return;
	j->health |= need;
	judge_find_missing(j, NULL);
}

/* The joint that a motor turns; -1: none of the run's. Two arms have joints of like short names. */
static int joint_of(const struct run_view *run, const char *name)
{
	for (unsigned i = 0; i < run->joints; i++) {
		if (strcmp(run->joint[i].name, name) == 0)
			return (int)i;
	}
	for (unsigned i = 0; i < run->joints; i++) {
		if (joint_same_name(run->joint[i].name, name))
			return (int)i;
	}
	return -1;
}

/* Index of a name, added while there is room; -1: none is left. */
static int named(char list[][NAME_BYTES], unsigned *n, unsigned max, const char *name)
{
	for (unsigned i = 0; i < *n; i++) {
		if (strcmp(list[i], name) == 0)
			return (int)i;
	}
	if (*n == max)
		return -1;
	text_copy(list[*n], NAME_BYTES, name);
	return (int)(*n)++;
}

static int subject_of(struct judge *j, const struct event *ev)
{
	struct run_view *run = &j->run;
	int at;

	if (ev->kind == EVENT_MOTOR)
		return j->has_hello ? joint_of(run, ev->motor->joint) : -1;
	if (ev->kind == EVENT_BUS) {
		at = named(run->bus, &run->buses, RUN_BUSES, ev->bus->name);
		return at < 0 ? -1 : SUBJECT_BUS + at;
	}
	at = named(run->camera, &run->cameras, RUN_CAMERAS,
		   ev->kind == EVENT_CAMERA ? ev->camera->name : ev->frame->camera);
	return at < 0 ? -1 : SUBJECT_CAMERA + at;
}

static bool looks_at(const struct check_class *class, enum event_kind kind)
{
	return kind == EVENT_MOTOR    ? class->motor != NULL
	       : kind == EVENT_BUS    ? class->bus != NULL
	       : kind == EVENT_CAMERA ? class->camera != NULL
				      : class->frame != NULL;
}

static void look(struct check *c, unsigned subject, const struct event *ev)
{
	if (ev->kind == EVENT_MOTOR)
		c->class->motor(c, subject, ev->motor);
	else if (ev->kind == EVENT_BUS)
		c->class->bus(c, subject, ev->bus);
	else if (ev->kind == EVENT_CAMERA)
		c->class->camera(c, subject, ev->camera);
	else
		c->class->frame(c, subject, ev->frame);
}

void judge_feed_health(struct judge *j, const struct event *ev)
{
	int subject = subject_of(j, ev);

	note_health(j, ev->kind == EVENT_MOTOR ? NEED_MOTORS
		       : ev->kind == EVENT_BUS ? NEED_BUS
					       : NEED_CAMERAS);
	judge_move_to(j, ev->t_ns);
	if (subject >= 0)
		j->reading = ++j->readings[subject];
	for (size_t i = 0; subject >= 0 && i < j->nslots; i++) {
		struct check_slot *s = &j->slot[i];

		if (judge_may_look(j, s, looks_at(s->check.class, ev->kind)))
			look(&s->check, (unsigned)subject, ev);
	}
	if (subject >= 0 && ev->kind == EVENT_FRAME)
		judge_look_frame(j, (unsigned)subject, ev);
	j->reading = 0;
}
