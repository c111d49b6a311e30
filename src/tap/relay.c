/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of a tap: a client and its way to the server, as if the tap were a wire. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "tap/tap.h"

enum {
	SPARE_FDS = 32,
	DOWN_BYTES = 8 << 20, /* replies */
	UP_BYTES = 32 << 20,  /* requests, with pictures */
};

static const uint32_t both_ways = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

/* Two descriptors a connection, as far as the system allows. */
static unsigned allowed_connections(void)
{
	struct rlimit limit = {0};

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return TAP_COPIED;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= 2 * TAP_CONNECTIONS + SPARE_FDS)
		return TAP_CONNECTIONS;
	return limit.rlim_cur > 2 * SPARE_FDS ? (unsigned)(limit.rlim_cur - SPARE_FDS) / 2 : 1;
}

/* All the memory it will ever use; pages that nobody needs are never touched. */
static int make_connections(struct tap *t, struct err *e)
{
	size_t rest = (size_t)TAP_CONNECTIONS * 2 * TAP_READ_BYTES;
	unsigned char *p = mmap(NULL, rest, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	t->capacity = allowed_connections();
	t->connection = calloc(t->capacity, sizeof(*t->connection));
	if (p == MAP_FAILED || !t->connection)
		return err_set(e, ENOMEM, "not enough memory for connections");
	for (unsigned i = 0; i < t->capacity; i++) {
		struct connection *c = &t->connection[i];

		c->fd[0] = c->fd[1] = c->slot = -1;
		for (int d = 0; d < 2; d++)
			c->way[d].rest = p + (2 * (size_t)i + (size_t)d) * TAP_READ_BYTES;
	}
	return 0;
}

static uint64_t which_of(const struct tap *t, const struct connection *c, int end)
{
	return (uint64_t)(c - t->connection) << 33 | (uint64_t)end << 32 | (uint32_t)c->id;
}

static void accept_again(struct tap *t)
{
	if (!t->accepting)
		tap_watch(t, t->listener, EPOLLIN, WATCH_LISTENER, 0);
	t->accepting = true;
}

/* Its descriptors are closed. */
static void forget(struct tap *t, struct connection *c)
{
	copy_end(t, c);
	t->busy -= c->more;
	c->id = 0;
	c->fd[0] = c->fd[1] = -1;
	c->more = c->connecting = false;
	atomic_store(&t->share.control->clients, --t->live);
	if (!t->live)
		t->alone_ns = clock_now_ns(&t->clock);
	accept_again(t);
}

static void break_off(struct tap *t, struct connection *c)
{
	for (int end = 0; end < 2; end++) {
		if (c->fd[end] >= 0)
			tcp_abort(c->fd[end]);
	}
	forget(t, c);
}

static void reset(struct tap *t, struct connection *c, int by)
{
	tap_record(t, c, by, TAP_RESET, 0);
	break_off(t, c);
}

/* Looks the server up; false: that cannot be begun. */
static bool ask(struct tap *t)
{
	t->lookup = tcp_ask(&t->upstream);
	if (t->lookup >= 0)
		tap_watch(t, t->lookup, EPOLLIN, WATCH_LOOKUP, 0);
	return t->lookup >= 0;
}

static void refuse(struct tap *t, struct connection *c, int code)
{
	tap_record(t, c, 0, TAP_REFUSED, (uint32_t)code);
	break_off(t, c);
	if (t->by_name && t->lookup < 0) /* it may have moved */
		ask(t);
}

/* What a server answers is seen before its client can act on it. */
struct reply {
	struct tap *tap;
	struct connection *connection;
	bool any;
};

static void see_reply(void *host, const unsigned char *p, size_t n, int64_t t_ns)
{
	struct reply *r = host;

	copy_bytes(r->tap, r->connection, 0, p, n, t_ns);
	r->any = true;
}

/* Moves what can be moved in one direction. False: the connection is no more. */
static bool run_way(struct tap *t, struct connection *c, int d)
{
	struct way *w = &c->way[d];
	struct reply reply = {t, c, false};
	enum pump_result r;

	if (w->finished || w->from < 0 || w->to < 0)
		return true;
	t->stage.len = t->stage.pieces = 0;
	t->stage.seen = d == 0 ? see_reply : NULL;
	t->stage.host = &reply;
	r = pump(w, &t->stage);
	copy_stage(t, c, d);
	if (reply.any || t->stage.pieces)
		tap_wake(t);
	if (r == PUMP_BROKEN || r == PUMP_REFUSED) {
		reset(t, c, r == PUMP_BROKEN ? d : 1 - d);
		return false;
	}
	if (r == PUMP_MORE && !c->more) {
		c->more = true;
		t->busy++;
	}
	if (r != PUMP_ENDED)
		return true;
	tcp_end(w->to);
	w->finished = true;
	if (!c->way[1 - d].finished)
		return true;
	tap_record(t, c, 1, TAP_CLOSED, 0);
	close(c->fd[0]);
	close(c->fd[1]);
	forget(t, c);
	return false;
}

static void run(struct tap *t, struct connection *c, int first)
{
	if (run_way(t, c, first))
		run_way(t, c, 1 - first);
}

static void go_on(struct tap *t)
{
	for (unsigned i = 0; t->busy && i < t->capacity; i++) {
		struct connection *c = &t->connection[i];

		if (!c->more)
			continue;
		c->more = false;
		t->busy--;
		run(t, c, 0);
	}
}

static void attach_end(struct connection *c, int end, int fd)
{
	c->fd[end] = c->way[end].from = c->way[1 - end].to = fd;
}

/* Begins to connect to the next address of the server, or refuses the client. */
static void connect_on(struct tap *t, struct connection *c, int code)
{
	int fd = -EHOSTUNREACH;

	if (code && c->address >= t->addresses) {
		refuse(t, c, code);
		return;
	}
	while (c->address < t->addresses && fd < 0)
		fd = tcp_connect(&t->address[c->address++]);
	if (fd < 0) {
		refuse(t, c, -fd);
		return;
	}
	c->fd[0] = fd;
	c->connecting = true;
	tap_watch(t, fd, both_ways, WATCH_END, which_of(t, c, 0));
}

static void on_connected(struct tap *t, struct connection *c)
{
	int code = tcp_connected(c->fd[0]), fd = c->fd[0];

	c->connecting = false;
	if (code) {
		close(fd);
		c->fd[0] = -1;
		connect_on(t, c, code);
		return;
	}
	tcp_tune(fd);
	attach_end(c, 0, fd);
	c->way[0].readable = c->way[1].writable = true;
	run(t, c, 1);
}

static void end_event(struct tap *t, uint64_t which, uint32_t events)
{
	struct connection *c = &t->connection[which >> 33 & 0xffff];
	int end = which >> 32 & 1;
	bool over = events & (EPOLLHUP | EPOLLERR), hung = over || events & EPOLLRDHUP;

	if ((uint32_t)c->id != (uint32_t)which || !c->id)
		return; /* of one that has just ended */
	if (c->connecting && end == 0) {
		if (over || events & EPOLLOUT)
			on_connected(t, c);
		return;
	}
	c->way[end].hung |= hung;
	c->way[end].broken |= (events & EPOLLERR) != 0;
	c->way[end].readable |= hung || events & EPOLLIN;
	c->way[1 - end].writable |= over || events & EPOLLOUT;
	/* Broken off while nothing is read from it: its connection waits, or it had said its last. */
	if (events & EPOLLERR && (c->connecting || c->way[end].ended))
		reset(t, c, end);
	else
		run(t, c, end);
}

static struct connection *free_connection(struct tap *t)
{
	for (unsigned i = 0; i < t->capacity; i++) {
		if (!t->connection[i].id)
			return &t->connection[i];
	}
	return NULL;
}

static void welcome(struct tap *t, struct connection *c, int fd)
{
	c->id = ++t->last_id;
	c->address = 0;
	c->last = -1;
	for (int d = 0; d < 2; d++) {
		c->way[d] = (struct way){.from = -1, .to = -1, .rest = c->way[d].rest};
		c->offset[d] = 0;
	}
	atomic_store(&t->share.control->clients, ++t->live);
	tcp_tune(fd);
	attach_end(c, 1, fd);
	copy_begin(t, c);
	tap_watch(t, fd, both_ways, WATCH_END, which_of(t, c, 1));
	connect_on(t, c, 0);
}

static void accept_all(struct tap *t)
{
	struct connection *c;

	while ((c = free_connection(t))) {
		int fd = accept4(t->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			welcome(t, c, fd);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno == EAGAIN)
			return;
		break;
	}
	/* No descriptor or no room is left: who comes now waits until somebody leaves. */
	epoll_ctl(t->epoll, EPOLL_CTL_DEL, t->listener, NULL);
	t->accepting = false;
}

static void found(struct tap *t)
{
	struct tcp_address answer[TCP_ADDRESSES];
	unsigned n = tcp_answer(t->lookup, answer);

	close(t->lookup);
	t->lookup = -1;
	if (n) {
		memcpy(t->address, answer, sizeof(answer));
		t->addresses = n;
	}
	accept_again(t);
}

static int relay_open(struct tap *t, const struct tap_cfg *cfg, struct err *e)
{
	struct place listen;
	int rc;

	if (!place_parse(&listen, cfg->listen, strlen(cfg->listen)))
		return err_set(e, EINVAL, "%s: write [HOST:]PORT", cfg->listen);
	if (!place_parse(&t->upstream, cfg->upstream, strlen(cfg->upstream)) ||
	    !t->upstream.host[0])
		return err_set(e, EINVAL, "%s: write HOST:PORT", cfg->upstream);
	text_copy(t->info.upstream, sizeof(t->info.upstream), cfg->upstream);
	rc = make_connections(t, e);
	if (rc)
		return rc;
	t->listener = tcp_listen(&listen, t->info.listen, e);
	return t->listener < 0 ? t->listener : 0;
}

/* Clients who come before the server's address is known wait to be accepted. */
static void relay_begin(struct tap *t)
{
	t->by_name = !tcp_in_digits(&t->address[0], &t->upstream);
	t->addresses = !t->by_name;
	if (!t->by_name || !ask(t))
		accept_again(t);
}

static void relay_event(struct tap *t, enum watch_kind kind, uint64_t which, uint32_t events)
{
	if (kind == WATCH_LISTENER)
		accept_all(t);
	else if (kind == WATCH_LOOKUP)
		found(t);
	else
		end_event(t, which, events);
}

static int64_t relay_due(struct tap *t)
{
	(void)t;
	return INT64_MAX;
}

static void relay_close(struct tap *t)
{
	if (t->listener >= 0)
		close(t->listener);
	if (t->lookup >= 0)
		close(t->lookup);
}

const struct wire wire_tcp = {
	.ring_bytes = {DOWN_BYTES, UP_BYTES},
	.open = relay_open,
	.begin = relay_begin,
	.event = relay_event,
	.busy = go_on,
	.due = relay_due,
	.close = relay_close,
};
