/* SPDX-License-Identifier: Apache-2.0 */
/* stdin: and what it captures; raw: gives the same events, and survives any damage to the file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "tests/source/log.h"
#include "tests/tap.h"

static const char LINES[] =
	"{\"type\":\"hello\",\"joints\":[\"a\",\"b\"],\"units\":\"deg\",\"fps\":30}\n"
	"{\"type\":\"episode\",\"event\":\"start\",\"t\":0.0,\"task\":\"pick\"}\n"
	"{\"type\":\"chunk\",\"seq\":0,\"t\":0,\"execute\":1,\"actions\":[[1,2],[3,4]]}\n"
	"not a line\n"
	"{\"type\":\"step\",\"seq\":0,\"t\":0.033,\"seen\":[0.1,-0.0],\"asked\":[NaN,null]}\n"
	"{\"type\":\"event\",\"text\":\"mark\"}\n"
	"{\"type\":\"step\",\"seq\":1,\"t\":0.066,\"state\":{\"b\":1e-310},\"action\":[1,2]}\n"
	"{\"type\":\"episode\",\"event\":\"end\",\"outcome\":\"success\"}";

static bool write_file(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool done = fd >= 0 && write(fd, p, n) == (ssize_t)n;

	return fd >= 0 && close(fd) == 0 && done;
}

static struct source *open_word(struct log *l, bool capture, const char *word)
{
	struct source_host host = log_host(l, capture);
	struct err e = {0};
	struct source *s = source_open(word, 0, &host, NULL, &e);

	if (!s)
		printf("# %s\n", e.msg);
	return s;
}

/* Puts fd in the place of standard input. */
static void become_stdin(int fd)
{
	dup2(fd, STDIN_FILENO);
	close(fd);
}

static void test_stdin_file(struct tap *t, const char *path)
{
	struct log l = {0};
	int64_t now = 1;
	struct source *s;

	write_file(path, LINES, sizeof(LINES) - 1);
	become_stdin(open(path, O_RDONLY | O_CLOEXEC));
	s = open_word(&l, false, "stdin:");
	ok(t, s && s->fd == -1, "a regular file is not watched");
	ok(t,
	   log_until(s, &l, EVENT_END, 1, &now) && l.n[EVENT_STEP] == 2 && l.n[EVENT_EPISODE] == 2,
	   "and read to its end, the last line without newline, too");
	source_close(s);
	become_stdin(open("/dev/null", O_RDONLY | O_CLOEXEC));
	s = open_word(&l, false, "stdin:");
	ok(t, s && s->fd == -1 && log_until(s, &l, EVENT_END, 2, &now), "/dev/null ends at once");
	source_close(s);
	log_fini(&l);
}

/* The lines through a pipe in pieces of random size, at different times, captured. */
static void run_pipe(struct tap *t, struct log *l, const char *word)
{
	struct rng r = rng_seed(3);
	int64_t now = 1000;
	struct source *s;
	int ends[2];
	size_t at = 0;

	if (pipe(ends) < 0)
		return;
	become_stdin(ends[0]);
	s = open_word(l, true, word);
	ok(t, s && s->fd == STDIN_FILENO, "a pipe is watched");
	ok(t, s->class->run(s, now) == INT64_MAX, "an empty one holds nobody up");
	while (at < sizeof(LINES) - 1) {
		size_t n = 1 + rng_u32(&r) % 90;

		if (n > sizeof(LINES) - 1 - at)
			n = sizeof(LINES) - 1 - at;
		at += (size_t)write(ends[1], LINES + at, n);
		now += 10 * NS_PER_MS;
		s->class->run(s, now);
	}
	close(ends[1]);
	ok(t, log_until(s, l, EVENT_END, 1, &now) && s->bad_lines == 1, "it ends, with 1 bad line");
	source_close(s);
}

static bool same_text(const struct log *a, const struct log *b)
{
	return a->text.len && a->text.len == b->text.len &&
	       memcmp(a->text.p, b->text.p, a->text.len) == 0;
}

