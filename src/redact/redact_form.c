/* SPDX-License-Identifier: Apache-2.0 */
#include "redact/redact_form.h"

#include <string.h>
#include <strings.h>

enum {
	KEY_MAX = 64, /* bytes of a key before '=' or ':' */
	VALUE_MAX =
		REDACT_VALUE_MAX, /* of a value; of one that is longer the rest is a value of its own */
	TOKEN_MIN = 8,	 /* of a token behind its prefix, when it does not look like a word */
	TOKEN_SURE = 16, /* of one that may */
	SCHEME_MIN = 8,	 /* behind "Bearer " */
};

bool redact_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool redact_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

bool redact_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

bool redact_in_word(unsigned char c)
{
	return redact_alpha(c) || redact_digit(c) || c == '_';
}

bool redact_begins(const struct redact_at *t)
{
	return !t->at || !redact_in_word((unsigned char)t->p[t->at - 1]);
}

bool redact_here(const struct redact_at *t, const char *word)
{
	size_t n = strlen(word);

	return t->len - t->at >= n && strncasecmp(t->p + t->at, word, n) == 0;
}

/* "<secret-1>", also without its end: a text may come here twice. */
static bool is_placeholder(const struct redact_at *t, size_t from, size_t to)
{
	size_t i = from;

	if (from >= to || t->p[i++] != '<')
		return false;
	while (i < to && redact_alpha((unsigned char)t->p[i]))
		i++;
	if (i >= to || t->p[i++] != '-')
		return false;
	while (i < to && redact_digit((unsigned char)t->p[i]))
		i++;
	return i == to || (i + 1 == to && t->p[i] == '>');
}

size_t redact_run(const struct redact_at *t, size_t at, const char *more, size_t most)
{
	size_t n = 0;

	while (at + n < t->len && n < most &&
	       (redact_in_word((unsigned char)t->p[at + n]) || redact_one_of(t->p[at + n], more)))
		n++;
	return n;
}

static size_t run_of(const struct redact_at *t, size_t at, const char *more)
{
	return redact_run(t, at, more, VALUE_MAX);
}

bool redact_found(struct redact_span *s, enum redact_kind kind, size_t from, size_t to)
{
	*s = (struct redact_span){kind, from, to, false};
	return to > from;
}

/* Tokens that say themselves what they are. "hf_transfer" is a word, "hf_Ab3…" is not. */
static bool token(const struct redact_at *t, struct redact_span *s)
{
	static const char *const prefixes[] = {"hf_",	"sk-",	  "sk_live_",	 "ghp_",   "gho_",
					       "ghs_",	"ghu_",	  "github_pat_", "glpat-", "xoxb-",
					       "xoxp-", "AKIA",	  "ASIA",	 "AIza",   "ya29.",
					       "eyJ",	"nvapi-", "wandb_v1_",	 "npm_",   "pypi-"};
	bool looks_made = false;
	size_t n;

	if (!redact_begins(t))
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t from = t->at + strlen(prefixes[i]);

		if (!redact_here(t, prefixes[i]) ||
		    strncmp(t->p + t->at, prefixes[i], strlen(prefixes[i])) != 0)
			continue;
		n = run_of(t, from, "-.");
		for (size_t k = from; k < from + n; k++)
			looks_made |= redact_digit((unsigned char)t->p[k]) ||
				      (t->p[k] >= 'A' && t->p[k] <= 'Z');
		if (n >= TOKEN_SURE || (n >= TOKEN_MIN && looks_made))
			return redact_found(s, REDACT_SECRET, t->at, from + n);
	}
	return false;
}

/* "Authorization: Bearer abc…": HTTP's words before a key. */
static bool scheme(const struct redact_at *t, struct redact_span *s)
{
	static const char *const words[] = {"Bearer ", "Api-Key ", "Bearer%20", "Api-Key%20"};

	if (!redact_begins(t))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t from = t->at + strlen(words[i]), n;

		if (!redact_here(t, words[i]))
			continue;
		n = run_of(t, from, "-._~+/=%");
		if (n >= SCHEME_MIN)
			return redact_found(s, REDACT_SECRET, from, from + n);
	}
	return false;
}

