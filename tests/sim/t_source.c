/* SPDX-License-Identifier: Apache-2.0 */
/* sim: as a source: paced or at once, ended on time, captured as lines that give the same again. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/source/log.h"
#include "tests/tap.h"

static struct source *open_word(struct log *l, bool capture, const char *word, struct err *e)
{
	struct source_host host = log_host(l, capture);

	return source_open(word, 0, &host, NULL, e);
}

/* Runs s on virtual time to its end; how often it had to be called. */
static unsigned run(struct source *s, struct log *l, bool at_once)
{
	int64_t now_ns = 0;
	unsigned calls = 0;

	while (l->n[EVENT_END] == 0 && calls < 100000) {
		int64_t next_ns = s->class->run(s, now_ns);

		calls++;
		if (!at_once)
			now_ns = next_ns;
	}
	return calls;
}

static void test_speed(struct tap *t)
{
	struct log max = {0}, paced = {0};
	struct err e = {0};
	struct source *s = open_word(&max, false, "sim:?seed=3&speed=max&seconds=60", &e);
	unsigned calls = run(s, &max, true);

	ok(t, max.n[EVENT_END] == 1 && calls < 20, "60 s at speed=max in %u calls", calls);
	ok(t, max.n[EVENT_STEP] > 1500 && max.n[EVENT_STEP] < 1800, "%u steps", max.n[EVENT_STEP]);
	ok(t, max.n[EVENT_RESET] >= 5 && max.n[EVENT_CHUNK] > 60 && max.n[EVENT_HELLO] == 1,
	   "with resets, chunks and one hello");
	ok(t, max.step.src_ns > 59 * NS_PER_S && max.step.src_ns < 60 * NS_PER_S,
	   "the last step lies before the end");
	source_close(s);
	s = open_word(&paced, false, "sim:?seed=3&seconds=60", &e);
	calls = run(s, &paced, false);
	ok(t, paced.n[EVENT_STEP] == max.n[EVENT_STEP] && calls >= paced.n[EVENT_STEP],
	   "paced it is called for every step");
	ok(t, paced.step.t_ns == paced.step.src_ns, "and each comes at its own time");
	source_close(s);
	log_fini(&max);
	log_fini(&paced);
}

static bool same_but_source(const struct log *a, const struct log *b)
{
	return a->text.len == b->text.len && memcmp(a->text.p, b->text.p, a->text.len) == 0;
}

/* Feeds what was captured to a decoder: the events must come out again. */
static void test_capture(struct tap *t)
{
	struct log sim = {0}, replay = {0};
	struct err e = {0};
	struct source *s = open_word(&sim, true, "sim:?seed=4&seconds=30&fault=nan@2:15", &e);
	struct stream *stream = stream_new(log_emit, &replay);
	size_t at = 0;

	run(s, &sim, false);
	while (at < sim.capture.len) {
		struct capture_record r;
		ssize_t n = capture_get(&r, sim.capture.p + at, sim.capture.len - at, 1, &e);

		if (n <= 0)
			break;
		if (r.len)
			stream_bytes(stream, r.bytes, r.len, SIZE_MAX, r.t_ns);
		at += (size_t)n;
	}
	ok(t, at == sim.capture.len && stream_bad(stream) == 0, "the capture is whole");
	ok(t, same_but_source(&sim, &replay), "its lines give the same events, NaN and all");
	stream_free(stream);
	source_close(s);
	log_fini(&sim);
	log_fini(&replay);
}

static void test_words(struct tap *t)
{
	static const char *const bad[] = {"sim:x",	   "sim:?seed=-1",    "sim:?teleop=2",
					  "sim:?speed=0",  "sim:?fault=jmup", "sim:?sed=1",
					  "sim:?seconds=x"};
	struct log l = {0};
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = (struct err){0};
		ok(t, !open_word(&l, false, bad[i], &e) && e.code && strstr(e.msg, "sim:"),
		   "%s: %s", bad[i], e.msg);
	}
	struct source *s = open_word(&l, false, "sim:?prefix=left&teleop=1&speed=max&seconds=1",
				     &e);

	run(s, &l, true);
	ok(t, strcmp(l.hello.joint[5].name, "left/gripper.pos") == 0, "joints take the prefix");
	ok(t, l.step.driver == DRIVER_HUMAN && l.n[EVENT_CHUNK] == 0, "a person drives teleop");
	source_close(s);
	log_fini(&l);
}

int main(void)
{
	struct tap t = {0};

	test_speed(&t);
	test_capture(&t);
	test_words(&t);
	return tap_done(&t);
}
