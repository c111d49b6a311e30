/* SPDX-License-Identifier: Apache-2.0 */
/* hook:, programs that come, go, crowd and lie; and its captures, replayed. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/source/log.h"
#include "tests/tap.h"

#define HELLO	"{\"type\":\"hello\",\"protocol\":1,\"joints\":[\"a\",\"b\"]}\n"
#define STEP(n) "{\"type\":\"step\",\"seq\":" #n ",\"asked\":[" #n ",2]}\n"
#define START	"{\"type\":\"episode\",\"event\":\"start\"}\n"

struct bed {
	struct log log;
	struct source *source;
	char folder[64], path[100], word[160];
	int64_t now_ns;
};

static bool bed_open(struct bed *b, const char *params)
{
	struct source_host host = log_host(&b->log, true);
	struct err e = {0};

	snprintf(b->folder, sizeof(b->folder), "/tmp/policytop-hook-XXXXXX");
	if (!mkdtemp(b->folder))
		return false;
	snprintf(b->path, sizeof(b->path), "%s/hook.sock", b->folder);
	snprintf(b->word, sizeof(b->word), "hook:%s%s", b->path, params);
	b->now_ns = 1;
	b->source = source_open(b->word, 0, &host, NULL, &e);
	if (!b->source)
		printf("# %s\n", e.msg);
	return b->source;
}

static void bed_close(struct bed *b)
{
	source_close(b->source);
	rmdir(b->folder);
	log_fini(&b->log);
}

static int program(const struct bed *b)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", b->path);
	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 ? fd : -1;
}

static bool say(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Until so many events of a kind came. */
static bool until(struct bed *b, enum event_kind kind, unsigned n)
{
	return log_until(b->source, &b->log, kind, n, &b->now_ns);
}

/* The same events from what was captured. */
static bool replays(struct bed *b)
{
	const char *const word = b->word;
	struct log again = {0};
	struct source_host host = log_host(&again, false);
	char path[120], raw[160];
	struct buf file = {0};
	int64_t now = 1;
	struct source *s;
	bool same = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/capture", b->folder);
	capture_put_header(&file, &word, 1, NULL);
	buf_add(&file, b->log.capture.p, b->log.capture.len);
	f = fopen(path, "wb");
	fwrite(file.p, 1, file.len, f);
	fclose(f);
	snprintf(raw, sizeof(raw), "raw:%s?speed=max", path);
	s = source_open(raw, 0, &host, NULL, NULL);
	if (s && log_until(s, &again, EVENT_END, 1, &now))
		same = again.text.len == b->log.text.len &&
		       memcmp(again.text.p, b->log.text.p, again.text.len) == 0;
	source_close(s);
	unlink(path);
	buf_fini(&file);
	log_fini(&again);
	return same;
}

static void test_one(struct tap *t)
{
	struct bed b = {0};
	struct stat st;
	int fd;

	ok(t, bed_open(&b, "?prefix=left"), "it listens");
	ok(t, stat(b.path, &st) == 0 && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0600,
	   "with mode 0600");
	ok(t, strcmp(b.source->address, b.path) == 0, "and tells where");
	fd = program(&b);
	ok(t, say(fd, HELLO START STEP(0)) && say(fd, STEP(1)) && until(&b, EVENT_STEP, 2),
	   "packets of several lines");
	ok(t, strcmp(b.log.hello.joint[1].name, "left/b") == 0 && b.log.n[EVENT_EPISODE] == 1,
	   "are decoded, with the prefix");
	ok(t,
	   say(fd, "{\"type\":\"step\",\"seq\":2,\"as") && say(fd, STEP(3)) &&
		   until(&b, EVENT_STEP, 3) && b.source->bad_lines == 1 && b.log.step.seq == 3,
	   "a cut packet spoils no other");
	ok(t,
	   say(fd, STEP(4)) && say(fd, STEP(5)) &&
		   b.source->class->run(b.source, b.now_ns) == b.now_ns && b.log.step.seq == 4,
	   "one packet at a time, so that a tap's bytes can come in between");
	close(fd);
	ok(t, until(&b, EVENT_EPISODE, 2), "a program that ends in an episode ends it");
	ok(t, replays(&b), "a capture of it replays to the same events");
	bed_close(&b);
	ok(t, stat(b.path, &st) < 0, "the socket is removed");
}

static void test_several(struct tap *t)
{
	struct bed b = {0};
	struct source_host host = log_host(&b.log, false);
	struct err e = {0};
	char c, self[64];
	int one, two;

	bed_open(&b, "");
	one = program(&b);
	ok(t, say(one, HELLO STEP(0)) && until(&b, EVENT_STEP, 1), "one program");
	ok(t, !source_open(b.word, 0, &host, NULL, &e) && e.code == EADDRINUSE,
	   "nobody else can listen there");
	ok(t, say(one, STEP(0)) && until(&b, EVENT_STEP, 2) && b.log.n[EVENT_NOTE] == 0,
	   "and the one who does sees nothing of the try");
	b.log.n[EVENT_NOTE] = 0;
	two = program(&b);
	snprintf(self, sizeof(self), "t_hook (process %d)", (int)getpid());
	ok(t,
	   say(two, HELLO STEP(7)) && until(&b, EVENT_NOTE, 1) &&
		   strstr(b.log.note, "turned away") && recv(two, &c, 1, 0) <= 0,
	   "a second one is turned away");
	ok(t, strstr(b.log.note, self), "by its name: %s", b.log.note);
	close(two);
	ok(t, say(one, STEP(1)) && until(&b, EVENT_STEP, 3) && b.log.step.seq == 1,
	   "and the first goes on");
	close(one);
	one = program(&b);
	ok(t, say(one, HELLO STEP(0)) && until(&b, EVENT_STEP, 4) && b.log.n[EVENT_HELLO] == 2,
	   "once it has left, the next is heard");
	b.now_ns += 6 * NS_PER_S;
	two = program(&b);
	ok(t, say(two, HELLO STEP(5)) && until(&b, EVENT_STEP, 5) && b.log.step.seq == 5,
	   "and the next when it says nothing for 5 s");
	ok(t, replays(&b), "replayed");
	close(one);
	close(two);
	bed_close(&b);
}

