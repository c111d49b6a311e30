/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hook:[PATH]`: packets of stream protocol lines from a control loop that runs in somebody else's
 * program (src/client/python). That program must never wait for us: it sends what fits and counts
 * what does not, so nothing here may pause, and one program is heard at a time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"
#include "source/source.h"
#include "wire/stream.h"

enum {
	PACKET_MAX = 1 << 18, /* bytes; one that is longer is cut by the kernel, counted and told */
	BACKLOG = 8,
};

#define SILENT_NS (5 * NS_PER_S) /* after so long, another program is heard instead */
#define TELL_NS	  (10 * NS_PER_S)

struct hook {
	struct decoder decoder;
	int listener, udp, peer; /* -1: none; s->fd is an epoll of them all */
	struct sockaddr_un address;
	bool bound;	 /* the file at address is ours */
	bool in_episode; /* as the peer has told */
	uint64_t peers;
	int64_t heard_ns; /* when the peer last said something */
	int64_t told_ns;  /* when a program that was turned away was last told of */
	int64_t t_ns;	  /* of the packet under work */
	size_t at, len;
	char packet[PACKET_MAX + 1];
};

static void emit(void *host, const struct event *ev)
{
	struct source *s = host;
	struct hook *h = s->state;
	struct event copy = *ev;

	if (ev->kind == EVENT_EPISODE)
		h->in_episode = ev->episode->start;
	source_emit(s, &copy);
}

static void watch(struct source *s, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN};

	epoll_ctl(s->fd, EPOLL_CTL_ADD, fd, &ev);
}

/* 0, or -EADDRINUSE when somebody listens there. A file that is no socket is left to bind(). */
static int remove_stale(const struct hook *h, struct err *e)
{
	const struct sockaddr *sa = (const struct sockaddr *)&h->address;
	const char *path = h->address.sun_path;
	struct stat st;
	bool alive;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return 0;
	if (st.st_uid != geteuid())
		return err_set(e, EPERM, "%s: belongs to somebody else", path);
	/* Of another type, so that who listens there sees no connection, and turns nobody away. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	alive = fd >= 0 && (connect(fd, sa, sizeof(h->address)) == 0 || errno == EPROTOTYPE);
	if (fd >= 0)
		close(fd);
	if (alive)
		return err_set(e, EADDRINUSE, "%s: another policytop listens there", path);
	unlink(path);
	return 0;
}

static int listen_unix(struct source *s, struct hook *h, struct err *e)
{
	const struct sockaddr *sa = (const struct sockaddr *)&h->address;
	const char *path = h->address.sun_path;
	int rc = remove_stale(h, e);
	mode_t old;

	if (rc < 0)
		return rc;
	h->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (h->listener < 0)
		return err_set(e, errno, "cannot make a socket: %m");
	old = umask(0177); /* the mode is right from the first moment on */
	h->bound = bind(h->listener, sa, sizeof(h->address)) == 0;
	if (!h->bound || listen(h->listener, BACKLOG) < 0)
		rc = err_set(e, errno, "%s: cannot listen: %m", path);
	umask(old);
	if (rc == 0)
		watch(s, h->listener);
	return rc;
}

/* For programs that cannot reach a UNIX socket: 127.0.0.1 only, and only when asked for. */
static int listen_udp(struct source *s, struct hook *h, struct uri *u, struct err *e)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *text = uri_param(u, "udp");
	int64_t port;

	if (!text)
		return 0;
	if (!text_to_i64(text, &port) || port < 1 || port > 65535)
		return err_set(e, EINVAL, "%s: udp is a port, 1 to 65535", u->word);
	a.sin_port = htons((uint16_t)port);
	h->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (h->udp < 0 || bind(h->udp, (struct sockaddr *)&a, sizeof(a)) < 0)
		return err_set(e, errno, "%s: cannot listen at 127.0.0.1:%s: %m", u->word, text);
	watch(s, h->udp);
	return 0;
}

/* The socket's path: the word's, else $POLICYTOP_HOOK, else in the runtime folder. */
static int find_path(struct hook *h, const char *rest, struct err *e)
{
	const char *env = getenv("POLICYTOP_HOOK");
	char *folder = NULL, *made = NULL;
	const char *path = rest[0] ? rest : env && env[0] ? env : NULL;
	int rc = 0;

	if (!path) {
		folder = path_runtime_dup(e);
		if (!folder)
			return -EPERM;
		path = made = path_join_dup(folder, "hook.sock");
	}
	if (strlen(path) >= sizeof(h->address.sun_path))
		rc = err_set(e, ENAMETOOLONG, "%s: too long for a socket, of at most %zu bytes",
			     path, sizeof(h->address.sun_path) - 1);
	else
		memcpy(h->address.sun_path, path, strlen(path) + 1);
	free(folder);
	free(made);
	return rc;
}

static int hook_open(struct source *s, struct uri *u, struct err *e)
{
	struct hook *h = s->state;
	int rc;

	h->listener = h->udp = h->peer = -1;
	h->told_ns = TIME_UNKNOWN;
	h->address.sun_family = AF_UNIX;
	rc = decoder_open(&h->decoder, s->class->decoder, emit, s, s->prefix, u, e);
	if (rc == 0)
		rc = find_path(h, u->rest, e);
	if (rc < 0)
		return rc;
	s->fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->fd < 0)
		return err_set(e, errno, "cannot make an epoll: %m");
	rc = listen_unix(s, h, e);
	if (rc == 0)
		rc = listen_udp(s, h, u, e);
	text_clean(s->address, sizeof(s->address), h->address.sun_path,
		   strlen(h->address.sun_path));
	return rc;
}

static void capture(struct source *s, int direction, int64_t t_ns, const void *p, size_t n)
{
	if (s->host.raw)
		s->host.raw(s->host.host, s->index, direction, t_ns, p, n);
}

static void count_bad(struct source *s, const struct hook *h)
{
	s->bad_lines = decoder_bad(&h->decoder);
	text_copy(s->first_bad, sizeof(s->first_bad), decoder_first_bad(&h->decoder));
}

/* The packet that lies in h->packet, whole lines even when its sender was cut short. */
static void begin_packet(struct source *s, struct hook *h, size_t n, int64_t now_ns)
{
	if (h->packet[n - 1] != '\n')
		h->packet[n++] = '\n';
	h->at = 0;
	h->len = n;
	h->t_ns = h->heard_ns = now_ns;
	capture(s, 0, now_ns, h->packet, n);
}

/* A program that ends in the middle of an episode says so no more: its episode is over. */
static void lose_peer(struct source *s, struct hook *h, int64_t now_ns)
{
	static const char end[] =
		"{\"type\":\"episode\",\"event\":\"end\",\"boundary\":\"the program ended\"}\n";

	close(h->peer);
	h->peer = -1;
	if (h->in_episode) {
		memcpy(h->packet, end, sizeof(end) - 1);
		begin_packet(s, h, sizeof(end) - 1, now_ns);
		h->at += decoder_bytes(&h->decoder, h->packet, h->len, now_ns);
	}
	capture(s, 1, now_ns, NULL, 0);
	decoder_end(&h->decoder, now_ns);
}

/* Who has connected, as the kernel knows. */
static bool peer_of(int fd, struct ucred *peer)
{
	socklen_t len = sizeof(*peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &len) == 0;
}

/* The same user, or root: a program in a container or under sudo. */
static bool may_speak(int fd)
{
	struct ucred peer;

	return peer_of(fd, &peer) && (peer.uid == geteuid() || peer.uid == 0);
}

/* "python3 (process 4711)", so that a person can find out what it is. */
static void name_peer(char *dst, size_t size, int fd)
{
	struct ucred peer = {.pid = 0};
	char path[64], name[64], clean[128];
	ssize_t n = -1;
	int comm;

	peer_of(fd, &peer);
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)peer.pid);
	comm = open(path, O_RDONLY | O_CLOEXEC);
	if (comm >= 0) {
		n = read(comm, name, sizeof(name));
		close(comm);
	}
	n -= n > 0 && name[n - 1] == '\n';
	text_clean(clean, sizeof(clean), name, n > 0 ? (size_t)n : 0);
	snprintf(dst, size, "%s (process %d)", n > 0 ? clean : "it has ended", (int)peer.pid);
}

static void turn_away(struct source *s, struct hook *h, int fd, const char *why, int64_t now_ns)
{
	char who[160];

	name_peer(who, sizeof(who), fd);
	close(fd);
	if (h->told_ns != TIME_UNKNOWN && now_ns - h->told_ns < TELL_NS)
		return;
	h->told_ns = now_ns;
	source_note(s, now_ns, "a program that wants to be heard was turned away, as %s: %s", why,
		    who);
}

static void take_peers(struct source *s, struct hook *h, int64_t now_ns)
{
	int fd;

	while ((fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		if (!may_speak(fd)) {
			turn_away(s, h, fd, "it is another user's", now_ns);
			continue;
		}
		if (h->peer >= 0 && now_ns - h->heard_ns < SILENT_NS) {
			turn_away(s, h, fd, "another one is heard", now_ns);
			continue;
		}
		if (h->peer >= 0)
			lose_peer(s, h, now_ns);
		if (++h->peers > 1)
			source_note(s, now_ns, "program number %llu is heard",
				    (unsigned long long)h->peers);
		h->peer = fd;
		h->heard_ns = now_ns;
		watch(s, fd);
	}
}

/* Reads one packet of fd into h. Bytes, 0 when it ended, -EAGAIN when there is none. */
static ssize_t read_packet(struct source *s, struct hook *h, int fd, int64_t now_ns)
{
	struct iovec iov = {.iov_base = h->packet, .iov_len = PACKET_MAX};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	if (msg.msg_flags & MSG_TRUNC)
		source_note(s, now_ns, "a packet of more than %d bytes was cut", PACKET_MAX);
	if (n > 0)
		begin_packet(s, h, (size_t)n, now_ns);
	return n;
}

/* True: there was a packet. */
static bool next_packet(struct source *s, struct hook *h, int64_t now_ns)
{
	ssize_t n = -EAGAIN;

	if (h->peer >= 0) {
		n = read_packet(s, h, h->peer, now_ns);
		if (n <= 0 && n != -EAGAIN)
			lose_peer(s, h, now_ns);
	}
	if (n <= 0 && h->udp >= 0)
		n = read_packet(s, h, h->udp, now_ns);
	return n > 0;
}

static int64_t hook_run(struct source *s, int64_t now_ns)
{
	struct hook *h = s->state;
	bool more = h->at < h->len || next_packet(s, h, now_ns);

	/* One at a time: what a tap saw of its tick is taken in between, see feeds.c. */
	if (more)
		h->at += decoder_bytes(&h->decoder, h->packet + h->at, h->len - h->at, h->t_ns);
	else /* a peer that has left is heard to its end before the next one is */
		take_peers(s, h, now_ns);
	count_bad(s, h);
	return more ? now_ns : INT64_MAX;
}

static void hook_close(struct source *s)
{
	struct hook *h = s->state;
	int fds[] = {h->peer, h->udp, h->listener, s->fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	if (h->bound)
		unlink(h->address.sun_path);
	decoder_close(&h->decoder);
}

static const struct source_param params[] = {
	{"udp", "", "", "port of 127.0.0.1 to hear, too, for programs without UNIX sockets"}, {0}};

const struct source_class source_hook = {
	.kind = "hook",
	.rest = "[PATH]",
	.summary = "control loop in Python: LeRobot, openpi, GR00T, your own",
	.facts = STREAM_FACTS | FACT_FRAMES,
	.waits = false,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct hook),
	.open = hook_open,
	.run = hook_run,
	.close = hook_close,
};
