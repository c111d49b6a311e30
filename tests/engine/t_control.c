/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket over a loop in a child process: who may, what is asked, who is slow. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/control.h"
#include "view/client.h"

enum { EPISODE = 7, WAIT_MS = 5000 };

static const char hello_request[] = "{\"v\":5,\"request\":\"hello\",\"version\":\"x\",\"hz\":30}";
static const char stop_request[] = "{\"v\":5,\"request\":\"stop\"}";

/* The engine's side: the snapshot's seq counts the snapshots that were made. */
struct fake {
	struct loop *loop;
	struct control *control;
	struct loop_timer tick;
	int64_t made;
};

static int64_t host_run(void *host)
{
	(void)host;
	return 3;
}

static void host_snapshot(void *host, struct snapshot *out)
{
	struct fake *f = host;

	memset(out, 0, sizeof(*out));
	out->seq = f->made++;
}

static bool host_history(void *host, const struct request *r, struct history *out)
{
	(void)host;
	out->joint = r->joint;
	out->columns = r->columns;
	out->span_s = r->span_s;
	out->nplan = 0;
	return r->joint < 6;
}

static void host_thumb(void *host, const struct request *r, struct view_thumb *out)
{
	(void)host;
	*out = (struct view_thumb){.camera = r->camera, .count = 9, .width = 2, .height = 1};
	memset(out->rgb, 200, 6);
}

static void host_reference(void *host, const struct request *r, struct view_reference *out)
{
	(void)host;
	*out = (struct view_reference){.episodes = 5, .width = 1, .height = 2};
	snprintf(out->camera, sizeof(out->camera), "%s", r->name);
	memset(out->rgb, 100, 6);
}

static int host_act(void *host, const struct request *r, char text[MESSAGE_BYTES], struct err *e)
{
	struct fake *f = host;

	if (r->kind == REQUEST_STOP) {
		loop_stop(f->loop);
	} else if (r->episode != EPISODE) {
		return err_set(e, ESTALE, "it is episode %d now", EPISODE);
	}
	snprintf(text, MESSAGE_BYTES, "did it: %s", r->note);
	return 0;
}

/* Verdicts keep coming, many more than a socket holds. */
static void on_tick(void *arg, int64_t now_ns)
{
	struct fake *f = arg;
	struct verdict v = {.level = LEVEL_WARN, .code = "jump", .message = "a jump"};

	control_verdict(f->control, &v);
	control_event(f->control, LEVEL_NOTE, "an event");
	loop_timer_set(f->loop, &f->tick, now_ns + 2 * NS_PER_MS);
}

static void serve(const char *path, uid_t uid)
{
	struct fake f = {0};
	struct control_host host = {&f,		host_run,	host_snapshot, host_history,
				    host_thumb, host_reference, host_act};
	struct err e;

	f.loop = loop_new(&e);
	f.control = control_new(f.loop, path, uid, &host, &e);
	if (!f.control)
		_exit(1);
	loop_timer_init(&f.tick, on_tick, &f);
	loop_timer_set(f.loop, &f.tick, 0);
	loop_run(f.loop);
	control_free(f.control, "told to stop");
	loop_free(f.loop);
	_exit(0);
}

static pid_t start(const char *path, uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0)
		serve(path, uid);
	for (int i = 0; i < 500 && access(path, F_OK); i++)
		poll(NULL, 0, 10);
	return pid;
}

/* Reads until one of this kind comes. */
static bool wait_for(struct client *c, struct client_data *d, enum client_kind kind)
{
	struct pollfd p = {.fd = client_fd(c), .events = POLLIN};

	for (int i = 0; i < 100000; i++) {
		enum client_kind k = client_read(c, d);

		if (k == kind || k == CLIENT_GONE)
			return k == kind;
		if (k == CLIENT_NOTHING && poll(&p, 1, WAIT_MS) <= 0)
			return false;
	}
	return false;
}

