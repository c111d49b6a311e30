/* SPDX-License-Identifier: Apache-2.0 */
/* Merging: numbers, gaps, episodes, several sources, resumed runs. Each case is one line of text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/buf.h"
#include "base/text.h"
#include "engine/merge.h"

struct bench {
	struct merge *m;
	struct buf out;
	bool guessed, no_tick; /* the last start; the last hello */
};

static void show_step(struct buf *b, const struct step *s)
{
	buf_printf(b, "step %lld e%u", (long long)s->seq, s->episode);
	if (s->driver == DRIVER_IDLE)
		buf_str(b, " idle");
	for (unsigned j = 0; s->joints > 1 && j < s->joints; j++) {
		double v;

		if (vec_value(&s->vec[VEC_GOT], j, &v))
			buf_printf(b, " got%u=%g", j, v);
		if (vec_value(&s->vec[VEC_ASKED], j, &v))
			buf_printf(b, " asked%u=%g", j, v);
	}
	buf_str(b, "; ");
}

static void on_out(void *host, const struct event *ev)
{
	struct bench *t = host;
	struct buf *b = &t->out;

	if (ev->kind == EVENT_HELLO) {
		buf_str(b, "hello");
		t->no_tick = ev->hello->no_tick;
		for (unsigned j = 0; j < ev->hello->joints; j++)
			buf_printf(b, " %s", ev->hello->joint[j].name);
		buf_str(b, "; ");
	} else if (ev->kind == EVENT_EPISODE) {
		buf_printf(b, "%s %u (%s); ",
			   !ev->episode->start	  ? "end"
			   : ev->episode->resumed ? "resume"
						  : "start",
			   ev->episode->number, ev->episode->boundary);
		t->guessed = ev->episode->start ? ev->episode->guessed : t->guessed;
	} else if (ev->kind == EVENT_STEP) {
		show_step(b, ev->step);
	} else if (ev->kind == EVENT_GAP) {
		buf_printf(b, "gap %lld (%s); ", (long long)ev->lost, ev->text);
	} else if (ev->kind == EVENT_CHUNK) {
		buf_printf(b, "chunk %lld %ux%u; ", (long long)ev->chunk->seq, ev->chunk->horizon,
			   ev->chunk->dims);
	}
}

static void begin(struct bench *t, const struct resume_point *resume, unsigned rereads)
{
	static const struct resume_point fresh = {.last_seq = SEQ_UNKNOWN};
	struct merge_host host = {.host = t, .out = on_out};

	*t = (struct bench){0};
	t->m = merge_new(&host, resume ? resume : &fresh, rereads);
}

/* names: joints separated by spaces; starts a source. */
static void hello(struct bench *t, uint16_t source, double t_s, const char *names, unsigned facts,
		  double fps)
{
	struct hello h = {.facts = facts, .fps = fps};
	struct event ev = {.kind = EVENT_HELLO, .t_ns = (int64_t)(t_s * 1e9)};
	char copy[128], *save = NULL;

	text_copy(copy, sizeof(copy), names);
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		text_copy(h.joint[h.joints++].name, NAME_BYTES, p);
	ev.src_ns = TIME_UNKNOWN;
	ev.source = source;
	ev.hello = &h;
	merge_feed(t->m, &ev);
}

/* value NaN: the vector is not there. Every joint has the value. */
static void step(struct bench *t, uint16_t source, double t_s, int64_t seq, unsigned joints,
		 double asked, double got)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = (int64_t)(t_s * 1e9)};
	struct step s;

	step_init(&s, joints);
	s.seq = seq;
	s.t_ns = ev.t_ns;
	for (unsigned j = 0; j < joints; j++) {
		if (!isnan(asked))
			vec_set(&s.vec[VEC_ASKED], j, asked);
		if (!isnan(got))
			vec_set(&s.vec[VEC_GOT], j, got);
	}
	ev.src_ns = TIME_UNKNOWN;
	ev.source = source;
	ev.step = &s;
	merge_feed(t->m, &ev);
}

static void mark_as(struct bench *t, double t_s, bool start, bool resumed)
{
	struct episode_mark m = {.start = start, .resumed = resumed, .outcome = OUTCOME_SUCCESS};
	struct event ev = {.kind = EVENT_EPISODE, .t_ns = (int64_t)(t_s * 1e9)};

	ev.src_ns = TIME_UNKNOWN;
	ev.episode = &m;
	merge_feed(t->m, &ev);
}

static void mark(struct bench *t, double t_s, bool start)
{
	mark_as(t, t_s, start, false);
}

