/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "cmd/move.h"

/* Where a way is now, in ticks: read at its end, or when it was planned; NaN when it was not. */
static double ticks_of(const struct move *m, unsigned i, bool moved)
{
	const struct motion_motor *mm = &m->arm.motor[m->motor[i]];

	if (!moved && !mm->answered)
		return NAN;
	return moved ? m->drive.at[i] : mm->at;
}

static double value_of(const struct move *m, unsigned i, bool moved)
{
	double ticks = ticks_of(m, i, moved);

	return isfinite(ticks) ? calibration_value(&m->plan.way[i].scale, (int32_t)ticks) : NAN;
}

static void key(struct buf *b, const char *name, double v)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json_num(b, v);
}

static void joint_json(struct buf *b, const struct move *m, unsigned i, bool moved)
{
	const struct motion_way *w = &m->plan.way[i];
	const struct motor *h = &m->arm.motor[m->motor[i]].health;

	buf_printf(b, "%s{\"joint\":", i ? "," : "");
	buf_json_str(b, w->joint);
	buf_printf(b, ",\"id\":%u,\"unit\":\"%s\"", w->id, unit_word(w->scale.unit));
	key(b, "at", value_of(m, i, moved));
	key(b, "to", calibration_value(&w->scale, w->to));
	key(b, "at_ticks", ticks_of(m, i, moved));
	key(b, "to_ticks", w->to);
	key(b, "speed_ticks_hz", round(motion_plan_speed(&m->plan, i)));
	buf_printf(b, ",\"torque\":%s", h->torque < 0 ? "null" : h->torque ? "true" : "false");
	key(b, "temp_degc", h->temp_degc);
	key(b, "voltage_v", h->voltage_v);
	buf_str(b, "}");
}

static void print_json(const struct move *m, bool moved)
{
	const struct motion_guard *g = &m->drive.guard;
	struct buf b = {0};
	char words[128] = "";

	buf_printf(&b, "{\"schema\":1,\"command\":\"%s\",\"device\":", m->command);
	buf_json_str(&b, m->from.device);
	buf_printf(&b, ",\"robot\":\"%s\",\"moved\":%s,\"state\":\"%s\"", m->arm.robot->name,
		   moved ? "true" : "false",
		   moved	 ? motion_state_word(g->state)
		   : m->refusals ? "refused"
				 : "planned");
	key(&b, "seconds", m->plan.seconds);
	key(&b, "speed_percent_hz", m->plan.share_hz * 100);
	if (moved && g->joint >= 0) {
		buf_str(&b, ",\"stopped_by\":");
		buf_json_str(&b, m->plan.way[g->joint].joint);
		motor_faults_text(words, sizeof(words), g->faults);
		buf_printf(&b, ",\"faults\":\"%s\"", g->faults ? words : "");
	}
	if (moved) {
		buf_printf(&b, ",\"holds\":%s,\"cycles\":%u,\"asked_again\":%u",
			   m->drive.held || g->state == MOTION_ARRIVED ? "true" : "false",
			   m->drive.cycles, m->drive.again);
		key(&b, "worst_cycle_ms", m->drive.worst_s * 1e3);
	}
	buf_str(&b, ",\"joints\":[");
	for (unsigned i = 0; i < m->plan.n; i++)
		joint_json(&b, m, i, moved);
	buf_str(&b, "],\"refused\":[");
	for (unsigned i = 0; i < m->refusals; i++) {
		buf_str(&b, i ? "," : "");
		buf_json_str(&b, m->refusal[i]);
	}
	printf("%s]}\n", buf_text(&b));
	buf_fini(&b);
}

static void print_table(const struct move *m, bool moved)
{
	printf("%-16s %9s %9s %9s  %-8s %-6s %5s %5s\n", "joint", "at", "to", "way", "unit",
	       "torque", "degC", "V");
	for (unsigned i = 0; i < m->plan.n; i++) {
		const struct motion_way *w = &m->plan.way[i];
		const struct motor *h = &m->arm.motor[m->motor[i]].health;
		double at = value_of(m, i, moved);
		double to = calibration_value(&w->scale, w->to);

		printf("%-16s %9.1f %9.1f %9.1f  %-8s %-6s %5.0f %5.1f\n", w->joint, at, to,
		       to - at, unit_word(w->scale.unit), h->torque == 1 ? "on" : "off",
		       h->temp_degc, h->voltage_v);
	}
}

/* What somebody must know of an arm that is left holding. */
static const char sags[] =
	"LeRobot switches the torque off when it connects: a raised arm sags then, so hold it, or "
	"start soon.";

static void print_stop(const struct move *m)
{
	const struct motion_guard *g = &m->drive.guard;
	const char *joint = g->joint < 0 ? "" : m->plan.way[g->joint].joint;
	char words[128];

	motor_faults_text(words, sizeof(words), g->faults);
	switch (g->state) {
	case MOTION_INTERRUPTED:
		fprintf(stderr, "policytop: interrupted");
		break;
	case MOTION_TERMINAL:
		fprintf(stderr, "policytop: the terminal is gone");
		break;
	case MOTION_GONE:
		fprintf(stderr, "policytop: %s was unplugged", m->from.device);
		break;
	case MOTION_FAULT:
		fprintf(stderr, "policytop: %s reports: %s", joint, words);
		break;
	case MOTION_REPLY:
		fprintf(stderr, "policytop: %s does not answer any more", joint);
		break;
	case MOTION_FOLLOW:
		fprintf(stderr, "policytop: %s does not follow: %.1f degrees from its goal", joint,
			abs(m->drive.at[g->joint] - m->drive.goal[g->joint]) * 360.0 /
				m->plan.way[g->joint].scale.resolution);
		break;
	case MOTION_SHORT:
		fprintf(stderr, "policytop: %s did not arrive: %.1f degrees are missing", joint,
			abs(m->drive.at[g->joint] - m->drive.goal[g->joint]) * 360.0 /
				m->plan.way[g->joint].scale.resolution);
		break;
	case MOTION_GOING:
	case MOTION_ARRIVED:
		break;
	}
	fprintf(stderr, ": stopped. %s %s\n",
		m->drive.held
			? "The arm holds where it is."
			: "The motors could not be told: they go to their last goal and hold.",
		sags);
}

static void print_end(const struct move *m)
{
	bool released = opts_has(&m->app->opts, "release");

	if (m->drive.guard.state != MOTION_ARRIVED) {
		print_stop(m);
		return;
	}
	fprintf(stderr, "policytop: arrived in %.1f s. %s%s\n", m->plan.seconds,
		released ? "Its torque is off." : "It holds. ", released ? "" : sags);
}

void move_print(const struct move *m, bool moved)
{
	if (opts_has(&m->app->opts, "json"))
		print_json(m, moved);
	else if (m->plan.n)
		print_table(m, moved);
	fflush(stdout);
	for (unsigned i = 0; i < m->refusals; i++)
		fprintf(stderr, "policytop: not moved: %s\n", m->refusal[i]);
	if (moved)
		print_end(m);
	else if (!m->refusals)
		fprintf(stderr,
			"policytop: to %s in %.1f s, at %.0f %% of each range per second at most. "
			"Nothing was moved: --go moves it.\n",
			m->what, m->plan.seconds, m->plan.share_hz * 100);
}
