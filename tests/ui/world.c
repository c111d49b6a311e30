/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void text(char *dst, size_t size, const char *s)
{
	text_copy(dst, size, s);
}

#define TEXT(field, s) text((field), sizeof(field), (s))

static void add_joint(struct snapshot *s, const char *name, enum unit unit)
{
	struct view_joint *j = &s->joint[s->njoints++];

	TEXT(j->joint.name, name);
	j->joint.unit = unit;
	j->seen = j->asked = j->sent = j->got = (double)NAN;
	j->delta_now = j->delta_peak = j->delta_max = (double)NAN;
	j->err_now = j->err_peak = j->err_max = (double)NAN;
	j->level = LEVEL_OK;
	j->gripper_state = -1;
}

/* One SO-101 joint: where it is, what was asked, and its training row. */
struct arm_row {
	const char *name;
	double got, asked, min, q01, q99, max, mean, std, start_mean, start_std, delta, delta_max,
		err_max;
};

static const struct arm_row arm[] = {
	{"shoulder_pan.pos", -7.6, -7.5, -93.5, -80.2, 79.9, 88.0, 8.0, 44.6, -8.0, 3.0, 5.1, 12.0,
	 9.0},
	{"shoulder_lift.pos", -61.0, -87.1, -100.0, -98.9, 4.2, 8.1, -56.0, 36.5, -98.0, 1.0, 26.1,
	 13.0, 14.5},
	{"elbow_flex.pos", 71.2, 66.4, 13.0, 20.4, 99.5, 100.0, 65.3, 29.0, 100.0, 0.1, 24.0, 14.1,
	 12.2},
	{"wrist_flex.pos", 55.3, 58.0, 33.5, 40.1, 92.3, 99.5, 69.2, 13.2, 75.0, 2.2, 8.4, 7.0,
	 6.8},
	{"wrist_roll.pos", -52.0, -52.1, -92.8, -88.0, -31.0, -20.0, -53.4, 17.8, -52.0, 1.4, 0.6,
	 6.0, 5.0},
	{"gripper.pos", 27.9, 28.3, 0.0, 0.3, 30.1, 33.0, 6.8, 9.0, 0.5, 0.3, 1.1, 5.5, 4.4},
};

static void make_arm(struct snapshot *s)
{
	for (size_t i = 0; i < sizeof(arm) / sizeof(arm[0]); i++) {
		const struct arm_row *r = &arm[i];
		struct view_joint *j = &s->joint[s->njoints];

		add_joint(s, r->name, i == 5 ? UNIT_0_100 : UNIT_DEG);
		j->seen = j->got = r->got;
		j->asked = r->asked;
		j->trained = true;
		j->min = r->min;
		j->q01 = r->q01;
		j->q99 = r->q99;
		j->max = r->max;
		j->mean = r->mean;
		j->std = r->std;
		j->start_mean = r->start_mean;
		j->start_std = r->start_std;
		j->delta_now = r->delta / 3;
		j->delta_peak = r->delta;
		j->delta_max = r->delta_max;
		j->err_now = fabs(r->got - r->asked);
		j->err_peak = j->err_now * 1.1;
		j->err_max = r->err_max;
		j->gripper = i == 5;
		j->gripper_state = i == 5 ? 0 : -1;
	}
}

static void add_check(struct snapshot *s, const char *code, enum level l, double value,
		      double threshold, const char *unit, const char *why)
{
	struct view_check *c = &s->check[s->nchecks++];

	TEXT(c->code, code);
	c->level = l;
	c->value = value;
	c->threshold = threshold;
	TEXT(c->unit, unit);
	TEXT(c->why, why);
}

