/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's world goes on while engines come and go, and ends when it is told to. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/demo_world.h"
#include "tests/tap.h"
#include "wire/stream.h"

struct heard {
	unsigned n[EVENT_END + 1];
	enum event_kind first;
	int64_t first_seq, last_seq;
	unsigned holes;
};

static void hear(void *host, const struct event *ev)
{
	struct heard *h = host;
	unsigned all = 0;

	for (unsigned i = 0; i <= EVENT_END; i++)
		all += h->n[i];
	if (all == 0)
		h->first = ev->kind;
	h->n[ev->kind]++;
	if (ev->kind != EVENT_STEP)
		return;
	if (h->n[EVENT_STEP] == 1)
		h->first_seq = ev->step->seq;
	else
		h->holes += ev->step->seq != h->last_seq + 1;
	h->last_seq = ev->step->seq;
}

static int join(const struct demo_world *w)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	text_copy(sa.sun_path, sizeof(sa.sun_path), w->path);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Reads until so many steps came. False: the world let go, or said nothing for 10 s. */
static bool listen_to(int fd, struct stream *s, struct heard *h, unsigned steps)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char bytes[4096];

	while (h->n[EVENT_STEP] < steps) {
		ssize_t n = poll(&p, 1, 10000) == 1 ? read(fd, bytes, sizeof(bytes)) : 0;

		if (n <= 0)
			return false;
		stream_bytes(s, bytes, (size_t)n, SIZE_MAX, 1);
	}
	return true;
}

/* True when the other side closes, whatever it says before. */
static bool let_go(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char bytes[4096];
	ssize_t n;

	do {
		n = poll(&p, 1, 10000) == 1 ? read(fd, bytes, sizeof(bytes)) : -1;
	} while (n > 0);
	return n == 0;
}

static void test_engines(struct tap *t, const struct demo_world *w)
{
	struct heard one = {0}, two = {0};
	struct stream *s1 = stream_new(hear, &one), *s2 = stream_new(hear, &two);
	int fd1 = join(w), fd2;

	ok(t, fd1 >= 0 && listen_to(fd1, s1, &one, 12), "an engine hears steps");
	ok(t, one.first == EVENT_HELLO && one.n[EVENT_EPISODE] == 1 && one.n[EVENT_CHUNK] == 1,
	   "from the beginning: hello, an episode, a chunk");
	ok(t, one.first_seq == 0 && one.holes == 0 && stream_bad(s1) == 0, "none is missing");
	fd2 = join(w);
	ok(t, fd2 >= 0 && listen_to(fd2, s2, &two, 5), "the next engine hears steps");
	ok(t, let_go(fd1), "and the one before is let go");
	ok(t, two.first == EVENT_HELLO && two.n[EVENT_HELLO] == 1, "hello comes first again");
	ok(t, two.first_seq > one.last_seq && two.n[EVENT_EPISODE] == 0,
	   "the world went on: step %lld after %lld, in the same episode", (long long)two.first_seq,
	   (long long)one.last_seq);
	close(fd1);
	close(fd2);
	stream_free(s1);
	stream_free(s2);
}

int main(void)
{
	char folder[] = "/tmp/policytop-test-XXXXXX";
	struct sim_cfg cfg = {.seed = 2};
	struct demo_world w = {0};
	struct tap t = {0};
	struct err e = {0};
	char made[64];

	if (!mkdtemp(folder) || setenv("XDG_RUNTIME_DIR", folder, 1) < 0)
		return 1;
	ok(&t, demo_world_start(&w, &cfg, &e) == 0, "the world starts %s", e.msg);
	test_engines(&t, &w);
	demo_world_stop(&w);
	ok(&t, kill(w.pid, 0) < 0 && errno == ESRCH, "it ends");
	ok(&t, access(w.path, F_OK) < 0, "and takes its socket with it");
	snprintf(made, sizeof(made), "%s/policytop", folder);
	rmdir(made);
	rmdir(folder);
	return tap_done(&t);
}
