/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/demo_world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/text.h"
#include "wire/stream.h"

enum { PENDING_MAX = 1 << 20 }; /* bytes that an engine may be behind before it is let go */

struct world {
	struct sim *sim;
	int listen_fd, client_fd;
	int64_t start_ns; /* TIME_UNKNOWN: nobody has connected yet */
	struct buf out;
	size_t sent;
	struct buf hello;
	struct buf start; /* of the episode under way, while nobody heard it */
};

static void let_go(struct world *w)
{
	if (w->client_fd >= 0)
		close(w->client_fd);
	w->client_fd = -1;
	buf_clear(&w->out);
	w->sent = 0;
}

static void say(struct world *w, const struct event *ev)
{
	if (ev->kind == EVENT_HELLO)
		stream_encode(&w->hello, ev);
	if (ev->kind == EVENT_EPISODE)
		buf_clear(&w->start);
	if (w->client_fd >= 0)
		stream_encode(&w->out, ev);
	else if (ev->kind == EVENT_EPISODE && ev->episode->start)
		stream_encode(&w->start, ev);
}

static void flush(struct world *w)
{
	while (w->client_fd >= 0 && w->sent < w->out.len) {
		ssize_t n = send(w->client_fd, w->out.p + w->sent, w->out.len - w->sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && w->out.len - w->sent < PENDING_MAX)
			return;
		if (n < 0) {
			let_go(w);
			return;
		}
		w->sent += (size_t)n;
	}
	buf_clear(&w->out);
	w->sent = 0;
}

/* A new engine: the old one, if any, is dead or about to be. */
static void welcome(struct world *w)
{
	int fd = accept4(w->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	let_go(w);
	w->client_fd = fd;
	buf_str(&w->out, buf_text(&w->hello));
	buf_str(&w->out, buf_text(&w->start));
	buf_clear(&w->start);
	if (w->start_ns == TIME_UNKNOWN) {
		struct clock real = clock_real();

		w->start_ns = clock_now_ns(&real);
	}
}

/* Lets the world catch up with the clock. Returns milliseconds until its next event. */
static int catch_up(struct world *w)
{
	struct clock real = clock_real();
	struct event ev;
	int64_t left_ns;

	if (w->start_ns == TIME_UNKNOWN)
		return -1;
	for (;;) {
		left_ns = w->start_ns + sim_peek_ns(w->sim) - clock_now_ns(&real);
		if (left_ns > 0)
			return (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS);
		sim_next(w->sim, &ev);
		say(w, &ev);
	}
}

static void run(struct world *w)
{
	for (;;) {
		struct pollfd p[2] = {{.fd = w->listen_fd, .events = POLLIN},
				      {.fd = w->client_fd, .events = POLLIN | POLLRDHUP}};
		int wait_ms = catch_up(w);
		char ignored[256];

		flush(w);
		if (w->sent < w->out.len)
			p[1].events |= POLLOUT;
		p[1].fd = w->client_fd;
		if (poll(p, 2, wait_ms) < 0 && errno != EINTR)
			return;
		/* An engine says nothing; what can be read is its end. */
		if (p[1].revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR) &&
		    recv(w->client_fd, ignored, sizeof(ignored), MSG_DONTWAIT) <= 0)
			let_go(w);
		if (p[0].revents & POLLIN)
			welcome(w);
	}
}

/* Ctrl-C is for the viewer; the end of the demo is the end of the world. */
static void settle(pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
}

static int listen_at(const char *path, struct err *e)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	text_copy(sa.sun_path, sizeof(sa.sun_path), path);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 && listen(fd, 4) == 0)
		return fd;
	err_set(e, errno, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -e->code;
}

static int place(struct demo_world *w, struct err *e)
{
	char *folder = path_runtime_dup(e);
	int n;

	if (!folder)
		return -e->code;
	n = snprintf(w->path, sizeof(w->path), "%s/demo-world-%d.sock", folder, (int)getpid());
	free(folder);
	if (n >= (int)sizeof(w->path))
		return err_set(e, ENAMETOOLONG,
			       "the runtime folder's name is too long for a "
			       "socket: set XDG_RUNTIME_DIR to a shorter one");
	unlink(w->path);
	return 0;
}

int demo_world_start(struct demo_world *w, const struct sim_cfg *cfg, struct err *e)
{
	struct world world = {.client_fd = -1, .start_ns = TIME_UNKNOWN};
	struct event hello;
	pid_t parent = getpid();
	int rc = place(w, e);

	if (rc < 0)
		return rc;
	world.listen_fd = listen_at(w->path, e);
	if (world.listen_fd < 0)
		return world.listen_fd;
	w->pid = fork();
	if (w->pid == 0) {
		settle(parent);
		world.sim = sim_new(cfg);
		sim_next(world.sim, &hello);
		say(&world, &hello);
		run(&world);
		_exit(1);
	}
	rc = w->pid < 0 ? err_set(e, errno, "cannot start the world: %s", strerror(errno)) : 0;
	close(world.listen_fd);
	if (rc < 0)
		unlink(w->path);
	return rc;
}

void demo_world_stop(struct demo_world *w)
{
	kill(w->pid, SIGTERM);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	unlink(w->path);
}