static void make_checks(struct snapshot *s, bool seam)
{
	double nan = (double)NAN;

	add_check(s, "jump", LEVEL_OK, 0.42, 2.3, "x",
		  "asked wrist_flex 0.42x training inside a chunk");
	if (seam)
		add_check(s, "seam", LEVEL_FAIL, 2.01, 1.75, "x",
			  "shoulder_lift jumps 26.1 deg at a replan, training max 13.0");
	else
		add_check(s, "seam", LEVEL_OK, 0.88, 4.5, "x",
			  "asked elbow_flex 0.88x training at a replan");
	add_check(s, "range", LEVEL_OK, 0, 10, "ticks", "every joint inside training");
	add_check(s, "first-action", LEVEL_OK, 0.25, 2.5, "x", "first asked 2.1 deg from got");
	add_check(s, "home", LEVEL_OK, 1.2, 3, "sd", "worst wrist_flex +1.2 sd");
	add_check(s, "tracking", LEVEL_OK, 0.6, 1.15, "x", "elbow_flex 4.8 deg behind asked");
	add_check(s, "cadence", LEVEL_OK, 29.8, 27, "Hz", "median 29.8 of 30 Hz, worst 41 ms");
	add_check(s, "gripper", seam ? LEVEL_WARN : LEVEL_OK, seam ? 0.02 : 0.44, 0.41, "share",
		  "closed 2% at 4.3s; training 41..66%");
	add_check(s, "frozen", LEVEL_OK, 0, 10, "ticks", "seen changes every tick");
	add_check(s, "motion", LEVEL_OK, 2.9, 6.5, "x",
		  "path 61 deg (train 118), net 44 (85) = 0.72 (0.71), rough 2.9x wrist_flex");
	add_check(s, "finite", LEVEL_UNKNOWN, nan, nan, "", "not applicable: nothing was sent yet");
}

static void add_alarm(struct snapshot *s, enum level l, const char *code, const char *subject,
		      const char *message, double since_s, unsigned count)
{
	struct view_alarm *a = &s->alarm[s->nalarms++];

	a->level = l;
	a->active = true;
	TEXT(a->code, code);
	TEXT(a->subject, subject);
	TEXT(a->message, message);
	TEXT(a->unit, "deg");
	a->value = 26.1;
	a->threshold = 13.0;
	a->since_s = since_s;
	a->count = count;
}

static void add_event(struct snapshot *s, double age_s, enum level l, const char *what)
{
	struct view_event *e = &s->event[s->nevents++];

	e->age_s = age_s;
	e->level = l;
	TEXT(e->text, what);
}

static void make_run(struct snapshot *s)
{
	TEXT(s->rig, "so101@bench2");
	TEXT(s->robot, "so101_follower");
	TEXT(s->profile, "brain_241");
	TEXT(s->task, "Grab the brain");
	TEXT(s->policy, "smolvla_v5/020000");
	s->task_episodes = s->profile_episodes = 241;
	s->run = 12;
	s->episode = 7;
	s->in_episode = true;
	TEXT(s->boundary, "episode message");
	s->driver = DRIVER_POLICY;
	s->elapsed_s = 4.3;
	s->length_q50_s = 9.8;
	s->length_q95_s = 14.8;
	s->seq = 129;
	s->steps = 1129;
	s->hz = 29.8;
	s->target_hz = 30;
	s->since_step_s = 0.02;
	s->facts = FACT_SEEN | FACT_ASKED | FACT_GOT | FACT_CHUNK | FACT_LATENCY | FACT_PROMPT;
	s->stalled_s = 0.1;
	TEXT(s->start_text, "as in training, gripper 0.6 (1 % open) | "
			    "1st action 2.1 (train 8.4), wrist_flex");
	s->nsources = 1;
	TEXT(s->source[0].word, "sim:?fault=late-chunk");
	TEXT(s->source[0].state, "connected");
	s->source[0].facts = s->facts;
	s->source[0].up = true;
}

/* A smooth move with one jump near its end, a gap, and asked ahead of got. */
static void make_history(struct history *h, double base, double span, bool jump)
{
	h->columns = 200;
	h->span_s = 8;
	for (unsigned i = 0; i < h->columns; i++) {
		double x = (double)i / h->columns;
		double v = base + span * sin(6.0 * x) + (jump && i > 190 ? -0.5 * span : 0.0);
		double ahead = base + span * sin(6.0 * x + 0.25) +
			       (jump && i > 187 ? -0.5 * span : 0.0);
		bool gap = i >= 60 && i < 70;

		h->got_min[i] = h->got_max[i] = gap ? (float)NAN : (float)v;
		h->asked_min[i] = h->asked_max[i] = gap ? (float)NAN : (float)ahead;
	}
	h->plan_dt_s = 1.0 / 30;
	h->nplan = 20;
	for (unsigned i = 0; i < h->nplan; i++)
		h->plan[i] = (float)(base + span * sin(6.0 + 0.25 + 0.03 * i));
	world_plans(h, base, span);
}

