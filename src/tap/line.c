/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tap between a program and its serial port. The program opens a pseudo terminal, and is told
 * nothing that the port would not tell: baud rate, purges and the end are passed on like bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tap/line.h"

enum { RING_BYTES = 1 << 20 };

static struct connection *session(struct tap *t)
{
	return &t->connection[0];
}

/* What comes while nobody is there, or was not read when the program threw away what it had. */
static void swallow(struct tap *t, bool copy)
{
	unsigned char junk[4096];
	ssize_t n;

	while ((n = read(t->line->port, junk, sizeof(junk))) > 0) {
		if (copy)
			copy_bytes(t, session(t), 0, junk, (size_t)n, clock_now_ns(&t->clock));
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		t->line->gone = true;
}

static void client_came(struct tap *t)
{
	struct line *l = t->line;
	struct connection *c = session(t);

	swallow(t, false);
	c->id = ++t->last_id;
	c->last = -1;
	for (int d = 0; d < 2; d++) {
		c->offset[d] = 0;
		c->way[d].rest_len = 0;
		c->way[d].writable = true;
	}
	l->client = true;
	l->left = false;
	atomic_store(&t->share.control->clients, ++t->live);
	copy_begin(t, c);
}

/* kind: of the record that ends it. */
static void session_over(struct tap *t, int by, enum tap_kind kind)
{
	struct connection *c = session(t);

	tap_record(t, c, by, kind, 0);
	copy_end(t, c);
	c->id = 0;
	t->line->client = t->line->left = false;
	atomic_store(&t->share.control->clients, --t->live);
	t->alone_ns = clock_now_ns(&t->clock);
}

/* True when a program has the pseudo terminal open, or had and left bytes. */
static bool somebody_there(const struct line *l)
{
	struct pollfd p = {.fd = l->master, .events = POLLIN};

	return poll(&p, 1, 0) == 0 || (p.revents & POLLIN) || !(p.revents & POLLHUP);
}

/* Nobody has it, after somebody had. */
static void make_ready(struct tap *t)
{
	line_clear(t);
	if (!t->line->gone && somebody_there(t->line))
		client_came(t);
}

static void client_left(struct tap *t)
{
	session_over(t, 1, TAP_CLOSED);
	make_ready(t);
}

/* The port gets what the program set. There is no event for it; so before bytes are passed on. */
static void mirror(struct line *l)
{
	struct tty_line now;

	if (tty_line_get(l->master, &now) || !now.baud ||
	    (now.baud == l->set.baud && now.frame == l->set.frame))
		return;
	/* What the program takes for sent must not go out at another rate. */
	tty_drain(l->port);
	if (tty_line_set(l->port, &now) == 0)
		l->set = now;
}

/* What was read is not passed on before what is asked has been done. */
static ssize_t hold(struct line *l, const unsigned char *p, size_t n)
{
	memcpy(l->held, p, n);
	l->held_len = n;
	errno = EAGAIN;
	return -1;
}

static ssize_t give_held(struct line *l, unsigned char *p)
{
	size_t n = l->held_len;

	memcpy(p, l->held, n);
	l->held_len = 0;
	return (ssize_t)n;
}

/*
 * From a master in packet mode: each read begins with a byte that tells what else was done. The kernel
 * looks for that first, then for bytes: of a program that purges and writes in between it gives the
 * bytes before it tells of the purge. Done that late, the purge would take the reply along. So we ask
 * once more before the bytes are passed on.
 */
static ssize_t take_client(struct way *w, unsigned char *p, size_t n)
{
	struct tap *t = w->host;
	struct line *l = t->line;
	unsigned char told = 0;
	ssize_t got;

	if (l->held_len)
		return give_held(l, p);
	got = read(w->from, p, n);
	if (got < 0 && errno != EAGAIN && errno != EINTR) {
		l->left = l->client;
		errno = EAGAIN;
	}
	if (got < 0)
		return -1;
	if (got < 2) { /* no bytes: what is asked is done when all before has been copied */
		l->asked |= got == 1 ? p[0] : 0;
		errno = got == 1 && p[0] ? EAGAIN : EINTR;
		return -1;
	}
	if (!l->client)
		client_came(t);
	mirror(l);
	memmove(p, p + 1, (size_t)--got);
	if (read(w->from, &told, 1) < 0)
		w->readable = errno != EAGAIN;
	l->asked |= told;
	return told ? hold(l, p, (size_t)got) : got;
}

static ssize_t take_port(struct way *w, unsigned char *p, size_t n)
{
	return read(w->from, p, n);
}

static void obey(struct tap *t, unsigned asked)
{
	struct connection *c = session(t);
	struct line *l = t->line;

	if (asked & TIOCPKT_FLUSHREAD) {
		c->way[0].rest_len = 0;
		swallow(t, l->client);
		tty_purge(l->port, TTY_INPUT);
	}
	if (asked & TIOCPKT_FLUSHWRITE) {
		c->way[1].rest_len = 0;
		tty_purge(l->port, TTY_OUTPUT);
	}
}

static void more_to_do(struct tap *t)
{
	t->busy = 1;
}

static void run_up(struct tap *t)
{
	struct connection *c = session(t);
	struct line *l = t->line;
	enum pump_result r;

	do {
		l->asked = 0;
		t->stage.len = t->stage.pieces = 0;
		t->stage.seen = NULL;
		r = pump(&c->way[1], &t->stage);
		copy_stage(t, c, 1);
		if (t->stage.pieces)
			tap_wake(t);
		if (l->asked) {
			obey(t, l->asked);
			c->way[1].readable = true;
		}
	} while (l->asked);
	if (r == PUMP_MORE)
		more_to_do(t);
	l->gone |= r == PUMP_REFUSED;
}

struct reply {
	struct tap *tap;
	bool any;
};

static void see_reply(void *host, const unsigned char *p, size_t n, int64_t t_ns)
{
	struct reply *r = host;

	copy_bytes(r->tap, session(r->tap), 0, p, n, t_ns);
	r->any = true;
}

static void run_down(struct tap *t)
{
	struct connection *c = session(t);
	struct line *l = t->line;
	struct reply reply = {t, false};
	enum pump_result r;

	if (!l->client) {
		if (c->way[0].readable)
			swallow(t, false);
		c->way[0].readable = false;
		return;
	}
	if (!c->way[0].readable && !c->way[0].rest_len)
		return;
	mirror(l);
	t->stage.len = t->stage.pieces = 0;
	t->stage.seen = see_reply;
	t->stage.host = &reply;
	r = pump(&c->way[0], &t->stage);
	if (reply.any)
		tap_wake(t);
	if (r == PUMP_REFUSED) { /* nobody is there to take it */
		c->way[0].rest_len = 0;
		l->left = true;
	}
	if (r == PUMP_MORE)
		more_to_do(t);
	l->gone |= r == PUMP_ENDED || r == PUMP_BROKEN;
}

static void run(struct tap *t)
{
	struct connection *c = session(t);
	struct line *l = t->line;

	if (l->port < 0)
		return;
	/* Even if only the port has something: what it has may have been thrown away before. */
	c->way[1].readable = true;
	run_up(t);
	if (!l->gone)
		run_down(t);
	if (!l->gone && l->client && l->left && !c->way[1].rest_len)
		client_left(t);
	if (l->gone)
		line_unplug(t);
}

void line_hang_up(struct tap *t)
{
	if (t->line->client)
		session_over(t, 0, TAP_RESET);
}

/* Somebody opened or closed the pseudo terminal, and said nothing so far. */
static void look_at_pty(struct tap *t, uint32_t seen)
{
	struct line *l = t->line;

	if (l->port < 0 || l->client)
		return;
	if (somebody_there(l))
		client_came(t);
	else if (seen & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE))
		make_ready(t);
	if (l->gone)
		line_unplug(t);
}

