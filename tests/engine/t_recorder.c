/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder over a sink that fails: nothing is lost that fits, and what does not is counted. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/capture_file.h"
#include "engine/recorder.h"
#include "wire/capture.h"

/* A store that keeps step numbers; what is not committed is gone after a failure. */
struct store {
	_Atomic int fail_puts, fail_commits; /* so many of the next calls fail */
	_Atomic bool stuck;		     /* every commit fails */
	_Atomic int tries;		     /* to commit */
	_Atomic int64_t committed_steps;
	int64_t steps, wrong, last, committed_last;
	int64_t verdicts, committed_verdicts, gaps, lost, dropped, chunks_lost;
	double sum;
};

static void roll_back(struct store *s)
{
	s->steps = s->committed_steps;
	s->verdicts = s->committed_verdicts;
	s->last = s->committed_last;
}

static int put(void *sink, const struct record *r, struct err *e)
{
	struct store *s = sink;

	if (s->fail_puts > 0) {
		s->fail_puts--;
		roll_back(s);
		return err_set(e, ENOSPC, "full");
	}
	if (r->kind == RECORD_STEP) {
		s->wrong += r->step->seq <= s->last;
		s->wrong += r->step->vec[VEC_ASKED].v[0] != (double)r->step->seq;
		s->last = r->step->seq;
		s->steps++;
	} else if (r->kind == RECORD_VERDICT) {
		/* It was put right after the step that it names. */
		s->wrong += r->verdict->seq != s->last;
		s->verdicts++;
	} else if (r->kind == RECORD_GAP && strcmp(r->unit, "chunks") == 0) {
		s->chunks_lost += r->lost;
	} else if (r->kind == RECORD_GAP) {
		s->gaps++;
		s->lost += r->lost;
	} else if (r->kind == RECORD_DROPPED) {
		s->dropped = r->lost;
	}
	return 0;
}

static int commit(void *sink, bool full, struct err *e)
{
	struct store *s = sink;

	(void)full;
	s->tries++;
	if (s->stuck || s->fail_commits > 0) {
		s->fail_commits -= !s->stuck;
		roll_back(s);
		return err_set(e, EBUSY, "locked");
	}
	s->committed_steps = s->steps;
	s->committed_verdicts = s->verdicts;
	s->committed_last = s->last;
	return 0;
}

static int64_t run(const void *sink)
{
	(void)sink;
	return 42;
}

static const struct sink_ops ops = {"test", put, commit, run};

static bool put_step(struct recorder *r, int64_t seq)
{
	struct record rec = {.kind = RECORD_STEP};
	struct step s;

	step_init(&s, 14);
	s.seq = seq;
	for (unsigned j = 0; j < 14; j++)
		vec_set(&s.vec[VEC_ASKED], j, (double)seq);
	rec.step = &s;
	return recorder_put(r, &rec);
}

static bool put_verdict(struct recorder *r, int64_t seq)
{
	struct verdict v = {.seq = seq, .code = "jump"};
	struct record rec = {.kind = RECORD_VERDICT, .verdict = &v};

	return recorder_put(r, &rec);
}

static struct recorder *begin(struct store *s, bool threaded)
{
	struct recorder_cfg cfg = {.ops = &ops, .sink = s, .threaded = threaded};
	struct err e;
	struct recorder *r;

	memset(s, 0, sizeof(*s));
	s->last = s->committed_last = SEQ_UNKNOWN;
	cfg.interval_ns = 10 * NS_PER_MS;
	r = recorder_new(&cfg, &e);
	recorder_size(r, 14, 50, false);
	return r;
}

/* Puts n steps with a verdict after each tenth, waiting for room like a source that can. */
static void put_all(struct recorder *r, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		while (recorder_crowded(r)) {
			struct pollfd p = {.fd = recorder_space_fd(r), .events = POLLIN};

			if (poll(&p, 1, 10000) <= 0)
				return;
			recorder_space_seen(r);
		}
		put_step(r, i);
		if (i % 10 == 0)
			put_verdict(r, i);
	}
}

static void test_patient(struct tap *t, bool threaded)
{
	enum { STEPS = 20000 };
	struct store s;
	struct recorder *r = begin(&s, threaded);
	struct err e;
	int rc;

	put_all(r, STEPS);
	rc = recorder_finish(r, NS_PER_S, &e);
	ok(t,
	   rc == 0 && s.committed_steps == STEPS && s.committed_verdicts == STEPS / 10 && !s.wrong,
	   "%d steps and their verdicts arrive in order (%s)", STEPS,
	   threaded ? "thread" : "no thread");
	ok(t, recorder_dropped(r) == 0 && recorder_run(r) == 42, "none dropped, the run is known");
	recorder_free(r);
}

static void test_failing(struct tap *t)
{
	enum { STEPS = 3000 };
	struct store s;
	struct recorder *r = begin(&s, true);
	struct err e;
	int rc;

	s.fail_puts = 1;
	s.fail_commits = 2;
	put_all(r, STEPS);
	rc = recorder_finish(r, 5 * NS_PER_S, &e);
	ok(t, rc == 0 && s.committed_steps == STEPS && !s.wrong,
	   "a sink that fails for a while costs nothing (%lld)", (long long)s.committed_steps);
	recorder_free(r);
}