static void chunk(struct bench *t, uint16_t source, int64_t seq, unsigned dims)
{
	double actions[8] = {0};
	struct chunk c = {.seq = seq, .horizon = 2, .dims = dims, .actions = actions};
	struct event ev = {.kind = EVENT_CHUNK, .src_ns = TIME_UNKNOWN, .source = source};

	c.latency_s = NAN;
	ev.chunk = &c;
	merge_feed(t->m, &ev);
}

static void reset(struct bench *t)
{
	struct event ev = {.kind = EVENT_RESET, .src_ns = TIME_UNKNOWN};

	merge_feed(t->m, &ev);
}

static void expect(struct tap *tap, struct bench *t, const char *wanted, const char *what)
{
	if (!ok(tap, strcmp(buf_text(&t->out), wanted) == 0, "%s", what))
		printf("# got    %s\n# wanted %s\n", buf_text(&t->out), wanted);
	merge_free(t->m);
	buf_fini(&t->out);
}

static void test_numbers(struct tap *tap)
{
	struct bench t;

	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.00, SEQ_UNKNOWN, 1, 1, NAN);
	step(&t, 0, 0.02, SEQ_UNKNOWN, 1, 1, NAN);
	expect(tap, &t, "hello a; start 0 (connection); step 0 e0; step 1 e0; ",
	       "a source without numbers is counted");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.00, 7, 1, 1, NAN);
	step(&t, 0, 0.02, 10, 1, 1, NAN);
	step(&t, 0, 0.04, 0, 1, 1, NAN);
	step(&t, 0, 0.06, 1, 1, 1, NAN);
	step(&t, 0, 0.08, 1ll << 60, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; start 0 (connection); step 7 e0; gap 2 (the source skipped step numbers); "
	       "step 10 e0; gap -1 (the source began anew); step 11 e0; step 12 e0; step 13 e0; ",
	       "numbers are the source's, never go back, and holes are told");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.00, 0, 1, 1, NAN);
	hello(&t, 0, 0.1, "a", FACT_ASKED, 50);
	chunk(&t, 0, 0, 1);
	step(&t, 0, 0.12, 0, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; start 0 (connection); step 0 e0; end 0 (connection); hello a; chunk 1 2x1; "
	       "gap -1 (the source began anew); start 1 (asked again); step 1 e1; ",
	       "after a reconnect from zero, a chunk comes to stand at its own step");
}

static void test_episodes(struct tap *tap)
{
	struct bench t;

	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark(&t, 0, true);
	step(&t, 0, 0.0, 0, 1, 1, NAN);
	step(&t, 0, 3.0, 1, 1, 1, NAN);
	mark(&t, 3.1, false);
	step(&t, 0, 3.2, 2, 1, 1, NAN);
	mark(&t, 3.3, true);
	mark(&t, 3.4, true);
	expect(tap, &t,
	       "hello a; start 0 (episode message); step 0 e0; step 1 e0; end 0 (episode message); "
	       "step 2 e0 idle; start 1 (episode message); end 1 (next episode message); "
	       "start 2 (episode message); ",
	       "episode messages are believed, pauses are not; between episodes it is idle");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 0, 1, 1, NAN);
	step(&t, 0, 0.9, 1, 1, 1, NAN);
	step(&t, 0, 1.8, 2, 1, NAN, 5);
	step(&t, 0, 2.0, 3, 1, NAN, 5);
	step(&t, 0, 4.0, 4, 1, 1, NAN);
	step(&t, 0, 5.5, 5, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; start 0 (connection); step 0 e0; step 1 e0; step 2 e0; "
	       "end 0 (1.1 s without asked); step 3 e0 idle; start 1 (3.1 s without asked); "
	       "step 4 e1; end 1 (1.5 s without asked); start 2 (1.5 s without asked); step 5 e2; ",
	       "without messages, a second without asked is a boundary");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 0, 1, NAN, 5);
	reset(&t);
	step(&t, 0, 0.1, 1, 1, 1, NAN);
	reset(&t);
	step(&t, 0, 0.2, 2, 1, 1, NAN);
	merge_end(t.m, "source ended", 0);
	expect(tap, &t,
	       "hello a; start 0 (connection); step 0 e0; step 1 e0; end 0 (policy reset); "
	       "start 1 (policy reset); step 2 e1; end 1 (source ended); ",
	       "a policy reset is a boundary once the policy has acted");
}

