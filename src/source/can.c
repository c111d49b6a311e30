/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `can:IFACE?robot=NAME`: the motors of an arm, heard beside the program that drives them. The
 * socket gets a copy of every frame and is never written to; reading registers would be a frame,
 * too, so that only those are known which somebody else reads.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "hal/can.h"
#include "hal/canlink.h"
#include "source/can_setup.h"
#include "source/source.h"
#include "wire/canframe.h"

#define LOOK_NS	 NS_PER_S
#define RETRY_NS NS_PER_S

struct listener {
	struct decoder decoder;
	struct can *can; /* NULL: the interface is gone */
	int epoll;	 /* s->fd: the socket changes when the interface comes back */
	char interface[IF_NAMESIZE];
	int64_t look_ns, retry_ns; /* when the next look at the controller, or for it, is due */
	int64_t last_ns;	   /* of the newest records */
	struct canlink link;	   /* as last told */
	bool looked;
	struct buf records; /* at..len are to be decoded */
	size_t at;
	struct can_heard heard[CAN_HEARD_MAX];
};

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	struct damiao_setup setup;

	return can_setup(&setup, u, prefix, e) == 0 ? damiao_bus_new(&setup, emit, host) : NULL;
}

static void drop(void *state)
{
	damiao_bus_free(state);
}

static size_t bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return damiao_bus_bytes(state, p, n, most, t_ns);
}

static void end(void *state, int64_t t_ns)
{
	damiao_bus_end(state, t_ns);
}

static uint64_t count(const void *state)
{
	return damiao_bus_records(state);
}

static uint64_t bad(const void *state)
{
	return damiao_bus_bad(state);
}

static const char *first_bad(const void *state)
{
	return damiao_bus_first_bad(state);
}

static int64_t due(void *state, int64_t now_ns)
{
	return damiao_bus_due(state, now_ns);
}

static const struct decoder_class decoder = {
	.make = make,
	.free = drop,
	.bytes = bytes,
	.end = end,
	.count = count,
	.bad = bad,
	.first_bad = first_bad,
	.due = due,
};

static void emit(void *host, const struct event *ev)
{
	struct event copy = *ev;

	source_emit(host, &copy);
}

static int attach(struct listener *l, struct err *e)
{
	struct epoll_event in = {.events = EPOLLIN};

	l->can = can_open(l->interface, e);
	if (!l->can)
		return e->code ? -e->code : -ENODEV;
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, can_fd(l->can), &in) < 0)
		return err_set(e, errno, "%s: cannot be watched: %s", l->interface,
			       strerror(errno));
	return 0;
}

static int can_source_open(struct source *s, struct uri *u, struct err *e)
{
	struct listener *l = s->state;
	int rc;

	l->epoll = -1;
	l->last_ns = 0;
	if (!u->rest[0] || strlen(u->rest) >= sizeof(l->interface))
		return err_set(e, EINVAL, "%s: write can:IFACE, such as can:can0", u->word);
	text_copy(l->interface, sizeof(l->interface), u->rest);
	rc = decoder_open(&l->decoder, s->class->decoder, emit, s, s->prefix, u, e);
	if (rc < 0)
		return rc;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return err_set(e, errno, "%s: %s", u->word, strerror(errno));
	s->fd = l->epoll;
	return attach(l, e);
}

static enum bus_state state_of(const struct canlink *k)
{
	static const enum bus_state states[] = {
		[CANLINK_UNKNOWN] = BUS_UNKNOWN, [CANLINK_ACTIVE] = BUS_OK,
		[CANLINK_WARNING] = BUS_WARNING, [CANLINK_PASSIVE] = BUS_PASSIVE,
		[CANLINK_BUS_OFF] = BUS_OFF,	 [CANLINK_STOPPED] = BUS_OFF,
	};

	return k->up ? states[k->state] : BUS_OFF;
}

static unsigned count_of(int errors)
{
	return errors < 0 ? (unsigned)CANFRAME_COUNT_UNKNOWN : (unsigned)errors & 0x7fff;
}

static void put_link(struct listener *l, enum bus_state state, int64_t t_ns)
{
	struct canframe f = {.kind = CANFRAME_LINK, .t_ns = t_ns, .state = state};

	f.tx_errors = count_of(l->link.tx_errors);
	f.rx_errors = count_of(l->link.rx_errors);
	f.bitrate = l->link.bitrate;
	canframe_put(&l->records, &f);
}

/* The records are whole: what is due before them, then the capture; their decoding is next. */
static void hand_over(struct source *s, int64_t t_ns)
{
	struct listener *l = s->state;

	if (t_ns < l->last_ns)
		t_ns = l->last_ns;
	l->last_ns = t_ns;
	decoder_due(&l->decoder, t_ns);
	if (s->host.raw)
		s->host.raw(s->host.host, s->index, 0, t_ns, l->records.p, l->records.len);
}

static bool left(const struct listener *l)
{
	return l->at < l->records.len;
}

