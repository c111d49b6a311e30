/* SPDX-License-Identifier: Apache-2.0 */
#include "redact/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "redact/redact_form.h"

enum {
	WORDS_MAX = 2048, /* hostile texts could teach any number */
	KNOWN_MIN = 2,	  /* a name of one letter would be everywhere */
	SURE_MIN = 8,	  /* bytes of a secret that is no word of a language */
	SURE_LONG = 20,	  /* and of one that may be */
	CHANCE_MAX = 5,	  /* bytes of a word that other bytes may be by chance */
	TEXT_MIN = 10,	  /* of a text in which it is none */
	PREFIX_MIN = 12,  /* bytes of a task that a message may have cut */
};

struct word {
	enum redact_kind kind;
	unsigned number; /* of its placeholder */
	char *text;
	size_t len;
	bool in_place; /* only where it has a form: elsewhere it may be any word */
	size_t next;   /* of the same first byte, + 1 */
};

struct redact {
	bool all;
	struct word *word;
	size_t words;
	size_t first[256]; /* by first byte in lower case, + 1 */
	unsigned numbers[REDACT_KINDS];
	uint64_t count[REDACT_KINDS];
};

/* In placeholders, and where they are counted. */
static const struct {
	const char *one, *many;
} kinds[REDACT_KINDS] = {
	[REDACT_SECRET] = {"secret", "secrets"}, [REDACT_TASK] = {"task", "tasks"},
	[REDACT_USER] = {"user", "users"},	 [REDACT_HOST] = {"host", "hosts"},
	[REDACT_HOME] = {"home", "homes"},	 [REDACT_SERIAL] = {"serial", "serials"},
	[REDACT_MAIL] = {"mail", "mails"},	 [REDACT_ADDRESS] = {"address", "addresses"},
};

/* Where the text goes: appended, or in place, or nowhere. */
struct sink {
	struct buf *out;
	char *bytes;
	bool learns;
};

struct redact *redact_new(bool all)
{
	struct redact *r = xcalloc(1, sizeof(*r));

	r->all = all;
	return r;
}

void redact_free(struct redact *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->words; i++)
		free(r->word[i].text);
	free(r->word);
	free(r);
}

uint64_t redact_count(const struct redact *r, enum redact_kind kind)
{
	return r->count[kind];
}

const char *redact_word(enum redact_kind kind)
{
	return kinds[kind].many;
}

static unsigned char low(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static const struct word *exact(const struct redact *r, enum redact_kind kind, const char *text,
				size_t len)
{
	for (size_t i = len ? r->first[low(text[0])] : 0; i; i = r->word[i - 1].next) {
		const struct word *w = &r->word[i - 1];

		if (w->kind == kind && w->len == len && memcmp(w->text, text, len) == 0)
			return w;
	}
	return NULL;
}

static struct word *add(struct redact *r, enum redact_kind kind, unsigned number, const char *text,
			size_t len)
{
	struct word *w;

	if (!len || r->words == WORDS_MAX || exact(r, kind, text, len))
		return NULL;
	if (!(r->words & (r->words - 1)))
		r->word = xrealloc(r->word, r->words ? 2 * r->words : 1, sizeof(*r->word));
	w = &r->word[r->words++];
	*w = (struct word){.kind = kind, .number = number, .len = len};
	w->text = xcalloc(len + 1, 1);
	memcpy(w->text, text, len);
	w->next = r->first[low(text[0])];
	r->first[low(text[0])] = r->words;
	return w;
}

/* As JSON and URIs write it: other bytes, the same word. */
static void add_written(struct redact *r, enum redact_kind kind, unsigned number, const char *text,
			size_t len)
{
	static const char plain[] = "-._~/:@!$'()*,;";
	char *copy = xcalloc(len + 1, 1);
	struct buf b = {0};

	memcpy(copy, text, len);
	buf_json_str(&b, copy);
	add(r, kind, number, b.p + 1, b.len - 2);
	buf_clear(&b);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x80 && c && (redact_in_word(c) || strchr(plain, (char)c)))
			buf_add(&b, &text[i], 1);
		else
			buf_printf(&b, "%%%02X", c);
	}
	add(r, kind, number, buf_text(&b), b.len);
	buf_fini(&b);
	free(copy);
}