static bool wait_behind(struct recorder *r, struct err *why)
{
	for (unsigned i = 0; i < 1000; i++) {
		if (recorder_behind(r, why))
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static bool put_chunk(struct recorder *r)
{
	static const double actions[50 * 14];
	struct chunk c = {.horizon = 50, .dims = 14, .actions = actions};
	struct record rec = {.kind = RECORD_CHUNK, .chunk = &c};

	return recorder_put(r, &rec);
}

static void test_stuck(struct tap *t)
{
	struct store s;
	struct recorder *r = begin(&s, true);
	struct err e, why;
	int64_t i = 0, kept;
	bool verdict;

	s.stuck = true;
	while (i < 1000000 && put_step(r, i))
		i++;
	kept = i;
	verdict = put_verdict(r, kept - 1);
	ok(t, wait_behind(r, &why) && strstr(why.msg, "locked"), "being behind is told: %s",
	   why.msg);
	ok(t, kept >= 8 * 50 && recorder_dropped(r) == 1, "8 s are kept (%lld steps), then counted",
	   (long long)kept);
	ok(t, !put_chunk(r) && !put_chunk(r), "a chunk finds none, either");
	ok(t, verdict, "verdicts still find room");
	s.stuck = false;
	ok(t, recorder_finish(r, 10 * NS_PER_S, &e) == 0 && s.committed_steps == kept && !s.wrong,
	   "all that was kept is stored once it works again");
	ok(t, s.gaps == 1 && s.lost == 1 && s.dropped == 1, "and the loss has its gap");
	ok(t, s.chunks_lost == 2, "that of chunks, too");
	recorder_free(r);
	r = begin(&s, true);
	s.stuck = true;
	put_step(r, 0);
	ok(t, recorder_finish(r, 200 * NS_PER_MS, &e) == -EBUSY && strstr(e.msg, "locked"),
	   "a sink that never works again is given up, and that is said");
	recorder_free(r);
}

/* What a capture holds: bytes, bytes that it says are missing, and how often it says so. */
static void read_capture(const char *path, uint64_t *bytes, uint64_t *lost, unsigned *holes)
{
	struct capture_header h;
	struct capture_record c;
	int fd = open(path, O_RDONLY);
	struct stat st = {0};
	unsigned char *p = MAP_FAILED;
	ssize_t used = -1, at = 0;

	*bytes = *lost = *holes = 0;
	if (fd >= 0 && fstat(fd, &st) == 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p != MAP_FAILED)
		used = capture_get_header(&h, p, (size_t)st.st_size, NULL);
	while (used > 0) {
		at += used;
		used = capture_get(&c, p + at, (size_t)(st.st_size - at), h.sources, NULL);
		*bytes += used > 0 ? c.len : 0;
		*lost += used > 0 ? c.lost : 0;
		*holes += used > 0 && c.is_lost;
	}
	if (at > 0)
		capture_header_fini(&h);
	if (p != MAP_FAILED)
		munmap(p, (size_t)st.st_size);
	close(fd);
}

/* Captured bytes that find no room are a hole, which the capture tells. */
static void test_hole(struct tap *t)
{
	enum { PIECE = 100000, PIECES = 2000 };
	char path[] = "/tmp/t_recorderXXXXXX";
	const char *word = "tcp:localhost:1";
	struct capture_file file;
	struct store s = {.last = SEQ_UNKNOWN, .committed_last = SEQ_UNKNOWN, .stuck = true};
	struct recorder_cfg cfg = {.ops = &ops, .sink = &s, .threaded = true, .capture = &file};
	unsigned char *piece = xcalloc(1, PIECE);
	uint64_t bytes, lost;
	struct recorder *r;
	unsigned holes;
	struct err e;

	close(mkstemp(path));
	cfg.interval_ns = 10 * NS_PER_MS;
	capture_file_open(&file, path, &word, 1, false, &e);
	r = recorder_new(&cfg, &e);
	put_step(r, 0);
	for (int i = 0; i < PIECES; i++)
		recorder_raw(r, 0, 1, 1 + i, piece, PIECE);
	s.stuck = false;
	while (recorder_crowded(r))
		poll(NULL, 0, 1);
	recorder_raw(r, 0, 1, PIECES + 1, piece, PIECE);
	ok(t, recorder_finish(r, 10 * NS_PER_S, &e) == 0,
	   "a capture that fell behind ends in order");
	recorder_free(r);
	capture_file_close(&file);
	read_capture(path, &bytes, &lost, &holes);
	ok(t, holes == 1 && lost > 0 && bytes + lost == (uint64_t)(PIECES + 1) * PIECE,
	   "and has %llu bytes and one hole of %llu: all", (unsigned long long)bytes,
	   (unsigned long long)lost);
	unlink(path);
	free(piece);
}

/* The pauses have grown long when the end comes: it must not wait for the next one. */
static void test_patience(struct tap *t)
{
	struct clock clock = clock_real();
	struct store s;
	struct recorder *r = begin(&s, true);
	int64_t from;
	struct err e;

	s.stuck = true;
	put_step(r, 0);
	for (int i = 0; i < 1000 && atomic_load(&s.tries) < 5; i++)
		poll(NULL, 0, 10);
	from = clock_now_ns(&clock);
	ok(t, recorder_finish(r, 100 * NS_PER_MS, &e) == -EBUSY, "stuck for long, then ended");
	ok(t, clock_now_ns(&clock) - from < NS_PER_S, "patience is what was asked for (%.3f s)",
	   (double)(clock_now_ns(&clock) - from) / 1e9);
	recorder_free(r);
}

int main(void)
{
	struct tap t = {0};

	test_patient(&t, true);
	test_patient(&t, false);
	test_failing(&t);
	test_stuck(&t);
	test_hole(&t);
	test_patience(&t);
	return tap_done(&t);
}
