/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that no honest sender writes: each is told, none does harm, and the next one is read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "tests/tap.h"
#include "wire/stream.h"

struct seen {
	unsigned n[EVENT_END + 1];
	struct hello hello;
	struct step step;
	struct chunk chunk;
	double first_action;
	char note[300];
};

static void keep(void *host, const struct event *ev)
{
	struct seen *k = host;

	k->n[ev->kind]++;
	if (ev->kind == EVENT_HELLO)
		k->hello = *ev->hello;
	if (ev->kind == EVENT_STEP)
		k->step = *ev->step;
	if (ev->kind == EVENT_NOTE)
		snprintf(k->note, sizeof(k->note), "%s", ev->text);
	if (ev->kind == EVENT_CHUNK) {
		k->chunk = *ev->chunk;
		k->first_action = ev->chunk->horizon ? ev->chunk->actions[0] : 0;
	}
}

#define HELLO "{\"type\":\"hello\",\"joints\":[\"a\",\"b\"]}"

/* A fresh decoder after a hello with two joints, so that every line is told. */
static int feed(struct seen *k, const char *line)
{
	struct stream *s = stream_new(keep, k);
	int rc;

	memset(k, 0, sizeof(*k));
	stream_line(s, HELLO, strlen(HELLO), 0);
	rc = stream_line(s, line, strlen(line), 1);
	stream_free(s);
	return rc;
}

/* Lines of which nothing is taken. */
static void test_refused(struct tap *t)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{"hello", "neither a value nor a number"},
		{"[1]", "no JSON object"},
		{"{\"seq\":1}", "no type"},
		{"{\"type\":7}", "a text is expected"},
		{"{\"type\":\"stpe\"}", "unknown type 'stpe'"},
		{"{\"type\":\"\x1b[2J\"}", "unknown type '\\x1b[2J'"},
		{"{\"type\":\"step\",\"seen\":[1,2]", "cut short"},
		{"{\"type\":\"step\",\"seen\":[1,2]}}", "follows the end"},
		{"{\"type\":\"step\",\"seen\":[1,2}", "a comma is missing"},
		{"{\"type\":\"step\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1", "too deep"},
		{"{\"type\":\"step\",\"x\":\"\\", "no end"},
		{"{\"type\":\"episode\",\"event\":\"begin\"}", "neither start nor end"},
		{"{\"type\":\"hello\",\"joints\":[\"a\"", "cut short"},
		{"{\"type\":\"step\",\"seq\":1000000000000000000000000000000000000000000000000000000"
		 "000000000000000000000000000000000000000000000000000000000000000000000000000000000}",
		 "too long"},
	};
	struct seen k;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = feed(&k, rows[i].line);

		ok(t,
		   rc < 0 && strstr(k.note, rows[i].why) && k.n[EVENT_STEP] == 0 &&
			   k.n[EVENT_EPISODE] == 0 && k.n[EVENT_HELLO] == 1,
		   "%s", k.note);
	}
}

/* Lines of which the rest is taken. */
static void test_in_part(struct tap *t)
{
	static const struct {
		const char *line, *why;
		bool seen;
		int64_t seq;
	} rows[] = {
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[1,2,3]}", "seen has 3 values for 2", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[]}", "seen has 0 values", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[1,\"2\"]}", "is no number", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[1,true]}", "is no number", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[[1,2]]}", "is no number", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":[1,1e999]}", "more than a double", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":{\"x\":1}}", "none of the 2 joints", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":{\"a\":{}}}", "is no number", 0, 5},
		{"{\"type\":\"step\",\"seq\":5,\"seen\":\"x\"}", "neither a list nor a map", 0, 5},
		{"{\"type\":\"step\",\"seq\":-5,\"seen\":[1,2]}", "below 0", 1, SEQ_UNKNOWN},
		{"{\"type\":\"step\",\"seq\":1.5,\"seen\":[1,2]}", "no whole number", 1,
		 SEQ_UNKNOWN},
		{"{\"type\":\"step\",\"seq\":\"5\",\"seen\":[1,2]}", "no number", 1, SEQ_UNKNOWN},
		{"{\"type\":\"step\",\"seq\":5,\"t\":NaN,\"seen\":[1,2]}", "no time", 1, 5},
		{"{\"type\":\"step\",\"seq\":5,\"t\":1e300,\"seen\":[1,2]}", "no time", 1, 5},
		{"{\"type\":\"step\",\"seq\":5,\"t\":[],\"seen\":[1,2]}", "no number", 1, 5},
		{"{\"type\":\"step\",\"seq\":5,\"driver\":\"cat\",\"seen\":[1,2]}", "driver", 1, 5},
	};
	struct seen k;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = feed(&k, rows[i].line);

		ok(t,
		   rc < 0 && strstr(k.note, rows[i].why) && k.n[EVENT_STEP] == 1 &&
			   k.step.vec[VEC_SEEN].present == rows[i].seen &&
			   k.step.seq == rows[i].seq && k.step.src_ns == TIME_UNKNOWN,
		   "%s", k.note);
	}
	ok(t,
	   feed(&k, "{\"type\":\"step\",\"seq\":3.0,\"seen\":null,\"t\":null}") == 0 &&
		   k.step.seq == 3 && !k.step.vec[VEC_SEEN].present,
	   "null is unknown and no fault");
	ok(t,
	   feed(&k, "{\"type\":\"step\",\"state\":[1,2],\"seen\":[3,4],\"state\":[5,6]}") == 0 &&
		   k.step.vec[VEC_SEEN].v[0] == 3,
	   "seen goes before state");
}