/* scheme://user:password@host */
static bool user_info(const struct redact_at *t, struct redact_span *s)
{
	size_t from = t->at + 3, n = 0;

	if (!redact_here(t, "://"))
		return false;
	while (from + n < t->len && n < VALUE_MAX) {
		char c = t->p[from + n];

		if (c == '@')
			return !is_placeholder(t, from, from + n) &&
			       redact_found(s, REDACT_SECRET, from, from + n);
		if ((unsigned char)c <= ' ' || redact_one_of(c, "/?#\"\\"))
			break;
		n++;
	}
	return false;
}

/* A key in PEM: all between its first and its last line. */
static bool pem(const struct redact_at *t, struct redact_span *s)
{
	static const char first[] = "PRIVATE KEY-----", last[] = "-----END";
	const char *p, *end;
	size_t left = t->len - t->at;

	if (!redact_here(t, "-----BEGIN "))
		return false;
	p = memmem(t->p + t->at, left < KEY_MAX ? left : KEY_MAX, first, sizeof(first) - 1);
	if (!p)
		return false;
	p += sizeof(first) - 1;
	left = (size_t)(t->p + t->len - p);
	end = memmem(p, left, last, sizeof(last) - 1);
	left = end ? (size_t)(end - t->p) : t->len;
	return !is_placeholder(t, (size_t)(p - t->p), left) &&
	       redact_found(s, REDACT_SECRET, (size_t)(p - t->p), left);
}

static const struct key {
	const char *end; /* a key is one that ends so */
	enum redact_kind kind;
	bool whole; /* it is the whole key, or what stands behind a '.' or '_' of it */
} keys[] = {
	{"token", REDACT_SECRET, false},
	{"secret", REDACT_SECRET, false},
	{"password", REDACT_SECRET, false},
	{"passwd", REDACT_SECRET, false},
	{"passphrase", REDACT_SECRET, false},
	{"pwd", REDACT_SECRET, true},
	{"apikey", REDACT_SECRET, false},
	{"api_key", REDACT_SECRET, false},
	{"api-key", REDACT_SECRET, false},
	{"access_key", REDACT_SECRET, false},
	{"access-key", REDACT_SECRET, false},
	{"secret_key", REDACT_SECRET, false},
	{"private_key", REDACT_SECRET, false},
	{"auth_key", REDACT_SECRET, false},
	{"credential", REDACT_SECRET, false},
	{"credentials", REDACT_SECRET, false},
	{"authorization", REDACT_SECRET, false},
	{"task", REDACT_TASK, true},
	{"tasks", REDACT_TASK, true},
	{"prompt", REDACT_TASK, true},
	{"instruction", REDACT_TASK, true},
	{"instructions", REDACT_TASK, true},
	{"task_description", REDACT_TASK, true},
	{"serial", REDACT_SERIAL, true},
	{"serial_number", REDACT_SERIAL, true},
	{"serial_number_or_name", REDACT_SERIAL, true},
	{"serialnumber", REDACT_SERIAL, true},
};

/* The key that text[from..to) is. */
static const struct key *key_of(const struct redact_at *t, size_t from, size_t to)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t n = strlen(keys[i].end), start = to - n;

		if (to - from < n || strncasecmp(t->p + start, keys[i].end, n) != 0)
			continue;
		if (!keys[i].whole || start == from || redact_one_of(t->p[start - 1], "._-"))
			return &keys[i];
	}
	return NULL;
}

/* Null, true, a place in a list, how many tokens a model takes: not a secret, and not a task. */
static bool says_nothing(const struct redact_at *t, size_t from, size_t to, const struct key *k)
{
	static const char *const words[] = {"null", "None", "true", "false", "unknown", "-"};
	bool number = k->kind == REDACT_TASK || strcmp(k->end, "token") == 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == to - from &&
		    strncasecmp(t->p + from, words[i], to - from) == 0)
			return true;
	}
	for (size_t i = from; i < to; i++)
		number &= redact_digit((unsigned char)t->p[i]) || redact_one_of(t->p[i], "+-.");
	return to == from || number || is_placeholder(t, from, to) ||
	       redact_one_of(t->p[from], "{");
}

/*
 * The end of a value in quotes that open at quote, with backslashes before it (JSON in JSON): each
 * level doubles them and adds one, so that only so many before a quote close this one.
 */