void redact_know(struct redact *r, enum redact_kind kind, const char *text, size_t len)
{
	unsigned number;

	if (len < KNOWN_MIN || (!r->all && kind != REDACT_SECRET) || exact(r, kind, text, len))
		return;
	number = ++r->numbers[kind];
	add(r, kind, number, text, len);
	add_written(r, kind, number, text, len);
}

/* A name is not a part of a longer word; a secret may be glued to anything. */
static bool stands_alone(const struct redact_span *s, const char *text, size_t len)
{
	unsigned char before = s->from ? (unsigned char)text[s->from - 1] : ' ';
	unsigned char behind = s->to < len ? (unsigned char)text[s->to] : ' ';

	if (s->kind == REDACT_SECRET)
		return true;
	if (s->kind == REDACT_SERIAL)
		return (before == '_' || !redact_in_word(before)) &&
		       (behind == '_' || !redact_in_word(behind));
	if (s->kind == REDACT_HOME)
		return !redact_in_word(before) && !redact_in_word(behind) && behind != '-' &&
		       behind != '.';
	return (!redact_in_word(before) || !redact_in_word((unsigned char)text[s->from])) &&
	       (!redact_in_word(behind) || !redact_in_word((unsigned char)text[s->to - 1]));
}

/* "robot": of an object, whose shape must stay, may be a user's name, too. */
static bool is_key(const struct redact_span *s, const char *text, size_t len)
{
	size_t i = s->to + 1;

	if (s->kind == REDACT_SECRET || !s->from || text[s->from - 1] != '"' || s->to >= len ||
	    text[s->to] != '"')
		return false;
	while (i < len && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t'))
		i++;
	return i < len && text[i] == ':';
}

static size_t common(const struct word *w, const char *text, size_t len)
{
	size_t n = 0;

	while (n < w->len && n < len && low(w->text[n]) == low(text[n]))
		n++;
	return n;
}

/* The longest known word here; case does not count, but another case is another word. */
static const struct word *known(const struct redact *r, const char *text, size_t len, size_t at,
				struct redact_span *s)
{
	const struct word *best = NULL;

	for (size_t i = r->first[low(text[at])]; i; i = r->word[i - 1].next) {
		const struct word *w = &r->word[i - 1];
		struct redact_span span = {w->kind, at, at, false};
		size_t n = common(w, text + at, len - at);

		if (w->in_place || (n < w->len && (w->kind != REDACT_TASK || n < PREFIX_MIN)))
			continue;
		span.to = at + n;
		if ((n == w->len && !stands_alone(&span, text, len)) || is_key(&span, text, len))
			continue;
		/* Newer words come first; of two that are cut alike, the one told first. */
		if (!best || span.to >= s->to) {
			best = w;
			*s = span;
		}
	}
	return best;
}

/*
 * A task that is known up to here. Cut by a message ("pick up the…") it is that task; else the text
 * in its quotes is another one.
 */
static void take_rest(const struct word *w, const char *text, size_t len, struct redact_span *s,
		      bool *cut)
{
	char quote = s->from ? text[s->from - 1] : ' ';
	size_t end = s->to;

	*cut = true;
	if (s->to - s->from == w->len || (quote != '"' && quote != '\''))
		return;
	while (end < len && text[end] != quote && (unsigned char)text[end] >= ' ')
		end++;
	*cut = (end - s->to == 3 && (memcmp(text + s->to, "...", 3) == 0 ||
				     memcmp(text + s->to, "\xe2\x80\xa6", 3) == 0)) ||
	       end == s->to;
	s->to = end;
}

static void put(struct redact *r, struct sink *k, const struct redact_span *s, unsigned number)
{
	size_t len = s->to - s->from;
	char mark[48];
	size_t n;

	if (s->kind == REDACT_HOME)
		snprintf(mark, sizeof(mark), "~");
	else
		snprintf(mark, sizeof(mark), s->bare ? "\"<%s-%u>\"" : "<%s-%u>",
			 kinds[s->kind].one, number);
	n = strlen(mark);
	if (k->learns)
		return;
	r->count[s->kind]++;
	if (k->out) {
		buf_add(k->out, mark, n);
		return;
	}
	memset(k->bytes + s->from, '*', len);
	if (n <= len)
		memcpy(k->bytes + s->from, mark, n);
}

/* "token=string" teaches that string is one there; "token=Xy12…" that it is one wherever it is. */
static bool is_sure(enum redact_kind kind, const char *text, size_t len)
{
	bool made = len >= SURE_LONG;

	for (size_t i = 0; i < len; i++)
		made |= (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z');
	if (kind == REDACT_SECRET || kind == REDACT_TASK)
		return len >= SURE_MIN && (made || kind == REDACT_TASK);
	return len >= KNOWN_MIN;
}

/* The number of what has a form: that of the same text before, or a new one. */
static unsigned number_of(struct redact *r, const struct redact_span *s, const char *text)
{
	const char *p = text + s->from;
	size_t len = s->to - s->from;
	const struct word *w = exact(r, s->kind, p, len);
	struct word *new;

	if (w)
		return w->number;
	if (is_sure(s->kind, p, len)) {
		redact_know(r, s->kind, p, len);
		return r->numbers[s->kind];
	}
	new = add(r, s->kind, ++r->numbers[s->kind], p, len);
	if (new)
		new->in_place = true;
	return r->numbers[s->kind];
}

/* The name in front of a value ("--token=") stays, but not what is known of it. */
static const struct word *known_before(const struct redact *r, const char *text, size_t len,
				       size_t at, const struct redact_span *form,
				       struct redact_span *s)
{
	for (size_t i = at + 1; i < form->from; i++) {
		const struct word *w = r->first[low(text[i])] ? known(r, text, len, i, s) : NULL;

		if (w)
			return w;
	}
	return NULL;
}

/* Finds what stands at this place; its number, and how far it goes. */
static bool find(struct redact *r, const char *text, size_t len, size_t at, struct redact_span *s,
		 unsigned *number)
{
	const struct word *w = r->first[low(text[at])] ? known(r, text, len, at, s) : NULL;
	struct redact_span form;
	bool cut;

	if (!w) {
		if (!redact_form(text, len, at, r->all, &form))
			return false;
		w = known_before(r, text, len, at, &form, s);
		if (!w) {
			*s = form;
			*number = number_of(r, s, text);
			return true;
		}
		at = s->from;
	}
	*number = w->number;
	/* anna@example.org is more than a user's name. */
	if (redact_form(text, len, at, r->all, &form) && form.from == at && form.to > s->to) {
		*s = form;
		*number = number_of(r, s, text);
		return true;
	}
	if (s->kind != REDACT_TASK)
		return true;
	take_rest(w, text, len, s, &cut);
	if (!cut || (s->to - s->from == w->len && memcmp(w->text, text + at, w->len) != 0))
		*number = number_of(r, s, text);
	return true;
}

/* In binaries two letters are chance; five are not, nor are two in a text. */
static bool is_chance(const struct redact_span *s, const char *text, size_t len)
{
	size_t from = s->from, to = s->to;

	while (from && s->to - from < TEXT_MIN && text[from - 1] >= ' ' && text[from - 1] < 0x7f)
		from--;
	while (to < len && to - s->from < TEXT_MIN && text[to] >= ' ' && text[to] < 0x7f)
		to++;
	return s->to - s->from < CHANCE_MAX && to - from < TEXT_MIN;
}

static void scan(struct redact *r, struct sink *k, const char *text, size_t len)
{
	struct redact_span s = {0};
	size_t at = 0, kept = 0;
	unsigned number = 0;

	while (at < len) {
		if (!find(r, text, len, at, &s, &number) ||
		    (k->bytes && is_chance(&s, text, len))) {
			at++;
			continue;
		}
		if (k->out)
			buf_add(k->out, text + kept, s.from - kept);
		put(r, k, &s, number);
		at = kept = s.to;
	}
	if (k->out)
		buf_add(k->out, text + kept, len - kept);
}

void redact_learn(struct redact *r, const char *text, size_t len)
{
	struct sink k = {.learns = true};

	scan(r, &k, text, len);
}

void redact_text(struct redact *r, struct buf *out, const char *text, size_t len)
{
	struct sink k = {.out = out};

	scan(r, &k, text, len);
}

void redact_bytes(struct redact *r, char *bytes, size_t len)
{
	struct sink k = {.bytes = bytes};

	scan(r, &k, bytes, len);
}