/* Replays a capture file into l; the last result of run(), or of open as -1. */
static int64_t replay(struct log *l, const char *path, const char *params)
{
	char word[200];
	struct source *s;
	int64_t next = 0, now = 77;

	snprintf(word, sizeof(word), "raw:%s%s", path, params);
	s = open_word(l, false, word);
	if (!s)
		return -1;
	while (!l->n[EVENT_END] && next >= 0 && next < INT64_MAX) {
		next = s->class->run(s, now);
		now = next > now ? next : now + 1;
	}
	source_close(s);
	return next < 0 ? next : now;
}

static void test_replay(struct tap *t, const char *path, const struct log *live,
			const struct buf *file)
{
	struct log fast = {0}, slow = {0}, named = {0};

	write_file(path, file->p, file->len);
	ok(t, replay(&fast, path, "?speed=max") >= 0 && same_text(&fast, live),
	   "a replay gives the same events, times and all");
	ok(t, fast.n[EVENT_NOTE] == live->n[EVENT_NOTE] && fast.n[EVENT_END] == 1,
	   "and tells the same bad lines");
	ok(t, replay(&slow, path, "?speed=0.5") > 100 * NS_PER_MS && same_text(&slow, live),
	   "at half speed it takes its time");
	ok(t,
	   replay(&named, path, "?speed=max&prefix=cell") >= 0 &&
		   strcmp(named.hello.joint[1].name, "cell/left/b") == 0,
	   "prefixes add up: %s", named.hello.joint[1].name);
	log_fini(&fast);
	log_fini(&slow);
	log_fini(&named);
}

/* Every shorter file gives a prefix of the events, every flipped bit that or an error. */
static void test_damage(struct tap *t, const char *path, const struct log *live,
			const struct buf *file)
{
	bool prefix = true, told = true, flips = true;
	char *copy = malloc(file->len);

	for (size_t n = 0; copy && n < file->len; n++) {
		struct log l = {0};
		int64_t rc;

		write_file(path, file->p, n);
		rc = replay(&l, path, "?speed=max");
		prefix = prefix && l.text.len <= live->text.len &&
			 memcmp(buf_text(&l.text), live->text.p, l.text.len) == 0;
		told = told && (rc < 0 || l.n[EVENT_END] == 1);
		log_fini(&l);
	}
	ok(t, prefix && told,
	   "cut at any byte: the events before the cut, then an end or an error");
	for (size_t n = 0; copy && n < file->len; n++) {
		struct log l = {0};

		memcpy(copy, file->p, file->len);
		copy[n] = (char)(copy[n] ^ 1 << n % 8);
		write_file(path, copy, file->len);
		if (replay(&l, path, "?speed=max") >= 0)
			flips = flips && strstr(l.note, "cut");
		flips = flips && l.text.len <= live->text.len &&
			memcmp(buf_text(&l.text), live->text.p, l.text.len) == 0;
		log_fini(&l);
	}
	ok(t, flips, "a flipped bit anywhere is found, and nothing false is played");
	free(copy);
}

/* A source that makes its events is captured as lines: they come back bit for bit. */
static void test_sim(struct tap *t, const char *path)
{
	static const char *const word = "sim:?seed=3&seconds=40&speed=max&fault=nan@2&prefix=left";
	struct log live = {0}, again = {0};
	struct buf file = {0};
	struct source *s = open_word(&live, true, word);
	int64_t now = 5;

	ok(t,
	   s && log_until(s, &live, EVENT_END, 1, &now) && live.n[EVENT_STEP] > 500 &&
		   live.n[EVENT_CHUNK] && live.n[EVENT_EPISODE],
	   "a simulated run");
	source_close(s);
	capture_put_header(&file, &word, 1, NULL);
	buf_add(&file, live.capture.p, live.capture.len);
	write_file(path, file.p, file.len);
	ok(t,
	   replay(&again, path, "?speed=max") >= 0 && same_text(&again, &live) &&
		   again.n[EVENT_NOTE] == 0,
	   "come back from their capture");
	log_fini(&live);
	log_fini(&again);
	buf_fini(&file);
}