/* Device nodes were opened or closed: the pseudo terminal, or, past us, the port. */
static void nodes_event(struct tap *t)
{
	struct line *l = t->line;
	_Alignas(struct inotify_event) char bytes[4096];
	ssize_t n = read(l->nodes, bytes, sizeof(bytes));

	for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
		const struct inotify_event *ev = (const void *)(bytes + at);

		if (ev->wd == l->port_watch && ev->mask & IN_OPEN)
			tap_tell(t, TAP_STRANGER);
		else if (ev->wd == l->pty_watch)
			look_at_pty(t, ev->mask);
		at += (ssize_t)(sizeof(*ev) + ev->len);
	}
}

static void line_event(struct tap *t, enum watch_kind kind, uint64_t which, uint32_t events)
{
	struct connection *c = session(t);
	unsigned end = which & 1;

	if (kind == WATCH_NODES) {
		nodes_event(t);
		return;
	}
	/* Of a descriptor that is gone meanwhile it does no harm: nothing waits. */
	c->way[end].readable |= (events & ~(uint32_t)EPOLLOUT) != 0;
	c->way[1 - end].writable |= (events & EPOLLOUT) != 0;
	/* A terminal tells of room after every read of the other side: mostly nobody waits for it. */
	if (c->way[end].readable || c->way[1 - end].rest_len)
		run(t);
}

static void line_busy(struct tap *t)
{
	if (!t->busy)
		return;
	t->busy = 0;
	run(t);
}

void line_attach(struct tap *t)
{
	static const uint32_t both = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLET;
	struct connection *c = session(t);
	struct line *l = t->line;

	c->fd[0] = l->port;
	c->fd[1] = l->master;
	for (int d = 0; d < 2; d++)
		c->way[d] = (struct way){.from = c->fd[d],
					 .to = c->fd[1 - d],
					 .rest = l->rest[d],
					 .take = d ? take_client : take_port,
					 .host = t,
					 .readable = true,
					 .writable = true};
	/* The port may be watched already, when only the pseudo terminal is new. */
	for (unsigned end = 0; end < 2; end++)
		tap_watch(t, c->fd[end], both, WATCH_END, end);
}

static void line_begin(struct tap *t)
{
	tap_watch(t, t->line->nodes, EPOLLIN, WATCH_NODES, 0);
	line_attach(t);
}

const struct wire wire_line = {
	.ring_bytes = {RING_BYTES, RING_BYTES},
	.open = line_open,
	.begin = line_begin,
	.event = line_event,
	.busy = line_busy,
	.due = line_due,
	.close = line_close,
};
