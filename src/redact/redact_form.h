/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that redact.c knows: what a secret, an address, a serial number looks like. Pure. */
#ifndef POLICYTOP_REDACT_REDACT_FORM_H
#define POLICYTOP_REDACT_REDACT_FORM_H

#include "redact/redact.h"

/* text[from..to) is what must go; at <= from < to <= len. */
struct redact_span {
	enum redact_kind kind;
	size_t from, to;
	bool bare; /* a value of JSON without quotes, which its placeholder needs */
};

/* Is there a form at this place of text? all: of every kind, else of secrets only. */
bool redact_form(const char *text, size_t len, size_t at, bool all, struct redact_span *s);

/* What the forms share. */
enum { REDACT_VALUE_MAX = 8192 }; /* of a longer value the rest is a value of its own */

struct redact_at {
	const char *p;
	size_t len, at;
};

bool redact_alpha(unsigned char c); /* of ASCII */
bool redact_digit(unsigned char c);
bool redact_in_word(unsigned char c); /* one of them, or '_' */
bool redact_one_of(char c, const char *set);
bool redact_begins(const struct redact_at *t);		       /* no word goes on here */
bool redact_here(const struct redact_at *t, const char *word); /* case does not count */

/* How many bytes from there on are in words, or one of more. */
size_t redact_run(const struct redact_at *t, size_t from, const char *more, size_t most);

/* Fills s. False: it would be empty. */
bool redact_found(struct redact_span *s, enum redact_kind kind, size_t from, size_t to);

/* The forms that are no secrets, but say who and where. */
bool redact_who(const struct redact_at *t, struct redact_span *s);

#endif