static void test_requests(struct tap *t, struct client_data *d)
{
	struct err e = {0};
	struct client *c = client_connect("rig", 30, &e);

	if (!ok(t, c && client_engine(c)->run == 3, "a viewer connects %s", e.msg))
		return;
	ok(t, wait_for(c, d, CLIENT_SNAPSHOT), "gets snapshots");
	ok(t, wait_for(c, d, CLIENT_VERDICT) && strcmp(d->verdict.code, "jump") == 0, "verdicts");
	ok(t, wait_for(c, d, CLIENT_EVENT) && strcmp(d->event.text, "an event") == 0, "and events");
	client_history(c, 4, 33, 2);
	ok(t, wait_for(c, d, CLIENT_HISTORY) && d->history.joint == 4 && d->history.columns == 33,
	   "asks for history");
	client_thumb(c, 3);
	ok(t,
	   wait_for(c, d, CLIENT_THUMB) && d->thumb.camera == 3 && d->thumb.width == 2 &&
		   d->thumb.rgb[5] == 200,
	   "and for a thumbnail");
	client_reference(c, "it's \"front\"\n");
	ok(t,
	   wait_for(c, d, CLIENT_REFERENCE) &&
		   !strcmp(d->reference.camera, "it's \"front\"\\x0a") &&
		   d->reference.height == 2 && d->reference.rgb[5] == 100,
	   "and, by a name that is made harmless, for what training saw");
	client_history(c, 6, 33, 2);
	ok(t, wait_for(c, d, CLIENT_ANSWER) && d->error, "of no joint: %s", d->text);
	client_mark(c, EPISODE, "a \"note\"");
	ok(t, wait_for(c, d, CLIENT_ANSWER) && !d->error && strstr(d->text, "a \"note\""),
	   "marks: %s", d->text);
	client_episode_end(c, EPISODE - 1, OUTCOME_SUCCESS, NULL);
	ok(t, wait_for(c, d, CLIENT_ANSWER) && d->error, "a stale episode is refused: %s", d->text);
	client_episode_end(c, EPISODE, OUTCOME_SUCCESS, NULL);
	ok(t, wait_for(c, d, CLIENT_ANSWER) && !d->error, "this one is not");
	client_close(c);
}

/* Does not read for long: what it then reads is at most what was under way, and then the newest. */
static void test_slow(struct tap *t, struct client_data *d)
{
	struct err e;
	struct client *slow = client_connect("rig", 30, &e), *quick = client_connect("rig", 30, &e);
	int64_t newest = 0, first;
	unsigned snapshots = 0;

	for (int i = 0; i < 45 && wait_for(quick, d, CLIENT_SNAPSHOT); i++)
		newest = d->snapshot.seq;
	wait_for(slow, d, CLIENT_SNAPSHOT);
	first = d->snapshot.seq;
	for (enum client_kind k; (k = client_read(slow, d)) != CLIENT_NOTHING;)
		snapshots += k == CLIENT_SNAPSHOT;
	ok(t, newest - first > 20 && snapshots == 0, "no queue for who does not read (%u waiting)",
	   snapshots);
	ok(t, wait_for(slow, d, CLIENT_SNAPSHOT) && d->snapshot.seq >= newest,
	   "the next snapshot is the newest");
	client_close(slow);
	client_close(quick);
}

static int raw_connect(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	text_copy(a.sun_path, sizeof(a.sun_path), path);
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) ? -1 : fd;
}

static bool answers(int fd, const char *request, size_t n, const char *with)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[1024];
	ssize_t got;

	if (request && send(fd, request, n, MSG_NOSIGNAL) != (ssize_t)n)
		return false;
	if (poll(&p, 1, WAIT_MS) <= 0)
		return false;
	got = recv(fd, text, sizeof(text) - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	return strstr(text, with) != NULL;
}

static void test_hostile(struct tap *t, const char *path)
{
	static const char other[] = "{\"v\":99,\"request\":\"hello\",\"version\":\"9.9\"}";
	int fd[CONTROL_VIEWERS_MAX + 1];
	static const char zeros[5000];
	struct stat st;

	fd[0] = raw_connect(path);
	ok(t, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "the socket has mode 0600");
	ok(t, answers(fd[0], other, sizeof(other) - 1, PACKAGE_VERSION " runs here"),
	   "another version is told which one runs");
	ok(t, answers(fd[0], "[[[[", 4, "error"), "no JSON is answered by an error");
	ok(t, answers(fd[0], zeros, sizeof(zeros), "error"), "and so is a packet too large");
	for (int i = 1; i < CONTROL_VIEWERS_MAX; i++)
		fd[i] = raw_connect(path);
	fd[CONTROL_VIEWERS_MAX] = raw_connect(path);
	ok(t, answers(fd[CONTROL_VIEWERS_MAX], NULL, 0, "too many"), "viewer %d is turned away",
	   CONTROL_VIEWERS_MAX + 1);
	for (int i = 0; i <= CONTROL_VIEWERS_MAX; i++)
		close(fd[i]);
}

