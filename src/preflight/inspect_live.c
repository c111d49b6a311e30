/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/inspect_live.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "preflight/inspect_engine.h"
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

static void add_camera(struct inspect_live *l, const struct rig_camera *c)
{
	unsigned n = l->sources;

	add_source(l, true, "v4l2:%s?name=%s&mode=own", c->device, c->role);
	if (l->sources > n)
		text_copy(l->source[n].role, sizeof(l->source[n].role), c->role);
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
			add_camera(l, c);
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
	struct joint joint[MAX_JOINTS];
	double value[MAX_JOINTS];

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
	for (unsigned j = 0; l->look && j < l->joints; j++) {
		joint[j] = l->joint[j].joint;
		value[j] = l->joint[j].value;
	}
	inspect_look_step(l->look, joint, value, l->joints, t_ns);
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

	inspect_look_frame(l->look, f, t_ns);
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
	struct source *source; /* NULL: it could not be opened, or broke */
	struct heard heard;
	int64_t due_ns, again_ns; /* again_ns: when to try to open it once more */
};

struct live_ears {
	struct clock clock; /* of the sources */
	bool warm;	    /* one look is over: all that there is was told once */
	struct ear ear[INSPECT_SOURCES];
};

static const int64_t again_ns = NS_PER_S;
static const int64_t warm_patience_ns = 400 * NS_PER_MS;

/* A camera that streams shows itself for a second, where there is something to compare with. */
static bool looked_at(const struct inspect_live *l, const struct live_source *s)
{
	const struct camera *k = inspect_live_camera(l, s->role);

	return !l->look || !s->role[0] || (k && k->state != CAMERA_STREAMING) ||
	       inspect_look_has(l->look, s->role);
}

/* At first all of an arm, its motors, too; later only where it is. */
static bool told(const struct heard *h, bool warm)
{
	return h->steps && (warm || h->motors >= h->hello.joints);
}

static bool is_enough(const struct inspect_live *l, const struct live_ears *e, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct heard *h = &e->ear[i].heard;

		if (!e->ear[i].source || (e->warm && h->source->camera))
			continue;
		if (!h->source->heard ||
		    !(h->source->camera ? looked_at(l, h->source) : told(h, e->warm)))
			return false;
	}
	return true;
}

static void open_one(struct inspect_live *l, unsigned i, int64_t now_ns)
{
	struct ear *ear = &l->ears->ear[i];
	struct source_host host = {.host = &ear->heard, .emit = on_event, .takes = true};
	struct live_source *s = &l->source[i];
	struct err e = {0};

	ear->heard = (struct heard){.l = l, .source = s};
	ear->due_ns = 0;
	ear->source = source_open(s->word, (uint16_t)i, &host, &l->ears->clock, &e);
	ear->again_ns = now_ns + again_ns;
	s->open = ear->source != NULL;
	text_copy(s->why, sizeof(s->why), ear->source ? "" : e.msg);
}

static void run_one(struct inspect_live *l, unsigned i, int64_t now_ns)
{
	struct ear *ear = &l->ears->ear[i];

	ear->due_ns = ear->source->class->run(ear->source, now_ns);
	if (ear->due_ns >= 0)
		return;
	text_copy(l->source[i].why, sizeof(l->source[i].why), ear->source->error.msg);
	source_close(ear->source);
	ear->source = NULL;
	ear->again_ns = now_ns + again_ns;
}

