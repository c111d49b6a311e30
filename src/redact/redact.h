/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes out of a text what nobody else should read. Tokens and keys always; with `all` also tasks,
 * names of users and hosts, home folders, serial numbers, mail and network addresses.
 *
 * What it finds gets a placeholder, <task-1>, the same for the same text everywhere, so that a
 * prompt that differs from training still differs. It finds words that it was told, also as JSON and
 * URIs write them, and what has the form of a secret ("hf_…", "Bearer …", "token=…"). Keys of JSON
 * objects stay, so that a JSON text stays the same object. A form that nobody has thought of is not
 * found.
 *
 * Pure: bytes in, bytes out; the bytes are hostile and need be no text. One thread at a time.
 */
#ifndef POLICYTOP_REDACT_REDACT_H
#define POLICYTOP_REDACT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum redact_kind {
	REDACT_SECRET,
	REDACT_TASK,
	REDACT_USER,
	REDACT_HOST,
	REDACT_HOME, /* becomes "~" */
	REDACT_SERIAL,
	REDACT_MAIL,
	REDACT_ADDRESS,
	REDACT_KINDS,
};

struct redact;

struct redact *redact_new(bool all); /* redact_free() it */
void redact_free(struct redact *r);  /* NULL is allowed */

/* len bytes are such a word, wherever they stand. Without all, others than secrets are ignored. */
void redact_know(struct redact *r, enum redact_kind kind, const char *text, size_t len);

/* What has a form in this text is known from now on, also where it stands without it. */
void redact_learn(struct redact *r, const char *text, size_t len);

/* Appends the text without what nobody should read. */
void redact_text(struct redact *r, struct buf *out, const char *text, size_t len);

/*
 * The same in place: a placeholder is cut, or filled with '*', to the length of what it stands for,
 * so that bytes that are counted (the frames of a protocol) stay in their places.
 */
void redact_bytes(struct redact *r, char *bytes, size_t len);

uint64_t redact_count(const struct redact *r, enum redact_kind kind); /* replaced so far */
const char *redact_word(enum redact_kind kind);			      /* "tasks" */

#endif
