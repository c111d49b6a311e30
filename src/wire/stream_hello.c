/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks: the hello line, and the joints of a sender that said none. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/stream_impl.h"

/* What a hello line, or the first values, say about joints. */
struct naming {
	struct hello hello;
	unsigned count;	 /* as many as the sender has, also over MAX_JOINTS */
	unsigned units;	 /* entries of its units list */
	enum unit each;	 /* units given as one word */
	bool has_joints; /* guess: a vector was found */
	bool named;	 /* guess: from a map */
	char name[MAX_JOINTS][NAME_BYTES];
};

static bool name_taken(const struct naming *g, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(g->name[i], name) == 0)
			return true;
	}
	return false;
}

static void make_unique(struct stream *s, struct naming *g, unsigned i)
{
	char base[NAME_BYTES - 8];

	if (!g->name[i][0])
		snprintf(g->name[i], NAME_BYTES, "joint.%u", i);
	if (!name_taken(g, i, g->name[i]))
		return;
	stream_blame(s, "two joints are called %s", g->name[i]);
	text_copy(base, sizeof(base), g->name[i]);
	for (unsigned k = 2; name_taken(g, i, g->name[i]); k++)
		snprintf(g->name[i], NAME_BYTES, "%s#%u", base, k);
}

/* Takes over what g found and tells the world. */
static void become(struct stream *s, struct naming *g)
{
	struct event ev = {.kind = EVENT_HELLO, .src_ns = TIME_UNKNOWN, .hello = &s->hello};
	unsigned n = g->count < MAX_JOINTS ? g->count : MAX_JOINTS;

	if (g->count > MAX_JOINTS)
		stream_blame(s, "%u joints: only the first %d are kept", g->count, MAX_JOINTS);
	if (g->units && g->units != g->count)
		stream_blame(s, "%u units for %u joints", g->units, g->count);
	for (unsigned i = 0; i < n; i++) {
		char full[2 * NAME_BYTES];

		make_unique(s, g, i);
		snprintf(full, sizeof(full), "%s%s", s->prefix, g->name[i]);
		text_copy(g->hello.joint[i].name, NAME_BYTES, full);
		if (g->each)
			g->hello.joint[i].unit = g->each;
	}
	g->hello.joints = n;
	s->hello = g->hello;
	s->wire_joints = g->count;
	memcpy(s->name, g->name, n * sizeof(s->name[0]));
	s->joints_known = true;
	stream_emit(s, &ev);
}

static void take_joints(struct stream *s, struct json *j, struct naming *g)
{
	if (json_next(j) != JSON_ARRAY) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "joints is no list");
		return;
	}
	g->count = 0;
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		char raw[NAME_BYTES + 4];

		if (j->token != JSON_STRING)
			stream_blame(s, "the name of joint %u is no text", g->count);
		else if (g->count < MAX_JOINTS)
			text_clean(g->name[g->count], NAME_BYTES, raw,
				   json_text(j, raw, sizeof(raw)));
		json_skip(j);
		g->count++;
	}
}

static enum unit take_unit(struct stream *s, struct json *j)
{
	char word[NAME_BYTES] = "";
	enum unit u = UNIT_UNKNOWN;

	if (j->token == JSON_STRING) {
		char raw[NAME_BYTES];

		text_clean(word, sizeof(word), raw, json_text(j, raw, sizeof(raw)));
		u = unit_from_word(word);
	}
	if (json_skip(j) != JSON_NULL && !u && strcmp(word, "unknown") != 0)
		stream_blame(s, "unknown unit '%s'", word);
	return u;
}

static void take_units(struct stream *s, struct json *j, struct naming *g)
{
	if (json_next(j) != JSON_ARRAY) {
		g->each = take_unit(s, j);
		return;
	}
	g->units = 0;
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		enum unit u = take_unit(s, j);

		if (g->units < MAX_JOINTS)
			g->hello.joint[g->units].unit = u;
		g->units++;
	}
}

static void take_facts(struct stream *s, struct json *j, unsigned *facts)
{
	if (json_next(j) != JSON_ARRAY) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "facts is no list");
		return;
	}
	*facts = 0;
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		for (unsigned b = 0; j->token == JSON_STRING && b < FACT_N; b++)
			*facts |= json_is(j, fact_word(b)) ? 1u << b : 0;
		json_skip(j);
	}
}

