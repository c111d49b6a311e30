/* SPDX-License-Identifier: Apache-2.0 */
/* unix: and tcp:, both ways round, with connections that come and go. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "source/net.h"
#include "tests/source/log.h"
#include "tests/tap.h"

#define STEP(n) "{\"type\":\"step\",\"seq\":" #n ",\"asked\":[" #n ",2]}\n"

static struct sockaddr_un unix_address(const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	return sa;
}

static int unix_server(const char *path)
{
	struct sockaddr_un sa = unix_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	return bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 && listen(fd, 4) == 0 ? fd : -1;
}

static int unix_client(const char *path)
{
	struct sockaddr_un sa = unix_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 ? fd : -1;
}

static bool say(int fd, const char *text)
{
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static struct source *open_word(struct log *l, const char *kind, const char *rest,
				const char *params)
{
	struct source_host host = log_host(l, true);
	struct err e = {0};
	char word[300];
	struct source *s;

	snprintf(word, sizeof(word), "%s:%s%s", kind, rest, params);
	s = source_open(word, 3, &host, NULL, &e);
	if (!s)
		printf("# %s\n", e.msg);
	return s;
}

/* What was captured gives the same events, the gap and the line that was cut included. */
static void test_replay(struct tap *t, const struct log *live, const char *path)
{
	static const char *const words[] = {"stdin:", "stdin:", "stdin:", "unix:x?prefix=left"};
	struct log again = {0};
	struct source_host host = log_host(&again, false);
	struct buf b = {0};
	char word[300];
	int64_t now = 1;
	struct source *s;
	FILE *f = fopen(path, "wb");

	capture_put_header(&b, words, 4, NULL);
	buf_add(&b, live->capture.p, live->capture.len);
	ok(t, f && fwrite(b.p, 1, b.len, f) == b.len && fclose(f) == 0, "a capture");
	snprintf(word, sizeof(word), "raw:%s?speed=max", path);
	s = source_open(word, 0, &host, NULL, NULL);
	ok(t,
	   s && s->span == 4 && log_until(s, &again, EVENT_END, 1, &now) &&
		   strcmp(buf_text(&again.text), buf_text(&live->text)) == 0 &&
		   again.n[EVENT_GAP] == 1 && s->bad_lines == 1,
	   "of a connection that was lost is replayed with its gap");
	source_close(s);
	unlink(path);
	buf_fini(&b);
	log_fini(&again);
}

static void test_connect(struct tap *t, const char *path)
{
	struct log l = {0};
	int64_t now = 1000;
	struct source *s = open_word(&l, "unix", path, "?prefix=left");
	int server, fd;

	ok(t, s && s->class->run(s, now) > now && l.n[EVENT_NOTE] == 1 && strstr(l.note, "No such"),
	   "a server that is not there yet is told and waited for: %s", l.note);
	s->class->run(s, now + NS_PER_S);
	ok(t, l.n[EVENT_NOTE] == 1, "but told once");
	server = unix_server(path);
	now += 10 * NS_PER_S;
	ok(t, log_until(s, &l, EVENT_NOTE, 2, &now) && strstr(l.note, "connected"), "%s", l.note);
	fd = accept(server, NULL, NULL);
	ok(t, say(fd, STEP(1) "{\"type\":\"st") && log_until(s, &l, EVENT_STEP, 1, &now),
	   "a step comes through");
	ok(t, strcmp(l.hello.joint[0].name, "left/joint.0") == 0, "with its prefix");
	close(fd);
	ok(t, log_until(s, &l, EVENT_NOTE, 3, &now) && strstr(l.note, "lost"), "%s", l.note);
	ok(t, log_until(s, &l, EVENT_NOTE, 5, &now) && l.n[EVENT_GAP] == 1 && s->bad_lines == 1,
	   "a new connection is a gap; the line that was cut is bad: %s", l.note);
	fd = accept(server, NULL, NULL);
	ok(t,
	   say(fd, STEP(7)) && log_until(s, &l, EVENT_STEP, 2, &now) && l.step.seq == 7 &&
		   l.n[EVENT_END] == 0,
	   "and the next line is whole");
	close(fd);
	close(server);
	source_close(s);
	unlink(path);
	test_replay(t, &l, path);
	log_fini(&l);
}

