/* SPDX-License-Identifier: Apache-2.0 */
/* The Foxglove client, with messages as lerobot-rollout 0.6.1 sends them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "wire/foxglove.h"
#include "wire/websocket.h"

#define INFO                                                                                       \
	"{\"op\":\"serverInfo\",\"name\":\"\",\"capabilities\":[],\"metadata\":"                   \
	"{\"fg-library\":\"foxglove-sdk-python/0.25.3\"},\"sessionId\":\"1795227338876\"}"
#define CHANNEL(id, topic, encoding)                                                               \
	"{\"id\":" #id ",\"topic\":\"" topic "\",\"encoding\":\"" encoding                         \
	"\",\"schemaName\":\"lerobot.Scalars\",\"schemaEncoding\":\"jsonschema\",\"schema\":"      \
	"\"{\\\"type\\\": \\\"object\\\"}\"}"
#define ADVERTISE(channels) "{\"op\":\"advertise\",\"channels\":[" channels "]}"
#define STATE		    CHANNEL(2, "/observation/state", "json")
#define ACTION		    CHANNEL(3, "/action/state", "json")
#define TWO(a, b)                                                                                  \
	"{\"scalars\": [{\"label\": \"shoulder_pan.pos\", \"value\": " a                           \
	"}, {\"label\": \"gripper.pos\", \"value\": " b "}]}"

struct world {
	struct foxglove *f;
	struct buf in; /* what the server has sent */
	unsigned n[EVENT_END + 1];
	struct hello hello;
	struct step step;
	char note[400];
	struct buf log, sent;
};

static void keep(void *host, const struct event *ev)
{
	struct world *w = host;

	w->n[ev->kind]++;
	if (ev->kind == EVENT_HELLO)
		w->hello = *ev->hello;
	if (ev->kind == EVENT_STEP)
		w->step = *ev->step;
	if (ev->kind == EVENT_NOTE)
		snprintf(w->note, sizeof(w->note), "%s", ev->text);
	buf_printf(&w->log, "%d %lld %lld;", (int)ev->kind, (long long)ev->t_ns,
		   (long long)ev->src_ns);
}

static void frame(struct buf *b, unsigned opcode, const void *p, size_t n)
{
	uint8_t head[4] = {(uint8_t)(0x80 | opcode), (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)n};

	if (n > 125)
		head[1] = 126;
	buf_add(b, head, n > 125 ? 4 : 2);
	buf_add(b, p, n);
}

static void data(struct buf *b, uint32_t subscription, uint64_t log_time, const char *text)
{
	uint8_t m[1024] = {1};

	for (unsigned i = 0; i < 4; i++)
		m[1 + i] = (uint8_t)(subscription >> 8 * i);
	for (unsigned i = 0; i < 8; i++)
		m[5 + i] = (uint8_t)(log_time >> 8 * i);
	memcpy(m + 13, text, strlen(text));
	frame(b, 2, m, 13 + strlen(text));
}

static void text(struct buf *b, const char *s)
{
	frame(b, 1, s, strlen(s));
}

/* Decodes what the server has sent, in pieces of `step`, and keeps what is answered. */
static void play(struct world *w, size_t step, int64_t t_ns)
{
	size_t at = 0;

	while (at < w->in.len) {
		size_t piece = step < w->in.len - at ? step : w->in.len - at;
		const struct buf *r;

		at += foxglove_bytes(w->f, w->in.p + at, piece, 2, t_ns);
		r = foxglove_replies(w->f);
		if (r->len)
			buf_add(&w->sent, r->p, r->len);
	}
	buf_clear(&w->in);
}

static void shake(struct world *w)
{
	struct buf b = {0};

	foxglove_request(&b, "127.0.0.1:8765", (const uint8_t *)"the sample nonce");
	foxglove_sent(w->f, b.p, b.len);
	buf_str(&w->in, "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n"
			"upgrade: websocket\r\n"
			"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
			"sec-websocket-protocol: foxglove.sdk.v1\r\n\r\n");
	buf_fini(&b);
}

static void begin(struct world *w, const char *prefix)
{
	w->f = foxglove_new(keep, w, prefix, 0);
	shake(w);
	text(&w->in, INFO);
}

static void end(struct world *w)
{
	foxglove_free(w->f);
	buf_fini(&w->in);
	buf_fini(&w->log);
	buf_fini(&w->sent);
}

