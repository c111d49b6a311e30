/* SPDX-License-Identifier: Apache-2.0 */
#include "check/words.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { WORD_BYTES = 24, FOLD_BYTES = 256 };

/* A text in words: as they stand there, and folded for comparison. */
struct words {
	unsigned n;
	char plain[WORDS_MAX][WORD_BYTES], folded[WORDS_MAX][WORD_BYTES];
};

/* Costs of making the rest of one text into the rest of the other. */
struct costs {
	uint8_t at[WORDS_MAX + 1][WORDS_MAX + 1];
};

static bool is_space(char c)
{
	return isspace((unsigned char)c);
}

/* Part of a word: letters of any alphabet, digits, underscores. */
static bool is_wordy(char c)
{
	unsigned char u = (unsigned char)c;

	return isalnum(u) || u == '_' || u >= 0x80;
}

void words_fold(char *dst, size_t size, const char *src)
{
	size_t used = 0;
	bool space = false;

	for (; *src && used + 2 < size; src++) {
		if (is_space(*src)) {
			space = used > 0;
		} else if (is_wordy(*src)) {
			if (space)
				dst[used++] = ' ';
			space = false;
			dst[used++] = (char)tolower((unsigned char)*src);
		}
	}
	dst[used] = '\0';
}

bool words_split(const char *text)
{
	unsigned words = 0, single = 0;

	while (*text) {
		unsigned runes = 0;

		while (*text && !is_wordy(*text))
			text++;
		if (!*text)
			break;
		for (; is_wordy(*text); text++)
			runes += ((unsigned char)*text & 0xC0) != 0x80;
		words++;
		single += runes == 1;
	}
	return words >= 5 && single * 10 >= words * 9;
}

/* Without the punctuation around it. */
static void take_word(struct words *w, const char *from, const char *to)
{
	size_t len;

	while (from < to && !is_wordy(*from))
		from++;
	while (to > from && !is_wordy(to[-1]))
		to--;
	len = (size_t)(to - from);
	if (!len || w->n == WORDS_MAX)
		return;
	len = len < WORD_BYTES - 1 ? len : WORD_BYTES - 1;
	memcpy(w->plain[w->n], from, len);
	w->plain[w->n][len] = '\0';
	words_fold(w->folded[w->n], WORD_BYTES, w->plain[w->n]);
	w->n++;
}

static void take_words(struct words *w, const char *text)
{
	w->n = 0;
	while (*text) {
		const char *from = text;

		while (*text && !is_space(*text))
			text++;
		take_word(w, from, text);
		while (*text && is_space(*text))
			text++;
	}
}

static bool same(const struct words *a, unsigned i, const struct words *b, unsigned k)
{
	return strcmp(a->folded[i], b->folded[k]) == 0;
}

/* As few words as can be that are not in both, in order; a replaced one counts twice. */
static void count(const struct words *a, const struct words *b, struct costs *c)
{
	for (unsigned i = a->n + 1; i-- > 0;) {
		for (unsigned k = b->n + 1; k-- > 0;) {
			if (i == a->n || k == b->n)
				c->at[i][k] = (uint8_t)(a->n - i + b->n - k);
			else if (same(a, i, b, k))
				c->at[i][k] = c->at[i + 1][k + 1];
			else if (c->at[i + 1][k] < c->at[i][k + 1])
				c->at[i][k] = (uint8_t)(c->at[i + 1][k] + 1);
			else
				c->at[i][k] = (uint8_t)(c->at[i][k + 1] + 1);
		}
	}
}

enum edit { EDIT_KEEP, EDIT_OTHER, EDIT_MORE, EDIT_MISSING, EDIT_END };

/* What comes next on the way from a to b; goes on. */
static enum edit next_edit(const struct words *a, const struct words *b, const struct costs *c,
			   unsigned *i, unsigned *k)
{
	unsigned x = *i, y = *k;

	if (x == a->n && y == b->n)
		return EDIT_END;
	*i += x < a->n;
	*k += y < b->n;
	if (x < a->n && y < b->n) {
		if (same(a, x, b, y))
			return EDIT_KEEP;
		if (c->at[x][y] == c->at[x + 1][y + 1] + 2)
			return EDIT_OTHER;
	}
	if (x < a->n && (y == b->n || c->at[x][y] == c->at[x + 1][y] + 1)) {
		*k = y;
		return EDIT_MORE;
	}
	*i = x;
	return EDIT_MISSING;
}

unsigned words_apart(const char *a, const char *b)
{
	struct words x, y;
	struct costs c;
	unsigned i = 0, k = 0, n = 0;
	enum edit edit;

	take_words(&x, a);
	take_words(&y, b);
	count(&x, &y, &c);
	while ((edit = next_edit(&x, &y, &c, &i, &k)) != EDIT_END)
		n += edit != EDIT_KEEP;
	return n;
}

/* One of the three lists of a difference; what does not fit is left out. */
struct list {
	char text[160];
	size_t used;
};

static void add(struct list *l, const char *between, const char *word, const char *other)
{
	int n = snprintf(l->text + l->used, sizeof(l->text) - l->used, "%s%s%s%s",
			 l->used ? between : "", word, other ? "/" : "", other ? other : "");

	l->used += (size_t)n;
	if (l->used >= sizeof(l->text))
		l->used = sizeof(l->text) - 1;
}

static void put(char *dst, size_t size, const char *title, const struct list *l)
{
	size_t used = strlen(dst);

	if (l->used)
		snprintf(dst + used, size - used, "%s%s: %s", used ? "; " : "", title, l->text);
}

void words_difference(char *dst, size_t size, const char *said, const char *trained)
{
	struct list other = {.text = ""}, more = {.text = ""}, missing = {.text = ""};
	struct words a, b;
	struct costs c;
	unsigned i = 0, k = 0;
	enum edit edit;

	take_words(&a, said);
	take_words(&b, trained);
	count(&a, &b, &c);
	while ((edit = next_edit(&a, &b, &c, &i, &k)) != EDIT_END) {
		if (edit == EDIT_OTHER)
			add(&other, ", ", a.plain[i - 1], b.plain[k - 1]);
		else if (edit == EDIT_MORE)
			add(&more, " ", a.plain[i - 1], NULL);
		else if (edit == EDIT_MISSING)
			add(&missing, " ", b.plain[k - 1], NULL);
	}
	dst[0] = '\0';
	put(dst, size, "other words", &other);
	put(dst, size, "more", &more);
	put(dst, size, "missing", &missing);
}

void words_cut(char *dst, size_t size, const char *src)
{
	size_t n = text_copy(dst, size, src);

	if (src[n] && size > 4)
		text_copy(dst + text_copy(dst, size - 3, src), 4, "...");
}
