/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/move.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/servo.h"

static const double cycle_s = 0.02;
static const double arrive_share = 1.0 / 64; /* of a turn: what weight and friction cost */
static const double follow_share = 1.0 / 20; /* of a turn */
static const double rest_s = 0.3, settle_s = 1.5;
static const double near_share = 0.02;
static const double limit_slack_deg = 5; /* an arm is not built to the degree */

/* The file, or LeRobot's own of an id. */
static int read_calibration(struct move *m, const struct robot_class *robot, struct err *e)
{
	const char *told = m->from.calibration, *id = m->from.id;
	char kind[NAME_BYTES], *path;
	int rc;

	if (!told[0] && !id[0])
		return err_set(e, EINVAL,
			       "%s: an arm is not moved without its calibration: --id ID, as "
			       "LeRobot knows it, or --calibration FILE",
			       m->command);
	path = told[0] ? xstrdup(told) : servo_calibration_find_dup(robot, id, kind, e);
	rc = path ? servo_calibration_load(&m->calibration, path, e) : -e->code;
	free(path);
	return rc;
}

static int find_robot(const struct move *m, const struct robot_class **out, struct err *e)
{
	const char *type = m->from.robot;

	if (!type[0])
		return err_set(e, EINVAL, "%s: which robot is it? --robot so101, koch, ...",
			       m->command);
	*out = robot_find(type);
	if (!*out)
		return err_set(e, EINVAL, "%s: no robot is called '%s': see policytop list robots",
			       m->command, type);
	return 0;
}

/* From here on a signal is something to look for, not the end: the arm must be told to stay. */
static int catch_signals(struct move *m, struct err *e)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	m->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->signal_fd < 0 ? err_set(e, errno, "signals: %m") : 0;
}

static int survey(struct move *m, struct err *e)
{
	unsigned answered = 0;
	int rc = motion_arm_survey(&m->arm, &m->port, e);

	for (unsigned i = 0; !rc && i < m->arm.n; i++)
		answered += m->arm.motor[i].answered;
	if (!rc && !answered)
		return err_set(
			e, ENXIO,
			"%s: no motor of a %s answers: is it another port, or has the arm no "
			"power?",
			m->from.device, m->arm.robot->name);
	m->refusals = motion_arm_refusals(&m->arm, m->refusal, MOVE_REASONS);
	return rc;
}

int move_open(struct move *m, const struct app *app, const char *command,
	      const struct move_from *from, struct err *e)
{
	const struct robot_class *robot = NULL;
	double patience_ms = 0, percent = 0;
	int rc;

	memset(m, 0, sizeof(*m));
	m->app = app;
	m->command = command;
	m->from = *from;
	m->signal_fd = -1;
	rc = opts_double(&app->opts, "reply-timeout", 1, 10000, 100, &patience_ms, e);
	if (!rc)
		rc = opts_double(&app->opts, "speed", 1, 100, 20, &percent, e);
	if (!rc)
		rc = find_robot(m, &robot, e);
	if (!rc)
		rc = read_calibration(m, robot, e);
	if (!rc)
		rc = motion_arm_init(&m->arm, robot, &m->calibration, e);
	if (!rc)
		rc = catch_signals(m, e);
	if (rc)
		return rc;
	m->plan.share_hz = percent / 100;
	m->serial = serial_open(m->from.device, robot->baud, true, e);
	if (!m->serial)
		return -e->code;
	/* Each question is asked twice before a motor counts as silent. */
	m->port = (struct motion_port){.serial = m->serial,
				       .wire = m->arm.wire,
				       .patience_ns = (int64_t)(patience_ms / 2 * NS_PER_MS),
				       .wake_fd = m->signal_fd};
	return survey(m, e);
}

void move_close(struct move *m)
{
	serial_close(m->serial);
	if (m->signal_fd >= 0)
		close(m->signal_fd);
}

int move_unit(const struct move *m, unsigned motor, enum unit fallback, enum unit *out,
	      struct err *e)
{
	const char *word = opts_text(&m->app->opts, "norm");
	/* LeRobot's choice is of the other joints; the gripper is 0 to 100 with either. */
	bool hand = m->arm.motor[motor].scale.unit == UNIT_0_100;

	*out = fallback;
	if (!word)
		return 0;
	if (strcmp(word, "ticks") == 0)
		*out = UNIT_TICKS;
	else if (strcmp(word, "degrees") == 0)
		*out = hand ? UNIT_0_100 : UNIT_DEG;
	else if (strcmp(word, "m100_100") == 0)
		*out = hand ? UNIT_0_100 : UNIT_M100_100;
	else
		return err_set(e, EINVAL, "--norm: '%s' is not degrees, m100_100 or ticks", word);
	return 0;
}

void move_refuse(struct move *m, const char *fmt, ...)
{
	va_list ap;

	if (m->refusals == MOVE_REASONS)
		return;
	va_start(ap, fmt);
	vsnprintf(m->refusal[m->refusals++], MOTION_REASON_BYTES, fmt, ap);
	va_end(ap);
}

