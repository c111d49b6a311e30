/* SPDX-License-Identifier: Apache-2.0 */
/* Captures of policy traffic through raw: words, bytes that were lost, what is due between records. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/source.h"
#include "tests/tap.h"
#include "tests/wire/events.h"
#include "wire/capture.h"

#define MS(n) ((n)*NS_PER_MS)

static const char ask_upgrade[] = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
static const char upgrade[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\x01\x80";
/* {state: f8[1] = 0}, {actions: f8[1,1] = 0} */
static const char request[] = "81a5737461746584c40b5f5f6e6461727261795f5fc3c40464617461c408"
			      "0000000000000000c4056474797065a33c6638c40573686170659101";
static const char reply[] = "81a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c408"
			    "0000000000000000c4056474797065a33c6638c4057368617065920101";

static void put(struct buf *b, uint16_t source, unsigned direction, int64_t t_ns, const void *p,
		size_t n)
{
	struct capture_record r = {.t_ns = t_ns, .source = source, .bytes = p, .len = n};

	r.direction = (uint8_t)direction;
	capture_put(b, &r);
}

static void put_message(struct buf *b, unsigned direction, int64_t t_ns, const char *hex)
{
	struct buf p = {0}, f = {0};

	put_hex(&p, hex);
	put_frame(&f, direction, 0x82, p.p, p.len);
	put(b, 0, direction, t_ns, f.p, f.len);
	buf_fini(&p);
	buf_fini(&f);
}

static void make_capture(struct buf *b)
{
	const char *words[] = {"openpi:127.0.0.1:1=10.0.0.2:8000?fps=50&prefix=left",
			       "groot:1=h:2"};
	struct capture_record lost = {
		.t_ns = MS(30000), .direction = 0, .is_lost = true, .lost = 77, .whole = true};

	capture_put_header(b, words, 2, NULL);
	put(b, 0, 0, MS(1), NULL, 0);
	put(b, 0, 1, MS(1), ask_upgrade, sizeof(ask_upgrade) - 1);
	put(b, 0, 0, MS(2), upgrade, sizeof(upgrade) - 1);
	put_message(b, 1, MS(1000), request);
	put_message(b, 0, MS(1020), reply);
	put(b, 1, 1, MS(20000), "\xff", 1); /* of the other source: time passes */
	put_message(b, 1, MS(29000), request);
	capture_put(b, &lost);
	put_message(b, 1, MS(30100), request);
	put_message(b, 0, MS(30120), reply);
	put(b, 0, 1, MS(31000), NULL, 0);
}

static void replay(struct buf *log, const char *word)
{
	struct source_host host = {.host = log, .emit = events_emit};
	struct clock clock = clock_real();
	struct err e = {0};
	struct source *s = source_open(word, 0, &host, &clock, &e);
	int64_t next = s ? 0 : -1;

	if (!s)
		printf("# %s\n", e.msg);
	while (next >= 0 && next != INT64_MAX)
		next = s->class->run(s, clock_now_ns(&clock));
	source_close(s);
}

static void test_replay(struct tap *t)
{
	char path[] = "/tmp/t_policy.XXXXXX", word[64];
	struct buf b = {0}, one = {0}, two = {0};
	int fd = mkstemp(path);

	make_capture(&b);
	ok(t, fd >= 0 && write(fd, b.p, b.len) == (ssize_t)b.len, "a capture of two sources");
	close(fd);
	snprintf(word, sizeof(word), "raw:%s?speed=max", path);
	replay(&one, word);
	replay(&two, word);
	unlink(path);
	ok(t, strcmp(buf_text(&one), buf_text(&two)) == 0, "is replayed to the same events");
	ok(t, strstr(buf_text(&one), "1000 start guessed: first request ''\n1000 asked 1 58/0"),
	   "with its requests");
	ok(t, strstr(buf_text(&one), "1020 hello fps=50 left/action.0\n"), "fps, prefix");
	ok(t, strstr(buf_text(&one), "4020 end: 3.0 s without traffic ''\n29000 start"),
	   "an end by silence at its time");
	ok(t, strstr(buf_text(&one), "30000 gap 77 bytes: bytes of replies passed unseen\n"),
	   "what was lost");
	ok(t, strstr(buf_text(&one), "30120 chunk 1x1 latency=0.02 '?' 0\n"),
	   "and what came after");
	ok(t, strstr(buf_text(&one), "31000 end: connection ''\n"), "to the end of the connection");
	if (t->failed)
		printf("# %s\n", buf_text(&one));
	buf_fini(&b);
	buf_fini(&one);
	buf_fini(&two);
}

static void test_words(struct tap *t)
{
	static const char *const words[] = {"openpi:1=h:2?fps=0", "groot:1=h:2?fps=fast"};
	struct buf log = {0};

	for (unsigned i = 0; i < 2; i++) {
		const struct source_class *c = source_find(i ? "groot" : "openpi");
		struct decoder d = {0};
		struct err e = {0};
		struct uri u;

		ok(t, c && c->decoder && c->slots == 4, "%s is there", words[i]);
		if (!c || uri_parse(&u, words[i], &e) < 0)
			continue;
		ok(t,
		   decoder_open(&d, c->decoder, events_emit, &log, "", &u, &e) < 0 &&
			   strstr(e.msg, "fps is the control rate"),
		   "%s", e.msg);
		decoder_close(&d);
		uri_fini(&u);
	}
	buf_fini(&log);
}

int main(void)
{
	struct tap t = {0};

	test_replay(&t);
	test_words(&t);
	return tap_done(&t);
}