static void take_clock(struct stream *s, struct json *j)
{
	char word[NAME_BYTES];

	if (stream_take_text(s, j, word, sizeof(word)) && strcmp(word, "monotonic") != 0 &&
	    strcmp(word, "unix") != 0 && strcmp(word, "relative") != 0)
		stream_blame(s, "unknown clock '%s'", word);
}

static void take_protocol(struct stream *s, struct json *j)
{
	int64_t version;

	if (stream_take_i64(s, j, "protocol", &version) && version != 1)
		stream_blame(s, "protocol %lld, read as 1", (long long)version);
}

static void take_hello_key(struct stream *s, struct json *j, void *out)
{
	struct naming *g = out;

	if (json_is(j, "robot"))
		stream_take_text(s, j, g->hello.robot, sizeof(g->hello.robot));
	else if (json_is(j, "task"))
		stream_take_text(s, j, g->hello.task, sizeof(g->hello.task));
	else if (json_is(j, "policy"))
		stream_take_text(s, j, g->hello.policy, sizeof(g->hello.policy));
	else if (json_is(j, "joints"))
		take_joints(s, j, g);
	else if (json_is(j, "units"))
		take_units(s, j, g);
	else if (json_is(j, "fps"))
		stream_take_double(s, j, "fps", &g->hello.fps);
	else if (json_is(j, "facts"))
		take_facts(s, j, &g->hello.facts);
	else if (json_is(j, "no_tick"))
		stream_take_flag(s, j, "no_tick", &g->hello.no_tick);
	else if (json_is(j, "on_bus"))
		stream_take_flag(s, j, "on_bus", &g->hello.on_bus);
	else if (json_is(j, "clock"))
		take_clock(s, j);
	else if (json_is(j, "protocol"))
		take_protocol(s, j);
	else
		stream_skip_value(j);
}

void stream_take_hello(struct stream *s, const char *line, size_t len)
{
	struct naming g = {.hello.facts = STREAM_FACTS};

	if (!stream_each_key(s, line, len, take_hello_key, &g))
		return;
	if (g.hello.fps != 0 && !fps_possible(g.hello.fps)) {
		stream_blame(s, "fps %g is not possible", g.hello.fps);
		g.hello.fps = 0;
	}
	s->joints_guessed = false;
	if (g.count) {
		become(s, &g);
		return;
	}
	/* Its joints come with the first values; what it said is kept until then. */
	for (unsigned i = 0; g.each && i < MAX_JOINTS; i++)
		g.hello.joint[i].unit = g.each;
	s->hello = g.hello;
	s->joints_known = false;
}

static void guess_row(struct stream *s, struct json *j, struct naming *g)
{
	(void)s;
	if (j->token == JSON_ARRAY && !g->has_joints) {
		g->has_joints = true;
		while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
			json_skip(j);
			g->count++;
		}
	} else if (j->token == JSON_OBJECT && (g->named || !g->has_joints)) {
		g->has_joints = g->named = true;
		while (json_next(j) == JSON_KEY) {
			char raw[NAME_BYTES + 4], name[NAME_BYTES];

			text_clean(name, sizeof(name), raw, json_text(j, raw, sizeof(raw)));
			if (g->count < MAX_JOINTS && !name_taken(g, g->count, name))
				text_copy(g->name[g->count++], NAME_BYTES, name);
			stream_skip_value(j);
		}
	} else {
		json_skip(j);
	}
}

static void guess_key(struct stream *s, struct json *j, void *out)
{
	struct naming *g = out;

	if (json_is(j, "seen") || json_is(j, "state") || json_is(j, "asked") ||
	    json_is(j, "action") || json_is(j, "sent") || json_is(j, "got")) {
		json_next(j);
		guess_row(s, j, g);
	} else if (json_is(j, "actions") && json_next(j) == JSON_ARRAY) {
		while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR)
			guess_row(s, j, g);
	} else {
		stream_skip_value(j);
	}
}

bool stream_guess_joints(struct stream *s, const char *line, size_t len)
{
	struct naming g = {.hello = s->hello};

	if (!stream_each_key(s, line, len, guess_key, &g))
		return false;
	if (!g.count) {
		stream_blame(s, "no values, and no hello before them");
		return false;
	}
	if (!g.hello.facts)
		g.hello.facts = STREAM_FACTS;
	become(s, &g);
	s->joints_guessed = true;
	return true;
}
