/* SPDX-License-Identifier: Apache-2.0 */
/* foxglove: against servers that are none, that go away, and that are captured. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/source/log.h"
#include "tests/tap.h"
#include "wire/websocket.h"

#define TOPICS                                                                                     \
	"{\"op\":\"advertise\",\"channels\":["                                                     \
	"{\"id\":1,\"topic\":\"/observation/state\",\"encoding\":\"json\"},"                       \
	"{\"id\":2,\"topic\":\"/action/state\",\"encoding\":\"json\"}]}"
#define VALUES "{\"scalars\":[{\"label\":\"a\",\"value\":1.5},{\"label\":\"b\",\"value\":-0.0}]}"

struct server {
	int listener, fd;
	unsigned port;
};

static struct server serve(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct server v = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .fd = -1};
	socklen_t len = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(v.listener, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(v.listener, 4) < 0 ||
	    getsockname(v.listener, (struct sockaddr *)&sa, &len) < 0)
		exit(1);
	v.port = ntohs(sa.sin_port);
	return v;
}

static void say(const struct server *v, const void *p, size_t n)
{
	if (write(v->fd, p, n) != (ssize_t)n)
		printf("# short write\n");
}

static void frame(const struct server *v, unsigned opcode, const void *p, size_t n)
{
	struct buf b = {0};
	uint8_t head[4] = {(uint8_t)(0x80 | opcode), 126, (uint8_t)(n >> 8), (uint8_t)n};

	buf_add(&b, head, 4);
	buf_add(&b, p, n);
	say(v, b.p, b.len);
	buf_fini(&b);
}

static void values(const struct server *v, uint8_t subscription, uint8_t log_time)
{
	uint8_t m[200] = {1, subscription, 0, 0, 0, log_time};

	memcpy(m + 13, VALUES, sizeof(VALUES) - 1);
	frame(v, 2, m, 13 + sizeof(VALUES) - 1);
}

static struct source *open_source(struct log *l, const struct server *v, const char *params)
{
	struct source_host host = log_host(l, true);
	struct err e = {0};
	char word[100];
	struct source *s;

	snprintf(word, sizeof(word), "foxglove:127.0.0.1:%u%s", v->port, params);
	s = source_open(word, 0, &host, NULL, &e);
	if (!s)
		printf("# %s\n", e.msg);
	return s;
}

/* Runs s while it has something to do at this time. */
static void settle(struct source *s, int64_t *now)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	while (s->class->run(s, *now) <= *now || poll(&p, 1, 0) > 0)
		*now += 1000;
}

/* Takes the connection and what it says first; "" when nothing comes. */
static void greeted(struct server *v, struct source *s, int64_t *now, char head[2000])
{
	struct pollfd p = {.events = POLLIN};
	ssize_t n = 0;

	*now += 10 * NS_PER_S; /* more than any pause */
	settle(s, now);
	v->fd = accept(v->listener, NULL, NULL);
	settle(s, now);
	p.fd = v->fd;
	if (poll(&p, 1, 20000) > 0)
		n = read(v->fd, head, 1999);
	head[n > 0 ? n : 0] = '\0';
}

static void shake(struct server *v, struct source *s, int64_t *now)
{
	char head[2000], key[WEBSOCKET_KEY + 1] = "", accept[WEBSOCKET_ACCEPT + 1], text[400];

	greeted(v, s, now, head);
	websocket_request_key(key, head, strlen(head));
	websocket_accept(accept, key);
	snprintf(text, sizeof(text),
		 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		 "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: foxglove.sdk.v1\r\n\r\n",
		 accept);
	say(v, text, strlen(text));
}

