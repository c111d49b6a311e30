/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/text.h"

static void reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;

	if (b->len + more + 1 <= b->cap)
		return;
	while (cap < b->len + more + 1)
		cap *= 2;
	b->p = xrealloc(b->p, cap, 1);
	b->cap = cap;
}

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->p)
		b->p[0] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	reserve(b, n);
	memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		reserve(b, (size_t)n);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_json_str(struct buf *b, const char *s)
{
	size_t len = strlen(s);

	buf_add(b, "\"", 1);
	for (size_t i = 0; i < len;) {
		uint32_t rune = 0;
		size_t n = text_rune(s + i, len - i, &rune);

		if (!n) {
			buf_str(b, "\xef\xbf\xbd");
			n = 1;
		} else if (rune == '"' || rune == '\\') {
			buf_printf(b, "\\%c", (char)rune);
		} else if (text_hostile(rune)) { /* all of them lie below U+10000 */
			buf_printf(b, "\\u%04x", (unsigned)rune);
		} else {
			buf_add(b, s + i, n);
		}
		i += n;
	}
	buf_add(b, "\"", 1);
}

void buf_json_num(struct buf *b, double v)
{
	char text[DECIMAL_BYTES];

	if (!isfinite(v)) {
		buf_str(b, "null");
		return;
	}
	decimal_text(text, v);
	buf_str(b, text);
}

const char *buf_text(const struct buf *b)
{
	return b->p ? b->p : "";
}

void buf_json_text(struct buf *b, const char *key, const char *text)
{
	buf_printf(b, ",\"%s\":", key);
	if (text && text[0])
		buf_json_str(b, text);
	else
		buf_str(b, "null");
}

void buf_json_number(struct buf *b, const char *key, double v)
{
	buf_printf(b, ",\"%s\":", key);
	buf_json_num(b, v);
}