/* The messages that were sent, without masks: "1:{…} 10:x ". */
static void sent_text(const struct world *w, struct buf *out)
{
	struct websocket ws;
	size_t at = 0;

	websocket_init(&ws, true, 1000);
	while (at < w->sent.len) {
		struct websocket_message m;
		bool whole;

		at += websocket_take(&ws, w->sent.p + at, w->sent.len - at, &m, &whole);
		if (whole)
			buf_printf(out, "%d:%.*s ", (int)m.opcode, (int)m.len,
				   m.len ? (const char *)m.bytes : "");
	}
	websocket_fini(&ws);
}

static void test_subscribe(struct tap *t)
{
	struct world w = {0};
	struct buf said = {0};
	const char *why;

	begin(&w, "");
	text(&w.in, ADVERTISE(CHANNEL(1, "/observation/images/front", "protobuf")));
	text(&w.in, ADVERTISE(STATE));
	frame(&w.in, 9, "beat", 4);
	text(&w.in, ADVERTISE(ACTION));
	ok(t, foxglove_ready(w.f, &why) == 0, "before the handshake nothing is known");
	play(&w, 7, 5);
	ok(t, foxglove_ready(w.f, &why) == 1 && foxglove_bad(w.f) == 0, "the handshake is done");
	sent_text(&w, &said);
	ok(t,
	   strcmp(buf_text(&said),
		  "1:{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":1,\"channelId\":2}]} "
		  "10:beat "
		  "1:{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":2,\"channelId\":3}]} ") == 0,
	   "two topics are subscribed to, a ping answered: %s", buf_text(&said));
	ok(t, w.n[EVENT_NOTE] == 1 && strstr(w.note, "/observation/images/front"), "%s", w.note);
	frame(&w.in, 8, "\x03\xe8", 2);
	play(&w, 99, 5);
	ok(t, foxglove_ready(w.f, &why) == -1, "a close ends it: %s", why);
	buf_fini(&said);
	end(&w);
}

/* A channel is offered a moment before the server takes a subscription to it: its own words. */
static void test_refused(struct tap *t)
{
	static const char no[] =
		"{\"op\":\"status\",\"level\":2,\"message\":\"Unknown channel ID: 3\"}";
	struct world w = {0};
	struct buf said = {0};

	begin(&w, "");
	text(&w.in, ADVERTISE(STATE));
	text(&w.in, ADVERTISE(ACTION));
	play(&w, 99, 5);
	buf_clear(&w.sent);
	text(&w.in, no);
	play(&w, 99, 6);
	ok(t,
	   foxglove_due(w.f, 90 * NS_PER_MS) == 100 * NS_PER_MS + 5 &&
		   foxglove_replies(w.f)->len == 0,
	   "what was refused is not asked for again at once");
	ok(t, foxglove_due(w.f, 110 * NS_PER_MS) == INT64_MAX, "but a little later");
	buf_add(&w.sent, foxglove_replies(w.f)->p, foxglove_replies(w.f)->len);
	sent_text(&w, &said);
	ok(t,
	   strcmp(buf_text(&said),
		  "1:{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":3,\"channelId\":3}]} ") ==
			   0 &&
		   foxglove_bad(w.f) == 0,
	   "once: %s", buf_text(&said));
	data(&w.in, 3, 3000, TWO("1", "2"));
	data(&w.in, 1, 3000, TWO("1", "2"));
	play(&w, 99, 130 * NS_PER_MS);
	ok(t, w.step.vec[VEC_ASKED].present && w.step.vec[VEC_SEEN].present, "then it is read");
	buf_fini(&said);
	end(&w);
}