/* What was captured gives the same events. */
static void test_replay(struct tap *t, const struct log *live, const char *path, const char *word)
{
	struct log again = {0};
	struct source_host host = log_host(&again, false);
	struct buf b = {0};
	char raw[100];
	int64_t now = 1;
	struct source *s;
	FILE *f = fopen(path, "wb");

	capture_put_header(&b, &word, 1, NULL);
	buf_add(&b, live->capture.p, live->capture.len);
	ok(t, f && fwrite(b.p, 1, b.len, f) == b.len && fclose(f) == 0, "a capture");
	snprintf(raw, sizeof(raw), "raw:%s?speed=max", path);
	s = source_open(raw, 0, &host, NULL, NULL);
	ok(t,
	   s && log_until(s, &again, EVENT_END, 1, &now) && again.n[EVENT_STEP] == 3 &&
		   strcmp(buf_text(&again.text), buf_text(&live->text)) == 0,
	   "is replayed to the same events");
	source_close(s);
	unlink(path);
	buf_fini(&b);
	log_fini(&again);
}

static void test_steps(struct tap *t, const char *path)
{
	struct server v = serve();
	struct log l = {0};
	struct source *s = open_source(&l, &v, "?prefix=left&fps=50");
	int64_t now = 1000;

	shake(&v, s, &now);
	ok(t, log_until(s, &l, EVENT_NOTE, 1, &now) && strstr(l.note, "connected to"), "%s",
	   l.note);
	frame(&v, 1, TOPICS, sizeof(TOPICS) - 1);
	values(&v, 1, 7);
	values(&v, 2, 7);
	values(&v, 1, 8);
	ok(t,
	   log_until(s, &l, EVENT_STEP, 1, &now) && strcmp(l.hello.joint[1].name, "left/b") == 0 &&
		   l.hello.fps > 49 && l.step.vec[VEC_ASKED].present && l.step.src_ns == 7,
	   "a step, with prefix and rate");
	close(v.fd);
	ok(t, log_until(s, &l, EVENT_NOTE, 2, &now) && strstr(l.note, "lost"), "%s", l.note);
	shake(&v, s, &now);
	ok(t,
	   log_until(s, &l, EVENT_NOTE, 3, &now) && strstr(l.note, "connected to") &&
		   l.n[EVENT_GAP] == 1 && l.n[EVENT_STEP] == 2,
	   "a new connection is a gap; the step that was half there is told");
	frame(&v, 1, TOPICS, sizeof(TOPICS) - 1);
	values(&v, 3, 9);
	values(&v, 4, 9);
	ok(t, log_until(s, &l, EVENT_STEP, 3, &now) && l.n[EVENT_HELLO] == 2, "and it goes on");
	source_close(s);
	close(v.fd);
	close(v.listener);
	test_replay(t, &l, path, "foxglove:x:1?prefix=left&fps=50");
	log_fini(&l);
}

/* Reads until nothing has come for a while. */
static void drain(const struct server *v)
{
	struct pollfd p = {.fd = v->fd, .events = POLLIN};
	char ignored[4000];

	while (poll(&p, 1, 0) > 0 && read(v->fd, ignored, sizeof(ignored)) > 0)
		;
}

/* What was refused is asked for again, though nothing more comes. */
static void test_refused(struct tap *t)
{
	static const char no[] = "{\"op\":\"status\",\"level\":2,"
				 "\"message\":\"Unknown channel ID: 2\"}";
	struct server v = serve();
	struct log l = {0};
	struct source *s = open_source(&l, &v, "");
	struct pollfd p = {.events = POLLIN};
	int64_t now = 1000, next = INT64_MAX;

	shake(&v, s, &now);
	frame(&v, 1, TOPICS, sizeof(TOPICS) - 1);
	log_until(s, &l, EVENT_NOTE, 1, &now);
	settle(s, &now);
	drain(&v);
	frame(&v, 1, no, sizeof(no) - 1);
	p.fd = s->fd;
	for (int tries = 0; next == INT64_MAX && tries < 100 && poll(&p, 1, 100) >= 0; tries++)
		next = s->class->run(s, now);
	ok(t, next > now && next <= now + NS_PER_S, "a refusal is to be answered in %lld ms",
	   (long long)(next - now) / NS_PER_MS);
	p.fd = v.fd;
	s->class->run(s, next);
	ok(t, poll(&p, 1, 5000) > 0, "and is");
	source_close(s);
	close(v.fd);
	close(v.listener);
	log_fini(&l);
}

