/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Long names may precede what is wrong and what to do: too long a text is cut before its end. */
enum { RAW_BYTES = 8192, END_BYTES = 200 };

static void take(struct err *e, const char *raw)
{
	char clean[4 * RAW_BYTES];
	size_t n = text_clean(clean, sizeof(clean), raw, strlen(raw)), from, at;

	if (n < sizeof(e->msg)) {
		memcpy(e->msg, clean, n + 1);
		return;
	}
	from = n - END_BYTES;
	while (((unsigned char)clean[from] & 0xc0) == 0x80)
		from++;
	at = text_copy(e->msg, sizeof(e->msg) - END_BYTES - strlen("…"), clean);
	snprintf(e->msg + at, sizeof(e->msg) - at, "…%s", clean + from);
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	char raw[RAW_BYTES];
	va_list ap;

	if (!e)
		return -code;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	e->code = code;
	take(e, raw);
	return -code;
}

void err_prefix(struct err *e, const char *fmt, ...)
{
	char joined[RAW_BYTES];
	size_t used;
	va_list ap;
	int n;

	if (!e || !e->code)
		return;
	va_start(ap, fmt);
	n = vsnprintf(joined, sizeof(joined), fmt, ap);
	va_end(ap);
	used = n < 0 ? 0 : (size_t)n;
	if (used < sizeof(joined))
		snprintf(joined + used, sizeof(joined) - used, ": %s", e->msg);
	take(e, joined);
}

void err_hint(struct err *e, const char *fmt, ...)
{
	char joined[RAW_BYTES];
	size_t used;
	va_list ap;

	if (!e || !e->code)
		return;
	used = (size_t)snprintf(joined, sizeof(joined), "%s; ", e->msg);
	va_start(ap, fmt);
	vsnprintf(joined + used, sizeof(joined) - used, fmt, ap);
	va_end(ap);
	take(e, joined);
}