static void test_steps(struct tap *t)
{
	struct world w = {0};
	double v;

	begin(&w, "left/");
	text(&w.in, ADVERTISE(STATE "," ACTION));
	data(&w.in, 1, 1795227339054482501u, TWO("-5.274725274725275", "5.540720961281709"));
	play(&w, SIZE_MAX, 5);
	ok(t, w.n[EVENT_STEP] == 0, "a state waits for its action");
	data(&w.in, 2, 1795227339054482501u, TWO("-3.9263877868652344", "NaN"));
	play(&w, SIZE_MAX, 6);
	ok(t, w.n[EVENT_STEP] == 1 && w.n[EVENT_HELLO] == 1, "then both are a step");
	ok(t,
	   w.hello.joints == 2 && strcmp(w.hello.joint[1].name, "left/gripper.pos") == 0 &&
		   w.hello.joint[1].unit == UNIT_UNKNOWN && !(w.hello.fps > 0) &&
		   w.hello.facts == (FACT_SEEN | FACT_ASKED),
	   "joints are called as the labels are, units and rate are unknown");
	ok(t,
	   vec_value(&w.step.vec[VEC_SEEN], 0, &v) && !(v < -5.274725274725275) &&
		   !(v > -5.274725274725275) && vec_value(&w.step.vec[VEC_ASKED], 0, &v) &&
		   !(v < -3.9263877868652344) && !(v > -3.9263877868652344),
	   "seen and asked have the values");
	ok(t, vec_known(&w.step.vec[VEC_ASKED], 1) && isnan(w.step.vec[VEC_ASKED].v[1]),
	   "a NaN that was sent is one");
	ok(t, w.step.t_ns == 6 && w.step.src_ns == 1795227339054482501 && w.step.seq < 0,
	   "times are the reading's and the log's, the number is unknown");
	ok(t, !w.step.vec[VEC_SENT].present && !w.step.vec[VEC_GOT].present, "the rest is blind");
	data(&w.in, 1, 20, TWO("1", "null"));
	data(&w.in, 1, 30, TWO("2", "2"));
	play(&w, SIZE_MAX, 7);
	ok(t,
	   w.n[EVENT_STEP] == 2 && w.step.src_ns == 20 && !w.step.vec[VEC_ASKED].present &&
		   !vec_known(&w.step.vec[VEC_SEEN], 1),
	   "a state without action is a step of its own; null is unknown");
	data(&w.in, 2, 30,
	     "{\"scalars\":[{\"value\":4,\"label\":\"gripper.pos\"},"
	     "{\"label\":\"x.vel\",\"value\":-0.0}]}");
	play(&w, SIZE_MAX, 8);
	ok(t,
	   w.n[EVENT_HELLO] == 2 && w.hello.joints == 3 && w.step.joints == 3 &&
		   signbit(w.step.vec[VEC_ASKED].v[2]) && !vec_known(&w.step.vec[VEC_ASKED], 0) &&
		   w.step.vec[VEC_ASKED].v[1] > 3.5,
	   "labels count, not places; a new one is told");
	data(&w.in, 1, 40, TWO("9", "9"));
	play(&w, SIZE_MAX, 9);
	data(&w.in, 2, 41, TWO("9", "9"));
	play(&w, SIZE_MAX, 10);
	ok(t, w.n[EVENT_STEP] == 4 && w.step.t_ns == 9 && !w.step.vec[VEC_ASKED].present,
	   "another log time is another step");
	foxglove_end(w.f, 11);
	ok(t, w.n[EVENT_STEP] == 5 && w.step.t_ns == 10 && !w.step.vec[VEC_SEEN].present,
	   "the end emits what is left");
	ok(t, foxglove_bad(w.f) == 0, "nothing was bad");
	end(&w);
}

static void test_changes(struct tap *t)
{
	struct world w = {0};

	begin(&w, "");
	text(&w.in, ADVERTISE(STATE));
	data(&w.in, 1, 10, TWO("1", "2"));
	play(&w, 1, 5);
	ok(t, w.n[EVENT_STEP] == 1, "without an action topic a state does not wait");
	text(&w.in, "{\"op\":\"unadvertise\",\"channelIds\":[9,2]}");
	data(&w.in, 1, 20, TWO("1", "2"));
	play(&w, 1, 5);
	ok(t, w.n[EVENT_STEP] == 1, "a topic that is withdrawn is not read");
	text(&w.in,
	     "{\"channels\":[" CHANNEL(7, "/observation/state", "json") "],"
									"\"op\":\"advertise\"}");
	data(&w.in, 1, 30, TWO("1", "2"));
	data(&w.in, 2, 30, TWO("1", "2"));
	play(&w, 1, 5);
	ok(t, w.n[EVENT_STEP] == 2 && w.n[EVENT_HELLO] == 1,
	   "offered again, it is; the old subscription is not");
	text(&w.in, ADVERTISE(CHANNEL(8, "/observation/state", "json")));
	text(&w.in, "{\"op\":\"unadvertise\",\"channelIds\":[7]}");
	data(&w.in, 3, 40, TWO("1", "2"));
	play(&w, 1, 5);
	ok(t, w.n[EVENT_STEP] == 3 && foxglove_bad(w.f) == 0,
	   "offered again before it is withdrawn, the new one is read");
	foxglove_end(w.f, 6);
	shake(&w);
	text(&w.in, ADVERTISE(ACTION));
	data(&w.in, 4, 40, TWO("1", "2"));
	play(&w, 3, 7);
	ok(t, w.n[EVENT_STEP] == 4 && w.n[EVENT_HELLO] == 2 && !w.step.vec[VEC_SEEN].present,
	   "another connection says hello again");
	end(&w);
}