static void test_chunks(struct tap *t)
{
	struct seen k;

	ok(t,
	   feed(&k, "{\"type\":\"chunk\",\"seq\":1,\"actions\":[[1],[1,2]]}") < 0 &&
		   k.chunk.horizon == 2 && k.chunk.dims == 2 && isnan(k.first_action),
	   "a row of the wrong length is unknown: %s", k.note);
	ok(t,
	   feed(&k, "{\"type\":\"chunk\",\"actions\":7,\"execute\":-1}") < 0 &&
		   k.n[EVENT_CHUNK] == 1 && k.chunk.horizon == 0 && k.chunk.execute == 0,
	   "a chunk without rows still starts one: %s", k.note);
	ok(t, feed(&k, "{\"type\":\"chunk\",\"actions\":[1,2]}") < 0 && k.chunk.horizon == 2,
	   "rows that are none: %s", k.note);
}

static void test_hellos(struct tap *t)
{
	struct buf b = {0};
	struct seen k;

	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":[\"a\",\"a\",\"a#2\"]}") < 0 &&
		   k.hello.joints == 3 && strcmp(k.hello.joint[1].name, "a#2") == 0 &&
		   strcmp(k.hello.joint[2].name, "a#2#2") == 0,
	   "names that repeat: %s", k.note);
	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":[7,\"\",\"\\u001b[31mx\\u202e\"]}") < 0 &&
		   strcmp(k.hello.joint[0].name, "joint.0") == 0 &&
		   strcmp(k.hello.joint[1].name, "joint.1") == 0 &&
		   strcmp(k.hello.joint[2].name, "\\x1b[31mx\\u{202e}") == 0,
	   "names that are none, and one with escapes: %s", k.hello.joint[2].name);
	ok(t,
	   feed(&k,
		"{\"type\":\"hello\",\"joints\":[\"\xff\xfe\"],\"robot\":\"\\ud800\\u0000\"}") ==
			   0 &&
		   strcmp(k.hello.joint[0].name, "\\xff\\xfe") == 0 &&
		   strcmp(k.hello.robot, "\xef\xbf\xbd\\x00") == 0,
	   "invalid UTF-8 becomes visible");
	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":[\"a\"],\"fps\":-3,\"units\":\"deg\"}") < 0 &&
		   k.hello.fps == 0 && k.hello.joint[0].unit == UNIT_DEG,
	   "%s", k.note);
	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":[\"a\"],\"units\":[\"deg\",\"rad\"]}") < 0 &&
		   k.hello.joint[0].unit == UNIT_DEG,
	   "%s", k.note);
	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":[\"a\"],\"units\":\"inch\"}") < 0 &&
		   k.hello.joint[0].unit == UNIT_UNKNOWN,
	   "%s", k.note);
	ok(t,
	   feed(&k, "{\"type\":\"hello\",\"joints\":{\"a\":1},\"fps\":20.0}") < 0 &&
		   k.n[EVENT_HELLO] == 1,
	   "%s", k.note);
	buf_str(&b, "{\"type\":\"hello\",\"joints\":[\"j0\"");
	for (int i = 1; i < 200; i++)
		buf_printf(&b, ",\"j%d\"", i);
	buf_str(&b, "]}");
	ok(t, feed(&k, b.p) < 0 && k.hello.joints == MAX_JOINTS, "%s", k.note);
	buf_fini(&b);
}

