/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says in JSON: which topics come and go, and what troubles it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/foxglove_impl.h"

static const char *const topic_names[TOPICS] = {"/observation/state", "/action/state"};

enum { OP_BYTES = 32 };

/* A channel as it is advertised. */
struct channel {
	int64_t id;
	bool has_id;
	char topic[128], encoding[32], schema[64];
};

/* Every text here is cleaned or compared as a whole: cutting it is enough. */
static void take_string(struct json *j, char *dst, size_t size)
{
	char raw[256];

	dst[0] = '\0';
	if (json_next(j) == JSON_STRING)
		text_clean(dst, size, raw, json_text(j, raw, sizeof(raw)));
	json_skip(j);
}

static bool take_id(struct json *j, int64_t *id)
{
	bool good = json_i64(j, id) && *id >= 0;

	json_skip(j);
	return good;
}

static void tell_other(struct foxglove *f, const struct channel *c)
{
	char text[300];

	if (f->others++ >= FOXGLOVE_OTHERS)
		return;
	snprintf(text, sizeof(text), "foxglove: %s (%s) is offered, but not read", c->topic,
		 c->schema[0] ? c->schema : c->encoding);
	foxglove_tell(f, text);
}

static void advertised(struct foxglove *f, const struct channel *c)
{
	if (!c->has_id) {
		foxglove_blame(f, "a channel without a usable number");
		return;
	}
	for (unsigned i = 0; i < TOPICS; i++) {
		struct topic *t = &f->topic[i];

		if (strcmp(c->topic, topic_names[i]) != 0)
			continue;
		/*
		 * The newest channel of a topic is read: one that is closed and opened again may
		 * be offered before the old one is withdrawn.
		 */
		if (strcmp(c->encoding, "json") != 0) {
			foxglove_blame(f, "%s is encoded as '%s', not json", c->topic, c->encoding);
		} else if (!t->live || t->channel != c->id) {
			t->channel = c->id;
			foxglove_subscribe(f, i);
		}
		return;
	}
	if (!foxglove_offer_picture(f, c->topic, c->encoding, c->schema, c->id))
		tell_other(f, c);
}

/* The keys of one, whose '{' was the last token. */
static void take_channel(struct json *j, struct channel *c)
{
	while (json_next(j) == JSON_KEY) {
		if (json_is(j, "id")) {
			json_next(j);
			c->has_id = take_id(j, &c->id);
		} else if (json_is(j, "topic")) {
			take_string(j, c->topic, sizeof(c->topic));
		} else if (json_is(j, "encoding")) {
			take_string(j, c->encoding, sizeof(c->encoding));
		} else if (json_is(j, "schemaName")) {
			take_string(j, c->schema, sizeof(c->schema));
		} else {
			json_next(j);
			json_skip(j);
		}
	}
}

static void take_channels(struct foxglove *f, struct json *j)
{
	if (json_next(j) != JSON_ARRAY) {
		foxglove_blame(f, "channels is no list");
		json_skip(j);
		return;
	}
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		struct channel c = {0};

		if (j->token == JSON_OBJECT)
			take_channel(j, &c);
		else
			json_skip(j);
		advertised(f, &c);
	}
}

static void take_withdrawn(struct foxglove *f, struct json *j)
{
	int64_t id;

	if (json_next(j) != JSON_ARRAY) {
		foxglove_blame(f, "channelIds is no list");
		json_skip(j);
		return;
	}
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		if (!take_id(j, &id))
			continue;
		for (unsigned i = 0; i < TOPICS; i++)
			f->topic[i].live = f->topic[i].live && f->topic[i].channel != id;
		foxglove_withdraw_picture(f, id);
	}
}

/* Not an error: it is asked again, see foxglove_due(). */
static bool refused(struct foxglove *f, const char *text)
{
	long long id;
	bool ours = false;

	if (sscanf(text, "Unknown channel ID: %lld", &id) != 1)
		return false;
	for (unsigned i = 0; i < TOPICS; i++) {
		struct topic *t = &f->topic[i];

		t->refused |= t->live && t->channel == id;
		ours |= t->refused;
	}
	return foxglove_refuse_picture(f, id) || ours;
}

static void take_trouble(struct foxglove *f, struct json *j)
{
	char text[128];

	take_string(j, text, sizeof(text));
	if (!refused(f, text))
		foxglove_blame(f, "the server says: %s", text);
}

/* Does what op says with its key, the last token. False: nothing, its value is still to come. */
static bool act(struct foxglove *f, const char *op, struct json *j)
{
	if (strcmp(op, "advertise") == 0 && json_is(j, "channels"))
		take_channels(f, j);
	else if (strcmp(op, "unadvertise") == 0 && json_is(j, "channelIds"))
		take_withdrawn(f, j);
	else if (strcmp(op, "status") == 0 && json_is(j, "message"))
		take_trouble(f, j);
	else
		return false;
	return true;
}

/* One pass over the top level: finds the operation, or does it. */
static bool each_key(struct foxglove *f, const char *text, size_t len, char op[OP_BYTES], bool find)
{
	struct json j;

	json_init(&j, text, len);
	if (json_next(&j) == JSON_OBJECT) {
		while (json_next(&j) == JSON_KEY) {
			if (find && json_is(&j, "op")) {
				take_string(&j, op, OP_BYTES);
			} else if (find || !act(f, op, &j)) {
				json_next(&j);
				json_skip(&j);
			}
		}
		if (j.token == JSON_OBJECT_END && json_next(&j) == JSON_END)
			return true;
	}
	foxglove_blame(f, "a text that is no JSON object: %s", j.error ? j.error : "no object");
	return false;
}

void foxglove_take_text(struct foxglove *f, const char *text, size_t len)
{
	char op[OP_BYTES] = "";

	/* The first pass proves the whole text, so that the second one acts on all of it or not. */
	if (each_key(f, text ? text : "", len, op, true))
		each_key(f, text, len, op, false);
}
