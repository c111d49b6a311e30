/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rig/rig.h"
#include "wire/json.h"

enum { KEY_BYTES = 128 };

struct reading {
	struct rig *rig;
	struct json j;
	const char *text, *seen; /* seen: up to where it was understood */
	struct rig_errors *errors;
	unsigned count;
};

static unsigned line_of(const struct reading *r)
{
	unsigned line = 1;

	for (const char *s = r->text; s < r->seen; s++)
		line += *s == '\n';
	return line;
}

static void wrong(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct reading *r, const char *fmt, ...)
{
	char raw[512];
	struct rig_error *e;
	va_list ap;

	r->count++;
	if (r->errors->n == RIG_ERRORS_MAX)
		return;
	e = &r->errors->error[r->errors->n++];
	e->line = line_of(r);
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(e->text, sizeof(e->text), raw, strlen(raw));
}

static enum json_token next(struct reading *r)
{
	enum json_token t = json_next(&r->j);

	if (t == JSON_KEY || t == JSON_STRING || t == JSON_NUMBER)
		r->seen = r->j.text + r->j.len;
	return t;
}

/* Steps over the value whose first token was the last one. */
static void skip(struct reading *r)
{
	json_skip(&r->j);
}

static void text_of(struct reading *r, char *dst, size_t size)
{
	char raw[RIG_WORD_BYTES];

	text_clean(dst, size, raw, json_text(&r->j, raw, sizeof(raw)));
}

static const struct rig_option *find_option(const char *key)
{
	for (const struct rig_option *o = rig_options; o->key; o++) {
		if (strcmp(o->key, key) == 0)
			return o;
	}
	return NULL;
}

static bool is_group(const char *name)
{
	size_t n = strlen(name);

	for (const struct rig_option *o = rig_options; n && o->key; o++) {
		if (strncmp(o->key, name, n) == 0 && o->key[n] == '.')
			return true;
	}
	return false;
}

static void unknown(struct reading *r, const char *shown)
{
	const char *near = rig_nearest_key(shown), *star = near ? strchr(near, '*') : NULL;
	const char *role = strchr(shown, '.'), *last = strrchr(shown, '.');

	/* Of a camera: the same camera's key. */
	if (star && role && last != role)
		wrong(r, "unknown key %s (did you mean %.*s%s?)", shown, (int)(last - shown), shown,
		      star + 1);
	else if (near)
		wrong(r, "unknown key %s (did you mean %s?)", shown, near);
	else
		wrong(r, "unknown key %s", shown);
	next(r);
	skip(r);
}

static void take_number(struct reading *r, const struct rig_option *o, double *to,
			const char *shown)
{
	bool whole = o->type == RIG_COUNT;
	double v;

	if (r->j.token == JSON_NUMBER && json_double(&r->j, &v) && v >= o->min && v <= o->max &&
	    (!whole || v == floor(v))) {
		*to = v;
		return;
	}
	wrong(r, "%s: is no %snumber from %g to %g%s%s", shown, whole ? "whole " : "", o->min,
	      o->max, o->unit[0] ? " " : "", o->unit);
	skip(r);
}

/* A list, or one word alone. */
static void take_list(struct reading *r, struct rig_list *l, const char *shown)
{
	char word[RIG_WORD_BYTES];
	bool alone = r->j.token == JSON_STRING;

	l->n = 0;
	if (!alone && r->j.token != JSON_ARRAY) {
		wrong(r, "%s: is no list of texts", shown);
		skip(r);
		return;
	}
	while (alone || next(r) != JSON_ARRAY_END) {
		if (r->j.token == JSON_ERROR)
			return;
		if (r->j.token != JSON_STRING) {
			wrong(r, "%s: one of its words is no text", shown);
			skip(r);
			continue;
		}
		text_of(r, word, sizeof(word));
		if (!rig_list_add(l, word))
			wrong(r, "%s: at most %d words", shown, RIG_LIST_MAX);
		if (alone)
			return;
	}
}