/* One turn of all sources: waits for the next thing that is due, 50 ms at most. */
static void turn(struct inspect_live *l)
{
	struct live_ears *e = l->ears;
	struct pollfd p[INSPECT_SOURCES];
	int64_t now_ns = clock_now_ns(&e->clock), next_ns = now_ns + 50 * NS_PER_MS;

	for (unsigned i = 0; i < l->sources; i++) {
		const struct ear *ear = &e->ear[i];

		p[i] = (struct pollfd){.fd = ear->source ? ear->source->fd : -1, .events = POLLIN};
		if (ear->source && ear->due_ns < next_ns)
			next_ns = ear->due_ns;
	}
	poll(p, l->sources,
	     next_ns > now_ns ? (int)((next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS) : 0);
	now_ns = clock_now_ns(&e->clock);
	for (unsigned i = 0; i < l->sources; i++) {
		const struct ear *ear = &e->ear[i];

		if (ear->source &&
		    (p[i].revents & (POLLIN | POLLHUP | POLLERR) || ear->due_ns <= now_ns))
			run_one(l, i, now_ns);
	}
}

/* Opens what is not open; where all was open, forgets who was heard. */
static void begin_look(struct inspect_live *l, const struct rig *r)
{
	int64_t now_ns;

	if (!l->ears) {
		inspect_live_sources(l, r);
		l->ears = xcalloc(1, sizeof(*l->ears));
		l->ears->clock = clock_real();
	}
	now_ns = clock_now_ns(&l->ears->clock);
	for (unsigned i = 0; i < l->sources; i++) {
		struct ear *ear = &l->ears->ear[i];

		l->source[i].heard = ear->heard.steps = false;
		if (!ear->source && ear->again_ns <= now_ns)
			open_one(l, i, now_ns);
	}
}

static bool is_old(const struct inspect_live *l, int64_t at_ns, double most_s)
{
	return at_ns == TIME_UNKNOWN || (double)(l->now_ns - at_ns) / 1e9 > most_s;
}

static void explain_old(struct inspect_live *l, bool camera, const char *name, int64_t at_ns)
{
	for (unsigned i = 0; i < l->sources; i++) {
		struct live_source *s = &l->source[i];

		if (s->camera != camera || (camera && !strstr(s->word, name)))
			continue;
		if (at_ns == TIME_UNKNOWN)
			snprintf(s->why, sizeof(s->why), "the run has not heard of it");
		else
			snprintf(s->why, sizeof(s->why), "the run heard of it %.1f s ago",
				 (double)(l->now_ns - at_ns) / 1e9);
	}
}

/* What a run saw last of a motor or a camera too long ago is not how it is. */
static void forget_old(struct inspect_live *l, double most_s)
{
	unsigned motors = 0, cameras = 0;

	for (unsigned i = 0; i < l->motors; i++) {
		if (is_old(l, l->motor_ns[i], most_s)) {
			explain_old(l, false, "", l->motor_ns[i]);
			continue;
		}
		l->motor[motors] = l->motor[i];
		l->motor_ns[motors++] = l->motor_ns[i];
	}
	for (unsigned i = 0; i < l->cameras; i++) {
		if (is_old(l, l->camera_ns[i], most_s)) {
			char role[NAME_BYTES + 8];

			snprintf(role, sizeof(role), "?name=%s&", l->camera[i].name);
			explain_old(l, true, role, l->camera_ns[i]);
			continue;
		}
		l->camera[cameras] = l->camera[i];
		l->camera_ns[cameras++] = l->camera_ns[i];
	}
	l->motors = motors;
	l->cameras = cameras;
}

void inspect_live(struct inspect_live *l, const struct rig *r, const char *rig_name,
		  int64_t patience_ns)
{
	struct clock clock = clock_real();
	int64_t end_ns = clock_now_ns(&clock) + patience_ns;

	/* A held look goes on: what was seen before is part of the same second of pictures. */
	if (!l->ears || !l->ears->warm)
		inspect_look_again(l->look);
	l->looked = true;
	l->engine = inspect_engine(l, rig_name, r->tolerances.age_s);
	if (l->engine) {
		inspect_live_close(l);
		inspect_live_sources(l, r);
		l->now_ns = clock_now_ns(&clock);
		forget_old(l, r->tolerances.age_s);
	} else {
		begin_look(l, r);
		if (l->ears->warm)
			end_ns = clock_now_ns(&clock) + warm_patience_ns;
		do {
			turn(l);
		} while (!is_enough(l, l->ears, l->sources) && clock_now_ns(&clock) < end_ns);
		l->ears->warm = true;
		if (!l->hold)
			inspect_live_close(l);
	}
	inspect_look_judge(l->look);
	l->now_ns = clock_now_ns(&clock);
}

void inspect_live_close(struct inspect_live *l)
{
	for (unsigned i = 0; l->ears && i < l->sources; i++)
		source_close(l->ears->ear[i].source);
	free(l->ears);
	l->ears = NULL;
}

void inspect_live_fini(struct inspect_live *l)
{
	inspect_live_close(l);
	free(l->picture);
	inspect_look_free(l->look);
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
	if (!l->sources)
		return "the rig names no source that sees the arm";
	return l->joints ? "no source sees the servos, only where they are"
			 : "no source tells where the arm is";
}