static void test_told(struct tap *tap)
{
	struct hello h = {.facts = FACT_ASKED, .no_tick = true, .joints = 1, .joint[0].name = "a"};
	struct event ev = {.kind = EVENT_HELLO, .src_ns = TIME_UNKNOWN, .hello = &h};
	struct bench t;

	begin(&t, NULL, 0);
	merge_feed(t.m, &ev);
	ok(tap, t.no_tick, "a run of replies only says that it has no tick");
	step(&t, 0, 0.0, 0, 1, 1, NAN);
	ok(tap, t.guessed, "an episode that begins with its first action is a guess");
	mark(&t, 1.0, true);
	ok(tap, !t.guessed, "one that a message begins is none");
	expect(tap, &t,
	       "hello a; start 0 (connection); step 0 e0; end 0 (next episode message); "
	       "start 1 (episode message); ",
	       "both are numbered");
}

/* The last chunk comes again, because the step that came with it may be lost. */
static void test_chunk_again(struct tap *tap)
{
	struct resume_point p = {.run = 1, .chunks = 3, .last_chunk_ns = 5000, .last_seq = 9};
	static const double action[] = {1};
	struct chunk c = {.seq = SEQ_UNKNOWN, .horizon = 1, .dims = 1, .actions = action};
	struct event ev = {.kind = EVENT_CHUNK, .src_ns = TIME_UNKNOWN, .chunk = &c};
	struct bench t;

	p.last_t_ns = 4000;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED | FACT_CHUNK, 50);
	buf_clear(&t.out);
	ev.t_ns = 5000;
	merge_feed(t.m, &ev);
	ok(tap, t.out.len == 0 && merge_chunks(t.m) == 3, "one that is stored is not stored again");
	ev.t_ns = 5001;
	merge_feed(t.m, &ev);
	ok(tap, t.out.len && merge_chunks(t.m) == 4, "the one after it is");
	merge_free(t.m);
	buf_fini(&t.out);
}

/* Of two that act, the one that made the steps goes on to; alone, the other one does. */
static void test_heir(struct tap *tap)
{
	struct resume_point p = {.run = 1, .last_seq = 9, .last_source = 1};
	struct bench t;

	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	hello(&t, 1, 0, "a", FACT_ASKED, 50);
	buf_clear(&t.out);
	step(&t, 0, 0.0, 20, 1, 1, NAN);
	ok(tap, t.out.len == 0, "a source waits for the one that made the steps before");
	step(&t, 1, 0.1, 10, 1, 1, NAN);
	ok(tap, strstr(buf_text(&t.out), "step 10"), "which goes on: %s", buf_text(&t.out));
	merge_free(t.m);
	buf_fini(&t.out);
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 20, 1, 1, NAN);
	step(&t, 0, 1.1, 21, 1, 1, NAN);
	ok(tap, strstr(buf_text(&t.out), "step 21"), "not for ever: %s", buf_text(&t.out));
	merge_free(t.m);
	buf_fini(&t.out);
}

/* Two sources tell episodes: the one of the tick is believed, once it has told any. */
static void test_two_tell(struct tap *tap)
{
	struct episode_mark m = {.start = true, .boundary = "log"};
	struct event ev = {.kind = EVENT_EPISODE, .src_ns = TIME_UNKNOWN, .source = 1};
	struct bench t;

	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	hello(&t, 1, 0, "a", FACT_GOT, 50);
	buf_clear(&t.out);
	ev.episode = &m;
	merge_feed(t.m, &ev);
	mark(&t, 1.0, true);
	merge_feed(t.m, &ev);
	mark(&t, 2.0, false);
	merge_feed(t.m, &ev);
	expect(tap, &t,
	       "start 0 (log); end 0 (next episode message); start 1 (episode message); "
	       "end 1 (episode message); ",
	       "where two sources tell episodes, those of the tick's count");
}

static void test_operator(struct tap *tap)
{
	struct bench t;
	bool refused;

	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 0, 1, 1, NAN);
	boundary_operator_end(merge_boundary(t.m), OUTCOME_SUCCESS, "", 0);
	refused = boundary_operator_end(merge_boundary(t.m), OUTCOME_SUCCESS, "", 0) < 0;
	step(&t, 0, 0.02, 1, 1, 1, NAN);
	boundary_operator_start(merge_boundary(t.m), 0);
	step(&t, 0, 0.04, 2, 1, 1, NAN);
	refused = refused && boundary_operator_start(merge_boundary(t.m), 0) < 0;
	expect(tap, &t,
	       "hello a; start 0 (connection); step 0 e0; end 0 (operator); step 1 e0 idle; "
	       "start 1 (operator); step 2 e1; ",
	       "the operator ends an episode, and it stays ended until there is a reason");
	ok(tap, refused, "ending or starting twice is refused");
}