static size_t quoted_end(const struct redact_at *t, size_t quote)
{
	size_t slashes = 0, run = 0, i;

	while (slashes < quote && slashes < KEY_MAX && t->p[quote - 1 - slashes] == '\\')
		slashes++;
	for (i = quote + 1; i < t->len && i < quote + VALUE_MAX; i++) {
		if (t->p[i] == '\\') {
			run++;
			continue;
		}
		if (t->p[i] == t->p[quote] && run % (2 * slashes + 2) == slashes)
			return i - slashes;
		run = 0;
	}
	return i;
}

/* A task may have spaces: without quotes it ends with its line, or where the next value begins. */
static size_t bare_end(const struct redact_at *t, size_t from, bool spaces)
{
	size_t i = from;

	for (; i < t->len && i < from + VALUE_MAX; i++) {
		unsigned char c = (unsigned char)t->p[i];

		if (c < ' ' || c == 0x7f || (c == ' ' && !spaces) ||
		    redact_one_of((char)c, "\"'`,;&)]}>\\"))
			break;
	}
	while (i > from && t->p[i - 1] == ' ')
		i--;
	return i;
}

/* The value behind a key: in quotes, or bare. at: behind the separator. */
static bool value(const struct redact_at *t, size_t at, const struct key *k, bool line,
		  struct redact_span *s)
{
	size_t from = at, to, quote;

	while (from < t->len && from < at + KEY_MAX && redact_one_of(t->p[from], " \t[\r\n"))
		from++;
	quote = from;
	while (quote < t->len && t->p[quote] == '\\')
		quote++;
	if (quote < t->len && redact_one_of(t->p[quote], "\"'`")) {
		from = quote + 1;
		to = quoted_end(t, quote);
	} else {
		to = bare_end(t, from, line);
	}
	return to > from && !says_nothing(t, from, to, k) && redact_found(s, k->kind, from, to);
}

/* key=value, "key": "value", key%3Dvalue: seen at the separator, whose key has passed already. */
static bool keyed(const struct redact_at *t, bool all, struct redact_span *s)
{
	size_t end = t->at, begin, behind = t->at + 1;
	const struct key *k;

	if (redact_here(t, "%3D"))
		behind = t->at + 3;
	else if (t->p[t->at] != '=' && t->p[t->at] != ':')
		return false;
	while (end && redact_one_of(t->p[end - 1], " \t\"'`\\") && t->at - end < KEY_MAX)
		end--;
	begin = end;
	while (begin && end - begin < KEY_MAX &&
	       (redact_in_word((unsigned char)t->p[begin - 1]) ||
		redact_one_of(t->p[begin - 1], "-.")))
		begin--;
	k = key_of(t, begin, end);
	if (!k || (!all && k->kind != REDACT_SECRET) ||
	    !value(t, behind, k, k->kind == REDACT_TASK || strcmp(k->end, "authorization") == 0, s))
		return false;
	s->bare = end < t->at && t->p[end] == '"' && t->p[t->at] == ':' &&
		  !redact_one_of(t->p[s->from - 1], "\"'`<");
	return true;
}

/* --token value, also as words of a JSON list. */
static bool option(const struct redact_at *t, bool all, struct redact_span *s)
{
	struct redact_at word = *t;
	const struct key *k;
	size_t n, at;

	if (!redact_here(t, "--") || (t->at && t->p[t->at - 1] == '-'))
		return false;
	n = run_of(t, t->at + 2, "-.");
	k = n < KEY_MAX ? key_of(t, t->at + 2, t->at + 2 + n) : NULL;
	if (!k || (!all && k->kind != REDACT_SECRET))
		return false;
	at = word.at = t->at + 2 + n;
	while (at < t->len && at < word.at + KEY_MAX && redact_one_of(t->p[at], "\\\"', \t\n"))
		at++;
	if (at == word.at || at >= t->len || t->p[at] == '-' || t->p[at] == '=' || t->p[at] == ':')
		return false;
	/* Back to the quote before the value, if there is one. */
	if (redact_one_of(t->p[at - 1], "\"'"))
		at--;
	return value(t, at, k, false, s);
}

bool redact_form(const char *text, size_t len, size_t at, bool all, struct redact_span *s)
{
	const struct redact_at t = {text, len, at};

	return user_info(&t, s) || keyed(&t, all, s) || option(&t, all, s) || token(&t, s) ||
	       scheme(&t, s) || pem(&t, s) || (all && redact_who(&t, s));
}
