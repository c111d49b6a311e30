/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to an openpi server: by its own bytes, in any pieces, lost, late, or by strangers. */
#include <stdlib.h>

#include "tests/tap.h"
#include "tests/wire/events.h"
#include "wire/openpi.h"

#define MS(n) ((n)*NS_PER_MS)

static const char ask_upgrade[] = "GET / HTTP/1.1\r\nHost: h:8000\r\nUpgrade: websocket\r\n"
				  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
static const char upgrade[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

/* {observation/state: f8[8] = 0, prompt: "do something"}, and its reply; facts of the protocol. */
#define ZEROS "00000000000000000000000000000000"
static const char request_hex[] =
	"82b16f62736572766174696f6e2f737461746584c40b5f5f6e6461727261795f5fc3c40464617461c440" ZEROS
		ZEROS ZEROS ZEROS "c4056474797065a33c6638c40573686170659108a670726f6d7074ac646f20"
	"736f6d657468696e67";
static const char reply_hex[] =
	"83a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c410000000000000e03f00000000"
	"0000d0bfc4056474797065a33c6638c4057368617065920102ad706f6c6963795f74696d696e6781a8696e66"
	"65725f6d73cb4041c00000000000ad7365727665725f74696d696e6781a8696e6665725f6d73cb4042000000"
	"000000";

/* A decoder, what it told, and how it is fed. */
struct bed {
	void *o;
	struct buf log;
	size_t piece;
};

static void bed_fini(struct bed *b)
{
	openpi_wire.free(b->o);
	buf_fini(&b->log);
}

static void feed(struct bed *b, unsigned direction, const void *p, size_t n, int64_t t_ns)
{
	for (size_t at = 0; at < n;) {
		size_t some = n - at < b->piece ? n - at : b->piece;

		at += openpi_wire.bytes(b->o, direction, (const char *)p + at, some, 1, t_ns);
	}
}

static void message(struct bed *b, unsigned direction, unsigned opcode, const void *p, size_t n,
		    int64_t t_ns)
{
	struct buf f = {0};

	put_frame(&f, direction, 0x80 | opcode, p, n);
	feed(b, direction, f.p, f.len, t_ns);
	buf_fini(&f);
}

static void hex(struct bed *b, unsigned direction, const char *text, int64_t t_ns)
{
	struct buf p = {0};

	put_hex(&p, text);
	message(b, direction, 2, p.p, p.len, t_ns);
	buf_fini(&p);
}

static void handshake(struct bed *b, int64_t t_ns)
{
	feed(b, 1, ask_upgrade, sizeof(ask_upgrade) - 1, t_ns);
	feed(b, 0, upgrade, sizeof(upgrade) - 1, t_ns);
	hex(b, 0, "80", t_ns);
}

static bool logged(struct bed *b, const char *want)
{
	bool same = strcmp(buf_text(&b->log), want) == 0;

	if (!same)
		printf("# got:\n%s# wanted:\n%s", buf_text(&b->log), want);
	buf_clear(&b->log);
	return same;
}

#define HELLO "hello fps=50"
#define JOINTS                                                                                     \
	"hello fps=50 action.0 action.1 state.0 state.1 state.2 state.3 state.4 state.5 state.6 "  \
	"state.7\n"
#define ASKED "146/0 >observation/state<f88 min=0 max=0\n"
#define ANSWERED                                                                                   \
	"146/135 server_ms=36 policy_ms=35.5 >observation/state<f88 min=0 max=0 "                  \
	"<actions<f81x2 min=-0.25 max=0.5 acted\n"
#define CHUNK "'do something' 0.5 -0.25\n"
#define STEP  "step 0 policy seen: - - 0 0 0 0 0 0 0 0 asked: 0.5 -0.25 - - - - - - - -\n"

static void start(struct bed *b, size_t piece, double fps)
{
	*b = (struct bed){.piece = piece};
	b->o = openpi_wire.make(events_emit, &b->log, "", fps);
}

static void test_vectors(struct tap *t)
{
	for (size_t piece = 1; piece < 300; piece += piece < 12 ? 1 : 71) {
		struct bed b;

		start(&b, piece, 50);
		handshake(&b, MS(1));
		hex(&b, 1, request_hex, MS(1000));
		hex(&b, 0, reply_hex, MS(1040));
		hex(&b, 1, request_hex, MS(1140));
		openpi_wire.end(b.o, MS(1200));
		ok(t,
		   logged(&b,
			  "1 " HELLO "\n"
			  "1000 start guessed: first request 'do something'\n"
			  "1000 asked 1 " ASKED "1040 " JOINTS "1040 answered 1 " ANSWERED
			  "1040 chunk 1x2 latency=0.04 " CHUNK "1040 " STEP "1140 executed 1\n"
			  "1140 asked 2 " ASKED "1200 broken 2 " ASKED "1200 end: connection ''\n"),
		   "the protocol's own bytes, in pieces of %zu", piece);
		ok(t,
		   traffic_messages(openpi_wire.session(b.o)) == 4 &&
			   !traffic_bads(openpi_wire.session(b.o)),
		   "four messages");
		bed_fini(&b);
	}
}

static void test_error(struct tap *t)
{
	static const char text[] = "Traceback (most recent call last):\n  File \"x.py\", line 1\n"
				   "ValueError: no \x1b[31msuch task\n";
	static const char chained[] =
		"Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    a[b]\n"
		"KeyError: 'b'\n\nDuring handling of the above exception, another exception "
		"occurred:\n\nTraceback (most recent call last):\n  File \"y.py\", line 9, in g\n"
		"    f()\n    ^^^\nXlaRuntimeError: out of memory\n  2 GiB wanted\n"
		"--------------------\nFor simplicity, frames were removed.\n\n";
	struct bed b;

	start(&b, 1000, 0);
	handshake(&b, MS(1));
	hex(&b, 1, request_hex, MS(1000));
	buf_clear(&b.log);
	message(&b, 0, 1, text, sizeof(text) - 1, MS(1010));
	message(&b, 0, 8, "\x03\xf3Internal", 10, MS(1010));
	ok(t,
	   logged(&b, "1010 failed 1 146/87 >observation/state<f88 min=0 max=0 ValueError: no "
		      "\\x1b[31msuch task\n"
		      "1010 note Traceback (most recent call last):\n"
		      "1010 note   File \"x.py\", line 1\n"
		      "1010 note ValueError: no \\x1b[31msuch task\n"),
	   "an error: the line that names it, and the traceback in notes");
	hex(&b, 1, request_hex, MS(1100));
	buf_clear(&b.log);
	message(&b, 0, 1, chained, sizeof(chained) - 1, MS(1110));
	ok(t, strstr(buf_text(&b.log), " XlaRuntimeError: out of memory\n1110 note Traceback"),
	   "the last one of a chain, though its message has more lines");
	hex(&b, 1, request_hex, MS(1200));
	buf_clear(&b.log);
	message(&b, 0, 1, "first\nsecond\n\n", 14, MS(1210));
	ok(t, strstr(buf_text(&b.log), "max=0 second\n"), "without a traceback the last line");
	hex(&b, 1, request_hex, MS(1300));
	buf_clear(&b.log);
	message(&b, 0, 1, "", 0, MS(1310));
	ok(t, strstr(buf_text(&b.log), "an error without a word\n"), "or that there is none");
	bed_fini(&b);
}

static void test_silence(struct tap *t)
{
	struct traffic *s;
	struct bed b;

	start(&b, 1000, 0);
	s = openpi_wire.session(b.o);
	handshake(&b, MS(1));
	ok(t, traffic_due(s, MS(100000)) == INT64_MAX, "nothing is due before an episode");
	hex(&b, 1, request_hex, MS(1000));
	ok(t, traffic_due(s, MS(100000)) == INT64_MAX && !strstr(buf_text(&b.log), " end:"),
	   "nor while a reply is awaited");
	hex(&b, 0, reply_hex, MS(101000));
	message(&b, 0, 9, "ping", 4, MS(102000));
	buf_clear(&b.log);
	ok(t, traffic_due(s, MS(103999)) == MS(104000), "3 s after the reply it is");
	traffic_due(s, MS(200000));
	ok(t, logged(&b, "104000 end: 3.0 s without traffic ''\n"), "at the time it was due");
	for (int64_t at = 0; at < 5; at++) {
		hex(&b, 1, request_hex, MS(300000 + 2000 * at));
		hex(&b, 0, reply_hex, MS(300010 + 2000 * at));
	}
	ok(t, traffic_due(s, MS(310000)) == MS(314010), "three periods of 2 s are longer");
	buf_clear(&b.log);
	hex(&b, 1, request_hex, MS(400000));
	ok(t,
	   logged(&b, "314010 end: 6.0 s without traffic ''\n"
		      "400000 start guessed: first request 'do something'\n"
		      "400000 asked 7 " ASKED),
	   "and before what comes after it");
	bed_fini(&b);
}

/* {image: u1[160,160,3], state: f8[2]} */
static void put_observation(struct buf *p, uint8_t level)
{
	static uint8_t image[160 * 160 * 3];

	memset(image, level, sizeof(image));
	put_hex(p, "82");
	put_str(p, "image");
	put_hex(p, "84c40b5f5f6e6461727261795f5fc3c40464617461");
	put_bin(p, image, sizeof(image));
	put_hex(p, "c4056474797065a37c7531c405736861706593cca0cca003");
	put_str(p, "state");
	put_hex(p, "84c40b5f5f6e6461727261795f5fc3c40464617461c410" ZEROS
		   "c4056474797065a33c6638c40573686170659102");
}

static void test_images(struct tap *t)
{
	struct buf p = {0}, f = {0};
	struct bed b;

	start(&b, 1000, 0);
	handshake(&b, MS(1));
	put_observation(&p, 128);
	for (int64_t at = 1000; at < 2500; at += 100) {
		message(&b, 1, 2, p.p, p.len, MS(at));
		hex(&b, 0, reply_hex, MS(at + 10));
	}
	ok(t,
	   strstr(buf_text(&b.log), "1000 frame image 160x160x3\n") &&
		   strstr(buf_text(&b.log), "2000 frame image 160x160x3\n") &&
		   !strstr(buf_text(&b.log), "1100 frame"),
	   "a picture at the start of an episode, then one a second");
	ok(t,
	   strstr(buf_text(&b.log), "hello fps=0 action.0 action.1\n") &&
		   strstr(buf_text(&b.log), "seen: 0 0 asked: 0.5 -0.25\n"),
	   "a state of as many values is of the same joints");
	buf_clear(&b.log);
	put_frame(&f, true, 0x82, p.p, p.len);
	feed(&b, 1, f.p, 1000, MS(2500));
	openpi_wire.lost(b.o, 1, 70000, false, MS(2500));
	feed(&b, 1, f.p + 71000, f.len - 71000, MS(2510));
	hex(&b, 0, reply_hex, MS(2520));
	ok(t,
	   !strstr(buf_text(&b.log), "gap") && strstr(buf_text(&b.log), "2510 asked 16") &&
		   strstr(buf_text(&b.log), "seen: 0 0 "),
	   "bytes lost inside a picture that nobody looks at change nothing");
	buf_fini(&p);
	buf_fini(&f);
	bed_fini(&b);
}

static void test_lost(struct tap *t)
{
	struct buf p = {0}, f = {0};
	uint64_t held, left;
	struct bed b;

	start(&b, 1000, 0);
	handshake(&b, MS(1));
	hex(&b, 1, request_hex, MS(1000));
	hex(&b, 0, reply_hex, MS(1010));
	put_hex(&p, request_hex);
	put_frame(&f, true, 0x82, p.p, p.len);
	feed(&b, 1, f.p, 40, MS(1100));
	openpi_wire.place(b.o, 1, &held, &left);
	ok(t, held == 40 && left == 146 - 26, "where the middle of a frame is: %u, %u",
	   (unsigned)held, (unsigned)left);
	buf_clear(&b.log);
	openpi_wire.lost(b.o, 1, 20, false, MS(1100));
	feed(&b, 1, f.p + 60, f.len - 60, MS(1110));
	openpi_wire.place(b.o, 1, &held, &left);
	ok(t, logged(&b, "1100 gap 20 bytes: bytes of requests passed unseen\n") && !held && !left,
	   "a request with a hole is none, and the next begins where it ends");
	hex(&b, 0, reply_hex, MS(1120));
	ok(t, strstr(buf_text(&b.log), "1120 chunk 1x2 '?' 0.5 -0.25\n"),
	   "a reply without its request is a chunk of unknown latency");
	buf_clear(&b.log);
	openpi_wire.lost(b.o, 0, 9999, true, MS(1200));
	openpi_wire.lost(b.o, 1, 77, true, MS(1200));
	hex(&b, 1, request_hex, MS(1300));
	hex(&b, 0, reply_hex, MS(1310));
	ok(t,
	   strstr(buf_text(&b.log), "1310 chunk 1x2 latency=0.01") &&
		   strstr(buf_text(&b.log), "1300 asked 4 "),
	   "at the begin of a message it goes on, and counts what it did not see");
	buf_fini(&p);
	buf_fini(&f);
	bed_fini(&b);
}

static void test_turns(struct tap *t)
{
	uint64_t held, left;
	struct bed b;

	start(&b, 1000, 0);
	handshake(&b, MS(1));
	hex(&b, 1, request_hex, MS(1300));
	hex(&b, 0, reply_hex, MS(1310));
	feed(&b, 0, "\x82\x7e", 2, MS(1400));
	openpi_wire.lost(b.o, 0, 5, false, MS(1400));
	buf_clear(&b.log);
	feed(&b, 0, "whatever", 8, MS(1450));
	openpi_wire.place(b.o, 0, &held, &left);
	ok(t, logged(&b, "") && traffic_bads(openpi_wire.session(b.o)) == 1 && !held && !left,
	   "in the head of a frame nothing more can be read, which is counted");
	hex(&b, 1, request_hex, MS(1500));
	hex(&b, 0, reply_hex, MS(1510));
	ok(t,
	   strncmp(buf_text(&b.log), "1500 gap 8 bytes: bytes of replies passed unseen\n", 49) ==
			   0 &&
		   strstr(buf_text(&b.log), "1510 chunk 1x2 latency=0.01"),
	   "until a request says whose turn it is");
	feed(&b, 1, "\x82", 1, MS(1520));
	openpi_wire.lost(b.o, 1, 50, false, MS(1520));
	hex(&b, 0, reply_hex, MS(1530));
	hex(&b, 1, request_hex, MS(1540));
	buf_clear(&b.log);
	hex(&b, 0, reply_hex, MS(1550));
	ok(t, strstr(buf_text(&b.log), "1550 chunk 1x2 latency=0.01"), "or a reply does");
	feed(&b, 1, "\x8f\xff", 2, MS(1560));
	hex(&b, 1, request_hex, MS(1570));
	hex(&b, 0, reply_hex, MS(1580));
	buf_clear(&b.log);
	hex(&b, 1, request_hex, MS(1590));
	ok(t, logged(&b, ""), "what is no WebSocket ends it");
	openpi_wire.end(b.o, MS(1600));
	handshake(&b, MS(2000));
	hex(&b, 1, request_hex, MS(2000));
	buf_clear(&b.log);
	hex(&b, 0, reply_hex, MS(2010));
	ok(t, strstr(buf_text(&b.log), "2010 answered 1 "), "until there is another connection");
	bed_fini(&b);
}

static void test_again(struct tap *t)
{
	struct bed b;

	start(&b, 1000, 0);
	traffic_again(openpi_wire.session(b.o), true);
	handshake(&b, MS(1));
	hex(&b, 1, request_hex, MS(1000));
	hex(&b, 0, reply_hex, MS(1010));
	openpi_wire.lost(b.o, 1, 1000, true, MS(1020));
	openpi_wire.lost(b.o, 0, 1000, true, MS(1020));
	ok(t, logged(&b, ""), "what another engine has told is not told again");
	traffic_again(openpi_wire.session(b.o), false);
	ok(t,
	   strncmp(buf_text(&b.log), "1010 hello fps=0 action.0 action.1 state.0", 42) == 0 &&
		   !strstr(buf_text(&b.log), "asked"),
	   "but learned from, and the joints are told");
	buf_clear(&b.log);
	hex(&b, 1, request_hex, MS(9000));
	ok(t,
	   logged(&b, "9000 start resumed guessed: first request 'do something'\n"
		      "9000 asked 3 " ASKED),
	   "its episode goes on");
	hex(&b, 0, reply_hex, MS(9010));
	traffic_again(openpi_wire.session(b.o), true);
	hex(&b, 1, request_hex, MS(9100));
	hex(&b, 0, reply_hex, MS(9110));
	buf_clear(&b.log);
	traffic_due(openpi_wire.session(b.o), MS(20000));
	traffic_again(openpi_wire.session(b.o), false);
	hex(&b, 1, request_hex, MS(20000));
	ok(t,
	   logged(&b, "12110 end: 3.0 s without traffic ''\n"
		      "20000 start guessed: first request 'do something'\n"
		      "20000 asked 5 " ASKED),
	   "one that ended between the two engines is ended by the second");
	bed_fini(&b);
}

static void test_strangers(struct tap *t)
{
	static const struct {
		const char *what, *client, *server, *told;
		bool first; /* the server speaks first */
	} rows[] = {
		{"a health check", "GET /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nOK\n",
		 "", false},
		{"another upgrade", "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
		 "HTTP/1.1 400 no\r\n\r\n", "", false},
		{"a port scan", "\1\2\3\4", "", "", false},
		{"a web server", ask_upgrade, "HTTP/1.1 404 Not Found\r\n\r\n",
		 "an HTTP server, but no openpi policy server: it said 404 Not Found", false},
		{"an SSH server", ask_upgrade, "SSH-2.0-OpenSSH\r\n",
		 "no openpi policy server, but an SSH server", true},
		{"a ZeroMQ server", ask_upgrade, "\xff\1\1\1\1\1\1\1\1\x7f\3",
		 "no openpi policy server, but a ZeroMQ server, such as GR00T's", true},
		{"TLS", "\x16\3\1\2\3", "",
		 "the client speaks TLS (wss://), which cannot be read: use hook:", false},
		{"another WebSocket server", ask_upgrade, "HTTP/1.1 101 x\r\n\r\n\x81\x02{}",
		 "a WebSocket server, but no openpi policy server: it begins with a text", false},
		{"one with binary messages", ask_upgrade, "HTTP/1.1 101 x\r\n\r\n\x82\x01\x05",
		 "a WebSocket server, but no openpi policy server: its first message is no metadata",
		 false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[200] = "";
		struct bed b;

		start(&b, 3, 50);
		if (rows[i].first)
			feed(&b, 0, rows[i].server, strlen(rows[i].server), MS(1));
		feed(&b, 1, rows[i].client, strlen(rows[i].client), MS(1));
		if (!rows[i].first)
			feed(&b, 0, rows[i].server, strlen(rows[i].server), MS(1));
		openpi_wire.end(b.o, MS(2));
		if (rows[i].told[0])
			snprintf(want, sizeof(want), "1 " HELLO "\n1 stranger 0 0/0 %s\n",
				 rows[i].told);
		ok(t, logged(&b, want), "%s", rows[i].what);
		bed_fini(&b);
	}
}

static void test_bad(struct tap *t)
{
	struct bed b;

	start(&b, 1000, 0);
	handshake(&b, MS(1));
	hex(&b, 1, "81a16b c6ffffffff", MS(1000));
	hex(&b, 0,
	    "81a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c40101"
	    "c4056474797065a37c7531c405736861706593010101",
	    MS(1010));
	ok(t,
	   traffic_bads(openpi_wire.session(b.o)) == 1 &&
		   strcmp(traffic_first_bad(openpi_wire.session(b.o)),
			  "the message is cut short") == 0,
	   "a message that lies about its length is counted");
	hex(&b, 0,
	    "81a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c400"
	    "c4056474797065a37c7531c40573686170659100",
	    MS(1020));
	ok(t, traffic_bads(openpi_wire.session(b.o)) == 2, "as are actions without any");
	buf_clear(&b.log);
	hex(&b, 1, request_hex, MS(1100));
	hex(&b, 0, reply_hex, MS(1110));
	ok(t, strstr(buf_text(&b.log), "1110 chunk 1x2 latency=0.01"), "and the next one is read");
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_vectors(&t);
	test_error(&t);
	test_silence(&t);
	test_images(&t);
	test_lost(&t);
	test_turns(&t);
	test_again(&t);
	test_strangers(&t);
	test_bad(&t);
	return tap_done(&t);
}
