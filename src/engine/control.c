/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/control.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "view/message.h"

/* More than this unread, and a viewer gets no verdicts: its next snapshot has them anyway. */
enum { UNREAD_MAX = 32 * 1024, REQUESTS_AT_ONCE = 16 };

struct viewer {
	struct control *control;
	int fd;		   /* -1: a free place */
	int64_t period_ns; /* 0: wants no snapshots */
	int64_t due_ns;
	size_t sent; /* bytes of its last snapshot, 0 none yet */
};

struct control {
	struct loop *loop;
	struct control_host host;
	struct clock clock;
	uid_t uid;
	int listener;
	char *path;
	struct loop_timer tick;
	struct viewer viewer[CONTROL_VIEWERS_MAX];
	struct snapshot snapshot;
	struct history history;
	struct view_thumb thumb;
	struct view_reference reference;
	char packet[MESSAGE_SIZE_MAX];
};

static void hang_up(struct viewer *v)
{
	if (v->fd < 0)
		return;
	loop_unwatch(v->control->loop, v->fd);
	close(v->fd);
	v->fd = -1;
	v->period_ns = 0;
	v->sent = 0;
}

static bool send_to(struct viewer *v, const void *p, size_t n)
{
	return send(v->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n;
}

/*
 * After a failed send: one that has no room is not reading, and of no use to anybody. One that has
 * closed may have left requests: on_viewer() reads them, and hangs up when it comes to their end.
 */
static void give_up(struct viewer *v)
{
	if (errno != EPIPE && errno != ECONNRESET)
		hang_up(v);
}

static void answer(struct viewer *v, const char *key, const char *text, const char *code)
{
	struct buf b = {0};

	buf_printf(&b, "{\"v\":%d,\"%s\":", MESSAGE_VERSION, key);
	buf_json_str(&b, text);
	if (code)
		buf_printf(&b, ",\"code\":\"%s\"", code);
	buf_str(&b, "}");
	if (!send_to(v, b.p, b.len))
		give_up(v);
	buf_fini(&b);
}

static size_t unread(const struct viewer *v)
{
	int n = 0;

	return ioctl(v->fd, SIOCOUTQ, &n) == 0 && n > 0 ? (size_t)n : 0;
}

static void arm(struct control *c)
{
	int64_t at = INT64_MAX;

	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++) {
		const struct viewer *v = &c->viewer[i];

		if (v->fd >= 0 && v->period_ns && v->due_ns < at)
			at = v->due_ns;
	}
	loop_timer_set(c->loop, &c->tick, at);
}

/* One snapshot for all viewers whose time has come. */
static void on_tick(void *arg, int64_t now_ns)
{
	struct control *c = arg;
	size_t len = 0;

	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++) {
		struct viewer *v = &c->viewer[i];

		if (v->fd < 0 || !v->period_ns || v->due_ns > now_ns)
			continue;
		v->due_ns += v->period_ns;
		if (v->due_ns <= now_ns)
			v->due_ns = now_ns + v->period_ns;
		if (v->sent && unread(v) >= v->sent)
			continue; /* the last one may be among it */
		if (!len) {
			c->host.snapshot(c->host.host, &c->snapshot);
			len = message_put_snapshot(c->packet, sizeof(c->packet), &c->snapshot);
		}
		if (send_to(v, c->packet, len))
			v->sent = len;
		else if (errno != EAGAIN && errno != ENOBUFS)
			give_up(v);
	}
	arm(c);
}

static void welcome(struct viewer *v, const struct request *r)
{
	struct control *c = v->control;
	struct buf b = {0};

	buf_printf(&b, "{\"v\":%d,\"text\":\"hello\",\"version\":\"" PACKAGE_VERSION "\"",
		   MESSAGE_VERSION);
	buf_printf(&b, ",\"pid\":%ld,\"run\":%lld}", (long)getpid(),
		   (long long)c->host.run(c->host.host));
	if (!send_to(v, b.p, b.len)) {
		give_up(v);
	} else if (r->hz > 0) {
		v->period_ns = (int64_t)(1e9 / r->hz);
		v->due_ns = clock_now_ns(&c->clock);
		arm(c);
	}
	buf_fini(&b);
}

static void send_history(struct viewer *v, const struct request *r)
{
	struct control *c = v->control;
	size_t len;

	if (!c->host.history(c->host.host, r, &c->history)) {
		answer(v, "error", "no such joint", NULL);
		return;
	}
	len = message_put_history(c->packet, sizeof(c->packet), &c->history);
	if (!send_to(v, c->packet, len))
		give_up(v);
}

static void send_thumb(struct viewer *v, const struct request *r)
{
	struct control *c = v->control;
	size_t len;

	c->host.thumb(c->host.host, r, &c->thumb);
	len = message_put_thumb(c->packet, sizeof(c->packet), &c->thumb);
	if (!send_to(v, c->packet, len))
		give_up(v);
}

