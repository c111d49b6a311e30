/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of a tap: a client and its way to the server, as if the tap were a wire. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tap/tap.h"

enum { SPARE_FDS = 32 };

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
int relay_init(struct tap *t, struct err *e)
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

static struct tap_connection *entry_of(const struct tap *t, const struct connection *c)
{
	return c->slot < 0 ? NULL : &t->share.control->connection[c->slot];
}

/* The one that has been free for longest: an engine that lags still reads, and writes, there. */
static void take_slot(struct tap *t, struct connection *c)
{
	struct tap_control *control = t->share.control;

	for (unsigned i = 0; i < TAP_COPIED && c->slot < 0; i++) {
		unsigned k = t->next_slot++ % TAP_COPIED;

		if (!atomic_load(&control->connection[k].live))
			c->slot = (int)k;
	}
	if (c->slot < 0) {
		atomic_fetch_add(&control->uncopied, 1);
		atomic_fetch_add(&control->uncopied_ever, 1);
		return;
	}
	atomic_store(&entry_of(t, c)->id, 0);
	atomic_store(&entry_of(t, c)->seat, 0);
	atomic_store(&entry_of(t, c)->opened_ns, clock_now_ns(&t->clock));
	for (int d = 0; d < 2; d++) {
		struct tap_connection *k = entry_of(t, c);

		atomic_store(&k->offset[d], 0);
		atomic_store(&k->kept[d], 0);
		atomic_store(&k->cursor[d].boundary, 0);
		atomic_store(&k->cursor[d].end, 0);
	}
	atomic_store(&entry_of(t, c)->live, 1);
	atomic_store(&entry_of(t, c)->id, c->id);
}

static void give_slot_back(struct tap *t, struct connection *c)
{
	if (c->slot >= 0)
		atomic_store(&entry_of(t, c)->live, 0);
	else
		atomic_fetch_sub(&t->share.control->uncopied, 1);
	c->slot = -1;
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
	give_slot_back(t, c);
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

bool relay_ask(struct tap *t)
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
		relay_ask(t);
}

/* One piece of what was read, into the memory that is shared. */
static void copy_piece(struct tap *t, struct connection *c, int d, const unsigned char *p,
		       size_t len, int64_t t_ns)
{
	struct tap_connection *k = entry_of(t, c);
	uint32_t kept = k ? atomic_load(&k->kept[d]) : 0;
	size_t room = TAP_HEAD_BYTES - kept, n = len < room ? len : room;
	struct tap_record r = {
		.t_ns = t_ns,
		.connection = c->id,
		.offset = c->offset[d],
		.length = (uint32_t)len,
		.kind = TAP_BYTES,
		.turn = c->last != d,
		.slot = (uint8_t)c->slot,
	};

	if (!k)
		return;
	r.order = ++t->order;
	memcpy(k->head[d] + kept, p, n);
	atomic_store(&k->kept[d], kept + (uint32_t)n);
	tap_ring_put(&t->share.ring[d], &r, p);
	c->last = d;
	c->offset[d] += len;
	atomic_store(&k->offset[d], c->offset[d]);
}

static void copy(struct tap *t, struct connection *c, int d)
{
	const struct stage *st = &t->stage;

	for (unsigned i = 0; i < st->pieces; i++)
		copy_piece(t, c, d, st->bytes + st->piece[i].at, st->piece[i].len,
			   st->piece[i].t_ns);
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

	copy_piece(r->tap, r->connection, 0, p, n, t_ns);
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
	copy(t, c, d);
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

void relay_busy(struct tap *t)
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

void relay_event(struct tap *t, uint64_t which, uint32_t events)
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
	take_slot(t, c);
	tap_record(t, c, 1, TAP_OPENED, 0);
	tap_watch(t, fd, both_ways, WATCH_END, which_of(t, c, 1));
	connect_on(t, c, 0);
}

void relay_accept(struct tap *t)
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

void relay_lookup(struct tap *t)
{
	struct tcp_address found[TCP_ADDRESSES];
	unsigned n = tcp_answer(t->lookup, found);

	close(t->lookup);
	t->lookup = -1;
	if (n) {
		memcpy(t->address, found, sizeof(found));
		t->addresses = n;
	}
	accept_again(t);
}