static void make_calm(struct world *w)
{
	make_run(&w->s);
	make_arm(&w->s);
	w->s.joint[1].asked = -62.3;
	for (unsigned i = 0; i < w->s.njoints; i++) {
		struct view_joint *j = &w->s.joint[i];

		j->err_now = fabs(j->got - j->asked);
		j->err_peak = j->err_max * 0.4;
		j->delta_peak = j->delta_max * 0.7;
	}
	world_chunk(&w->s);
	world_cadence(&w->s.cadence);
	make_checks(&w->s, false);
	add_check(&w->s, "can-bus", LEVEL_UNKNOWN, (double)NAN, (double)NAN, "",
		  "not applicable: no bus is seen");
	w->s.check[w->s.nchecks - 1].absent = true;
	add_event(&w->s, 4.3, LEVEL_OK, "episode 7 began (episode message)");
	add_event(&w->s, 31.0, LEVEL_OK, "episode 6 ended: success (operator)");
	make_history(&w->hist, -56, 38, false);
	w->hist.joint = w->ui.selected = 1;
	w->has_history = true;
}

static void make_seam(struct world *w)
{
	make_run(&w->s);
	make_arm(&w->s);
	world_chunk(&w->s);
	world_cadence(&w->s.cadence);
	make_checks(&w->s, true);
	add_alarm(&w->s, LEVEL_FAIL, "seam", "shoulder_lift",
		  "shoulder_lift jumps 26.1 deg at a replan, training max 13.0", 1.3, 11);
	add_alarm(&w->s, LEVEL_WARN, "gripper", "gripper",
		  "no grasp yet, closed 2%; training at 4.3s 41..66%, grasp by 3.6s", 0.7, 1);
	w->s.joint[1].level = LEVEL_FAIL;
	TEXT(w->s.joint[1].code, "seam");
	w->s.joint[2].level = LEVEL_WARN;
	TEXT(w->s.joint[2].code, "seam");
	w->s.joint[3].level = LEVEL_NOTE;
	TEXT(w->s.joint[3].code, "jump");
	add_event(&w->s, 0.3, LEVEL_FAIL, "seam shoulder_lift 26.1 deg > 13.0");
	add_event(&w->s, 0.6, LEVEL_WARN, "seam elbow_flex 24.0 deg > 14.1");
	add_event(&w->s, 0.9, LEVEL_WARN, "seam shoulder_lift 25.2 deg > 13.0");
	add_event(&w->s, 4.3, LEVEL_OK, "episode 7 began (log + 2.1s gap)");
	make_history(&w->hist, -56, 38, true);
	w->hist.joint = w->ui.selected = 1;
	w->has_history = true;
	w->s.worst = LEVEL_FAIL;
}

static void make_many(struct world *w, unsigned joints, const char *robot)
{
	char name[NAME_BYTES];

	make_run(&w->s);
	make_checks(&w->s, false);
	TEXT(w->s.robot, robot);
	for (unsigned i = 0; i < joints; i++) {
		struct view_joint *j = &w->s.joint[i];
		double phase = 0.37 * i;

		snprintf(name, sizeof(name), "%s/finger_%02u_flexion.pos", i & 1 ? "right" : "left",
			 i / 2);
		add_joint(&w->s, name, UNIT_RAD);
		j->trained = i % 11 != 10;
		j->min = -1.57;
		j->q01 = -1.2;
		j->q99 = 1.25;
		j->max = 1.6;
		j->mean = 0.1;
		j->std = 0.5;
		j->got = j->seen = 1.2 * sin(phase);
		j->asked = j->sent = 1.2 * sin(phase + 0.1);
		j->delta_now = 0.01;
		j->delta_peak = 0.04;
		j->delta_max = 0.09;
		j->err_now = fabs(j->got - j->asked);
		j->err_peak = j->err_now;
		j->err_max = 0.3;
		j->start_mean = 0.2;
		j->start_std = 0.05;
	}
	world_chunk(&w->s);
	world_cadence(&w->s.cadence);
	w->s.facts |= FACT_SENT;
	make_history(&w->hist, 0.2, 0.9, false);
	w->hist.joint = w->ui.selected = joints * 2 / 3;
	w->has_history = true;
}

