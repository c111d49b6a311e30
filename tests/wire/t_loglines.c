/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Console lines as LeRobot 0.6.1 and openpi print them (log/NAME.txt, cut from real runs), and the
 * events that they become (log/NAME.events; UPDATE=1 writes these anew), however they are cut.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/verdict.h"
#include "tests/tap.h"
#include "wire/loglines.h"

enum { FILE_MAX = 1 << 18 };

static void write_event(void *host, const struct event *ev)
{
	struct buf *b = host;

	if (ev->kind == EVENT_NOTE)
		buf_printf(b, "%s: %s\n", level_word((enum level)ev->level), ev->text);
	else if (ev->kind == EVENT_RESET)
		buf_str(b, "reset\n");
	else if (ev->kind == EVENT_EPISODE)
		buf_printf(b, "episode %s%s (%s)\n", ev->episode->start ? "start" : "end",
			   ev->episode->outcome == OUTCOME_DISCARD ? ", discarded" : "",
			   ev->episode->boundary);
	else
		buf_str(b, "an event that no log can tell\n");
}

/* All of text in pieces of `piece` bytes, a line every 100 ms. */
static void feed(struct loglines *l, const char *text, size_t n, size_t piece)
{
	size_t at = 0;

	while (at < n) {
		size_t left = n - at < piece ? n - at : piece;

		at += loglines_bytes(l, text + at, left, 1,
				     (int64_t)(loglines_count(l) + 1) * 100 * NS_PER_MS);
	}
	loglines_end(l, (int64_t)(loglines_count(l) + 1) * 100 * NS_PER_MS);
}

static void decode(struct buf *out, const char *text, size_t n, size_t piece, bool episodes)
{
	struct loglines *l = loglines_new(write_event, out, episodes);

	buf_clear(out);
	feed(l, text, n, piece);
	loglines_free(l);
}

static size_t read_file(const char *path, char *dst, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(dst, 1, size - 1, f) : 0;

	if (f)
		fclose(f);
	dst[n] = '\0';
	return n;
}

static void one_file(struct tap *t, const char *folder, const char *name, char *text, char *want)
{
	struct buf got = {0}, cut = {0};
	char path[1024], golden[1024];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	n = read_file(path, text, FILE_MAX);
	decode(&got, text, n, n, true);
	snprintf(golden, sizeof(golden), "%s/%.*s.events", folder, (int)strlen(name) - 4, name);
	if (getenv("UPDATE")) {
		FILE *f = fopen(golden, "w");

		if (f) {
			fputs(buf_text(&got), f);
			fclose(f);
		}
	}
	read_file(golden, want, FILE_MAX);
	if (!ok(t, n > 0 && strcmp(buf_text(&got), want) == 0, "%s: its events", name))
		printf("%s", buf_text(&got));
	decode(&cut, text, n, 1, true);
	ok(t, strcmp(buf_text(&got), buf_text(&cut)) == 0, "%s: the same byte by byte", name);
	decode(&cut, text, n, n, false);
	ok(t, !strstr(buf_text(&cut), "episode start") && !strstr(buf_text(&cut), "reset\n"),
	   "%s: no episodes when another source tells them", name);
	buf_fini(&got);
	buf_fini(&cut);
}

static void files(struct tap *t, const char *folder)
{
	char *text = malloc(FILE_MAX), *want = malloc(FILE_MAX);
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), files = 0;

	for (int i = 0; i < n; i++) {
		if (text_ends(names[i]->d_name, ".txt")) {
			one_file(t, folder, names[i]->d_name, text, want);
			files++;
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	ok(t, files >= 10, "there are fixtures (%d)", files);
	free(text);
	free(want);
}

static void said(struct tap *t, const char *text, const char *want, const char *what)
{
	struct buf got = {0};

	decode(&got, text, strlen(text), strlen(text), true);
	if (!ok(t, strcmp(buf_text(&got), want) == 0, "%s", what))
		printf("# %s\n", buf_text(&got));
	buf_fini(&got);
}

static void terminals(struct tap *t)
{
	said(t, "\033[31mINFO x Recording\033[0m episode 3\033[K\r\n",
	     "episode start (log: Recording episode 3)\n", "colours and line ends of a terminal");
	said(t, "Map: 10%\rMap: 99%\rINFO Recording episode 3\n",
	     "episode start (log: Recording episode 3)\n", "a progress bar before it");
	said(t, "\033]0;title\aINFO Recording episode 3\n",
	     "episode start (log: Recording episode 3)\n", "a window title");
	said(t, "\033]0;title without an end\nINFO Recording episode 3\n",
	     "episode start (log: Recording episode 3)\n", "a sequence that never ends");
	said(t,
	     "ERROR x \xc2\x9b"
	     "31m\xe2\x80\xae \xff\n",
	     "warn: ERROR x \\x9b31m\\u{202e} \\xff\n",
	     "what a terminal would obey is made visible");
	said(t, "INFO the text Recording episode 3 of 5 was printed\nINFO Recording episodes\n", "",
	     "a sentence about episodes is none");
	said(t, "INFO Stop recording\nINFO Reset the environment\n", "",
	     "an end without a start is none");
	said(t, "Recording episode 1", "episode start (log: Recording episode 1)\n",
	     "a last line without its end");
}

static void waits(struct tap *t)
{
	static const char text[] = "Traceback (most recent call last):\n  File \"a/b.py\", line 7, "
				   "in f\n    g()\nValueError: no\n";
	struct buf got = {0};
	struct loglines *l = loglines_new(write_event, &got, true);
	int64_t due;

	ok(t, loglines_due(l, 5) == INT64_MAX, "nothing is due");
	loglines_bytes(l, text, strlen(text), 100, NS_PER_S);
	due = loglines_due(l, NS_PER_S);
	ok(t, got.len == 0 && due > NS_PER_S && due < 2 * NS_PER_S,
	   "an exception waits for what may be chained to it");
	ok(t,
	   loglines_due(l, due) == INT64_MAX &&
		   strcmp(buf_text(&got), "warn: ValueError: no (a/b.py:7)\n") == 0,
	   "and is told half a second later");
	loglines_free(l);
	buf_fini(&got);
}

static void plain(struct tap *t)
{
	static const char text[] = "\033[1mone\033[0m\r\ntwo\rthree\n";
	char dst[16], tiny[3];
	size_t n = loglines_plain(dst, sizeof(dst), text, strlen(text));

	ok(t, n == 13 && strcmp(dst, "one") == 0, "plain text of a line: %s", dst);
	loglines_plain(dst, sizeof(dst), text + n, strlen(text) - n);
	ok(t, strcmp(dst, "three") == 0, "what was written over is gone: %s", dst);
	loglines_plain(tiny, sizeof(tiny), text, strlen(text));
	ok(t, strcmp(tiny, "on") == 0, "and it is cut where there is no room");
}

int main(void)
{
	struct tap t = {0};
	char folder[1024];

	snprintf(folder, sizeof(folder), "%s/tests/wire/log", getenv("TOP_SRCDIR"));
	files(&t, folder);
	terminals(&t);
	waits(&t);
	plain(&t);
	return tap_done(&t);
}
