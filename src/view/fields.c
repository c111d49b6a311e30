/* SPDX-License-Identifier: Apache-2.0 */
#include "view/fields.h"

#include <string.h>

#include "base/text.h"

enum { TEXT_MAX = 512 };

void cursor_put(struct cursor *c, const void *p, size_t n)
{
	if (c->failed || n > c->left) {
		c->failed = true;
		return;
	}
	memcpy(c->put, p, n);
	c->put += n;
	c->left -= n;
}

void cursor_get(struct cursor *c, void *p, size_t n)
{
	if (c->failed || n > c->left) {
		c->failed = true;
		memset(p, 0, n);
		return;
	}
	memcpy(p, c->get, n);
	c->get += n;
	c->left -= n;
}

static void text_put(struct cursor *c, const char *s, size_t limit)
{
	uint16_t len = (uint16_t)strnlen(s, limit - 1);

	cursor_put(c, &len, sizeof(len));
	cursor_put(c, s, len);
}

static void text_get(struct cursor *c, char *s, size_t limit)
{
	char raw[TEXT_MAX];
	uint16_t len = 0;

	s[0] = '\0';
	cursor_get(c, &len, sizeof(len));
	if (len >= sizeof(raw) || len >= limit) {
		c->failed = true;
		return;
	}
	cursor_get(c, raw, len);
	if (!c->failed)
		text_clean(s, limit, raw, len);
}

void fields_put(struct cursor *c, const struct field *table, const void *object)
{
	for (const struct field *f = table; f->type != FIELD_END; f++) {
		const char *at = (const char *)object + f->offset;
		unsigned char byte;

		switch (f->type) {
		case FIELD_8:
			cursor_put(c, at, 8);
			break;
		case FIELD_4:
		case FIELD_ENUM:
			cursor_put(c, at, 4);
			break;
		case FIELD_BOOL:
			byte = *(const bool *)at;
			cursor_put(c, &byte, 1);
			break;
		case FIELD_TEXT:
			text_put(c, at, f->limit);
			break;
		case FIELD_END:
		default:
			return;
		}
	}
}

static void enum_get(struct cursor *c, char *at, size_t limit)
{
	uint32_t value;

	cursor_get(c, &value, sizeof(value));
	if (value > limit)
		value = 0;
	memcpy(at, &value, sizeof(value));
}

void fields_get(struct cursor *c, const struct field *table, void *object)
{
	for (const struct field *f = table; f->type != FIELD_END; f++) {
		char *at = (char *)object + f->offset;
		unsigned char byte;

		switch (f->type) {
		case FIELD_8:
			cursor_get(c, at, 8);
			break;
		case FIELD_4:
			cursor_get(c, at, 4);
			break;
		case FIELD_ENUM:
			enum_get(c, at, f->limit);
			break;
		case FIELD_BOOL:
			cursor_get(c, &byte, 1);
			*(bool *)at = byte != 0;
			break;
		case FIELD_TEXT:
			text_get(c, at, f->limit);
			break;
		case FIELD_END:
		default:
			return;
		}
	}
}