/* Whether the process ends by itself. */
static bool ends_soon(pid_t pid)
{
	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		poll(NULL, 0, 10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return false;
}

static void test_stop(struct tap *t, struct client_data *d, pid_t pid)
{
	struct client *c = NULL;
	struct err e;
	int status;

	for (int i = 0; i < 100 && !c; i++) { /* places become free in the loop's own time */
		c = client_connect("rig", 0, &e);
		if (!c)
			poll(NULL, 0, 10);
	}
	if (!ok(t, c != NULL, "places become free"))
		return;
	client_stop(c);
	ok(t, wait_for(c, d, CLIENT_BYE) && strcmp(d->text, "told to stop") == 0,
	   "stop: viewers hear why");
	client_close(c);
	waitpid(pid, &status, 0);
	c = client_connect("rig", 0, &e);
	ok(t, !c && e.code == ENOENT, "then there is no engine: %s", e.msg);
}

static void freeze(pid_t pid)
{
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
}

/* Asks for the end and leaves, all before the engine gets to see it. */
static bool ends_though_left(pid_t pid, int fd, const char *first)
{
	freeze(pid);
	if (first)
		send(fd, first, strlen(first), MSG_NOSIGNAL);
	send(fd, stop_request, strlen(stop_request), MSG_NOSIGNAL);
	close(fd);
	kill(pid, SIGCONT);
	return ends_soon(pid);
}

static void test_hasty(struct tap *t, const char *path)
{
	pid_t pid = start(path, geteuid());

	ok(t, ends_though_left(pid, raw_connect(path), hello_request),
	   "a request of a client that has left is still done");
	unlink(path);
}

/* Closing with messages unread resets the connection; the request comes after. */
static void test_unread(struct tap *t, const char *path)
{
	pid_t pid = start(path, geteuid());
	struct pollfd p = {.fd = raw_connect(path), .events = POLLIN};

	answers(p.fd, hello_request, strlen(hello_request), "hello");
	poll(&p, 1, WAIT_MS); /* and not read */
	ok(t, ends_though_left(pid, p.fd, NULL), "and so it is when messages were left unread");
	unlink(path);
}

/* The engine ends with a request of a viewer unread: the viewer still hears why. */
static void test_last_words(struct tap *t, struct client_data *d, const char *path)
{
	pid_t pid = start(path, geteuid());
	struct err e;
	struct client *c = client_connect("rig", 0, &e);
	int fd = raw_connect(path);

	freeze(pid);
	send(fd, stop_request, strlen(stop_request), MSG_NOSIGNAL);
	client_mark(c, EPISODE, "too late");
	kill(pid, SIGCONT);
	ends_soon(pid);
	ok(t, wait_for(c, d, CLIENT_BYE) && strcmp(d->text, "told to stop") == 0,
	   "an engine that ends before it reads a request says good-bye all the same");
	client_close(c);
	close(fd);
}

int main(void)
{
	char dir[] = "/tmp/policytop-test-XXXXXX", folder[64], path[96];
	struct client_data *d = xcalloc(1, sizeof(*d));
	struct tap t = {0};
	struct err e = {0};
	struct client *c;
	pid_t pid;

	if (!mkdtemp(dir))
		return 1;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	snprintf(folder, sizeof(folder), "%s/policytop", dir);
	snprintf(path, sizeof(path), "%s/rig.sock", folder);
	mkdir(folder, 0700);
	pid = start(path, geteuid());
	test_requests(&t, d);
	test_slow(&t, d);
	test_hostile(&t, path);
	test_stop(&t, d, pid);
	test_hasty(&t, path);
	test_unread(&t, path);
	test_last_words(&t, d, path);
	pid = start(path, geteuid() + 1);
	c = client_connect("rig", 10, &e);
	ok(&t, !c && e.code == EPERM, "another user's engine: %s", e.msg);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(path);
	rmdir(folder);
	rmdir(dir);
	free(d);
	return tap_done(&t);
}