static void test_hostile(struct tap *t)
{
	static const char *const bad[] = {
		"{\"op\":\"advertise\",\"channels\":3}",
		"{\"op\":\"advertise\",\"channels\":[3]}",
		"{\"op\":\"advertise\",\"channels\":[{\"topic\":\"/action/state\"}]}",
		ADVERTISE(CHANNEL(-1, "/action/state", "json")),
		ADVERTISE(CHANNEL(18446744073709551615, "/action/state", "json")),
		ADVERTISE(CHANNEL(8, "/action/state", "cdr\\u001b[2J")),
		"{\"op\":\"unadvertise\",\"channelIds\":{}}",
		"{\"op\":\"status\",\"level\":2,\"message\":\"full\\u001b[2J\"}",
		"[1]",
		"",
		"{\"op\":\"advertise\",\"channels\":[",
	};
	struct world w = {0};
	uint64_t before;
	int64_t now = NS_PER_S;

	begin(&w, "");
	text(&w.in, ADVERTISE(STATE));
	play(&w, SIZE_MAX, now);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		before = foxglove_bad(w.f);
		text(&w.in, bad[i]);
		play(&w, 1, now += NS_PER_S);
		ok(t, foxglove_bad(w.f) == before + 1 && !strchr(w.note, '\x1b'), "%s", w.note);
	}
	end(&w);
}

static void test_hostile_values(struct tap *t)
{
	static const char *const values[] = {
		"",
		"[]",
		"{}",
		"{\"scalars\":[]}",
		"{\"scalars\":{}}",
		"{\"scalars\":[1]}",
		"{\"scalars\":[{\"label\":\"a\"}]}",
		"{\"scalars\":[{\"value\":1}]}",
		"{\"scalars\":[{\"label\":\"\",\"value\":1}]}",
		"{\"scalars\":[{\"label\":\"shoulder_pan.pos\",\"value\":1e999}]}",
		TWO("1", "2") "x",
		"{\"scalars\":[{\"label\":\"a\",\"value\":1},{\"label\":\"a\",\"value\":2}]}",
	};
	struct world w = {0};
	uint64_t before;
	int64_t now = NS_PER_S;

	begin(&w, "");
	text(&w.in, ADVERTISE(STATE));
	play(&w, SIZE_MAX, now);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		before = foxglove_bad(w.f);
		data(&w.in, 1, 7, values[i]);
		play(&w, 1, now += NS_PER_S);
		ok(t, foxglove_bad(w.f) == before + 1, "%s", w.note);
	}
	ok(t, strstr(foxglove_first_bad(w.f), "values that are no JSON object"),
	   "the first reason is kept: %s", foxglove_first_bad(w.f));
	before = foxglove_bad(w.f);
	data(&w.in, 1, UINT64_MAX, TWO("1", "2"));
	frame(&w.in, 2, "\x01\x01\x00", 3);
	play(&w, 1, now += NS_PER_S);
	ok(t, foxglove_bad(w.f) == before + 2 && w.step.src_ns == TIME_UNKNOWN,
	   "a log time that is none, a head that is cut: %s", w.note);
	frame(&w.in, 2, "", 0);
	frame(&w.in, 2,
	      "\x02"
	      "12345678",
	      9);
	play(&w, 1, now += NS_PER_S);
	ok(t, foxglove_bad(w.f) == before + 2, "other binary messages are none of ours");
	end(&w);
}

static void test_bounds(struct tap *t)
{
	struct world w = {0};
	unsigned notes;

	begin(&w, "");
	text(&w.in, ADVERTISE(STATE));
	for (unsigned i = 0; i < 300; i++) {
		char one[200];

		snprintf(one, sizeof(one), "{\"scalars\":[{\"label\":\"joint%u\",\"value\":%u}]}",
			 i, i);
		data(&w.in, 1, i, one);
	}
	play(&w, SIZE_MAX, NS_PER_S);
	ok(t, w.hello.joints == MAX_JOINTS && foxglove_bad(w.f) == 300 - MAX_JOINTS,
	   "labels over the limit are bad");
	notes = w.n[EVENT_NOTE];
	for (unsigned i = 0; i < 100; i++)
		text(&w.in, ADVERTISE(CHANNEL(5, "/tf", "protobuf")));
	play(&w, SIZE_MAX, NS_PER_S);
	ok(t, notes == 1 && w.n[EVENT_NOTE] == notes + 8, "notes are bounded, too");
	end(&w);
}

int main(void)
{
	struct tap t = {0};

	test_subscribe(&t);
	test_refused(&t);
	test_steps(&t);
	test_changes(&t);
	test_hostile(&t);
	test_hostile_values(&t);
	test_bounds(&t);
	return tap_done(&t);
}
