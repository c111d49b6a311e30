/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/port.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "hal/tty.h"

struct exchange {
	struct motion_port *port;
	struct servo_request request;
	struct servo_stream stream;
	struct motion_answer *answer;
	unsigned waiting;
	int64_t until_ns;
};

static int64_t now_ns(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

/* Until the port can be read, or written when out is wanted. 0: time is up, 1, or -EINTR. */
static int wait_for(struct motion_port *p, int64_t until_ns, bool out)
{
	struct pollfd fd[2] = {
		{.fd = serial_fd(p->serial), .events = (short)(out ? POLLOUT : POLLIN)},
		{.fd = p->wake_fd, .events = POLLIN}};
	int64_t left = until_ns - now_ns();
	struct timespec t = {left / NS_PER_S, left % NS_PER_S};

	if (left <= 0)
		return 0;
	if (ppoll(fd, 2, &t, NULL) < 0)
		return errno == EINTR ? 1 : -errno;
	if (fd[1].revents & POLLIN)
		return -EINTR;
	return fd[0].revents != 0;
}

static int send_all(struct exchange *x, const uint8_t *bytes, size_t n)
{
	while (n) {
		ssize_t put = serial_write(x->port->serial, bytes, n);
		int rc;

		if (put < 0)
			return (int)put;
		bytes += put;
		n -= (size_t)put;
		rc = put ? 1 : wait_for(x->port, x->until_ns, true);
		/* A request that has begun goes out whole. */
		if (rc == 0)
			return -ETIMEDOUT;
		if (rc < 0 && rc != -EINTR)
			return rc;
	}
	return 0;
}

static void note(struct exchange *x, const struct servo_reply *r)
{
	for (unsigned i = 0; i < x->request.n && i < MOTION_IDS; i++) {
		struct motion_answer *a = &x->answer[i];

		if (x->request.target[i].id != r->id || a->answered)
			continue;
		*a = (struct motion_answer){.answered = true, .id = r->id, .error = r->error};
		a->len = r->len < sizeof(a->data) ? r->len : sizeof(a->data);
		if (a->len)
			memcpy(a->data, r->data, a->len);
		x->waiting--;
		return;
	}
}

static void hear(struct exchange *x, const uint8_t *bytes, size_t n)
{
	struct servo_reply reply[MOTION_IDS];
	struct servo_packet packet;

	servo_stream_add(&x->stream, bytes, n);
	while (servo_stream_next(&x->stream, &packet)) {
		unsigned k = x->port->wire->replies(reply, MOTION_IDS, &packet, &x->request);

		for (unsigned i = 0; i < k; i++)
			note(x, &reply[i]);
	}
}

static int take_answers(struct exchange *x)
{
	uint8_t bytes[512];

	while (x->waiting) {
		ssize_t n = serial_read(x->port->serial, bytes, sizeof(bytes));
		int rc;

		if (n < 0)
			return (int)n;
		if (n > 0) {
			hear(x, bytes, (size_t)n);
			continue;
		}
		rc = wait_for(x->port, x->until_ns, false);
		if (rc <= 0)
			return rc;
	}
	return 0;
}

int motion_port_ask(struct motion_port *p, const uint8_t *request, size_t n,
		    struct motion_answer answer[MOTION_IDS])
{
	struct exchange x = {.port = p, .answer = answer, .until_ns = now_ns() + p->patience_ns};
	struct servo_packet packet;
	size_t used;
	int rc;

	if (p->wire->probe(&packet, request, n, false, &used) != SERVO_WHOLE ||
	    !p->wire->request(&x.request, &packet) || x.request.n > MOTION_IDS)
		return -EINVAL;
	for (unsigned i = 0; i < x.request.n; i++)
		answer[i] = (struct motion_answer){.id = x.request.target[i].id};
	x.waiting = x.request.answers ? x.request.n : 0;
	servo_stream_init(&x.stream, p->wire, true);
	tty_purge(serial_fd(p->serial), TTY_INPUT); /* goals that are on their way out stay */
	rc = send_all(&x, request, n);
	if (rc == 0)
		rc = take_answers(&x);
	return rc < 0 ? rc : x.request.answers ? (int)x.request.n : 0;
}