/* Servers that are none are told once, not gaps, and asked again less and less often. */
static void test_strangers(struct tap *t)
{
	static const char *const answers[] = {
		"SSH-2.0-OpenSSH_9.2p1\r\n",
		"HTTP/1.1 400 Bad Request\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
		"",
	};
	struct server v = serve();
	char head[2000];

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct log l = {0};
		struct source *s = open_source(&l, &v, "");
		int64_t now = 1000;

		for (int attempt = 0; attempt < 3; attempt++) {
			greeted(&v, s, &now, head);
			say(&v, answers[i], strlen(answers[i]));
			shutdown(v.fd, SHUT_WR);
			while (recv(v.fd, head, sizeof(head), MSG_DONTWAIT) < 0 && errno == EAGAIN)
				settle(s, &now);
			close(v.fd);
		}
		ok(t, l.n[EVENT_NOTE] == 1 && l.n[EVENT_GAP] == 0 && l.n[EVENT_STEP] == 0, "%s",
		   l.note);
		source_close(s);
		log_fini(&l);
	}
	close(v.listener);
}

static void test_silence(struct tap *t)
{
	struct server v = serve();
	struct log l = {0};
	struct source *s = open_source(&l, &v, "");
	int64_t now = 1000;
	char head[2000];

	greeted(&v, s, &now, head);
	ok(t, strstr(head, "Sec-WebSocket-Protocol: foxglove.sdk.v1\r\n"), "it greets");
	now += 4 * NS_PER_S;
	settle(s, &now);
	ok(t, l.n[EVENT_NOTE] == 0, "and waits for the answer");
	now += 2 * NS_PER_S;
	settle(s, &now);
	ok(t, l.n[EVENT_NOTE] == 1, "but not for ever: %s", l.note);
	source_close(s);
	close(v.fd);
	close(v.listener);
	log_fini(&l);
}

/* A server that only pings and never reads gets no memory of ours. */
static void test_deaf(struct tap *t)
{
	struct server v = serve();
	struct log l = {0};
	struct source *s = open_source(&l, &v, "");
	struct pollfd p = {.events = POLLOUT};
	int64_t now = 1000;
	char pings[127 * 100];

	for (size_t i = 0; i < sizeof(pings); i += 127) {
		memset(pings + i, 'x', 127);
		pings[i] = (char)0x89;
		pings[i + 1] = 125;
	}
	shake(&v, s, &now);
	settle(s, &now);
	p.fd = v.fd;
	for (unsigned k = 0; k < 5000 && l.n[EVENT_NOTE] < 2; k++) {
		if (poll(&p, 1, 0) > 0 &&
		    send(v.fd, pings, sizeof(pings), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
		    errno != EAGAIN)
			break;
		settle(s, &now);
	}
	ok(t, l.n[EVENT_NOTE] == 2 && strstr(l.note, "lost"), "%s", l.note);
	source_close(s);
	close(v.fd);
	close(v.listener);
	log_fini(&l);
}

static void test_words(struct tap *t)
{
	static const char *const bad[] = {
		"foxglove:",	       "foxglove:host",		  "foxglove:host:0",
		"foxglove:h:1?fps=-1", "foxglove:h:1?fps=nan",	  "foxglove:h:1?listen=1",
		"foxglove:::1:5",      "foxglove:h:1?fps=100000", "foxglove:h:1?images=2",
	};
	struct log l = {0};
	struct source_host host = log_host(&l, false);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = {0};

		ok(t, !source_open(bad[i], 0, &host, NULL, &e) && e.code == EINVAL, "%s", e.msg);
	}
}

int main(void)
{
	char dir[] = "/tmp/t_foxgloveXXXXXX", path[64];
	struct tap t = {0};

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/f", dir);
	test_steps(&t, path);
	test_strangers(&t);
	test_refused(&t);
	test_silence(&t);
	test_deaf(&t);
	test_words(&t);
	rmdir(dir);
	return tap_done(&t);
}