static void add_record(struct buf *file, int64_t t_ns, const char *text)
{
	struct capture_record r = {
		.t_ns = t_ns, .bytes = (const unsigned char *)text, .len = text ? strlen(text) : 0};

	capture_put(file, &r);
}

/* What is left of an engine that crashed, the mark, and what the next one read. */
static void test_crash(struct tap *t, const char *path, const char *word, unsigned steps,
		       unsigned gaps, const char *what)
{
	static const char hello[] = "{\"type\":\"hello\",\"joints\":[\"a\"],\"fps\":30}\n";
	static const char step[] = "{\"type\":\"step\",\"seq\":%d,\"t\":0.1,\"asked\":[1]}\n";
	struct log l = {0};
	struct buf file = {0};
	char line[128];
	bool good;

	capture_put_header(&file, &word, 1, NULL);
	add_record(&file, 1, hello);
	for (int i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), step, i);
		line[i < 2 ? sizeof(line) - 1 : 20] = '\0'; /* the last one is cut */
		add_record(&file, 2 + i, line);
	}
	add_record(&file, 5, NULL);
	add_record(&file, 6, hello);
	for (int i = 0; i < 4; i++) {
		snprintf(line, sizeof(line), step, i);
		add_record(&file, 7 + i, line);
	}
	write_file(path, file.p, file.len);
	good = replay(&l, path, "?speed=max") >= 0;
	ok(t, good && l.n[EVENT_HELLO] == 2 && l.n[EVENT_STEP] == steps && l.n[EVENT_GAP] == gaps,
	   "%s: %u hellos, %u steps, %u gaps", what, l.n[EVENT_HELLO], l.n[EVENT_STEP],
	   l.n[EVENT_GAP]);
	log_fini(&l);
	buf_fini(&file);
}

static void test_bad_words(struct tap *t, const char *path)
{
	static const char *const future = "can:can0";
	struct source_host host = log_host(NULL, false), capturing = log_host(NULL, true);
	struct buf b = {0};
	struct err e = {0};
	char word[200];

	snprintf(word, sizeof(word), "raw:%s", path);
	write_file(path, "", 0);
	ok(t, !source_open(word, 0, &host, NULL, &e) && e.code == EBADMSG, "%s", e.msg);
	capture_put_header(&b, &future, 1, &e);
	write_file(path, b.p, b.len);
	ok(t, !source_open(word, 0, &host, NULL, &e) && strstr(e.msg, "can:can0"), "%s", e.msg);
	ok(t, !source_open(word, 0, &capturing, NULL, &e) && e.code == EINVAL, "%s", e.msg);
	ok(t, !source_open("raw:/nonexistent", 0, &host, NULL, &e) && e.code == ENOENT, "%s",
	   e.msg);
	ok(t, !source_open("raw:/dev", 0, &host, NULL, &e), "%s", e.msg);
	ok(t, !source_open("raw:x?speed=0", 0, &host, NULL, &e) && e.code == EINVAL, "%s", e.msg);
	buf_fini(&b);
}

int main(void)
{
	static const char *const word = "stdin:?prefix=left";
	char dir[] = "/tmp/t_rawXXXXXX", path[64];
	struct tap t = {0};
	struct log live = {0};
	struct buf file = {0};

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/f", dir);
	test_stdin_file(&t, path);
	run_pipe(&t, &live, word);
	capture_put_header(&file, &word, 1, NULL);
	buf_add(&file, live.capture.p, live.capture.len);
	test_replay(&t, path, &live, &file);
	test_damage(&t, path, &live, &file);
	test_sim(&t, path);
	test_crash(&t, path, "stdin:", 6, 1, "a line cut by a crash is joined with nothing");
	test_crash(&t, path, "dataset:x", 4, 0, "what a data set gave twice is played once");
	test_bad_words(&t, path);
	unlink(path);
	rmdir(dir);
	log_fini(&live);
	buf_fini(&file);
	return tap_done(&t);
}
