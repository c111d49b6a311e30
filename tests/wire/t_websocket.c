/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket by the examples of RFC 6455 (and SHA-1 by those of FIPS 180), whole and in pieces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "wire/sha1.h"
#include "wire/websocket.h"

#define KEY	    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT_LINE "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define GOOD	    "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
#define SPOKEN	    "sec-websocket-protocol: chat\r\n"

static void test_sha1(struct tap *t)
{
	static const struct {
		const char *text, *digest;
	} known[] = {
		{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		 "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		 "a49b2446a02c645bf419f995b67091253a04a259"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t digest[SHA1_BYTES];
		char hex[2 * SHA1_BYTES + 1];

		sha1(digest, known[i].text, strlen(known[i].text));
		for (unsigned k = 0; k < SHA1_BYTES; k++)
			snprintf(hex + 2 * k, 3, "%02x", digest[k]);
		ok(t, strcmp(hex, known[i].digest) == 0, "SHA-1 of %zu bytes: %s",
		   strlen(known[i].text), hex);
	}
}

static ssize_t answer(const char *text, struct err *e)
{
	return websocket_answer(text, strlen(text), KEY, "chat", e);
}

static void test_handshake(struct tap *t)
{
	static const char *const bad[] = {
		"SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
		GOOD SPOKEN "\r\n",
		GOOD SPOKEN "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		GOOD ACCEPT_LINE "\r\n",
		GOOD ACCEPT_LINE SPOKEN "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		"HTTP/1.1 101 x\r\n" ACCEPT_LINE SPOKEN "\r\n",
		"HTTP/1.1\r\n\r\n",
	};
	static const char good[] = GOOD ACCEPT_LINE SPOKEN "\r\n", more[] = "\x81\x00";
	char key[WEBSOCKET_KEY + 1], accept[WEBSOCKET_ACCEPT + 1], long_head[9000];
	struct buf b = {0};
	struct err e = {0};
	bool waits = true;

	websocket_key(key, (const uint8_t *)"the sample nonce");
	ok(t, strcmp(key, KEY) == 0, "the key is %s", key);
	websocket_accept(accept, key);
	ok(t, strcmp(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0, "its answer is %s", accept);
	websocket_request(&b, "h:1", KEY, "chat");
	memset(key, 0, sizeof(key));
	ok(t, websocket_request_key(key, b.p, b.len) && strcmp(key, KEY) == 0,
	   "a handshake gives its key back");
	ok(t, !websocket_request_key(key, "GET / HTTP/1.1\r\n\r\n", 18), "one without has none");
	buf_clear(&b);
	buf_add(&b, good, sizeof(good) - 1);
	buf_add(&b, more, 2);
	for (size_t n = 0; n < sizeof(good) - 1; n++)
		waits = waits && websocket_answer(b.p, n, KEY, "chat", &e) == 0;
	ok(t, waits, "an answer that is cut waits for more");
	ok(t, websocket_answer(b.p, b.len, KEY, "chat", &e) == (ssize_t)sizeof(good) - 1,
	   "a whole one ends where frames begin");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(t, answer(bad[i], &e) == -EPROTO, "%s", e.msg);
	memset(long_head, 'x', sizeof(long_head));
	memcpy(long_head, "HTTP/1.1 101", 12);
	ok(t, websocket_answer(long_head, sizeof(long_head), KEY, "chat", &e) == -EPROTO, "%s",
	   e.msg);
	buf_fini(&b);
}

/* What the frames are, as text: "1:Hello 9:x 2:<300> 2:>70000 !why". */
static void describe(struct buf *out, bool from_client, size_t limit, const void *p, size_t n,
		     size_t step)
{
	struct websocket w;
	size_t at = 0;

	websocket_init(&w, from_client, limit);
	while (at < n) {
		struct websocket_message m;
		size_t piece = step < n - at ? step : n - at;
		bool whole;

		at += websocket_take(&w, (const char *)p + at, piece, &m, &whole);
		if (whole && m.size > m.len)
			buf_printf(out, "%d:>%llu ", (int)m.opcode, (unsigned long long)m.size);
		else if (whole && m.len > 20)
			buf_printf(out, "%d:<%zu> ", (int)m.opcode, m.len);
		else if (whole)
			buf_printf(out, "%d:%.*s ", (int)m.opcode, (int)m.len,
				   m.len ? (const char *)m.bytes : "");
	}
	if (w.error)
		buf_printf(out, "!%s", w.error);
	websocket_fini(&w);
}

/* The same whether they come at once, byte by byte or in threes. */
static bool is(bool from_client, size_t limit, const void *p, size_t n, const char *want)
{
	static const size_t steps[] = {SIZE_MAX, 1, 3};
	bool same = true;

	for (unsigned i = 0; i < 3; i++) {
		struct buf out = {0};

		describe(&out, from_client, limit, p, n, steps[i]);
		if (strcmp(buf_text(&out), want) != 0) {
			printf("# in %zu: %s\n", steps[i], buf_text(&out));
			same = false;
		}
		buf_fini(&out);
	}
	return same;
}

#define FRAMES(text) text, sizeof(text) - 1

static void test_frames(struct tap *t)
{
	static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	struct buf b = {0};

	ok(t, is(false, 99, FRAMES("\x81\x05Hello"), "1:Hello "), "a text");
	ok(t, is(true, 99, FRAMES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "1:Hello "),
	   "a masked one");
	ok(t,
	   is(false, 99, FRAMES("\x01\x03Hel\x89\x05Hello\x80\x02lo\x8a\x00"),
	      "9:Hello 1:Hello 10: "),
	   "one in pieces with a ping between, and a pong");
	ok(t, is(false, 99, FRAMES("\x02\x00\x00\x00\x80\x00\x88\x02\x03\xe8"), "2: 8:\x03\xe8 "),
	   "empty pieces, and a close");
	websocket_frame(&b, WEBSOCKET_TEXT, "Hello", 5, mask);
	ok(t, b.len == 11 && memcmp(b.p, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11) == 0,
	   "written as the RFC writes it");
	buf_fini(&b);
}

static void test_lengths(struct tap *t)
{
	static const uint8_t mask[4] = {1, 2, 3, 4};
	uint8_t *big = calloc(1, 70000 + 10 + 7);
	struct buf b = {0};

	memcpy(big, "\x82\x7e\x01\x00", 4);
	ok(t, is(false, 256, big, 260, "2:<256> "), "256 bytes");
	memcpy(big, "\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70", 10);
	memcpy(big + 70010, "\x81\x05Hello", 7);
	ok(t, is(false, 70000, big, 70017, "2:<70000> 1:Hello "), "70000 bytes");
	ok(t, is(false, 69999, big, 70017, "2:>70000 1:Hello "),
	   "more than the limit is stepped over, and its size told");
	websocket_frame(&b, WEBSOCKET_BINARY, big, 300, mask);
	ok(t, is(true, 300, b.p, b.len, "2:<300> ") && b.len == 308, "300 bytes, masked");
	ok(t, is(false, 9, FRAMES("\x02\x05Hello\x80\x05Hello\x82\x01x"), "2:>10 2:x "),
	   "pieces count together");
	free(big);
	buf_fini(&b);
}

static void test_hostile(struct tap *t)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} bad[] = {
		{FRAMES("\xc1\x00"), "!a frame uses an extension that nobody agreed on"},
		{FRAMES("\x81\x80\x01\x02\x03\x04"), "!a server's frame is masked"},
		{FRAMES("\x83\x00"), "!a frame of an unknown kind"},
		{FRAMES("\x8b\x00"), "!a frame of an unknown kind"},
		{FRAMES("\x89\x7e\x00\x7e"), "!a control frame is too long or in pieces"},
		{FRAMES("\x09\x00"), "!a control frame is too long or in pieces"},
		{FRAMES("\x81\x01x\x80\x00"), "1:x !a piece of no message"},
		{FRAMES("\x01\x01x\x81\x00"), "!a message begins inside another"},
		{FRAMES("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"), "!an impossible length"},
		{FRAMES("\x02\x01x\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff"),
		 "!an impossible length"},
		{FRAMES("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffxxx"), ""},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(t, is(false, 99, bad[i].bytes, bad[i].n, bad[i].want), "hostile: %s",
		   bad[i].want);
	ok(t, is(true, 99, FRAMES("\x81\x00"), "!a client's frame is not masked"),
	   "a client has to mask");
}

/* In pieces, as they pass: "1:Hello 9:x 2:<300> !why". */
static void describe_pieces(struct buf *out, const void *p, size_t n, size_t step)
{
	struct websocket w;
	uint8_t plain[400];
	size_t at = 0, len = 0;

	websocket_init(&w, true, 0);
	while (at < n) {
		struct websocket_piece c;
		size_t piece = step < n - at ? step : n - at;
		bool any;

		at += websocket_pieces(&w, (const char *)p + at, piece, &c, &any);
		if (any && c.opcode >= WEBSOCKET_CLOSE) {
			buf_printf(out, "%d:%.*s ", (int)c.opcode, (int)c.len,
				   c.len ? (const char *)c.bytes : "");
		} else if (any) {
			websocket_unmask(&w, &c, 0, plain + len, c.len / 2);
			websocket_unmask(&w, &c, c.len / 2, plain + len + c.len / 2,
					 c.len - c.len / 2);
			len += c.len;
		}
		if (any && c.end)
			buf_printf(out, "%d:%.*s ", (int)c.opcode, (int)len, (const char *)plain);
		if (any && c.end)
			len = 0;
	}
	if (w.error)
		buf_printf(out, "!%s", w.error);
	websocket_fini(&w);
}

static void test_pieces(struct tap *t)
{
	static const char bytes[] = "\x01\x83\1\2\3\4"
				    "Igo"
				    "\x89\x81\0\0\0\0x"
				    "\x80\x82\0\0\0\0lo\x82\x80\0\0\0\0\x81\x00";
	static const char want[] = "9:x 1:Hello 2: !a client's frame is not masked";
	struct buf b = {0}, out = {0};
	bool same = true;

	buf_add(&b, bytes, sizeof(bytes) - 1);
	for (size_t step = 1; step <= b.len; step++) {
		buf_clear(&out);
		describe_pieces(&out, b.p, b.len, step);
		same &= strcmp(buf_text(&out), want) == 0;
	}
	ok(t, same, "messages in pieces: %s", buf_text(&out));
	buf_fini(&b);
	buf_fini(&out);
}

static void test_lost(struct tap *t)
{
	struct websocket_piece c;
	struct websocket w;
	uint8_t plain[8];
	bool any;

	websocket_init(&w, true, 0);
	websocket_pieces(&w, "\x82\x89\1\2\3\4\1", 7, &c, &any);
	ok(t, any && websocket_left(&w) == 8 && !websocket_between(&w), "a frame is under way");
	ok(t, websocket_lost(&w, 5) && websocket_left(&w) == 3, "bytes within it are stepped over");
	websocket_pieces(&w, "\3\4\1", 3, &c, &any);
	websocket_unmask(&w, &c, 0, plain, 3);
	ok(t, any && c.end && !memcmp(plain, "\0\0\0", 3) && websocket_between(&w),
	   "and the mask goes on where it should");
	websocket_pieces(&w, "\x82\x89", 2, &c, &any);
	ok(t, !websocket_lost(&w, 1), "in a head there is no going on");
	websocket_resume(&w);
	websocket_pieces(&w, "\x82\x81\1\2\3\4x", 7, &c, &any);
	ok(t, any && c.end && c.len == 1, "until the begin of a message is known again");
	websocket_fini(&w);
}

int main(void)
{
	struct tap t = {0};

	test_sha1(&t);
	test_handshake(&t);
	test_frames(&t);
	test_lengths(&t);
	test_hostile(&t);
	test_pieces(&t);
	test_lost(&t);
	return tap_done(&t);
}