/* One source that gives only what the policy asks; no profile. */
static void make_blind(struct world *w)
{
	struct snapshot *s = &w->s;

	make_run(s);
	s->profile[0] = s->task[0] = s->policy[0] = s->start_text[0] = '\0';
	s->task_index = -2;
	s->run = 0;
	s->facts = s->source[0].facts = FACT_ASKED;
	s->stalled_s = (double)NAN;
	s->hz = s->target_hz = s->length_q50_s = s->length_q95_s = (double)NAN;
	s->driver = DRIVER_UNKNOWN;
	TEXT(s->source[0].word, "tcp:robot.local:7001");
	TEXT(s->source[0].state, "retry in 2 s: connection refused");
	s->source[0].up = false;
	s->source[0].bad_lines = 3;
	for (unsigned i = 0; i < 6; i++) {
		add_joint(s, arm[i].name, UNIT_UNKNOWN);
		s->joint[i].asked = arm[i].asked;
	}
	add_check(s, "jump", LEVEL_UNKNOWN, (double)NAN, (double)NAN, "",
		  "not applicable: no profile");
	add_check(s, "finite", LEVEL_OK, 0, 0, "", "every value is finite");
}

/* Everything that breaks tables: wide and combining runes, huge and infinite numbers. */
static void make_odd(struct world *w)
{
	struct snapshot *s = &w->s;

	make_seam(w);
	TEXT(s->rig, "\xe6\xa9\x9f\xe5\x99\xa8\xe4\xba\xba-bench");
	TEXT(s->task,
	     "\xe8\x84\xb3\xe3\x82\x92\xe6\x8e\xb4\xe3\x82\x80 e\xcc\x81 <b>&amp; \\x1b[31m");
	TEXT(s->chunk.prompt, s->task);
	TEXT(s->joint[0].joint.name, "\xe5\xb7\xa6\xe8\x85\x95/\xe8\x82\xa9.pos");
	TEXT(s->joint[2].joint.name, "a_name_that_is_much_longer_than_its_column_can_be.pos");
	s->joint[0].got = -123456789.125;
	s->joint[0].asked = (double)INFINITY;
	s->joint[1].got = 1e300;
	s->joint[3].got = (double)NAN;
	s->joint[4].got = s->joint[4].min - 5;
	s->joint[5].max = s->joint[5].min = s->joint[5].q01 = s->joint[5].q99 = 0;
	s->task_index = -1;
	s->dropped = 123456789;
	s->elapsed_s = 123456;
	s->hz = 1e9;
	for (unsigned i = 0; i < 6; i++)
		add_alarm(s, LEVEL_WARN, "first-action", "x", "", 1e5, 99999);
	w->hist.got_min[100] = -(float)INFINITY;
	w->hist.plan[3] = (float)NAN;
}

/* One that stands in the path of a policy server, and nothing else: a step is a reply. */
static void make_no_tick(struct world *w)
{
	struct snapshot *s = &w->s;

	make_calm(w);
	s->no_tick = true;
	s->hz = s->stalled_s = (double)NAN;
	s->facts = s->source[0].facts = FACT_SEEN | FACT_ASKED | FACT_CHUNK | FACT_PROMPT |
					FACT_LATENCY | FACT_FRAMES;
	TEXT(s->source[0].word, "openpi:8000=gpu.local:8000");
	s->chunk.ran = s->chunk.queue = COUNT_UNKNOWN;
	s->chunk.execute = 0;
	s->chunk.match = PROMPT_OTHER;
	TEXT(s->chunk.prompt, "grab the brain");
	world_traffic(&s->traffic, 6);
	world_cameras(s);
	s->cadence = (struct view_cadence){.budget_ms = 100.0 / 3};
	for (unsigned i = 0; i < s->njoints; i++) {
		struct view_joint *j = &s->joint[i];

		j->got = j->delta_now = j->delta_peak = (double)NAN;
	}
}

