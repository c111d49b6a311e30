/* SPDX-License-Identifier: Apache-2.0 */
/* ZMTP by RFC 23: greeting, READY, envelopes, short and long frames; what is lost, and lies. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/tap.h"
#include "wire/stranger.h"
#include "wire/zmtp.h"

/* As libzmq 4.3 sends it: version 3.1, mechanism NULL, not as a server. */
static void put_greeting(struct buf *b, unsigned major, const char *mechanism)
{
	uint8_t g[ZMTP_GREETING] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, (uint8_t)major, 1};

	memcpy(g + 12, mechanism, strlen(mechanism));
	buf_add(b, g, sizeof(g));
}

#define PUT(b, bytes) buf_add(b, bytes, sizeof(bytes) - 1)

static void put_ready(struct buf *b)
{
	PUT(b, "\4\x19\5READY\xbSocket-Type\0\0\0\3REP");
}

/* Bodies as text with their lengths, commands as "c", errors. */
static const char *read_all(struct zmtp *z, struct buf *text, const struct buf *b, size_t piece)
{
	size_t body = 0;

	buf_clear(text);
	zmtp_init(z);
	for (size_t from = 0; from < b->len; from += piece) {
		size_t n = b->len - from < piece ? b->len - from : piece, at = 0;

		while (at < n) {
			struct zmtp_piece c;

			at += zmtp_take(z, b->p + from + at, n - at, &c);
			body += c.len;
			if (c.command)
				buf_str(text, "c ");
			if (c.len && c.bytes[0]) /* the long one is all zeros */
				buf_add(text, c.bytes, c.len);
			if (c.end)
				buf_printf(text, "(%zu) ", body);
			if (c.end)
				body = 0;
		}
	}
	if (z->error)
		buf_printf(text, "error: %s", z->error);
	return buf_text(text);
}

static void test_messages(struct tap *t)
{
	struct buf b = {0}, text = {0};
	uint8_t large[300] = {0};
	bool same = true;
	struct zmtp z;

	put_greeting(&b, 3, "NULL");
	put_ready(&b);
	PUT(&b, "\1\0\0\2hi");				 /* a delimiter and a short body */
	PUT(&b, "\4\7\4PINGxx\1\0\2\0\0\0\0\0\0\1\x2c"); /* a heartbeat, and a long body */
	buf_add(&b, large, sizeof(large));
	PUT(&b, "\1\3abc\1\0\0\0"); /* an envelope of a router, an empty body */
	for (size_t piece = 1; piece <= b.len; piece++)
		same &= strcmp(read_all(&z, &text, &b, piece), "c hi(2) c (300) (0) ") == 0;
	ok(t, same, "bodies without their envelopes, in any pieces: %s", buf_text(&text));
	ok(t, z.ready && strcmp(z.socket_type, "REP") == 0 && strcmp(z.mechanism, "NULL") == 0,
	   "READY and the greeting are read");
	ok(t, !z.in_frame && !z.in_message && !zmtp_left(&z), "nothing is under way");
	buf_fini(&b);
	buf_fini(&text);
}

static void test_lost(struct tap *t)
{
	struct buf b = {0}, text = {0};
	struct zmtp_piece c;
	struct zmtp z;

	put_greeting(&b, 3, "NULL");
	PUT(&b, "\1\0\2\0\0\0\0\0\0\1\0abc");
	read_all(&z, &text, &b, b.len);
	ok(t, z.in_message && zmtp_left(&z) == 253, "a body of 256 is under way");
	ok(t, zmtp_lost(&z, 250) && zmtp_left(&z) == 3, "bytes within it are stepped over");
	zmtp_take(&z, "xyz", 3, &c);
	ok(t, c.end && !z.in_message, "and it ends where it ends");
	zmtp_take(&z, "\0\5ab", 4, &c);
	ok(t, !zmtp_lost(&z, 4), "bytes beyond its end lose the begin of the next");
	zmtp_resume(&z);
	zmtp_take(&z, "\0\2hi", 4, &c);
	ok(t, c.end && c.len == 2, "until one is known again");
	buf_fini(&b);
	buf_fini(&text);
}

static void test_bad(struct tap *t)
{
	struct buf b = {0}, text = {0};
	struct zmtp z;

	PUT(&b, "HTTP/1.1 400 Bad Request\r\n");
	ok(t, strstr(read_all(&z, &text, &b, 1), "no greeting"), "an HTTP server does not greet");
	buf_clear(&b);
	put_greeting(&b, 1, "NULL");
	ok(t, strstr(read_all(&z, &text, &b, 9), "before version 3"), "an old version");
	buf_clear(&b);
	put_greeting(&b, 3, "NULL");
	PUT(&b, "\2\x80\0\0\0\0\0\0\0");
	ok(t, strstr(read_all(&z, &text, &b, 9), "length"), "a length of 2^63");
	buf_clear(&b);
	put_greeting(&b, 3, "NULL");
	PUT(&b, "\x38\1x");
	ok(t, strstr(read_all(&z, &text, &b, 9), "kind"), "reserved flags");
	buf_clear(&b);
	put_greeting(&b, 3, "NULL");
	PUT(&b, "\4\x19\5READY\xbSocket-Type\xff\xff\xff\xffREP");
	ok(t, strcmp(read_all(&z, &text, &b, 9), "c ") == 0 && z.ready && !z.socket_type[0],
	   "a property longer than its command");
	buf_fini(&b);
	buf_fini(&text);
}

static void test_strangers(struct tap *t)
{
	static const struct {
		const char *bytes, *look;
		size_t n;
	} rows[] = {
		{"HTTP/1.1 404 Not", "an HTTP server", 8},
		{"\x16\x03\x01\x02", "a TLS server (wss:// or https://)", 4},
		{"\xff\0\0\0\0\0\0\0\1\x7f", "a ZeroMQ server, such as GR00T's", 10},
		{"SSH-2.0-OpenSSH", "an SSH server", 8},
		{"\0\0\x12\4\0\0\0\0", "an HTTP/2 server, such as gRPC's", 8},
		{"{\"op\":", "something that speaks JSON", 6},
		{"\1\2\3", "something else", 3},
		{"", "something else", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(t, strcmp(stranger_look(rows[i].bytes, rows[i].n), rows[i].look) == 0, "%s",
		   rows[i].look);
	ok(t, stranger_is_pickle("PK\3\4zip", 7) && !stranger_is_pickle("PK\3", 3), "a pickle");
}

int main(void)
{
	struct tap t = {0};

	test_messages(&t);
	test_lost(&t);
	test_bad(&t);
	test_strangers(&t);
	return tap_done(&t);
}