static void take_value(struct reading *r, const struct rig_option *o, void *base, const char *shown)
{
	char *to = (char *)base + o->offset;

	if (next(r) == JSON_NULL)
		return;
	if (strcmp(o->key, "require") == 0)
		r->rig->require_said = true;
	switch (o->type) {
	case RIG_TEXT:
		if (r->j.token == JSON_STRING) {
			text_of(r, to, o->size);
			return;
		}
		wrong(r, "%s: is no text", shown);
		skip(r);
		return;
	case RIG_BOOL:
		if (r->j.token == JSON_TRUE || r->j.token == JSON_FALSE) {
			*(bool *)(void *)to = r->j.token == JSON_TRUE;
			return;
		}
		wrong(r, "%s: is neither true nor false", shown);
		skip(r);
		return;
	case RIG_TEXTS:
		take_list(r, (struct rig_list *)(void *)to, shown);
		return;
	case RIG_NUMBER:
	case RIG_COUNT:
	default:
		take_number(r, o, (double *)(void *)to, shown);
	}
}

/* The members of a group; above: how its keys begin in the table, shown: for people. */
static void take_members(struct reading *r, const char *above, const char *shown, void *base)
{
	char name[NAME_BYTES], key[KEY_BYTES], full[2 * KEY_BYTES];

	if (next(r) != JSON_OBJECT) {
		if (r->j.token != JSON_ERROR)
			wrong(r, "%s: is no object", shown);
		skip(r);
		return;
	}
	while (next(r) == JSON_KEY) {
		const struct rig_option *o;

		text_of(r, name, sizeof(name));
		snprintf(key, sizeof(key), "%s.%s", above, name);
		snprintf(full, sizeof(full), "%.127s.%s", shown, name);
		o = find_option(key);
		if (o)
			take_value(r, o, base, full);
		else
			unknown(r, full);
	}
}

static void take_cameras(struct reading *r)
{
	char role[NAME_BYTES], shown[KEY_BYTES];

	if (next(r) != JSON_OBJECT) {
		if (r->j.token != JSON_ERROR)
			wrong(r, "cameras: is no object of roles");
		skip(r);
		return;
	}
	while (next(r) == JSON_KEY) {
		struct rig_camera *c;

		text_of(r, role, sizeof(role));
		snprintf(shown, sizeof(shown), "cameras.%s", role);
		c = rig_camera_of(r->rig, role);
		if (c) {
			take_members(r, "cameras.*", shown, c);
			continue;
		}
		wrong(r, "%s: %s", shown, role[0] ? "too many cameras" : "a camera without a name");
		next(r);
		skip(r);
	}
}

static void take_schema(struct reading *r)
{
	int64_t n = 0;

	if (next(r) == JSON_NUMBER && json_i64(&r->j, &n) && n == RIG_SCHEMA)
		return;
	if (n > RIG_SCHEMA)
		wrong(r, "schema %lld: made by a newer policytop, this one reads up to %d",
		      (long long)n, RIG_SCHEMA);
	else
		wrong(r, "schema: is not %d", RIG_SCHEMA);
	skip(r);
}

static void take_top(struct reading *r)
{
	const struct rig_option *o;
	char name[NAME_BYTES];

	text_of(r, name, sizeof(name));
	o = find_option(name);
	if (strcmp(name, "schema") == 0)
		take_schema(r);
	else if (strcmp(name, "cameras") == 0)
		take_cameras(r);
	else if (is_group(name))
		take_members(r, name, name, r->rig);
	else if (o)
		take_value(r, o, r->rig, name);
	else
		unknown(r, name);
}

unsigned rig_parse(struct rig *r, const char *text, size_t len, struct rig_errors *errors)
{
	struct reading in = {.rig = r, .text = text, .seen = text, .errors = errors};

	rig_init(r);
	errors->n = 0;
	json_init(&in.j, text, len);
	if (next(&in) != JSON_OBJECT) {
		wrong(&in, "is no JSON object");
		return in.count;
	}
	while (next(&in) == JSON_KEY)
		take_top(&in);
	if (in.j.token == JSON_OBJECT_END)
		next(&in);
	if (in.j.token != JSON_END)
		wrong(&in, "is no JSON behind here: %s", in.j.error ? in.j.error : "it goes on");
	return in.count;
}
