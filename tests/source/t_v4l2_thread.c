/* SPDX-License-Identifier: Apache-2.0 */
/* The camera's thread and the loop: news comes through the box, and a slow driver holds up nobody. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/verdict.h"
#include "source/source.h"
#include "source/v4l2_thread.h"
#include "tests/hal/fake_camera.h"
#include "tests/hal/fake_system.h"
#include "tests/tap.h"

struct bed {
	struct tap t;
	struct fake_camera f;
	struct fake_system sys;
	struct camera_sys slow;
	int gate[2]; /* open() of the driver returns once something is in it */
	struct eye_news news;
	unsigned cameras, notes;
	struct camera camera;
};

static int64_t now(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

/* Waits for news; false: none came within a minute. */
static bool wait_news(struct bed *b, struct eye_thread *t)
{
	int64_t until_ns = now() + 60 * NS_PER_S;
	struct pollfd p = {.fd = eye_thread_fd(t), .events = POLLIN};

	while (now() < until_ns) {
		if (poll(&p, 1, 1000) > 0 && eye_thread_take(t, &b->news))
			return true;
	}
	return false;
}

static bool wait_state(struct bed *b, struct eye_thread *t, enum camera_state state)
{
	while (wait_news(b, t)) {
		if (b->news.has_camera && b->news.camera.state == state)
			return true;
	}
	return false;
}

static int slow_open(void *host, const char *path)
{
	struct bed *b = host;
	char byte;

	if (read(b->gate[0], &byte, 1) < 0)
		return -errno;
	return b->f.sys.open(&b->f, path);
}

static struct eye_cfg config(struct bed *b)
{
	struct eye_cfg cfg = {.sys = &b->f.sys, .no_trace = true};

	text_copy(cfg.root, sizeof(cfg.root), b->sys.root);
	text_copy(cfg.word, sizeof(cfg.word), "CAM1");
	text_copy(cfg.name, sizeof(cfg.name), "front");
	return cfg;
}

static void test_plug(struct bed *b)
{
	struct eye_cfg cfg = config(b);
	struct eye_thread *t;

	fake_camera_init(&b->f);
	t = eye_thread_start(&cfg, NULL);
	ok(&b->t, t && wait_state(b, t, CAMERA_MISSING), "no camera is there");
	fake_system_camera(&b->sys, 3);
	ok(&b->t, wait_state(b, t, CAMERA_IDLE), "one comes");
	eye_thread_stop(t);
	ok(&b->t, b->f.opened == 1 && b->f.closed == 1, "and is closed when its watching ends");
}

static void test_slow(struct bed *b)
{
	struct eye_cfg cfg = config(b);
	struct eye_thread *t;
	int64_t began_ns = now();

	fake_camera_init(&b->f);
	if (pipe(b->gate)) {
		ok(&b->t, false, "a pipe");
		return;
	}
	b->slow = b->f.sys;
	b->slow.host = b;
	b->slow.open = slow_open;
	cfg.sys = &b->slow;
	t = eye_thread_start(&cfg, NULL);
	ok(&b->t, !eye_thread_take(t, &b->news) || true, "asking for news does not wait");
	eye_thread_stop(t);
	ok(&b->t, now() - began_ns < 30 * NS_PER_S,
	   "a driver that does not answer ends nobody's work");
	/* Its thread ends by itself when the driver answers at last: nothing is left open then. */
	ok(&b->t, write(b->gate[1], "xxxx", 4) == 4, "it answers");
	close(b->gate[1]);
}

static void emit(void *host, const struct event *ev)
{
	struct bed *b = host;

	b->notes += ev->kind == EVENT_NOTE;
	if (ev->kind != EVENT_CAMERA)
		return;
	b->camera = *ev->camera;
	b->cameras++;
}

static void test_source(struct bed *b)
{
	struct source_host host = {.host = b, .emit = emit};
	struct clock clock = clock_real();
	int64_t until_ns = now() + 60 * NS_PER_S;
	struct err e = {0};
	struct source *s;

	s = source_open("v4l2:by-id/usb-None-video-index0?name=wrist", 0, &host, &clock, &e);
	while (s && !b->cameras && now() < until_ns) {
		struct pollfd p = {.fd = s->fd, .events = POLLIN};

		poll(&p, 1, 1000);
		s->class->run(s, now());
	}
	ok(&b->t, s && b->camera.state == CAMERA_MISSING && strcmp(b->camera.name, "wrist") == 0,
	   "a camera that is not there is a state, not an error");
	source_close(s);
	ok(&b->t, !source_open("v4l2:0?mode=own", 0, &host, &clock, &e) && strstr(e.msg, "check"),
	   "it is not taken where a policy may want it: %s", e.msg);
	ok(&b->t, !source_open("v4l2:0?mode=take", 0, &host, &clock, &e), "%s", e.msg);
	ok(&b->t, !source_open("v4l2:", 0, &host, &clock, &e), "%s", e.msg);
	ok(&b->t, !source_open("v4l2:../../etc/passwd", 0, &host, &clock, &e), "%s", e.msg);
}

int main(void)
{
	static struct bed bed; /* to the end: the slow driver's thread may still look at it */
	struct bed *b = &bed;
	int rc;

	if (!fake_system_make(&b->sys))
		return 1;
	fake_system_put(&b->sys, "proc/1/comm", "init\n");
	fake_system_put(&b->sys, "dev/null", "");
	test_plug(b);
	test_source(b);
	test_slow(b);
	rc = tap_done(&b->t);
	fake_system_remove(&b->sys);
	return rc;
}
