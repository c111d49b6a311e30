/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "rig/rig.h"

bool rig_option_set(const struct rig_option *o, const void *base)
{
	const char *at = (const char *)base + o->offset;
	double v, fallback;

	switch (o->type) {
	case RIG_TEXT:
		return at[0] != '\0';
	case RIG_BOOL:
		return *(const bool *)(const void *)at;
	case RIG_TEXTS:
		return ((const struct rig_list *)(const void *)at)->n > 0;
	case RIG_NUMBER:
	case RIG_COUNT:
	default:
		v = *(const double *)(const void *)at;
		return !isnan(v) && !(text_to_double(o->fallback, &fallback) && fallback == v);
	}
}

void rig_option_json(struct buf *b, const struct rig_option *o, const void *base)
{
	const char *at = (const char *)base + o->offset;
	const struct rig_list *l;

	switch (o->type) {
	case RIG_TEXT:
		buf_json_str(b, at);
		return;
	case RIG_BOOL:
		buf_str(b, *(const bool *)(const void *)at ? "true" : "false");
		return;
	case RIG_TEXTS:
		l = (const struct rig_list *)(const void *)at;
		buf_str(b, "[");
		for (unsigned i = 0; i < l->n; i++) {
			buf_str(b, i ? ", " : "");
			buf_json_str(b, l->word[i]);
		}
		buf_str(b, "]");
		return;
	case RIG_NUMBER:
	case RIG_COUNT:
	default:
		buf_json_num(b, *(const double *)(const void *)at);
	}
}

/* The members of a group that are set, and how many; the group's name is before the first. */
static unsigned group(struct buf *b, const char *name, size_t n, const void *base,
		      const char *indent)
{
	unsigned count = 0;

	for (const struct rig_option *o = rig_options; o->key; o++) {
		if (strncmp(o->key, name, n) != 0 || o->key[n] != '.' || !rig_option_set(o, base))
			continue;
		buf_printf(b, "%s\n%s\"%s\": ", count++ ? "," : "", indent, o->key + n + 1);
		rig_option_json(b, o, base);
	}
	return count;
}

static bool any_in_group(const char *name, size_t n, const void *base)
{
	for (const struct rig_option *o = rig_options; o->key; o++) {
		if (strncmp(o->key, name, n) == 0 && o->key[n] == '.' && rig_option_set(o, base))
			return true;
	}
	return false;
}

static void cameras(struct buf *b, const struct rig *r)
{
	static const char name[] = "cameras.*";

	buf_str(b, ",\n  \"cameras\": {");
	for (unsigned i = 0; i < r->cameras; i++) {
		buf_printf(b, "%s\n    ", i ? "," : "");
		buf_json_str(b, r->camera[i].role);
		buf_str(b, ": {");
		if (group(b, name, sizeof(name) - 1, &r->camera[i], "      "))
			buf_str(b, "\n    ");
		buf_str(b, "}");
	}
	buf_str(b, "\n  }");
}

/* Is this the first option of its group? Groups stand together in the table. */
static bool begins_group(const struct rig_option *o, size_t n)
{
	return o == rig_options || strncmp(o[-1].key, o->key, n + 1) != 0;
}

void rig_write(struct buf *b, const struct rig *r)
{
	buf_printf(b, "{\n  \"schema\": %d", RIG_SCHEMA);
	for (const struct rig_option *o = rig_options; o->key; o++) {
		const char *dot = strchr(o->key, '.');
		size_t n = dot ? (size_t)(dot - o->key) : 0;

		if (!dot && rig_option_set(o, r) &&
		    (r->require_said || strcmp(o->key, "require") != 0)) {
			buf_printf(b, ",\n  \"%s\": ", o->key);
			rig_option_json(b, o, r);
		}
		if (!dot || !begins_group(o, n))
			continue;
		if (text_starts(o->key, "cameras.")) {
			if (r->cameras)
				cameras(b, r);
		} else if (any_in_group(o->key, n, r)) {
			buf_printf(b, ",\n  \"%.*s\": {", (int)n, o->key);
			group(b, o->key, n, r, "    ");
			buf_str(b, "\n  }");
		}
	}
	buf_str(b, "\n}\n");
}
