/* SPDX-License-Identifier: Apache-2.0 */
#include "source/servo_poll.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

/* Beyond the time on the wire, as LeRobot has it; until a port that is gone is tried again. */
static const int64_t patience_ns = 50 * NS_PER_MS, again_ns = 500 * NS_PER_MS;
/* Before a cycle begins nothing else is asked; but when it is so late, it goes first. */
static const int64_t spare_ns = 3 * NS_PER_MS, overdue_ns = 500 * NS_PER_MS;

enum {
	PINGS = 32, /* ids that are looked for when nothing is known of the robot */
	HEALTH_HZ = 2,
	BYTE_BITS = 10,
};

static const double rate_least_hz = 0.1, rate_most_hz = 500;

static struct servobus *bus(const struct servo_poll *p)
{
	return p->decoder.state;
}

/* What the decoder cannot know: how long the adapter holds bytes back. */
static void emit(void *host, const struct event *ev)
{
	struct source *s = host;
	struct event copy = *ev;
	struct bus told;

	if (ev->kind == EVENT_BUS) {
		const struct servo_poll *p = s->state;

		told = *ev->bus;
		told.latency_timer_ms = p->latency_timer_ms;
		copy.bus = &told;
	}
	source_emit(s, &copy);
}

static void capture(struct source *s, int direction, int64_t now_ns, const void *p, size_t n)
{
	if (s->host.raw)
		s->host.raw(s->host.host, s->index, direction, now_ns, p, n);
}

static int parse(struct servo_poll *p, struct uri *u, struct err *e)
{
	const char *rate = uri_param(u, "rate"), *baud = uri_param(u, "baud");
	double hz = 50;
	int64_t speed = 1000000;

	if (rate && (!text_to_double(rate, &hz) || hz < rate_least_hz || hz > rate_most_hz))
		return err_set(e, EINVAL, "%s: rate is %g to %g Hz", u->word, rate_least_hz,
			       rate_most_hz);
	if (baud && (!text_to_i64(baud, &speed) || speed < 4800 || speed > 12000000))
		return err_set(e, EINVAL, "%s: baud is 4800 to 12000000", u->word);
	p->period_ns = (int64_t)((double)NS_PER_S / hz);
	p->baud = (unsigned)speed;
	return 0;
}

static int connect_port(struct servo_poll *p, struct err *e)
{
	struct epoll_event in = {.events = EPOLLIN};
	struct serial_info info;

	p->port = serial_open(p->path, p->baud, true, e);
	if (!p->port)
		return e->code ? -e->code : -EIO;
	epoll_ctl(p->epoll, EPOLL_CTL_ADD, serial_fd(p->port), &in);
	p->latency_timer_ms = (double)NAN;
	if (serial_info(p->path, &info, NULL) == 0 && info.latency_ms >= 0)
		p->latency_timer_ms = info.latency_ms;
	serial_purge(p->port); /* what another program has asked for */
	p->waiting = false;
	p->span = NULL;
	p->cycle_ns = INT64_MIN;
	memset(p->met, 0, sizeof(p->met));
	return 0;
}

int servo_poll_open(struct source *s, const struct servo_questions *ask, struct uri *u,
		    struct err *e)
{
	struct servo_poll *p = s->state;
	uint8_t ids[SERVOBUS_MOTORS];
	int rc;

	p->ask = ask;
	p->epoll = -1;
	if (!u->rest[0])
		return err_set(e, EINVAL, "%s: write %s:DEVICE", u->word, u->kind);
	rc = parse(p, u, e);
	if (rc == 0)
		rc = decoder_open(&p->decoder, s->class->decoder, emit, s, s->prefix, u, e);
	if (rc < 0)
		return rc;
	p->path = xstrdup(u->rest);
	p->known = servobus_all(bus(p), ids) > 0;
	p->stranger = !p->known;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll < 0)
		return err_set(e, errno, "%s: %s", u->word, strerror(errno));
	s->fd = p->epoll;
	return connect_port(p, e);
}