static void test_sources(struct tap *tap)
{
	struct bench t;

	begin(&t, NULL, 0);
	hello(&t, 0, 0, "l/a", FACT_GOT, 50);
	hello(&t, 1, 0, "b l/a", FACT_ASKED, 50);
	step(&t, 0, 0.00, SEQ_UNKNOWN, 1, NAN, 5);
	step(&t, 1, 0.01, 0, 2, 1, NAN);
	step(&t, 1, 0.03, 1, 2, 1, 2);
	step(&t, 1, 0.05, 2, 2, 1, NAN);
	chunk(&t, 1, 3, 2);
	expect(tap, &t,
	       "hello l/a; hello l/a b; start 0 (connection); step 0 e0 got0=5 asked0=1 asked1=1; "
	       "step 1 e0 got0=2 asked0=1 got1=2 asked1=1; step 2 e0 asked0=1 asked1=1; "
	       "chunk 3 2x2; ",
	       "who sees actions makes the tick; others are sampled, unknown after two periods");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a b", FACT_GOT, 1e-12);
	hello(&t, 1, 0, "c", FACT_ASKED, 50);
	step(&t, 0, 0.00, SEQ_UNKNOWN, 2, NAN, 5);
	step(&t, 1, 0.01, 0, 1, 1, NAN);
	hello(&t, 0, 0.02, "c", FACT_GOT, 50);
	step(&t, 1, 0.03, 1, 1, 1, NAN);
	expect(tap, &t,
	       "hello a b; hello a b c; start 0 (connection); step 0 e0 got0=5 got1=5 asked2=1; "
	       "hello a b c; step 1 e0 asked2=1; ",
	       "a sample is of the hello it came after, and no rate is too slow to count with");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED | FACT_GOT, 50);
	hello(&t, 1, 0, "b", FACT_ASKED | FACT_GOT, 50);
	step(&t, 0, 0.00, SEQ_UNKNOWN, 1, NAN, 5);
	step(&t, 1, 0.01, SEQ_UNKNOWN, 1, 1, NAN);
	step(&t, 0, 0.02, SEQ_UNKNOWN, 1, NAN, 6);
	step(&t, 0, 0.02, SEQ_UNKNOWN, 3, NAN, 6);
	expect(tap, &t,
	       "hello a; hello a b; start 0 (connection); step 0 e0 got0=5; "
	       "step 1 e0 asked1=1; ",
	       "what a source really gives decides; more joints than it said are refused");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	hello(&t, 1, 0, "b", FACT_ASKED, 50);
	step(&t, 0, 0.00, 7, 1, 1, NAN);
	step(&t, 1, 0.01, 900, 1, 2, NAN);
	step(&t, 1, 0.99, 901, 1, 2, NAN);
	step(&t, 1, 1.01, 902, 1, 2, NAN);
	step(&t, 1, 1.03, 903, 1, 2, NAN);
	step(&t, 0, 1.04, 8, 1, 1, NAN);
	step(&t, 1, 1.05, 904, 1, 2, NAN);
	expect(tap, &t,
	       "hello a; hello a b; start 0 (connection); step 7 e0 asked0=1; "
	       "gap -1 (the source that made the steps fell silent, another one goes on); "
	       "end 0 (1.0 s without asked); start 1 (1.0 s without asked); step 8 e1 asked1=2; "
	       "step 9 e1 asked1=2; step 10 e1 asked0=1 asked1=2; ",
	       "of two that act, one goes on when the other has died");
}

/* Sources that are files are read again from their beginning. */
static void test_reread(struct tap *tap)
{
	struct resume_point p = {.run = 3, .last_seq = 9, .episode = 4, .segments = 1};
	struct bench t;

	begin(&t, &p, 1);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark(&t, 0, true);
	step(&t, 0, 0.0, 8, 1, 1, NAN);
	step(&t, 0, 0.0, 9, 1, 1, NAN);
	mark(&t, 0, true);
	step(&t, 0, 0.0, 10, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; start 5 (episode message); gap 0 (the engine restarted (segment 2)); "
	       "step 10 e5; ",
	       "a file that begins anew is skipped up to what is stored");
	begin(&t, &p, 1);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 4, 1, 1, NAN);
	step(&t, 0, 0.0, 7, 1, 1, NAN);
	step(&t, 0, 0.0, 0, 1, 1, NAN);
	step(&t, 0, 0.0, 1, 1, 1, NAN);
	step(&t, 0, 0.0, 2, 1, 1, NAN);
	step(&t, 0, 0.0, 3, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; gap 0 (the engine restarted (segment 2)); start 5 (asked again); "
	       "step 10 e5; step 11 e5; ",
	       "also one in which the source itself began anew");
	begin(&t, &p, 3);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	hello(&t, 1, 0, "b", FACT_GOT, 10);
	step(&t, 0, 0.00, 9, 1, 1, NAN);
	step(&t, 1, 0.01, 2, 1, NAN, 5);
	step(&t, 0, 0.02, 10, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; hello a b; gap 0 (the engine restarted (segment 2)); "
	       "start 5 (asked again); step 10 e5 asked0=1 got1=5; ",
	       "or one of several, each with numbers of its own");
	begin(&t, &p, 2);
	hello(&t, 1, 0, "b", FACT_GOT, 10);
	step(&t, 1, 0.00, 0, 1, NAN, 5);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.02, 12, 1, 1, NAN);
	expect(tap, &t,
	       "hello b; hello b a; gap 2 (the engine restarted (segment 2)); "
	       "start 5 (asked again); step 12 e5 asked1=1; ",
	       "but not one beside a source that goes on");
}

