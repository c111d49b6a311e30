/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/json.h"

#include <string.h>

/* What the grammar allows next. */
enum state { VALUE, VALUE_OR_END, KEY, KEY_OR_END, AFTER };

void json_init(struct json *j, const char *text, size_t len)
{
	*j = (struct json){.token = JSON_END, .at = text, .end = text + len, .state = VALUE};
}

static enum json_token fail(struct json *j, const char *why)
{
	if (!j->error)
		j->error = why;
	return j->token = JSON_ERROR;
}

static void skip_space(struct json *j)
{
	while (j->at < j->end &&
	       (*j->at == ' ' || *j->at == '\t' || *j->at == '\r' || *j->at == '\n'))
		j->at++;
}

static bool in_object(const struct json *j)
{
	return j->depth && (j->objects >> (j->depth - 1) & 1);
}

static enum json_token open_level(struct json *j, bool object)
{
	if (j->depth == JSON_DEPTH_MAX)
		return fail(j, "nested too deep");
	j->at++;
	j->objects &= ~(1u << j->depth);
	j->objects |= (uint32_t)object << j->depth;
	j->depth++;
	j->state = object ? KEY_OR_END : VALUE_OR_END;
	return j->token = object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_token close_level(struct json *j)
{
	bool object = in_object(j);

	j->at++;
	j->depth--;
	j->state = AFTER;
	return j->token = object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

/* Finds the end of a string; \u escapes are checked when somebody wants the text. */
static bool scan_string(struct json *j)
{
	const char *p = ++j->at;

	j->escaped = false;
	while (p < j->end && *p != '"') {
		if (*p == '\\') {
			j->escaped = true;
			if (++p == j->end)
				break;
		}
		p++;
	}
	if (p == j->end) {
		fail(j, "a string has no end");
		return false;
	}
	j->text = j->at;
	j->len = (size_t)(p - j->at);
	j->at = p + 1;
	return true;
}

static enum json_token take_key(struct json *j)
{
	if (*j->at != '"')
		return fail(j, "a key is expected");
	if (!scan_string(j))
		return JSON_ERROR;
	skip_space(j);
	if (j->at == j->end || *j->at != ':')
		return fail(j, "a colon is missing");
	j->at++;
	j->state = VALUE;
	return j->token = JSON_KEY;
}

static bool word_at(const struct json *j, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(j->end - j->at) >= n && memcmp(j->at, word, n) == 0;
}

static const char *digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? at p; NULL when it is none. */
static const char *scan_number(const char *p, const char *end)
{
	const char *from;

	if (p < end && *p == '-')
		p++;
	from = p;
	p = digits(p, end);
	if (p == from || (*from == '0' && p - from > 1))
		return NULL;
	if (p < end && *p == '.') {
		from = p + 1;
		p = digits(from, end);
		if (p == from)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		from = p + 1;
		if (from < end && (*from == '+' || *from == '-'))
			from++;
		p = digits(from, end);
		if (p == from)
			return NULL;
	}
	return p;
}

static enum json_token take_number(struct json *j)
{
	const char *stop;

	if (word_at(j, "NaN"))
		stop = j->at + 3;
	else if (word_at(j, "Infinity"))
		stop = j->at + 8;
	else if (word_at(j, "-Infinity"))
		stop = j->at + 9;
	else
		stop = scan_number(j->at, j->end);
	if (!stop)
		return fail(j, "neither a value nor a number");
	if (stop - j->at > JSON_NUMBER_MAX)
		return fail(j, "a number is too long");
	j->text = j->at;
	j->len = (size_t)(stop - j->at);
	j->at = stop;
	j->state = AFTER;
	return j->token = JSON_NUMBER;
}

static enum json_token take_word(struct json *j, const char *word, enum json_token token)
{
	if (!word_at(j, word))
		return fail(j, "neither a value nor a number");
	j->at += strlen(word);
	j->state = AFTER;
	return j->token = token;
}

static enum json_token take_value(struct json *j)
{
	switch (*j->at) {
	case '{':
		return open_level(j, true);
	case '[':
		return open_level(j, false);
	case '"':
		if (!scan_string(j))
			return JSON_ERROR;
		j->state = AFTER;
		return j->token = JSON_STRING;
	case 't':
		return take_word(j, "true", JSON_TRUE);
	case 'f':
		return take_word(j, "false", JSON_FALSE);
	case 'n':
		return take_word(j, "null", JSON_NULL);
	default:
		return take_number(j);
	}
}

/* A value is complete: a comma, the end of its level, or the end of the text must follow. */
static bool take_comma(struct json *j)
{
	if (*j->at != ',')
		return false;
	j->at++;
	j->state = in_object(j) ? KEY : VALUE;
	skip_space(j);
	return true;
}

enum json_token json_next(struct json *j)
{
	if (j->error)
		return j->token = JSON_ERROR;
	skip_space(j);
	if (j->state == AFTER && !j->depth)
		return j->at == j->end ? (j->token = JSON_END)
				       : fail(j, "something follows the end of the object");
	if (j->at < j->end && j->state != VALUE && j->state != KEY &&
	    *j->at == (in_object(j) ? '}' : ']'))
		return close_level(j);
	if (j->at < j->end && j->state == AFTER && !take_comma(j))
		return fail(j, "a comma is missing");
	if (j->at == j->end)
		return fail(j, "the text is cut short");
	return j->state == KEY || j->state == KEY_OR_END ? take_key(j) : take_value(j);
}

enum json_token json_skip(struct json *j)
{
	unsigned outside = j->depth;

	if (j->token == JSON_OBJECT || j->token == JSON_ARRAY) {
		outside--;
		while (j->depth > outside && json_next(j) != JSON_ERROR)
			;
	}
	return j->token;
}

bool json_is(const struct json *j, const char *word)
{
	return j->len == strlen(word) && memcmp(j->text, word, j->len) == 0;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = p[i] | 0x20;

		if (p[i] >= '0' && p[i] <= '9')
			v = v << 4 | (p[i] - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static size_t put_rune(char out[4], uint32_t r)
{
	if (r < 0x80) {
		out[0] = (char)r;
		return 1;
	}
	if (r < 0x800) {
		out[0] = (char)(0xc0 | r >> 6);
		out[1] = (char)(0x80 | (r & 0x3f));
		return 2;
	}
	if (r < 0x10000) {
		out[0] = (char)(0xe0 | r >> 12);
		out[1] = (char)(0x80 | (r >> 6 & 0x3f));
		out[2] = (char)(0x80 | (r & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | r >> 18);
	out[1] = (char)(0x80 | (r >> 12 & 0x3f));
	out[2] = (char)(0x80 | (r >> 6 & 0x3f));
	out[3] = (char)(0x80 | (r & 0x3f));
	return 4;
}

/* Decodes \uNNNN (or a surrogate pair of two) whose 'u' is at *p; moves *p behind it. */
static uint32_t take_u(const char **p, const char *end)
{
	int high = hex4(*p + 1, end), low;

	if (high < 0) {
		*p += 1;
		return 0xfffd;
	}
	*p += 5;
	if (high < 0xd800 || high > 0xdfff)
		return (uint32_t)high;
	if (high > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return 0xfffd;
	low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*p += 6;
	return 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
}

static size_t take_escape(char out[4], const char **p, const char *end)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known;

	if (**p == 'u')
		return put_rune(out, take_u(p, end));
	known = memchr(from, **p, sizeof(from) - 1);
	out[0] = known ? to[known - from] : **p;
	*p += 1;
	return 1;
}

size_t json_text(const struct json *j, char *dst, size_t size)
{
	const char *p = j->text, *end = j->text + j->len;
	size_t at = 0;

	if (!j->escaped) {
		at = j->len < size ? j->len : size;
		memcpy(dst, j->text, at);
		return at;
	}
	while (p < end) {
		char piece[4] = {*p};
		size_t n = 1;

		if (*p++ == '\\')
			n = take_escape(piece, &p, end);
		if (at + n > size)
			break;
		memcpy(dst + at, piece, n);
		at += n;
	}
	return at;
}