static int64_t gone(struct source *s, int64_t now_ns, int code)
{
	struct servo_poll *p = s->state;

	serial_close(p->port);
	p->port = NULL;
	capture(s, 1, now_ns, NULL, 0);
	decoder_end(&p->decoder, now_ns);
	source_note(s, now_ns, "%s is gone: %s", p->path,
		    code == -ENODEV ? "unplugged?" : strerror(-code));
	p->again_ns = now_ns + again_ns;
	return p->again_ns;
}

/* The port may be back. True: it is. */
static bool try_again(struct source *s, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	struct err e = {0};

	if (now_ns < p->again_ns)
		return false;
	p->again_ns = now_ns + again_ns;
	if (connect_port(p, &e) < 0)
		return false;
	capture(s, 0, now_ns, NULL, 0);
	decoder_anew(&p->decoder, now_ns);
	source_note(s, now_ns, "%s is back", p->path);
	return true;
}

/* 0, or -errno: the port is gone. */
static int receive(struct source *s, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	uint8_t bytes[POLL_READ];

	for (int turn = 0; turn < 4; turn++) {
		ssize_t n = serial_read(p->port, bytes, sizeof(bytes));
		size_t at = 0;

		if (n <= 0)
			return (int)n;
		capture(s, 0, now_ns, bytes, (size_t)n);
		while (at < (size_t)n)
			at += decoder_bytes(&p->decoder, bytes + at, (size_t)n - at, now_ns);
	}
	return 0;
}

/* Sends a request for so many bytes of reply. 0, or -errno: the port is gone. */
static int ask(struct source *s, const uint8_t *request, size_t n, size_t reply, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	ssize_t sent = n ? serial_write(p->port, request, n) : 0;

	if (sent < 0)
		return (int)sent;
	p->deadline_ns = now_ns + patience_ns +
			 (int64_t)(n + reply) * BYTE_BITS * NS_PER_S / p->baud;
	p->waiting = true;
	if (!sent)
		return 0; /* no room for it: as if it were lost */
	capture(s, 1, now_ns, request, (size_t)sent);
	decoder_sent(&p->decoder, request, (size_t)sent, now_ns);
	return 0;
}

static int ask_positions(struct source *s, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	const struct servo_wire *wire = p->ask->wire;
	const struct servo_register *r = servo_register_of(wire, SERVO_POSITION);
	uint8_t request[SERVO_REQUEST_BYTES], ids[SERVOBUS_MOTORS];
	unsigned n = servobus_answering(bus(p), ids);

	p->cycle_ns += p->period_ns;
	if (p->cycle_ns <= now_ns) /* late, or the first one */
		p->cycle_ns = now_ns + p->period_ns;
	if (!n)
		return 0;
	return ask(s, request, wire->sync_read(request, r->address, r->size, ids, n),
		   n * SERVO_REQUEST_BYTES / 4, now_ns);
}

/* Whose registers are read next. False: nobody's are due. */
static bool next_servo(struct servo_poll *p, int64_t now_ns, uint8_t *id)
{
	uint8_t ids[SERVOBUS_MOTORS];
	unsigned n = servobus_all(bus(p), ids);

	if (!n)
		return false;
	if (!p->span) {
		if (now_ns < p->health_ns)
			return false;
		p->health_ns = now_ns + NS_PER_S / HEALTH_HZ / n;
		p->servo = (p->servo + 1) % n;
		p->span = p->met[ids[p->servo]] ? p->ask->health : p->ask->once;
		p->met[ids[p->servo]] = true;
	}
	*id = ids[p->servo % n];
	return true;
}

static int ask_registers(struct source *s, uint8_t id, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	const struct servo_span *span = p->span++;
	uint8_t request[SERVO_REQUEST_BYTES];

	if (!p->span->len)
		p->span = NULL;
	return ask(s, request, p->ask->wire->read(request, id, span->address, span->len), span->len,
		   now_ns);
}