/* A normalised value has no meaning beyond its ends, and LeRobot's arithmetic would cut it. */
static bool within_unit(enum unit unit, double v)
{
	double low = unit == UNIT_M100_100 ? -100 : 0, slack = 200 * near_share / 2;

	if (unit != UNIT_M100_100 && unit != UNIT_0_100)
		return true;
	return v >= low - slack && v <= 100 + slack;
}

/*
 * The calibration says where its ends are; one that is wrong has them where the arm cannot go. In
 * degrees from the middle, as LeRobot has them, that can be seen.
 */
static void check_limits(struct move *m, const struct motion_way *w)
{
	const struct robot_class *robot = robot_find(m->from.robot);
	struct calibration_scale scale = w->scale;
	double low, high, deg;

	if (w->to < w->scale.range_min || w->to > w->scale.range_max ||
	    !robot_limits(robot, w->joint, UNIT_DEG, &low, &high))
		return; /* the plan refuses it, or nobody knows */
	scale.unit = UNIT_DEG;
	deg = calibration_value(&scale, w->to);
	if (deg >= low - limit_slack_deg && deg <= high + limit_slack_deg)
		return;
	move_refuse(m,
		    "%s would go to %.0f deg, and a %s goes from %.0f to %.0f: is it calibrated?",
		    w->joint, deg, robot->name, low, high);
}

void move_add(struct move *m, unsigned motor, enum unit unit, double value, bool near)
{
	const struct motion_motor *mm = &m->arm.motor[motor];
	struct motion_way *w = &m->plan.way[m->plan.n];
	double slack = near ? near_share * ((double)mm->scale.range_max - mm->scale.range_min) : 0;

	text_copy(w->joint, sizeof(w->joint), mm->health.joint);
	w->id = (uint8_t)mm->health.id;
	w->scale = mm->scale;
	w->scale.unit = unit;
	/* A joint that holds starts at its goal, not at where its load has pulled it. */
	w->from = mm->health.torque == 1 &&
				  abs(mm->goal - mm->at) < follow_share / 2 * mm->scale.resolution
			  ? mm->goal
			  : mm->at;
	if (!within_unit(unit, value) || !calibration_ticks(&w->scale, value, &w->to)) {
		move_refuse(m, "%s cannot go to %g %s", w->joint, value, unit_word(unit));
		return;
	}
	if (w->to < mm->scale.range_min && w->to >= mm->scale.range_min - slack)
		w->to = mm->scale.range_min;
	if (w->to > mm->scale.range_max && w->to <= mm->scale.range_max + slack)
		w->to = mm->scale.range_max;
	check_limits(m, w);
	m->motor[m->plan.n++] = motor;
}

static int hold_all(struct move *m, struct err *e)
{
	for (unsigned i = 0; i < m->plan.n; i++) {
		struct motion_motor *mm = &m->arm.motor[m->motor[i]];
		int rc = 0;

		if (mm->health.torque != 1) {
			rc = motion_arm_hold(&m->arm, &m->port, m->motor[i], e);
			m->plan.way[i].from = mm->at;
			m->torque_on = true;
		}
		if (rc)
			return rc;
	}
	return motion_plan_time(&m->plan, m->plan.share_hz, e);
}

static int moved(struct move *m, struct err *e)
{
	struct motion_drive *d = &m->drive;
	double turn = m->arm.motor[0].scale.resolution;
	int rc = hold_all(m, e);

	if (rc)
		return cmd_fail_status(e,
				       rc == -ERANGE || rc == -EINTR ? EXIT_FAIL : cmd_status(e));
	*d = (struct motion_drive){
		.arm = &m->arm,
		.port = &m->port,
		.plan = &m->plan,
		.signal_fd = m->signal_fd,
		.tty_fd = isatty(STDIN_FILENO) ? STDIN_FILENO : -1,
		.cycle_s = cycle_s,
		.guard = {.follow_ticks = (int32_t)(follow_share * turn),
			  .arrive_ticks = (int32_t)(arrive_share * turn),
			  .rest_s = rest_s,
			  .settle_s = settle_s,
			  .joint = -1},
	};
	motion_drive(d);
	if (d->guard.state == MOTION_ARRIVED && opts_has(&m->app->opts, "release"))
		rc = motion_arm_release(&m->arm, &m->port, e);
	move_print(m, true);
	if (rc)
		return cmd_fail(e);
	return d->guard.state == MOTION_ARRIVED ? EXIT_OK : EXIT_FAIL;
}

int move_run(struct move *m)
{
	bool go = opts_has(&m->app->opts, "go");
	struct err e = {0};

	if (!m->refusals && motion_plan_time(&m->plan, m->plan.share_hz, &e))
		move_refuse(m, "%s", e.msg);
	if (m->refusals || !go) {
		move_print(m, false);
		return m->refusals ? EXIT_FAIL : EXIT_OK;
	}
	return moved(m, &e);
}
