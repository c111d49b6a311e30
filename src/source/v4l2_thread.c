/* SPDX-License-Identifier: Apache-2.0 */
#include "source/v4l2_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"

/* Shared by the thread and its starter; whoever lets go last frees it. */
struct eye_thread {
	atomic_int holders;
	atomic_bool stop;
	int ready; /* counts news, for the loop */
	int wake;  /* to stop */
	int done;  /* the camera was given back */
	int nodes; /* inotify of /dev, -1 none: then it is looked at every second only */
	struct eye eye;
	pthread_mutex_t lock; /* of the box */
	struct eye_news box;
};

static void let_go(struct eye_thread *t)
{
	if (atomic_fetch_sub(&t->holders, 1) != 1)
		return;
	if (t->ready >= 0)
		close(t->ready);
	if (t->wake >= 0)
		close(t->wake);
	if (t->done >= 0)
		close(t->done);
	if (t->nodes >= 0)
		close(t->nodes);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static void ring(int fd)
{
	uint64_t one = 1;

	/* A counter that is full is readable, which is all that is wanted. */
	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void on_camera(void *host, const struct camera *c, int64_t t_ns)
{
	struct eye_thread *t = host;

	pthread_mutex_lock(&t->lock);
	t->box.camera = *c;
	t->box.camera_ns = t_ns;
	t->box.has_camera = true;
	pthread_mutex_unlock(&t->lock);
	ring(t->ready);
}

static void on_frame(void *host, const struct frame *f, int64_t t_ns)
{
	struct eye_thread *t = host;

	pthread_mutex_lock(&t->lock);
	t->box.frame = *f;
	if (f->thumb)
		memcpy(t->box.thumb, f->thumb, (size_t)f->thumb_width * f->thumb_height * 3);
	t->box.frame_ns = t_ns;
	t->box.has_frame = true;
	pthread_mutex_unlock(&t->lock);
	ring(t->ready);
}

static void on_note(void *host, const char *text, int64_t t_ns)
{
	struct eye_thread *t = host;

	pthread_mutex_lock(&t->lock);
	if (t->box.notes < EYE_NOTES) {
		t->box.note[t->box.notes].t_ns = t_ns;
		text_copy(t->box.note[t->box.notes++].text, EYE_NOTE_BYTES, text);
	} else {
		t->box.dropped++;
	}
	pthread_mutex_unlock(&t->lock);
	ring(t->ready);
}

/* True: a video node, or a name of one, came or went. */
static bool node_changed(const struct eye_thread *t)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t n;

	while ((n = read(t->nodes, bytes, sizeof(bytes))) > 0) {
		for (char *p = bytes; p < bytes + n;) {
			const struct inotify_event *ev = (const struct inotify_event *)(void *)p;

			if (ev->mask & IN_Q_OVERFLOW ||
			    (ev->len &&
			     (text_starts(ev->name, "video") || text_starts(ev->name, "v4l"))))
				changed = true;
			p += sizeof(*ev) + ev->len;
		}
	}
	return changed;
}

static int timeout_ms(int64_t now_ns, int64_t next_ns)
{
	int64_t ms = (next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;

	return next_ns <= now_ns ? 0 : ms > 1000 ? 1000 : (int)ms;
}

static void watch(struct eye_thread *t)
{
	struct clock clock = clock_real();
	bool poked = false;

	while (!atomic_load(&t->stop)) {
		int64_t next_ns = eye_run(&t->eye, clock_now_ns(&clock), poked);
		int64_t now_ns = clock_now_ns(&clock);
		struct pollfd p[2 + EYE_FDS] = {{.fd = t->wake, .events = POLLIN},
						{.fd = t->nodes, .events = POLLIN}};
		unsigned n = 2 + eye_fds(&t->eye, p + 2, now_ns);

		if (poll(p, n, timeout_ms(now_ns, next_ns)) < 0 && errno != EINTR)
			break;
		poked = t->nodes >= 0 && p[1].revents && node_changed(t);
		for (unsigned i = 2; i < n; i++) {
			if (p[i].revents & (POLLERR | POLLHUP | POLLNVAL))
				eye_hang_up(&t->eye, clock_now_ns(&clock));
		}
	}
}

static void *live(void *arg)
{
	struct eye_thread *t = arg;

	watch(t);
	eye_fini(&t->eye);
	ring(t->done);
	let_go(t);
	return NULL;
}

static void watch_nodes(struct eye_thread *t)
{
	char path[sizeof(t->eye.cfg.root) + 8];

	snprintf(path, sizeof(path), "%s/dev", t->eye.cfg.root);
	t->nodes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (t->nodes >= 0)
		inotify_add_watch(t->nodes, path, IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_TO);
}

struct eye_thread *eye_thread_start(const struct eye_cfg *cfg, struct err *e)
{
	struct eye_thread *t = xcalloc(1, sizeof(*t));
	struct eye_cfg own = *cfg;
	int rc;

	own.host = (struct eye_host){t, on_camera, on_frame, on_note};
	atomic_init(&t->holders, 1);
	pthread_mutex_init(&t->lock, NULL);
	t->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = t->ready < 0 || t->wake < 0 || t->done < 0 ? errno : 0;
	if (rc)
		err_set(e, rc, "%s: %s", cfg->word, strerror(rc));
	if (rc == 0)
		rc = -eye_init(&t->eye, &own, e);
	watch_nodes(t);
	if (rc == 0) {
		atomic_store(&t->holders, 2);
		rc = thread_start(NULL, live, t);
		if (rc == 0)
			return t;
		err_set(e, rc, "no thread for the camera %s: %s", cfg->word, strerror(rc));
		atomic_store(&t->holders, 1);
	}
	let_go(t);
	return NULL;
}

int eye_thread_fd(const struct eye_thread *t)
{
	return t->ready;
}

bool eye_thread_take(struct eye_thread *t, struct eye_news *out)
{
	uint64_t count;
	bool any;

	while (read(t->ready, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&t->lock);
	any = t->box.has_camera || t->box.has_frame || t->box.notes;
	if (any) {
		*out = t->box;
		t->box.has_camera = t->box.has_frame = false;
		t->box.notes = t->box.dropped = 0;
	}
	pthread_mutex_unlock(&t->lock);
	if (any && out->has_frame)
		out->frame.thumb = out->frame.thumb ? out->thumb : NULL;
	return any;
}

void eye_thread_stop(struct eye_thread *t)
{
	struct pollfd done;
	uint64_t count;

	if (!t)
		return;
	atomic_store(&t->stop, true);
	ring(t->wake);
	done = (struct pollfd){.fd = t->done, .events = POLLIN};
	while (poll(&done, 1, 1000) < 0 && errno == EINTR)
		;
	/* Reading it is what orders the thread's last work before whatever comes now. */
	while (read(t->done, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	let_go(t);
}
