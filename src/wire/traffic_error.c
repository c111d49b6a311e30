/* SPDX-License-Identifier: Apache-2.0 */
/* Error texts: the line that a person needs, and the traceback for whoever looks for the cause. */
#include <string.h>

#include "base/text.h"
#include "model/verdict.h"
#include "wire/traffic_impl.h"

enum { LINES = 24 /* of a traceback are told, the last ones */ };

static bool blank(const char *p, size_t n)
{
	while (n && (*p == ' ' || *p == '\t' || *p == '\r')) {
		p++;
		n--;
	}
	return !n;
}

/* The line before *end that is not blank, and moves *end before it. NULL: there is none. */
static const char *line_before(const char *text, const char **end, size_t *n)
{
	while (*end > text) {
		const char *stop = *end, *start = stop;

		while (start > text && start[-1] != '\n')
			start--;
		*end = start > text ? start - 1 : text;
		*n = (size_t)(stop - start);
		if (!blank(start, *n))
			return start;
		if (start == text)
			return NULL;
	}
	return NULL;
}

static bool starts(const char *line, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && memcmp(line, word, len) == 0;
}

/*
 * The line that names the exception: behind the frames of the last traceback, each a line with the
 * place and indented ones with the code. What follows it is the rest of its message, or advice.
 * Without a traceback it is the last line.
 */
static void error_line(char *dst, size_t size, const char *text, size_t all)
{
	const char *end = text + all, *line, *best = NULL;
	size_t n, len = 0;
	bool framed = false;

	while (!framed && (line = line_before(text, &end, &n))) {
		framed = starts(line, n, "  File \"");
		if (!framed && (!best || !starts(line, n, "    "))) {
			best = line;
			len = n;
		}
	}
	end = text + all;
	if (!framed)
		best = line_before(text, &end, &len);
	if (best)
		text_clean(dst, size, best, len);
	else
		text_copy(dst, size, "an error without a word");
}

void traffic_tell_error(struct traffic *p, const char *text, size_t n, int64_t t_ns, uint64_t size)
{
	struct event ev = {.kind = EVENT_NOTE, .level = LEVEL_NOTE};
	const char *line[LINES], *end = text + n;
	size_t len[LINES];
	unsigned lines = 0;
	char clean[320];

	error_line(clean, sizeof(clean), text, n);
	traffic_exchange(p, EXCHANGE_FAILED, t_ns, size, clean, false);
	while (lines < LINES && (line[lines] = line_before(text, &end, &len[lines])))
		lines++;
	if (lines < 2)
		return; /* the error was all there is */
	ev.text = clean;
	while (lines--) {
		text_clean(clean, sizeof(clean), line[lines], len[lines]);
		traffic_emit(p, &ev, t_ns);
	}
}