static void decode(struct source *s)
{
	struct listener *l = s->state;

	l->at += decoder_bytes(&l->decoder, l->records.p + l->at, l->records.len - l->at,
			       l->last_ns);
	s->bad_lines = decoder_bad(&l->decoder);
	if (left(l))
		return;
	l->at = 0;
	buf_clear(&l->records);
}

static bool same_link(const struct canlink *a, const struct canlink *b)
{
	return a->up == b->up && a->state == b->state && a->tx_errors == b->tx_errors &&
	       a->rx_errors == b->rx_errors && a->bitrate == b->bitrate;
}

/* What no frame tells: losses, and how the controller is, when that changed. True: records. */
static bool look(struct source *s, int64_t t_ns)
{
	struct canframe lost = {.kind = CANFRAME_LOST, .t_ns = t_ns};
	struct listener *l = s->state;
	struct canlink now;

	lost.lost = can_lost(l->can);
	if (lost.lost)
		canframe_put(&l->records, &lost);
	if (canlink_read(&now, can_index(l->can)) == 0 &&
	    (!l->looked || !same_link(&now, &l->link))) {
		l->looked = true;
		l->link = now;
		put_link(l, state_of(&now), t_ns);
	}
	if (left(l))
		hand_over(s, t_ns);
	return left(l);
}

static void lose(struct source *s, int64_t now_ns)
{
	struct listener *l = s->state;

	can_close(l->can);
	l->can = NULL;
	l->looked = false;
	l->link = (struct canlink){.tx_errors = -1, .rx_errors = -1};
	l->retry_ns = now_ns + RETRY_NS;
	put_link(l, BUS_GONE, now_ns);
	hand_over(s, now_ns);
	source_note(s, now_ns, "%s is gone", l->interface);
}

static void find_again(struct source *s, int64_t now_ns)
{
	struct listener *l = s->state;
	struct err e = {0};

	l->retry_ns = now_ns + RETRY_NS;
	if (attach(l, &e) < 0) {
		can_close(l->can);
		l->can = NULL;
		return;
	}
	source_note(s, now_ns, "%s is back", l->interface);
	if (s->host.raw)
		s->host.raw(s->host.host, s->index, 0, now_ns, NULL, 0);
	decoder_anew(&l->decoder, now_ns);
}

/* Frames become records. How many there were, or -errno. */
static int listen_once(struct source *s)
{
	struct listener *l = s->state;
	int n = can_read(l->can, l->heard, CAN_HEARD_MAX);

	for (int i = 0; i < n; i++) {
		const struct can_heard *h = &l->heard[i];
		struct canframe f = {.kind = CANFRAME_LOST, .t_ns = h->t_ns, .lost = h->lost};

		if (h->lost)
			canframe_put(&l->records, &f);
		f = (struct canframe){.id = h->id, .t_ns = h->t_ns, .len = h->len};
		f.flags = (h->fd ? (unsigned)CANFRAME_FD : 0u) |
			  (h->own ? (unsigned)CANFRAME_OWN : 0u);
		memcpy(f.data, h->data, h->len);
		canframe_put(&l->records, &f);
	}
	if (n > 0)
		hand_over(s, l->heard[0].t_ns);
	return n;
}

/* Nothing is to be read: only now is what is due at this time not too early. */
static int64_t idle(struct source *s, int64_t now_ns)
{
	struct listener *l = s->state;
	int64_t next;

	if (l->can && now_ns >= l->look_ns) {
		l->look_ns = now_ns + LOOK_NS;
		if (look(s, now_ns))
			return now_ns;
	}
	if (!l->can && now_ns >= l->retry_ns)
		find_again(s, now_ns);
	if (now_ns > l->last_ns)
		l->last_ns = now_ns;
	next = decoder_due(&l->decoder, now_ns);
	if (l->can && l->look_ns < next)
		next = l->look_ns;
	return l->can || next < l->retry_ns ? next : l->retry_ns;
}

static int64_t can_source_run(struct source *s, int64_t now_ns)
{
	struct listener *l = s->state;
	int n = 0;

	if (left(l)) {
		decode(s);
		return now_ns;
	}
	if (l->can)
		n = listen_once(s);
	if (n == 0)
		return idle(s, now_ns);
	if (n == -ENETDOWN)
		l->look_ns = now_ns; /* down, and still there: the controller says it */
	else if (n < 0)
		lose(s, now_ns);
	if (left(l))
		decode(s);
	return now_ns;
}

static void can_source_close(struct source *s)
{
	struct listener *l = s->state;

	can_close(l->can);
	if (l->epoll >= 0)
		close(l->epoll);
	decoder_close(&l->decoder);
	buf_fini(&l->records);
}

static const struct source_param params[] = {CAN_PARAMS, {0}};

const struct source_class source_can = {
	.kind = "can",
	.rest = "IFACE",
	.summary = "DaMiao motors on a CAN bus (YAM, OpenArm), heard only",
	.facts = DAMIAO_FACTS,
	.decoder = &decoder,
	.params = params,
	.state_size = sizeof(struct listener),
	.open = can_source_open,
	.run = can_source_run,
	.close = can_source_close,
};
