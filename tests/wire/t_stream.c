/* SPDX-License-Identifier: Apache-2.0 */
/* The stream protocol: what lines become, and that hostile ones become nothing worse. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"
#include "tests/tap.h"
#include "wire/stream.h"

/* Keeps the last event of each kind, and how many there were. */
struct seen {
	unsigned n[EVENT_END + 1];
	struct hello hello;
	struct episode_mark mark;
	struct step step;
	struct chunk chunk;
	double actions[1024];
	struct frame frame;
	uint8_t thumb[6];
	char note[300];
	int64_t src_ns, lost;
	int level;
};

static void keep(void *host, const struct event *ev)
{
	struct seen *k = host;

	k->n[ev->kind]++;
	k->src_ns = ev->src_ns;
	k->lost = ev->lost;
	if (ev->kind == EVENT_HELLO) {
		k->hello = *ev->hello;
	} else if (ev->kind == EVENT_EPISODE) {
		k->mark = *ev->episode;
	} else if (ev->kind == EVENT_STEP) {
		k->step = *ev->step;
	} else if (ev->kind == EVENT_CHUNK) {
		k->chunk = *ev->chunk;
		memcpy(k->actions, ev->chunk->actions,
		       (size_t)ev->chunk->horizon * ev->chunk->dims * sizeof(double));
	} else if (ev->kind == EVENT_FRAME) {
		k->frame = *ev->frame;
		if (ev->frame->thumb_width)
			memcpy(k->thumb, ev->frame->thumb, sizeof(k->thumb));
	} else if (ev->text) {
		snprintf(k->note, sizeof(k->note), "%s", ev->text);
		k->level = ev->level;
	}
}

static int feed(struct stream *s, const char *line)
{
	static const int64_t t_ns = 5;

	return stream_line(s, line, strlen(line), t_ns);
}

#define HELLO "{\"type\":\"hello\",\"protocol\":1,\"robot\":\"so101\",\"joints\":[\"a\",\"b\"],"

static void test_lines(struct tap *t)
{
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);

	ok(t,
	   feed(s, HELLO "\"units\":[\"deg\",\"0_100\"],\"fps\":30,\"clock\":\"relative\"}") == 0,
	   "hello");
	ok(t,
	   k.hello.joints == 2 && strcmp(k.hello.joint[1].name, "b") == 0 &&
		   k.hello.joint[1].unit == UNIT_0_100 && k.hello.fps == 30,
	   "its joints, units, fps");
	ok(t,
	   feed(s, "{\"type\":\"episode\",\"event\":\"start\",\"t\":0.0,\"task\":\"pick\"}") == 0 &&
		   k.mark.start && strcmp(k.mark.task, "pick") == 0 && k.src_ns == 0,
	   "episode start");
	ok(t,
	   feed(s, "{\"type\":\"chunk\",\"seq\":0,\"t\":0,\"latency_s\":0.02,\"execute\":2,"
		   "\"actions\":[[1,2],[3,null],{\"b\":6,\"a\":5}]}") == 0,
	   "chunk");
	ok(t,
	   k.chunk.horizon == 3 && k.chunk.dims == 2 && k.chunk.execute == 2 && k.actions[2] == 3 &&
		   isnan(k.actions[3]) && k.actions[4] == 5,
	   "its rows");
	ok(t,
	   feed(s,
		"{\"seq\":7,\"t\":0.033,\"done\":0.034,\"state\":{\"b\":-0.0,\"x\":\"?\"},"
		"\"action\":[NaN,2],\"driver\":\"policy\",\"more\":{\"a\":[1]},\"type\":\"step\"}\r\n") ==
		   0,
	   "step");
	ok(t,
	   k.step.seq == 7 && k.step.src_ns == 33000000 && k.step.done_ns == 34000000 &&
		   k.step.t_ns == 5 && k.step.driver == DRIVER_POLICY,
	   "its times and driver");
	ok(t,
	   !vec_known(&k.step.vec[VEC_SEEN], 0) && vec_known(&k.step.vec[VEC_SEEN], 1) &&
		   signbit(k.step.vec[VEC_SEEN].v[1]),
	   "a map leaves the rest unknown, -0.0 keeps its sign");
	ok(t,
	   vec_known(&k.step.vec[VEC_ASKED], 0) && isnan(k.step.vec[VEC_ASKED].v[0]) &&
		   !k.step.vec[VEC_SENT].present,
	   "NaN is a known value, a missing vector is not present");
	ok(t,
	   feed(s, "{\"type\":\"episode\",\"event\":\"end\",\"outcome\":\"success\"}") == 0 &&
		   !k.mark.start && k.mark.outcome == OUTCOME_SUCCESS && k.src_ns == TIME_UNKNOWN,
	   "episode end");
	ok(t, feed(s, "{\"type\":\"reset\"}") == 0 && k.n[EVENT_RESET] == 1, "reset");
	ok(t,
	   feed(s, "{\"type\":\"event\",\"text\":\"e-stop\",\"level\":\"warn\"}") == 0 &&
		   strcmp(k.note, "e-stop") == 0 && k.level == LEVEL_WARN,
	   "event");
	ok(t, feed(s, "{\"type\":\"motor\",\"x\":[1,{}]}") == 0, "motor passes");
	ok(t, stream_bad(s) == 0 && k.n[EVENT_NOTE] == 1, "nothing was bad");
	stream_free(s);
}

