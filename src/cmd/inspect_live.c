/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inspect_live.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/inspect_engine.h"
#include "robot/robot.h"
#include "source/source.h"

static void add_source(struct inspect_live *l, bool camera, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add_source(struct inspect_live *l, bool camera, const char *fmt, ...)
{
	struct live_source *s = &l->source[l->sources];
	va_list ap;

	if (l->sources == INSPECT_SOURCES)
		return;
	*s = (struct live_source){.camera = camera};
	va_start(ap, fmt);
	vsnprintf(s->word, sizeof(s->word), fmt, ap);
	va_end(ap);
	l->sources++;
}

/* "feetech:", "dynamixel:" … of the robot's bus; NULL: nothing is known that could look at it. */
static const char *kind_of(const struct robot_class *robot)
{
	if (!robot)
		return NULL;
	if (robot->can)
		return "can";
	return robot->bus == ROBOT_BUS_FEETECH	   ? "feetech"
	       : robot->bus == ROBOT_BUS_DYNAMIXEL ? "dynamixel"
						   : NULL;
}

static void add_arm(struct inspect_live *l, const struct rig *r, const char *port,
		    const char *prefix)
{
	const struct robot_class *robot = robot_find(r->robot_type);
	const char *kind = kind_of(robot);
	char more[2 * RIG_WORD_BYTES] = "";

	if (!port[0] || !kind || !source_find(kind))
		return;
	if (robot->can)
		more[0] = '\0'; /* its motors know no calibration file */
	else if (r->robot_calibration[0])
		snprintf(more, sizeof(more), "&calibration=%s", r->robot_calibration);
	else if (r->robot_id[0])
		snprintf(more, sizeof(more), "&id=%s", r->robot_id);
	add_source(l, false, "%s:%s?robot=%s%s%s%s", kind, port, robot->name, more,
		   prefix[0] ? "&prefix=" : "", prefix);
}

void inspect_live_sources(struct inspect_live *l, const struct rig *r)
{
	l->sources = 0;
	if (r->sources.n) {
		for (unsigned i = 0; i < r->sources.n; i++)
			add_source(l, text_starts(r->sources.word[i], "v4l2:"), "%s",
				   r->sources.word[i]);
	} else {
		add_arm(l, r, r->robot_port, "");
		add_arm(l, r, r->robot_left_port, "left");
		add_arm(l, r, r->robot_right_port, "right");
	}
	for (unsigned i = 0; i < r->cameras && source_find("v4l2"); i++) {
		const struct rig_camera *c = &r->camera[i];

		/* What is no V4L2 device is judged from what the policy saw of it. */
		if (c->device[0] && strcmp(c->type, "intelrealsense") != 0)
			add_source(l, true, "v4l2:%s?name=%s&mode=own", c->device, c->role);
	}
}

static struct live_joint *joint_of(struct inspect_live *l, const struct joint *j)
{
	for (unsigned i = 0; i < l->joints; i++) {
		if (strcmp(l->joint[i].joint.name, j->name) == 0)
			return &l->joint[i];
	}
	if (l->joints == MAX_JOINTS)
		return NULL;
	l->joint[l->joints] = (struct live_joint){.joint = *j, .value = NAN};
	return &l->joint[l->joints++];
}

static void take_step(struct inspect_live *l, const struct hello *h, const struct step *s,
		      int64_t t_ns)
{
	for (unsigned j = 0; j < s->joints && j < h->joints; j++) {
		struct live_joint *to = joint_of(l, &h->joint[j]);
		double v;

		if (!to ||
		    (!vec_value(&s->vec[VEC_GOT], j, &v) && !vec_value(&s->vec[VEC_SEEN], j, &v)))
			continue;
		to->value = v;
		to->at_ns = t_ns;
		to->joint.unit = h->joint[j].unit;
	}
}

static void take_motor(struct inspect_live *l, const struct motor *m, int64_t t_ns)
{
	unsigned i = 0;

	while (i < l->motors && strcmp(l->motor[i].joint, m->joint) != 0)
		i++;
	if (i == INSPECT_MOTORS)
		return;
	l->motors += i == l->motors;
	l->motor[i] = *m;
	l->motor_ns[i] = t_ns;
}

static void take_bus(struct inspect_live *l, const struct bus *b)
{
	unsigned i = 0;

	while (i < l->buses && strcmp(l->bus[i].name, b->name) != 0)
		i++;
	if (i == INSPECT_BUSES)
		return;
	l->buses += i == l->buses;
	l->bus[i] = *b;
}

static void take_camera(struct inspect_live *l, const struct camera *c, int64_t t_ns)
{
	unsigned i = 0;

	while (i < l->cameras && strcmp(l->camera[i].name, c->name) != 0)
		i++;
	if (i == INSPECT_CAMERAS)
		return;
	l->cameras += i == l->cameras;
	l->camera[i] = *c;
	l->camera_ns[i] = t_ns;
}

static void take_frame(struct inspect_live *l, const struct frame *f, int64_t t_ns)
{
	size_t bytes = (size_t)f->thumb_width * f->thumb_height * 3;
	unsigned i = 0;

	if (!l->picture)
		l->picture = xcalloc(INSPECT_CAMERAS, sizeof(*l->picture));
	while (i < l->pictures && strcmp(l->picture[i].frame.camera, f->camera) != 0)
		i++;
	if (i == INSPECT_CAMERAS)
		return;
	l->pictures += i == l->pictures;
	l->picture[i].frame = *f;
	l->picture[i].at_ns = t_ns;
	if (f->thumb && bytes && bytes <= sizeof(l->picture[i].rgb)) {
		memcpy(l->picture[i].rgb, f->thumb, bytes);
		l->picture[i].frame.thumb = l->picture[i].rgb;
	} else {
		l->picture[i].frame.thumb = NULL;
	}
}

struct heard {
	struct inspect_live *l;
	struct live_source *source;
	struct hello hello;
	bool steps;
	unsigned motors; /* whose temperature was read */
};

static void on_event(void *host, const struct event *ev)
{
	struct heard *h = host;

	switch ((int)ev->kind) {
	case EVENT_HELLO:
		h->hello = *ev->hello;
		return;
	case EVENT_STEP:
		take_step(h->l, &h->hello, ev->step, ev->t_ns);
		h->steps = true;
		break;
	case EVENT_MOTOR:
		take_motor(h->l, ev->motor, ev->t_ns);
		h->motors += ev->motor->temp_degc > 0;
		break;
	case EVENT_BUS:
		take_bus(h->l, ev->bus);
		break;
	case EVENT_CAMERA:
		take_camera(h->l, ev->camera, ev->t_ns);
		break;
	case EVENT_FRAME:
		take_frame(h->l, ev->frame, ev->t_ns);
		break;
	default:
		return;
	}
	h->source->heard = true;
}

struct ear {
	struct source *source;
	struct heard heard;
	int64_t due_ns;
};

static bool is_enough(const struct ear *ears, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct heard *h = &ears[i].heard;

		if (!ears[i].source)
			continue;
		if (!h->source->heard ||
		    (!h->source->camera && !(h->steps && h->motors >= h->hello.joints)))
			return false;
	}
	return true;
}

