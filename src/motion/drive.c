/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/drive.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { TRIES = 2 };

static double now_s(void)
{
	struct clock c = clock_real();

	return (double)clock_now_ns(&c) / (double)NS_PER_S;
}

/* Looks for signals and a lost terminal; waits for them until until_s. */
static void watch(const struct motion_drive *d, double until_s, struct motion_seen *s)
{
	struct pollfd fd[2] = {{.fd = d->signal_fd, .events = POLLIN}, {.fd = d->tty_fd}};
	double left = until_s - now_s();
	struct timespec t = {0, left > 0 ? (long)(left * (double)NS_PER_S) : 0};

	if (ppoll(fd, 2, &t, NULL) <= 0)
		return;
	if (fd[0].revents & POLLIN) {
		struct signalfd_siginfo info;

		if (read(d->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info) &&
		    info.ssi_signo == SIGHUP)
			s->hung_up = true;
		else
			s->interrupted = true;
	}
	if (fd[1].revents & (POLLHUP | POLLERR | POLLNVAL))
		s->hung_up = true;
}

/* One answer each, or what is missing a second time. */
static void read_positions(struct motion_drive *d, struct motion_seen *s)
{
	const struct servo_wire *w = d->port->wire;
	const struct servo_register *r = d->arm->position;
	uint8_t request[SERVO_REQUEST_BYTES], ids[MOTION_IDS];
	struct motion_answer answer[MOTION_IDS];
	unsigned place[MOTION_IDS], n = 0;

	for (int tries = 0; tries < TRIES && !s->gone && !s->interrupted; tries++) {
		int rc;

		n = 0;
		for (unsigned i = 0; i < s->n; i++) {
			if (s->joint[i].answered)
				continue;
			place[n] = i;
			ids[n++] = d->plan->way[i].id;
		}
		if (!n)
			return;
		d->again += tries > 0;
		rc = motion_port_ask(d->port, request,
				     w->sync_read(request, r->address, r->size, ids, n), answer);
		s->gone = rc < 0 && rc != -EINTR && rc != -ETIMEDOUT;
		for (unsigned k = 0; k < n && (rc > 0 || rc == -EINTR); k++) {
			bool refused;

			if (!answer[k].answered || answer[k].len != r->size)
				continue;
			s->joint[place[k]].answered = true;
			s->joint[place[k]].faults = w->faults(answer[k].error, &refused);
			d->at[place[k]] = servo_value(r, answer[k].data);
		}
		if (rc == -EINTR)
			return;
	}
}

static int send_goals(struct motion_drive *d, const int32_t *goal)
{
	struct motion_value v[MOTION_IDS];
	struct motion_answer none[MOTION_IDS];
	uint8_t request[MOTION_PACKET_BYTES];

	for (unsigned i = 0; i < d->plan->n; i++)
		v[i] = (struct motion_value){d->plan->way[i].id, goal[i]};
	return motion_port_ask(
		d->port, request,
		motion_packet_sync_write(request, d->port->wire, d->arm->goal, v, d->plan->n),
		none);
}

static void look(struct motion_drive *d, double over_s, struct motion_seen *s)
{
	s->n = d->plan->n;
	s->over_s = over_s;
	for (unsigned i = 0; i < s->n; i++) {
		s->joint[i].answered = false;
		s->joint[i].faults = 0;
	}
	read_positions(d, s);
	watch(d, 0, s);
	for (unsigned i = 0; i < s->n; i++) {
		s->joint[i].at = d->at[i];
		s->joint[i].goal = d->goal[i];
	}
}

static void stay(struct motion_drive *d)
{
	struct motion_guard *g = &d->guard;

	d->held = g->state != MOTION_GONE && send_goals(d, d->at) == 0;
	/* A Dynamixel's reply says only that there is an error: its register says which. */
	if (g->state == MOTION_FAULT && g->faults == MOTOR_OTHER) {
		int motor = motion_arm_find(d->arm, d->plan->way[g->joint].joint);
		int faults = motor < 0 ? 0 : motion_arm_faults(d->arm, d->port, (unsigned)motor);

		g->faults = faults > 0 ? (unsigned)faults : g->faults;
	}
}

void motion_drive(struct motion_drive *d)
{
	const struct motion_plan *p = d->plan;
	struct motion_seen s = {0};
	double t_s = 0, last_s = now_s(), over_s = 0;

	for (unsigned i = 0; i < p->n; i++)
		d->goal[i] = d->at[i] = p->way[i].from;
	for (;;) {
		double start_s = now_s(), passed_s = start_s - last_s;

		last_s = start_s;
		d->worst_s = passed_s > d->worst_s ? passed_s : d->worst_s;
		over_s += t_s >= p->seconds ? passed_s : 0;
		look(d, t_s >= p->seconds && d->cycles ? over_s : -1, &s);
		if (motion_guard_step(&d->guard, &s) != MOTION_GOING)
			break;
		/* A cycle that took long does not make the next step longer than two. */
		t_s += passed_s < 2 * d->cycle_s ? passed_s : 2 * d->cycle_s;
		for (unsigned i = 0; i < p->n; i++)
			d->goal[i] = motion_plan_goal(p, i, t_s);
		s.gone = send_goals(d, d->goal) == -ENODEV;
		d->cycles++;
		watch(d, start_s + d->cycle_s, &s);
	}
	if (d->guard.state != MOTION_ARRIVED)
		stay(d);
}
