/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int err_set(struct err *e, int code, const char *fmt, ...)
{
	char raw[sizeof(e->msg)];
	va_list ap;

	if (!e)
		return -code;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	e->code = code;
	text_clean(e->msg, sizeof(e->msg), raw, strlen(raw));
	return -code;
}

void err_prefix(struct err *e, const char *fmt, ...)
{
	char joined[sizeof(e->msg)];
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
	text_clean(e->msg, sizeof(e->msg), joined, strlen(joined));
}