static int ping(struct source *s, uint8_t id, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	uint8_t request[SERVO_REQUEST_BYTES];

	p->ping_ns = now_ns + NS_PER_S;
	return ask(s, request, p->ask->wire->ping(request, id), 0, now_ns);
}

/* Nothing is known of the robot: who answers? */
static int look_for_servos(struct source *s, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	uint8_t ids[SERVOBUS_MOTORS];

	if (p->next_ping < PINGS)
		return ping(s, p->next_ping++, now_ns);
	p->next_ping = 0;
	p->known = servobus_all(bus(p), ids) > 0;
	if (!p->known && !p->told_nobody)
		source_note(s, now_ns, "%s: no servo answers to an id from 0 to %d", p->path,
			    PINGS - 1);
	p->told_nobody = true;
	return 0;
}

/* One that did not answer in time, or had no power yet, is looked for again, an id a second. */
static bool next_stranger(struct servo_poll *p, int64_t now_ns, uint8_t *id)
{
	uint8_t ids[SERVOBUS_MOTORS];
	unsigned n = servobus_all(bus(p), ids);

	if (!p->stranger || now_ns < p->ping_ns || n == SERVOBUS_MOTORS)
		return false;
	for (unsigned tried = 0; tried < PINGS; tried++) {
		*id = p->next_ping;
		p->next_ping = (uint8_t)((p->next_ping + 1) % PINGS);
		if (!memchr(ids, *id, n))
			return true;
	}
	return false;
}

/* Asks the next question when it is time. 0, or -errno; *next_ns: when to come again. */
static int go_on(struct source *s, int64_t now_ns, int64_t *next_ns)
{
	struct servo_poll *p = s->state;
	bool overdue = now_ns - p->health_ns > overdue_ns;
	uint8_t id;
	int rc = 0;

	if (!p->known)
		rc = look_for_servos(s, now_ns);
	else if (overdue && next_servo(p, now_ns, &id))
		rc = ask_registers(s, id, now_ns);
	else if (now_ns >= p->cycle_ns)
		rc = ask_positions(s, now_ns);
	else if (p->cycle_ns - now_ns > spare_ns && next_servo(p, now_ns, &id))
		rc = ask_registers(s, id, now_ns);
	else if (p->cycle_ns - now_ns > spare_ns && next_stranger(p, now_ns, &id))
		rc = ping(s, id, now_ns);
	else {
		*next_ns = p->cycle_ns;
		if (now_ns < p->health_ns && p->health_ns < p->cycle_ns - spare_ns)
			*next_ns = p->health_ns;
		return 0;
	}
	*next_ns = p->waiting ? p->deadline_ns : now_ns;
	return rc;
}

int64_t servo_poll_run(struct source *s, int64_t now_ns)
{
	struct servo_poll *p = s->state;
	int64_t next_ns = INT64_MAX, due_ns;
	int rc;

	due_ns = decoder_due(&p->decoder, now_ns);
	if (!p->port && !try_again(s, now_ns))
		return due_ns < p->again_ns ? due_ns : p->again_ns;
	rc = receive(s, now_ns);
	if (rc == 0) {
		if (p->waiting && !servobus_idle(bus(p)) && now_ns >= p->deadline_ns)
			p->span = NULL; /* nor will it answer what else it would be asked */
		if (servobus_idle(bus(p)) || now_ns >= p->deadline_ns)
			p->waiting = false;
		if (p->waiting)
			next_ns = p->deadline_ns;
		else
			rc = go_on(s, now_ns, &next_ns);
	}
	s->bad_lines = decoder_bad(&p->decoder);
	text_copy(s->first_bad, sizeof(s->first_bad), decoder_first_bad(&p->decoder));
	if (rc < 0)
		return gone(s, now_ns, rc);
	return due_ns < next_ns ? due_ns : next_ns;
}

void servo_poll_close(struct source *s)
{
	struct servo_poll *p = s->state;

	serial_close(p->port);
	if (p->epoll >= 0)
		close(p->epoll);
	decoder_close(&p->decoder);
	free(p->path);
}