static void send_reference(struct viewer *v, const struct request *r)
{
	struct control *c = v->control;
	size_t len;

	c->host.reference(c->host.host, r, &c->reference);
	len = message_put_reference(c->packet, sizeof(c->packet), &c->reference);
	if (!send_to(v, c->packet, len))
		give_up(v);
}

static void handle(struct viewer *v, const char *text, size_t len)
{
	struct control *c = v->control;
	char done[MESSAGE_BYTES] = "";
	struct request r;
	struct err e = {0};
	int rc = request_parse(&r, text, len, &e);

	if (rc) {
		answer(v, "error", e.msg, rc == -EPROTO ? "version" : "request");
	} else if (r.kind == REQUEST_HELLO) {
		welcome(v, &r);
	} else if (r.kind == REQUEST_HISTORY) {
		send_history(v, &r);
	} else if (r.kind == REQUEST_THUMB) {
		send_thumb(v, &r);
	} else if (r.kind == REQUEST_REFERENCE) {
		send_reference(v, &r);
	} else if (c->host.act(c->host.host, &r, done, &e)) {
		answer(v, "error", e.msg, e.code == ESTALE ? "stale" : "refused");
	} else {
		answer(v, "text", done, NULL);
	}
}

static void on_viewer(void *arg, uint32_t events)
{
	struct viewer *v = arg;
	char text[REQUEST_BYTES_MAX + 1];

	(void)events;
	for (unsigned i = 0; i < REQUESTS_AT_ONCE && v->fd >= 0; i++) {
		ssize_t n = recv(v->fd, text, sizeof(text), MSG_DONTWAIT);

		if (n < 0 && errno == ECONNRESET)
			continue; /* it closed without reading all: told once, before its requests */
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			hang_up(v);
		else
			handle(v, text, (size_t)n);
	}
}

static bool may_enter(const struct control *c, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == c->uid;
}

static void on_connect(void *arg, uint32_t events)
{
	struct control *c = arg;
	struct viewer refused = {.control = c}, *v = NULL;
	int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX && !v; i++)
		v = c->viewer[i].fd < 0 ? &c->viewer[i] : NULL;
	if (!may_enter(c, fd) || !v || loop_watch(c->loop, fd, EPOLLIN, on_viewer, v)) {
		refused.fd = fd;
		answer(&refused, "error",
		       may_enter(c, fd) ? "too many viewers are attached already"
					: "this engine belongs to another user",
		       "refused");
		hang_up(&refused);
		return;
	}
	v->fd = fd;
}

static int listen_on(struct control *c, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	mode_t old;
	int rc = 0;

	if (strlen(c->path) >= sizeof(a.sun_path))
		return err_set(e, ENAMETOOLONG, "%s: too long for a socket", c->path);
	memcpy(a.sun_path, c->path, strlen(c->path) + 1);
	c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listener < 0)
		return err_set(e, errno, "cannot make a socket: %m");
	unlink(c->path);
	old = umask(0177); /* the mode is right from the first moment on */
	if (bind(c->listener, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(c->listener, CONTROL_VIEWERS_MAX))
		rc = err_set(e, errno, "%s: cannot listen: %m", c->path);
	umask(old);
	return rc ? rc : loop_watch(c->loop, c->listener, EPOLLIN, on_connect, c);
}

struct control *control_new(struct loop *loop, const char *path, uid_t uid,
			    const struct control_host *host, struct err *e)
{
	struct control *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->host = *host;
	c->clock = clock_real();
	c->uid = uid;
	c->listener = -1;
	c->path = xstrdup(path);
	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++)
		c->viewer[i] = (struct viewer){.control = c, .fd = -1};
	loop_timer_init(&c->tick, on_tick, c);
	if (listen_on(c, e)) {
		control_free(c, "");
		return NULL;
	}
	return c;
}

void control_free(struct control *c, const char *why)
{
	if (!c)
		return;
	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++) {
		if (c->viewer[i].fd >= 0)
			answer(&c->viewer[i], "bye", why, NULL);
		hang_up(&c->viewer[i]);
	}
	loop_timer_remove(&c->tick);
	if (c->listener >= 0) {
		loop_unwatch(c->loop, c->listener);
		close(c->listener);
		unlink(c->path);
	}
	free(c->path);
	free(c);
}

static void send_to_all(struct control *c, const char *p, size_t len)
{
	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++) {
		struct viewer *v = &c->viewer[i];

		if (v->fd >= 0 && v->period_ns && unread(v) < UNREAD_MAX)
			(void)send_to(v, p, len); /* a lost one is in the next snapshot */
	}
}

void control_verdict(struct control *c, const struct verdict *v)
{
	char p[1024];

	send_to_all(c, p, message_put_verdict(p, sizeof(p), v));
}

void control_event(struct control *c, enum level level, const char *text)
{
	struct view_event ev = {.level = level};
	char p[1024];

	text_copy(ev.text, sizeof(ev.text), text);
	send_to_all(c, p, message_put_event(p, sizeof(p), &ev));
}

unsigned control_viewers(const struct control *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONTROL_VIEWERS_MAX; i++)
		n += c->viewer[i].fd >= 0;
	return n;
}
