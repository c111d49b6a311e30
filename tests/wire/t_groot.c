/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a GR00T server: endpoints, parts, both shapes of a reply, resets, pickles. */
#include <stdlib.h>

#include "tests/tap.h"
#include "tests/wire/events.h"
#include "wire/groot.h"

#define MS(n) ((n)*NS_PER_MS)

struct bed {
	void *g;
	struct buf log;
	size_t piece;
};

static void start(struct bed *b, size_t piece, double fps)
{
	*b = (struct bed){.piece = piece};
	b->g = groot_wire.make(events_emit, &b->log, "left/", fps);
}

static void bed_fini(struct bed *b)
{
	groot_wire.free(b->g);
	buf_fini(&b->log);
}

static void feed(struct bed *b, unsigned direction, const void *p, size_t n, int64_t t_ns)
{
	for (size_t at = 0; at < n;) {
		size_t some = n - at < b->piece ? n - at : b->piece;

		at += groot_wire.bytes(b->g, direction, (const char *)p + at, some, 1, t_ns);
	}
}

static void greet(struct bed *b, unsigned direction, const char *type)
{
	uint8_t g[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L'};
	struct buf ready = {0};

	buf_add(&ready, "\4\x16\5READY\xbSocket-Type\0\0\0", 23);
	ready.p[1] = (char)(ready.p[1] + (char)strlen(type));
	put_byte(&ready, (unsigned)strlen(type));
	buf_str(&ready, type);
	feed(b, direction, g, sizeof(g), MS(1));
	feed(b, direction, ready.p, ready.len, MS(1));
	buf_fini(&ready);
}

static void body(struct bed *b, unsigned direction, const struct buf *p, int64_t t_ns)
{
	struct buf f = {0};

	put_hex(&f, "0100 02");
	for (int shift = 56; shift >= 0; shift -= 8)
		put_byte(&f, (unsigned)((uint64_t)p->len >> shift) & 255);
	buf_add(&f, p->p, p->len);
	feed(b, direction, f.p, f.len, t_ns);
	buf_fini(&f);
}

static void hex(struct bed *b, unsigned direction, const char *text, int64_t t_ns)
{
	struct buf p = {0};

	put_hex(&p, text);
	body(b, direction, &p, t_ns);
	buf_fini(&p);
}

/* numpy.save() of float32 with this shape, written "(1, 2)", the values being 1, 2, 3 … */
static void put_npy(struct buf *p, const char *shape, unsigned n, const char *fortran)
{
	struct buf file = {0};

	buf_add(&file, "\x93NUMPY\1\0\x76\0", 10);
	buf_printf(&file, "{'descr': '<f4', 'fortran_order': %s, 'shape': %s, }", fortran, shape);
	while (file.len < 127)
		buf_str(&file, " ");
	buf_str(&file, "\n");
	for (unsigned i = 1; i <= n; i++)
		buf_add(&file, &(float){(float)i}, 4);
	put_hex(p, "82");
	put_str(p, "__ndarray_class__");
	put_hex(p, "c3");
	put_str(p, "as_npy");
	put_bin(p, file.p, file.len);
	buf_fini(&file);
}

static void endpoint(struct buf *p, const char *word, unsigned pairs)
{
	put_byte(p, 0x80 | pairs);
	put_str(p, "endpoint");
	put_str(p, word);
}

/* A flat observation, as of generation B. */
static void ask_flat(struct bed *b, int64_t t_ns)
{
	struct buf p = {0};

	endpoint(&p, "get_action", 2);
	put_str(&p, "data");
	put_hex(&p, "83");
	put_str(&p, "state.gripper");
	put_npy(&p, "(1, 1)", 1, "False");
	put_str(&p, "state.single_arm");
	put_npy(&p, "(2, 2)", 4, "False");
	put_str(&p, "annotation.human.task_description");
	put_hex(&p, "91");
	put_str(&p, "pick");
	body(b, 1, &p, t_ns);
	buf_fini(&p);
}

static void answer_flat(struct bed *b, int64_t t_ns)
{
	struct buf p = {0};

	put_hex(&p, "82");
	put_str(&p, "action.single_arm");
	put_npy(&p, "(3, 2)", 6, "True");
	put_str(&p, "action.gripper");
	put_npy(&p, "(3,)", 3, "False");
	body(b, 0, &p, t_ns);
	buf_fini(&p);
}

static void answer_nested(struct bed *b, int64_t t_ns)
{
	struct buf p = {0};

	put_hex(&p, "92 81");
	put_str(&p, "single_arm");
	put_npy(&p, "(1, 2, 2)", 4, "False");
	put_hex(&p, "80");
	body(b, 0, &p, t_ns);
	buf_fini(&p);
}

static bool logged(struct bed *b, const char *want)
{
	bool same = strcmp(buf_text(&b->log), want) == 0;

	if (!same)
		printf("# got:\n%s# wanted:\n%s", buf_text(&b->log), want);
	buf_clear(&b->log);
	return same;
}

#define TENSORS " >state.gripper<f41x1 min=1 max=1 >state.single_arm<f42x2 min=1 max=4"
#define JOINTS	"hello fps=10 left/single_arm.0 left/single_arm.1 left/gripper.0\n"

static void test_session(struct tap *t)
{
	for (size_t piece = 1; piece < 400; piece += piece < 5 ? 1 : 97) {
		struct bed b;

		start(&b, piece, 10);
		greet(&b, 1, "REQ");
		greet(&b, 0, "REP");
		hex(&b, 1, "81a8656e64706f696e74a470696e67", MS(10));
		hex(&b, 0,
		    "82a6737461747573a26f6ba76d657373616765b1536572766572206973207275"
		    "6e6e696e67",
		    MS(11));
		ask_flat(&b, MS(1000));
		answer_flat(&b, MS(1100));
		ask_flat(&b, MS(1300));
		groot_wire.end(b.g, MS(1400));
		ok(t,
		   logged(&b,
			  "1 hello fps=10\n10 asked 1 ping 15/0\n11 answered 1 ping 15/37\n"
			  "1000 start guessed: first request 'pick'\n"
			  "1000 asked 2 get_action 449/0" TENSORS "\n1100 " JOINTS
			  "1100 answered 2 get_action 449/396" TENSORS
			  " <action.single_arm<f43x2 min=1 max=6 <action.gripper<f43 min=1 max=3 "
			  "acted\n1100 chunk 3x3 latency=0.1 'pick' 1 4 1 2 5 2 3 6 3\n"
			  "1100 step 0 policy seen: 3 4 1 asked: 1 4 1\n1300 executed 2\n"
			  "1300 asked 3 get_action 449/0" TENSORS
			  "\n1400 broken 3 get_action 449/0" TENSORS "\n1400 end: connection ''\n"),
		   "ping, a flat observation, arrays in both orders, pieces of %zu", piece);
		bed_fini(&b);
	}
}

static void test_reset(struct tap *t)
{
	struct buf p = {0};
	struct bed b;

	start(&b, 1000, 0);
	greet(&b, 1, "REQ");
	greet(&b, 0, "ROUTER");
	buf_clear(&b.log);
	endpoint(&p, "reset", 1);
	body(&b, 1, &p, MS(100));
	hex(&b, 0, "80", MS(101));
	ok(t,
	   logged(&b, "100 start: policy reset ''\n100 reset \n100 asked 1 reset 18/0\n"
		      "101 answered 1 reset 18/1\n"),
	   "a reset begins an episode");
	ok(t, traffic_due(groot_wire.session(b.g), MS(99000)) == INT64_MAX,
	   "which waits for its first request, however long");
	ask_flat(&b, MS(100000));
	answer_nested(&b, MS(100010));
	ok(t, strstr(buf_text(&b.log), "100010 chunk 2x2 latency=0.01 'pick' 1 2 3 4\n"),
	   "a reply of [action, info]");
	buf_clear(&b.log);
	body(&b, 1, &p, MS(101000));
	ok(t,
	   logged(&b, "101000 end: policy reset ''\n101000 start: policy reset ''\n101000 reset \n"
		      "101000 asked 3 reset 18/0\n"),
	   "and another one the next");
	hex(&b, 0, "81a56572726f72a4626f6f6d", MS(101001));
	ok(t, logged(&b, "101001 failed 3 reset 18/12 boom\n"), "an error");
	buf_fini(&p);
	bed_fini(&b);
}

static void test_pickles(struct tap *t)
{
	struct bed b;

	start(&b, 2, 0);
	greet(&b, 1, "REQ");
	greet(&b, 0, "REP");
	buf_clear(&b.log);
	hex(&b, 1, "504b0304000000", MS(10));
	hex(&b, 0, "504b030400", MS(30));
	ok(t,
	   logged(&b,
		  "10 asked 1 7/0\n"
		  "10 note groot: this server's version (generation A) sends pickles, which are "
		  "never read: only sizes and latency are known\n"
		  "30 answered 1 7/5\n"),
	   "pickles are not read");
	bed_fini(&b);
}

static void test_strangers(struct tap *t)
{
	struct bed b;

	start(&b, 1, 0);
	feed(&b, 0, "SSH-2.0-x\r\n", 11, MS(1));
	ok(t, logged(&b, ""), "a server that speaks first is nobody's yet");
	feed(&b, 1, "\xff\0\0\0\0\0\0\0\1\x7f", 10, MS(2));
	ok(t,
	   logged(&b, "2 hello fps=0\n2 stranger 0 0/0 no GR00T policy server, but an SSH "
		      "server\n"),
	   "until a client greets it");
	groot_wire.end(b.g, MS(3));
	feed(&b, 1, "GET / HTTP/1.1\r\n\r\n", 18, MS(4));
	greet(&b, 0, "REP");
	ok(t, logged(&b, ""), "a client that does not greet is none");
	groot_wire.end(b.g, MS(5));
	greet(&b, 1, "SUB");
	greet(&b, 0, "PUB");
	ok(t,
	   logged(&b, "1 stranger 0 0/0 a ZeroMQ server, but no GR00T policy server: its socket is "
		      "PUB\n"),
	   "another kind of socket");
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_session(&t);
	test_reset(&t);
	test_pickles(&t);
	test_strangers(&t);
	return tap_done(&t);
}