static void test_resumed_numbers(struct tap *tap)
{
	struct resume_point p = {.run = 3, .last_seq = 9, .episode = 4, .segments = 1};
	struct bench t;

	p.seq_offset = 7;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 5, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; gap 2 (the engine restarted (segment 2)); start 5 (asked again); "
	       "step 12 e5; ",
	       "a source that had begun anew before goes on as it did");
	p.seq_offset = 0;
	p.last_seq = SEQ_UNKNOWN;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 5000, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; gap -1 (the engine restarted (segment 2)); start 4 (connection); "
	       "step 5000 e4; ",
	       "when nothing was stored yet, nobody knows what is missing");
}

/* A decoder that saw only the end of what another engine saw says so. */
static void test_resumed_start(struct tap *tap)
{
	struct resume_point p = {.run = 3, .last_seq = 9, .episode = 4, .episode_open = true};
	struct bench t;

	p.segments = 1;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark_as(&t, 0, true, true);
	step(&t, 0, 1, SEQ_UNKNOWN, 1, 1, NAN);
	step(&t, 0, 5, SEQ_UNKNOWN, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; resume 4 (engine restarted); gap -1 (the engine restarted (segment 2)); "
	       "step 10 e4; step 11 e4; ",
	       "an open episode goes on, and is not cut by a pause");
	p.episode_open = false;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark_as(&t, 0, true, true);
	expect(tap, &t, "hello a; start 5 (episode message); ", "where none is open it begins one");
}

static void test_resume(struct tap *tap)
{
	struct resume_point p = {.run = 3, .last_seq = 9, .episode = 4, .episode_open = true};
	struct bench t;

	p.segments = 1;
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, 15, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; gap 5 (the engine restarted (segment 2)); resume 4 (engine restarted); "
	       "step 15 e4; ",
	       "a resumed run tells what is missing and goes on in its episode");
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	step(&t, 0, 0.0, SEQ_UNKNOWN, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; gap -1 (the engine restarted (segment 2)); resume 4 (engine restarted); "
	       "step 10 e4; ",
	       "or that it cannot know");
	begin(&t, &p, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark_as(&t, 0, true, true);
	step(&t, 0, 0.0, 10, 1, 1, NAN);
	mark(&t, 0.02, false);
	step(&t, 0, 5.0, 11, 1, 1, NAN);
	expect(tap, &t,
	       "hello a; resume 4 (engine restarted); gap 0 (the engine restarted (segment 2)); "
	       "step 10 e4; end 4 (episode message); step 11 e4 idle; ",
	       "a source that says what is under way is believed, and begins nothing");
	begin(&t, NULL, 0);
	hello(&t, 0, 0, "a", FACT_ASKED, 50);
	mark_as(&t, 0, true, true);
	mark_as(&t, 0, true, true);
	step(&t, 0, 0.0, 10, 1, 1, NAN);
	expect(tap, &t, "hello a; start 0 (episode message); step 10 e0; ", "unless nothing is");
	p.episode_open = false;
	begin(&t, &p, 0);
	merge_end(t.m, "told", 0);
	expect(tap, &t, "gap -1 (the engine restarted, and no step came after); ",
	       "a restart without a step after it has its gap, too");
}

int main(void)
{
	struct tap tap = {0};

	test_numbers(&tap);
	test_episodes(&tap);
	test_two_tell(&tap);
	test_chunk_again(&tap);
	test_heir(&tap);
	test_told(&tap);
	test_operator(&tap);
	test_sources(&tap);
	test_resumed_start(&tap);
	test_resume(&tap);
	test_reread(&tap);
	test_resumed_numbers(&tap);
	return tap_done(&tap);
}
