/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pull tokenizer for one JSON text (RFC 8259) that is already in memory. It allocates nothing,
 * keeps no copy and never reads outside text[0..len): made for untrusted lines at 1 kHz. Why not
 * cJSON: that allocates a node a number, and refuses NaN, Infinity and -Infinity, which Python
 * writes and a monitor must see. Any thread; one thread a struct json.
 *
 * Lenient in one more way: raw control characters and broken UTF-8 may stand in strings, because
 * whoever shows them cleans them (text_clean).
 */
#ifndef POLICYTOP_WIRE_JSON_H
#define POLICYTOP_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 32, JSON_NUMBER_MAX = 127 /* characters of a number */ };

enum json_token {
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_KEY, /* its colon is already taken: the value comes next */
	JSON_STRING,
	JSON_NUMBER, /* NaN, Infinity and -Infinity, too */
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_END,   /* the text is complete */
	JSON_ERROR, /* and so is every later token; see error */
};

struct json {
	enum json_token token; /* the last one */
	const char *text;      /* KEY, STRING: between the quotes, escapes as written; NUMBER */
	size_t len;
	const char *error; /* what is wrong, static; NULL while nothing is */
	/* private */
	const char *at, *end;
	unsigned depth;
	uint32_t objects; /* bit d: level d is an object */
	unsigned state;
	bool escaped;
};

void json_init(struct json *j, const char *text, size_t len);
enum json_token json_next(struct json *j);

/* Steps over the rest of the value whose first token was the last one. Returns its last token. */
enum json_token json_skip(struct json *j);

/* The last KEY or STRING is this word (compared as written, without escapes). */
bool json_is(const struct json *j, const char *word);

/*
 * The last KEY or STRING as text: escapes decoded (lone surrogates become U+FFFD), not cleaned,
 * no '\0' added, cut at size bytes. Returns its length.
 */
size_t json_text(const struct json *j, char *dst, size_t size);

/*
 * The last NUMBER, correctly rounded. False: not a NUMBER, or one that no double can hold. The
 * process must leave LC_NUMERIC as it is at program start.
 */
bool json_double(const struct json *j, double *out);

/* The last NUMBER when it is written as an integer and fits. */
bool json_i64(const struct json *j, int64_t *out);

/* The last NUMBER times 10^9, rounded to the nearest; exact for plain decimals. False: too large. */
bool json_nano(const struct json *j, int64_t *out);

#endif
