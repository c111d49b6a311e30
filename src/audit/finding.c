/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/finding.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void audit_fini(struct audit *a)
{
	free(a->finding);
	*a = (struct audit){0};
}

struct audit_finding *audit_add(struct audit *a, const char *code, enum level level,
				const char *subject, const char *fmt, ...)
{
	char raw[2 * AUDIT_TEXT_BYTES];
	struct audit_finding *f;
	va_list ap;

	if (a->n == a->room) {
		a->room = a->room ? 2 * a->room : 16;
		a->finding = xrealloc(a->finding, a->room, sizeof(*a->finding));
	}
	f = &a->finding[a->n++];
	*f = (struct audit_finding){
		.code = audit_code_find(code), .level = level, .value = NAN, .threshold = NAN};
	f->unit = "";
	assert(f->code);
	text_clean(f->subject, sizeof(f->subject), subject, strlen(subject));
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(f->text, sizeof(f->text), raw, strlen(raw));
	return f;
}

void audit_number(struct audit_finding *f, double value, double threshold, const char *unit)
{
	f->value = value;
	f->threshold = threshold;
	f->unit = unit;
}

void audit_do(struct audit_finding *f, const char *fmt, ...)
{
	char raw[2 * AUDIT_DO_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(f->todo, sizeof(f->todo), raw, strlen(raw));
}

enum level audit_level(const struct audit *a, const char *code)
{
	enum level worst = LEVEL_UNKNOWN;

	for (size_t i = 0; i < a->n; i++) {
		const struct audit_finding *f = &a->finding[i];

		if ((!code || strcmp(f->code->code, code) == 0) && f->level > worst)
			worst = f->level;
	}
	return worst;
}

const struct audit_finding *audit_find(const struct audit *a, const char *code, const char *subject)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_finding *f = &a->finding[i];

		if (strcmp(f->code->code, code) == 0 &&
		    (!subject || strcmp(f->subject, subject) == 0))
			return f;
	}
	return NULL;
}

static void add_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":", key);
	buf_json_str(b, value);
}

void audit_json(struct buf *b, const struct audit *a)
{
	buf_str(b, "[");
	for (size_t i = 0; i < a->n; i++) {
		const struct audit_finding *f = &a->finding[i];

		buf_printf(b, "%s{\"group\":\"%s\",\"code\":\"%s\"", i ? "," : "", f->code->group,
			   f->code->code);
		add_text(b, "subject", f->subject);
		add_text(b, "level", level_word(f->level));
		buf_str(b, ",\"value\":");
		buf_json_num(b, f->value);
		buf_str(b, ",\"threshold\":");
		buf_json_num(b, f->threshold);
		add_text(b, "unit", f->unit);
		add_text(b, "text", f->text);
		add_text(b, "do", f->todo);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}