#define CAMERA(rest) "{\"type\":\"camera\",\"name\":\"front\"," rest "}"

/* A black and a white pixel, and what a line can get wrong. */
static void test_camera(struct tap *t)
{
	static const char *const bad[] = {
		"{\"type\":\"camera\",\"width\":1,\"height\":1}",
		CAMERA("\"width\":0,\"height\":1"),
		CAMERA("\"width\":1,\"height\":65537"),
		CAMERA("\"width\":1,\"height\":1,\"channels\":4"),
		CAMERA("\"width\":1,\"height\":1,\"rgb\":\"AAA\""),
		CAMERA("\"width\":1,\"height\":1,\"rgb\":\"AA*A\""),
		CAMERA("\"width\":1,\"height\":1,\"rgb\":7"),
		CAMERA("\"width\":1,\"height\":1,\"thumb_width\":1,\"thumb_height\":2,\"rgb\":\"AAAA\""),
		CAMERA("\"width\":1,\"height\":1,\"thumb_width\":65,\"thumb_height\":1"),
		CAMERA("\"width\":1,\"height\":1,\"mean\":1"),
	};
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);
	unsigned told = 0;

	ok(t,
	   feed(s, CAMERA("\"width\":640,\"height\":480,\"thumb_width\":2,\"thumb_height\":1,"
			  "\"rgb\":\"AAAA////\"")) == 0 &&
		   k.n[EVENT_FRAME] == 1 && strcmp(k.frame.camera, "front") == 0 &&
		   k.frame.width == 640 && k.frame.height == 480 && k.frame.channels == 3,
	   "a camera line is a frame");
	ok(t,
	   k.frame.mean[1] == 0.5 && k.frame.std[2] == 0.5 && k.frame.dark == 0.5 &&
		   k.frame.bright == 0.5 && k.thumb[2] == 0 && k.thumb[3] == 255,
	   "with the facts of its thumbnail");
	ok(t,
	   feed(s, CAMERA("\"width\":640,\"height\":480")) == 0 && isnan(k.frame.mean[0]) &&
		   isnan(k.frame.dark) && !k.frame.thumb_width,
	   "without one they are unknown");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		told += feed(s, bad[i]) == -EBADMSG;
	ok(t, told == sizeof(bad) / sizeof(bad[0]), "%u bad lines are told", told);
	stream_free(s);
}

/* Doubles as they lie in memory. */
static void test_packed(struct tap *t)
{
	static const char *const bad[] = {"f8:",
					  "f4:AAAAAAAA8D8AAAAAAAAAgA==",
					  "f8:AAAAAAAA8D8=",
					  "f8:AAAAAAAA8D8AAAAAAAAA!A==",
					  "f8:AAAAAAAA8D8AAAAAAAAAgAAAAAAAAAAA",
					  ""};
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);
	unsigned told = 0;

	feed(s, HELLO "\"fps\":30}");
	ok(t,
	   feed(s, "{\"type\":\"step\",\"asked\":\"f8:AAAAAAAA8D8AAAAAAAAAgA==\"}") == 0 &&
		   k.step.vec[VEC_ASKED].v[0] == 1 && k.step.vec[VEC_ASKED].v[1] == 0 &&
		   signbit(k.step.vec[VEC_ASKED].v[1]) && vec_known(&k.step.vec[VEC_ASKED], 1),
	   "packed values, bit for bit");
	ok(t,
	   feed(s, "{\"type\":\"chunk\",\"actions\":[\"f8:AAAAAAAA8D8AAAAAAAAAgA==\",[3,4]]}") ==
			   0 &&
		   k.chunk.horizon == 2 && k.actions[0] == 1 && k.actions[3] == 4,
	   "in chunks, too");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[200];

		snprintf(line, sizeof(line), "{\"type\":\"step\",\"asked\":\"%s\"}", bad[i]);
		told += feed(s, line) == -EBADMSG && !k.step.vec[VEC_ASKED].present;
	}
	ok(t, told == sizeof(bad) / sizeof(bad[0]), "%u that are none", told);
	stream_free(s);
}

static void test_no_hello(struct tap *t)
{
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);

	stream_prefix(s, "left/");
	ok(t,
	   feed(s, "{\"type\":\"step\",\"asked\":[1,2,3]}") == 0 && k.n[EVENT_HELLO] == 1 &&
		   k.hello.joints == 3 && strcmp(k.hello.joint[2].name, "left/joint.2") == 0,
	   "joints are counted from the first step");
	ok(t, k.step.seq == SEQ_UNKNOWN && k.step.src_ns == TIME_UNKNOWN && k.step.joints == 3,
	   "seq and time are unknown");
	stream_end(s, 9);
	ok(t,
	   feed(s, "{\"type\":\"step\",\"seen\":{\"q\":1},\"asked\":{\"p\":2,\"q\":3}}") == 0 &&
		   k.hello.joints == 2 && strcmp(k.hello.joint[0].name, "left/q") == 0 &&
		   k.step.vec[VEC_ASKED].v[1] == 2,
	   "or named by the keys of its maps");
	stream_free(s);
}

int main(void)
{
	struct tap t = {0};

	test_lines(&t);
	test_camera(&t);
	test_packed(&t);
	test_no_hello(&t);
	return tap_done(&t);
}
