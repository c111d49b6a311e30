/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte string for text and JSON output. Owned by its user; one thread at a time. */
#ifndef POLICYTOP_BASE_BUF_H
#define POLICYTOP_BASE_BUF_H

#include <stddef.h>

struct buf {
	char *p; /* NULL while empty and never written; else p[len] is '\0' */
	size_t len;
	size_t cap;
};

void buf_fini(struct buf *b);  /* also resets, so that b can be used again */
void buf_clear(struct buf *b); /* length 0, memory kept */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A quoted JSON string; s is UTF-8 (invalid bytes become U+FFFD). */
void buf_json_str(struct buf *b, const char *s);

/*
 * A JSON number that reads back to the same double (shortest of %.15g to %.17g); NaN and
 * infinities, which JSON has no words for, become null.
 */
void buf_json_num(struct buf *b, double v);

/* A further member of an object: a text (NULL and "" are null), and a number (NaN is null). */
void buf_json_text(struct buf *b, const char *key, const char *text);
void buf_json_number(struct buf *b, const char *key, double v);

/* The text so far, "" when nothing was written; valid until the next change. */
const char *buf_text(const struct buf *b);

#endif