/* 200 joints: their lists are as long, and the first 128 count. */
static void test_many_joints(struct tap *t)
{
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);
	struct buf b = {0};

	buf_str(&b, "{\"type\":\"step\",\"asked\":[0");
	for (int i = 1; i < 200; i++)
		buf_printf(&b, ",%d", i);
	buf_str(&b, "]}");
	ok(t,
	   stream_line(s, b.p, b.len, 0) < 0 && k.hello.joints == MAX_JOINTS &&
		   k.step.vec[VEC_ASKED].v[127] == 127,
	   "%s", k.note);
	ok(t, stream_line(s, b.p, b.len, 0) == 0, "told once");
	stream_free(s);
	buf_fini(&b);
}

static void test_told_rarely(struct tap *t)
{
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);

	for (int64_t i = 0; i < 1000; i++)
		stream_line(s, "x", 1, i * NS_PER_MS);
	ok(t, k.n[EVENT_NOTE] == 1 && stream_bad(s) == 1000, "one note a second, all counted");
	stream_line(s, "x", 1, NS_PER_S);
	ok(t, k.n[EVENT_NOTE] == 2 && strstr(k.note, "line 1001") && strstr(k.note, "999 more"),
	   "%s", k.note);
	stream_line(s, "", 0, 0);
	stream_line(s, " \r\n", 3, 0);
	ok(t, stream_bad(s) == 1001, "empty lines are none");
	stream_free(s);
}

static long peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void test_endless_line(struct tap *t)
{
	static const char after[] = "\n" HELLO "\n{\"type\":\"step\",\"seq\":1,\"seen\":[1,2]}\n";
	size_t piece = 65536;
	char *p = xcalloc(piece, 1);
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);
	long before = peak_kb();

	memset(p, '[', piece);
	for (size_t n = 0; n < 100000000; n += piece)
		stream_bytes(s, p, piece, SIZE_MAX, 0);
	stream_bytes(s, after, strlen(after), SIZE_MAX, 0);
	ok(t, stream_bad(s) == 1 && strstr(k.note, "longer than"), "100 MB of line: %s", k.note);
	ok(t, k.n[EVENT_STEP] == 1 && k.step.seq == 1, "what follows is read");
	ok(t, peak_kb() - before < 16384, "and it took %ld kB", peak_kb() - before);
	stream_free(s);
	free(p);
}

/* Exactly as long as allowed, and one byte more. */
static void test_longest_line(struct tap *t)
{
	static const char head[] = "{\"type\":\"step\",\"seen\":[1,2],\"x\":\"";
	char *p = xcalloc(STREAM_LINE_MAX + 1, 1);
	struct seen k = {0};
	struct stream *s = stream_new(keep, &k);

	memset(p, 'x', STREAM_LINE_MAX);
	memcpy(p, head, strlen(head));
	memcpy(p + STREAM_LINE_MAX - 2, "\"}", 2);
	p[STREAM_LINE_MAX] = '\n';
	stream_bytes(s, p, 1000, SIZE_MAX, 0);
	stream_bytes(s, p + 1000, STREAM_LINE_MAX - 999, SIZE_MAX, 0);
	ok(t, k.n[EVENT_STEP] == 1 && stream_bad(s) == 0, "1 MiB is a line");
	stream_bytes(s, " ", 1, SIZE_MAX, 0);
	memcpy(p + STREAM_LINE_MAX - 2, "xx", 2);
	stream_bytes(s, p, STREAM_LINE_MAX + 1, SIZE_MAX, 0);
	ok(t, k.n[EVENT_STEP] == 1 && stream_bad(s) == 1, "a byte more is not");
	stream_free(s);
	free(p);
}

int main(void)
{
	struct tap t = {0};

	test_refused(&t);
	test_in_part(&t);
	test_chunks(&t);
	test_hellos(&t);
	test_many_joints(&t);
	test_told_rarely(&t);
	test_endless_line(&t);
	test_longest_line(&t);
	return tap_done(&t);
}