static void test_listen(struct tap *t, const char *path)
{
	struct log l = {0};
	int64_t now = 1000;
	int stale = unix_server(path), one, two;
	struct source *s;
	struct stat st;

	ok(t, !open_word(&l, "unix", path, "?listen=1"), "a path in use is refused");
	close(stale);
	s = open_word(&l, "unix", path, "?listen=1");
	ok(t, s && stat(path, &st) == 0 && (st.st_mode & 0777) == 0600,
	   "a stale socket is replaced by one of our own, for us alone");
	one = unix_client(path);
	two = unix_client(path);
	ok(t,
	   say(one, STEP(1)) && say(two, STEP(2)) && log_until(s, &l, EVENT_STEP, 1, &now) &&
		   l.step.seq == 1,
	   "the first of two clients is heard");
	ok(t, s->class->run(s, now) == INT64_MAX && l.n[EVENT_STEP] == 1, "the second waits");
	close(one);
	ok(t, log_until(s, &l, EVENT_STEP, 2, &now) && l.step.seq == 2, "and is heard after it");
	close(two);
	source_close(s);
	ok(t, stat(path, &st) < 0 && errno == ENOENT, "the socket file is removed");
	log_fini(&l);
}

static int tcp_client(const char *address)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 ? fd : -1;
}

static void test_tcp(struct tap *t)
{
	struct log in = {0}, out = {0};
	int64_t now = 1000;
	struct source *s = open_word(&in, "tcp", ":0", "?listen=1&once=1"), *c;
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t len = sizeof(sa);
	char rest[64];
	int fd;

	ok(t, s && strncmp(s->address, "127.0.0.1:", 10) == 0, "listens at %s",
	   s ? s->address : "");
	fd = tcp_client(s->address);
	ok(t, say(fd, STEP(1) STEP(2)) && log_until(s, &in, EVENT_STEP, 2, &now), "steps come");
	close(fd);
	ok(t, log_until(s, &in, EVENT_END, 1, &now), "once=1: ends with its client");
	source_close(s);

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	getsockname(fd, (struct sockaddr *)&sa, &len);
	snprintf(rest, sizeof(rest), "localhost:%u", ntohs(sa.sin_port));
	c = open_word(&out, "tcp", rest, "");
	ok(t, c && log_until(c, &out, EVENT_NOTE, 1, &now) && strstr(out.note, "refused"),
	   "a name is looked up: %s", out.note);
	listen(fd, 1);
	ok(t, log_until(c, &out, EVENT_NOTE, 2, &now) && strstr(out.note, "connected"), "%s",
	   out.note);
	source_close(c);
	c = open_word(&out, "tcp", rest, "");
	c->class->run(c, now);
	source_close(c);
	ok(t, true, "closing while a name is looked up does no harm");
	close(fd);
	log_fini(&in);
	log_fini(&out);
}

static void test_exposed(struct tap *t)
{
	struct log l = {0};
	struct source *s = open_word(&l, "tcp", "0.0.0.0:0", "?listen=1");

	ok(t, s && s->class->run(s, 1) == INT64_MAX && strstr(l.note, "anybody"), "%s", l.note);
	source_close(s);
	log_fini(&l);
}

static void test_words(struct tap *t)
{
	static const char *const bad[] = {
		"tcp:",
		"tcp:host",
		"tcp:host:0",
		"tcp:host:70000",
		"tcp:::1:5",
		"tcp::5",
		"tcp:host:5?listen=1",
		"tcp:h:5?listen=2",
		"unix:",
		"unix:/x?listn=1",
		"udp:x",
		"tpc:h:5",
		"plain",
		"unix:/x?prefix=0123456789012345678901234567890123456789",
	};
	struct log l = {0};
	struct source_host host = log_host(&l, false);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = {0};

		ok(t, !source_open(bad[i], 0, &host, NULL, &e) && e.code == EINVAL, "%s", e.msg);
	}
}

/* Connecting to its own port, a socket meets itself. */
static void test_own_peer(struct tap *t)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), two[2];
	socklen_t len = sizeof(sa);

	bool made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two) == 0 &&
		    bind(fd, (struct sockaddr *)&sa, len) == 0 &&
		    getsockname(fd, (struct sockaddr *)&sa, &len) == 0 &&
		    connect(fd, (struct sockaddr *)&sa, len) == 0;

	ok(t, made && net_is_own_peer(fd), "a socket that is its own peer is known as one");
	ok(t, !net_is_own_peer(two[0]), "two without names are not");
	close(fd);
	close(two[0]);
	close(two[1]);
}

int main(void)
{
	char dir[] = "/tmp/t_netXXXXXX", path[64];
	struct tap t = {0};

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/s", dir);
	test_connect(&t, path);
	test_listen(&t, path);
	test_tcp(&t);
	test_exposed(&t);
	test_words(&t);
	test_own_peer(&t);
	rmdir(dir);
	return tap_done(&t);
}