/* Everything that was sent is read, and a sender's packet is all or nothing. */
static void test_crowd(struct tap *t)
{
	enum { PACKETS = 20000 };
	struct bed b = {0};
	unsigned sent = 0, refused = 0;
	char text[100];
	int fd;

	bed_open(&b, "");
	fd = program(&b);
	say(fd, HELLO);
	for (unsigned i = 0; i < PACKETS; i++) {
		int n = snprintf(text, sizeof(text),
				 "{\"type\":\"step\",\"seq\":%u,\"asked\":[%u,0]}\n", i, i);

		if (send(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n)
			sent++;
		else
			refused++;
		if (i % 5000 == 4999)
			until(&b, EVENT_STEP, sent);
	}
	ok(t, refused > 0, "a sender is never held up: %u of %d packets found no room", refused,
	   PACKETS);
	ok(t, b.log.n[EVENT_STEP] == sent && b.source->bad_lines == 0, "the others are all read");
	close(fd);
	bed_close(&b);
}

static void test_hostile(struct tap *t)
{
	enum { LONG = 1 << 19 };
	struct bed b = {0};
	char *big = xcalloc(LONG, 1), byte = '\0';
	int fd, room = 2 * LONG;

	bed_open(&b, "");
	fd = program(&b);
	memset(big, '[', LONG);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	if (send(fd, big, LONG, MSG_NOSIGNAL) == LONG)
		ok(t, until(&b, EVENT_NOTE, 2) && b.source->bad_lines == 1,
		   "a packet too long is told, and a bad line");
	else
		tap_skip(t, "a packet too long", "only root can send one");
	ok(t,
	   send(fd, &byte, 1, 0) == 1 && say(fd, "\n\n\n") && say(fd, HELLO STEP(4)) &&
		   until(&b, EVENT_STEP, 1),
	   "nonsense is survived");
	ok(t, b.source->bad_lines >= 1 && b.source->first_bad[0], "and counted");
	close(fd);
	free(big);
	bed_close(&b);
}

static void test_open(struct tap *t)
{
	struct bed b = {0}, c = {0};
	struct source_host host = log_host(&c.log, false);
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct err e = {0};
	int fd;

	bed_open(&b, "");
	ok(t, !source_open(b.word, 0, &host, NULL, &e) && strstr(e.msg, "another policytop"),
	   "two do not share a socket");
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/stale", b.folder);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	close(fd);
	snprintf(c.word, sizeof(c.word), "hook:%s", sa.sun_path);
	c.source = source_open(c.word, 0, &host, NULL, &e);
	ok(t, c.source, "a stale one is replaced");
	source_close(c.source);
	fclose(fopen(sa.sun_path, "w"));
	ok(t, !source_open(c.word, 0, &host, NULL, &e) && access(sa.sun_path, F_OK) == 0,
	   "a file that is no socket is left alone");
	unlink(sa.sun_path);
	setenv("POLICYTOP_HOOK", sa.sun_path, 1);
	c.source = source_open("hook:", 0, &host, NULL, &e);
	ok(t, c.source && strcmp(c.source->address, sa.sun_path) == 0, "$POLICYTOP_HOOK");
	source_close(c.source);
	unsetenv("POLICYTOP_HOOK");
	setenv("XDG_RUNTIME_DIR", b.folder, 1);
	c.source = source_open("hook:", 0, &host, NULL, &e);
	ok(t, c.source && strstr(c.source->address, "/policytop/hook.sock"), "the runtime folder");
	source_close(c.source);
	snprintf(c.path, sizeof(c.path), "%s/policytop", b.folder);
	rmdir(c.path);
	ok(t, !source_open("hook:/tmp/x?udp=0", 0, &host, NULL, &e), "udp=0 is no port");
	bed_close(&b);
}

static void test_udp(struct tap *t)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(a);
	struct bed b = {0};
	char params[40];

	bind(fd, (struct sockaddr *)&a, sizeof(a)); /* a port that is free */
	getsockname(fd, (struct sockaddr *)&a, &len);
	close(fd);
	snprintf(params, sizeof(params), "?udp=%u", ntohs(a.sin_port));
	ok(t, bed_open(&b, params), "it hears UDP, too");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ok(t,
	   connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && say(fd, HELLO STEP(3)) &&
		   until(&b, EVENT_STEP, 1) && b.log.step.seq == 3,
	   "a datagram is a packet");
	close(fd);
	bed_close(&b);
}

int main(void)
{
	struct tap t = {0};

	test_one(&t);
	test_several(&t);
	test_crowd(&t);
	test_hostile(&t);
	test_open(&t);
	test_udp(&t);
	return tap_done(&t);
}