/* The policy is slower than its chunk: the queue is empty, and no action comes. */
static void make_starved(struct world *w)
{
	make_calm(w);
	w->s.driver = DRIVER_IDLE;
	w->s.chunk.queue = 0;
	w->s.chunk.ran = 10;
	w->s.cadence.idle = 0.62;
	w->s.cadence.starved_s = w->s.stalled_s = 2.6;
	w->s.traffic.seen = true;
	world_traffic(&w->s.traffic, 6);
	w->s.traffic.state = EXCHANGE_ASKED;
	w->s.traffic.in_flight_s = w->s.traffic.age_s = 2.6;
	w->ui.page = PAGE_CADENCE;
}

/* "chunk", "traffic28": a page, of an arm or of so many joints. */
static bool make_page(struct world *w, const char *name)
{
	static const char *const pages[PAGE_N] = {NULL,	     "chunk",	"traffic",
						  "cadence", "cameras", "motors"};
	unsigned joints = 0;

	for (unsigned i = 1; i < PAGE_N; i++) {
		size_t n = strlen(pages[i]);

		if (strncmp(name, pages[i], n) || (name[n] && sscanf(name + n, "%u", &joints) != 1))
			continue;
		if (joints)
			make_many(w, joints, "hands");
		else
			make_seam(w);
		w->s.facts |= FACT_FRAMES;
		world_traffic(&w->s.traffic, w->s.njoints);
		world_cameras(&w->s);
		world_thumb(&w->thumb[0]);
		world_reference(&w->reference[0]);
		w->nreferences = 1;
		world_motors(&w->s);
		w->ui.page = (enum page)i;
		if (w->ui.page == PAGE_CHUNK)
			w->hist.span_s = 0.5; /* what the panel asks for with these chunks */
		return true;
	}
	return false;
}

/* Between episodes, the engine says nothing, checks have the focus, the bell is off. */
static void make_silent(struct world *w)
{
	make_calm(w);
	w->s.in_episode = false;
	w->s.driver = DRIVER_SCRIPT;
	TEXT(w->s.boundary, "ended: 1.2 s without asked");
	w->ui.silent_s = 3.2;
	w->ui.focus = FOCUS_CHECKS;
	w->ui.bell = false;
}

/* Paused, units in sigma, and a question is open. */
static void make_asked(struct world *w)
{
	make_calm(w);
	w->ui.paused = true;
	w->ui.units = UNITS_SIGMA;
	w->ui.mode = MODE_OUTCOME;
	w->ui.outcome = OUTCOME_DISCARD;
	w->ui.episode = 7;
}

static void make_help(struct world *w)
{
	make_calm(w);
	w->ui.mode = MODE_HELP;
}

bool world_make(struct world *w, const char *name)
{
	memset(w, 0, sizeof(*w));
	w->name = name;
	state_init(&w->ui);
	w->s.hz = w->s.target_hz = w->s.latency.last_ms = w->s.stalled_s = (double)NAN;
	w->s.length_q50_s = w->s.length_q95_s = (double)NAN;
	if (strcmp(name, "seam") == 0)
		make_seam(w);
	else if (strcmp(name, "calm") == 0)
		make_calm(w);
	else if (strcmp(name, "humanoid") == 0)
		make_many(w, 44, "gr1");
	else if (strcmp(name, "many") == 0)
		make_many(w, 128, "many");
	else if (strcmp(name, "blind") == 0)
		make_blind(w);
	else if (strcmp(name, "odd") == 0)
		make_odd(w);
	else if (strcmp(name, "silent") == 0)
		make_silent(w);
	else if (strcmp(name, "asked") == 0)
		make_asked(w);
	else if (strcmp(name, "help") == 0)
		make_help(w);
	else if (strcmp(name, "notick") == 0)
		make_no_tick(w);
	else if (strcmp(name, "starved") == 0)
		make_starved(w);
	else if (strcmp(name, "difference") == 0)
		return (w->ui.difference = true) && make_page(w, "cameras");
	else if (strcmp(name, "empty") != 0)
		return make_page(w, name);
	return true;
}

struct scene world_scene(const struct world *w)
{
	return (struct scene){&w->s,	      w->has_history ? &w->hist : NULL,
			      &w->ui,	      w->thumb,
			      w->nreferences, w->reference};
}