/* One turn of all sources: waits for the next thing that is due, 50 ms at most. */
static void turn(struct ear *ears, unsigned n, struct clock *clock)
{
	struct pollfd p[INSPECT_SOURCES];
	int64_t now_ns = clock_now_ns(clock), next_ns = now_ns + 50 * NS_PER_MS;

	for (unsigned i = 0; i < n; i++) {
		p[i] = (struct pollfd){.fd = ears[i].source ? ears[i].source->fd : -1,
				       .events = POLLIN};
		if (ears[i].source && ears[i].due_ns < next_ns)
			next_ns = ears[i].due_ns;
	}
	poll(p, n, next_ns > now_ns ? (int)((next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS) : 0);
	now_ns = clock_now_ns(clock);
	for (unsigned i = 0; i < n; i++) {
		struct source *s = ears[i].source;

		if (!s ||
		    (!(p[i].revents & (POLLIN | POLLHUP | POLLERR)) && ears[i].due_ns > now_ns))
			continue;
		ears[i].due_ns = s->class->run(s, now_ns);
		if (ears[i].due_ns >= 0)
			continue;
		text_copy(ears[i].heard.source->why, sizeof(ears[i].heard.source->why),
			  s->error.msg);
		source_close(s);
		ears[i].source = NULL;
	}
}

static void open_all(struct inspect_live *l, struct ear *ears, struct clock *clock)
{
	for (unsigned i = 0; i < l->sources; i++) {
		struct source_host host = {.host = &ears[i].heard, .emit = on_event, .takes = true};
		struct err e = {0};

		ears[i].heard.l = l;
		ears[i].heard.source = &l->source[i];
		l->source[i].heard = false;
		l->source[i].why[0] = '\0';
		ears[i].source = source_open(l->source[i].word, (uint16_t)i, &host, clock, &e);
		l->source[i].open = ears[i].source != NULL;
		if (!ears[i].source)
			text_copy(l->source[i].why, sizeof(l->source[i].why), e.msg);
	}
}

void inspect_live(struct inspect_live *l, const struct rig *r, const char *rig_name,
		  int64_t patience_ns)
{
	struct ear *ears = xcalloc(INSPECT_SOURCES, sizeof(*ears));
	struct clock clock = clock_real();
	int64_t end_ns = clock_now_ns(&clock) + patience_ns;

	inspect_live_sources(l, r);
	l->looked = true;
	l->engine = inspect_engine(l, rig_name);
	if (!l->engine) {
		open_all(l, ears, &clock);
		while (!is_enough(ears, l->sources) && clock_now_ns(&clock) < end_ns)
			turn(ears, l->sources, &clock);
		for (unsigned i = 0; i < l->sources; i++)
			source_close(ears[i].source);
	}
	l->now_ns = clock_now_ns(&clock);
	free(ears);
}

void inspect_live_fini(struct inspect_live *l)
{
	free(l->picture);
	*l = (struct inspect_live){.looked = false};
}

const struct camera *inspect_live_camera(const struct inspect_live *l, const char *role)
{
	for (unsigned i = 0; i < l->cameras; i++) {
		if (strcmp(l->camera[i].name, role) == 0)
			return &l->camera[i];
	}
	return NULL;
}

const struct live_picture *inspect_live_picture(const struct inspect_live *l, const char *role)
{
	for (unsigned i = 0; i < l->pictures; i++) {
		if (strcmp(l->picture[i].frame.camera, role) == 0)
			return &l->picture[i];
	}
	return NULL;
}

double inspect_live_age_s(const struct inspect_live *l, int64_t at_ns)
{
	return at_ns == TIME_UNKNOWN ? (double)NAN : (double)(l->now_ns - at_ns) / 1e9;
}

const char *inspect_live_blind(const struct inspect_live *l)
{
	for (unsigned i = 0; i < l->sources; i++) {
		if (!l->source[i].camera && l->source[i].why[0])
			return l->source[i].why;
	}
	return l->sources ? "no source tells where the arm is"
			  : "the rig names no source that sees the arm";
}
