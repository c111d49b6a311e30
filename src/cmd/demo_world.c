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
#include "cmd/demo_traffic.h"
#include "wire/stream.h"

enum { PENDING_MAX = 8 << 20 }; /* bytes that an engine may be behind before it is let go */

struct world {
	struct sim *sim;
	int listen_fd, client_fd;
	int64_t start_ns; /* TIME_UNKNOWN: nobody has connected yet */
	struct buf out;
	size_t sent;
	struct buf hello;
	struct buf start; /* of the episode under way, while nobody heard it */

	/* With a policy server: its loop waits for answers, and the simulated time falls behind. */
	bool served, waits;
	struct traffic traffic;
	int told_fd; /* the tap's address comes here */
	int64_t asked_ns, lag_ns;
};

static void let_go(struct world *w)
{
	if (w->client_fd >= 0)
		close(w->client_fd);
	w->client_fd = -1;
	buf_clear(&w->out);
	w->sent = 0;
}

static void put(struct world *w, const struct event *ev)
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

/* What a loop with a policy server knows by itself: no chunks; and its time has waited. */
static void say(struct world *w, const struct event *said)
{
	struct event ev = *said;
	struct hello hello;
	struct step step;

	if (w->served && ev.kind == EVENT_HELLO) {
		hello = *ev.hello;
		hello.facts &= ~(unsigned)(FACT_CHUNK | FACT_LATENCY | FACT_PROMPT);
		ev.hello = &hello;
	} else if (w->served && ev.kind == EVENT_STEP) {
		step = *ev.step;
		step.src_ns += w->lag_ns;
		ev.step = &step;
	}
	ev.src_ns += w->lag_ns;
	if (!w->served || ev.kind != EVENT_CHUNK)
		put(w, &ev);
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

static void ask(struct world *w, const struct chunk *c, int64_t now_ns)
{
	struct sim_serving how;

	sim_serve(w->sim, &how);
	traffic_ask(&w->traffic, sim_observation(w->sim), c->actions, c->latency_s, &how, now_ns);
	w->waits = true;
	w->asked_ns = now_ns;
}

/* Whether the loop still waits for its policy. */
static bool waiting(struct world *w, int64_t now_ns)
{
	if (w->waits && w->traffic.state == TRAFFIC_ANSWERED) {
		w->waits = false;
		w->lag_ns += now_ns - w->asked_ns;
	}
	return w->waits;
}

/* Lets the world catch up with the clock. Returns when its next event is due. */
static int64_t catch_up(struct world *w)
{
	struct clock real = clock_real();
	struct event ev;

	if (w->start_ns == TIME_UNKNOWN)
		return INT64_MAX;
	for (;;) {
		int64_t now_ns = clock_now_ns(&real);
		int64_t due_ns = w->start_ns + w->lag_ns + sim_peek_ns(w->sim);

		if (waiting(w, now_ns))
			return INT64_MAX;
		if (due_ns > now_ns)
			return due_ns;
		sim_next(w->sim, &ev);
		say(w, &ev);
		if (w->served && ev.kind == EVENT_CHUNK)
			ask(w, ev.chunk, now_ns);
	}
}

static int ms_until(int64_t due_ns)
{
	struct clock real = clock_real();
	int64_t left_ns = due_ns == INT64_MAX ? 0 : due_ns - clock_now_ns(&real);

	return due_ns == INT64_MAX ? -1
	       : left_ns <= 0	   ? 0
				   : (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS);
}

/* The tap's address. */
static void listen_to_parent(struct world *w)
{
	char text[sizeof(w->traffic.target)];
	ssize_t n = read(w->told_fd, text, sizeof(text) - 1);

	if (n <= 0) {
		close(w->told_fd);
		w->told_fd = -1;
		return;
	}
	text[n] = '\0';
	text_copy(w->traffic.target, sizeof(w->traffic.target), text);
}

static void run(struct world *w)
{
	struct clock real = clock_real();

	for (;;) {
		struct pollfd p[3 + TRAFFIC_FDS] = {
			{.fd = w->listen_fd, .events = POLLIN},
			{.fd = w->client_fd, .events = POLLIN | POLLRDHUP},
			{.fd = w->told_fd, .events = POLLIN}};
		int64_t due_ns = catch_up(w), traffic_ns = INT64_MAX;
		nfds_t n = 3;
		char ignored[256];

		flush(w);
		if (w->sent < w->out.len)
			p[1].events |= POLLOUT;
		p[1].fd = w->client_fd;
		if (w->served) {
			traffic_ns = traffic_poll(&w->traffic, p + 3);
			n += TRAFFIC_FDS;
		}
		if (poll(p, n, ms_until(traffic_ns < due_ns ? traffic_ns : due_ns)) < 0 &&
		    errno != EINTR)
			return;
		if (w->served)
			traffic_run(&w->traffic, p + 3, clock_now_ns(&real));
		if (p[2].revents)
			listen_to_parent(w);
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

static int open_traffic(struct demo_world *w, struct world *world, const struct sim_cfg *cfg,
			int tell[2], struct err *e)
{
	int rc;

	w->port = 0;
	w->tell_fd = -1;
	world->served = sim_fault_served(cfg->fault);
	if (!world->served)
		return 0;
	rc = traffic_open(&world->traffic, sim_stranger(cfg), e);
	if (rc < 0)
		return rc;
	w->port = world->traffic.port;
	if (pipe2(tell, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %s", strerror(errno));
	world->told_fd = tell[0];
	w->tell_fd = tell[1];
	return 0;
}

/* The parent's copies. */
static void close_traffic(struct world *world)
{
	if (world->served)
		traffic_close(&world->traffic);
	if (world->told_fd >= 0)
		close(world->told_fd);
}

int demo_world_start(struct demo_world *w, const struct sim_cfg *cfg, struct err *e)
{
	struct world world = {.client_fd = -1, .start_ns = TIME_UNKNOWN, .told_fd = -1};
	struct event hello;
	pid_t parent = getpid();
	int rc = place(w, e), tell[2] = {-1, -1};

	if (rc < 0)
		return rc;
	world.listen_fd = listen_at(w->path, e);
	if (world.listen_fd < 0)
		return world.listen_fd;
	rc = open_traffic(w, &world, cfg, tell, e);
	w->pid = rc < 0 ? -1 : fork();
	if (w->pid == 0) {
		settle(parent);
		world.sim = sim_new(cfg);
		sim_next(world.sim, &hello);
		say(&world, &hello);
		run(&world);
		_exit(1);
	}
	if (rc == 0 && w->pid < 0)
		rc = err_set(e, errno, "cannot start the world: %s", strerror(errno));
	close(world.listen_fd);
	close_traffic(&world);
	if (rc < 0)
		unlink(w->path);
	return rc;
}

unsigned demo_world_words(const struct demo_world *w, char word[DEMO_WORDS][DEMO_WORD_BYTES])
{
	size_t n;

	snprintf(word[0], DEMO_WORD_BYTES, "unix:%s", w->path);
	if (!w->port)
		return 1;
	n = (size_t)snprintf(word[1], DEMO_WORD_BYTES,
			     "openpi:0=127.0.0.1:%d?fps=%d&joints=", w->port, SO101_FPS);
	for (unsigned j = 0; j < SO101_JOINTS && n < DEMO_WORD_BYTES; j++)
		n += (size_t)snprintf(word[1] + n, DEMO_WORD_BYTES - n, "%s%s", j ? "," : "",
				      so101_servo[j].name);
	return 2;
}

void demo_world_tell(const struct demo_world *w, const char *address)
{
	/* A world that is gone needs no address. */
	if (w->tell_fd >= 0 && write(w->tell_fd, address, strlen(address)) < 0)
		return;
}

void demo_world_stop(struct demo_world *w)
{
	if (w->tell_fd >= 0)
		close(w->tell_fd);
	kill(w->pid, SIGTERM);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	unlink(w->path);
}
