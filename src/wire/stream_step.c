/* SPDX-License-Identifier: Apache-2.0 */
/* Steps and action chunks: the hot path, without allocation once the largest chunk was seen. */
#include <math.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/stream_impl.h"

/* Index of the joint that the last key names; next: where it is when maps keep their order. */
static unsigned find_joint(const struct stream *s, const struct json *j, unsigned next)
{
	char raw[NAME_BYTES + 4], name[NAME_BYTES];

	if (next < s->hello.joints && json_is(j, s->name[next]))
		return next;
	text_clean(name, sizeof(name), raw, json_text(j, raw, sizeof(raw)));
	for (unsigned i = 0; i < s->hello.joints; i++) {
		if (strcmp(name, s->name[i]) == 0)
			return i;
	}
	return MAX_JOINTS;
}

/* One value of a row: a number, or null for unknown. False: neither. */
static bool take_value(struct stream *s, struct json *j, const char *what, unsigned i, double *v,
		       uint64_t *known)
{
	double value = (double)NAN;

	if (j->token == JSON_NUMBER) {
		if (!json_double(j, &value)) {
			stream_blame(s, "%s: %.*s is more than a double can hold", what,
				     (int)j->len, j->text);
			return false;
		}
		known[i / 64] |= 1ull << i % 64;
	} else if (json_skip(j) != JSON_NULL) {
		stream_blame(s, "%s: a value is no number", what);
		return false;
	}
	v[i] = value;
	return true;
}

static bool take_list(struct stream *s, struct json *j, const char *what, double *v,
		      uint64_t *known)
{
	bool good = true;
	unsigned n = 0;

	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		if (n >= s->hello.joints)
			json_skip(j);
		else
			good &= take_value(s, j, what, n, v, known);
		n++;
	}
	if (n == s->wire_joints)
		return good;
	stream_blame(s, "%s has %u values for %u joints", what, n, s->wire_joints);
	return false;
}

static bool take_map(struct stream *s, struct json *j, const char *what, double *v, uint64_t *known)
{
	bool good = true, any = false;
	unsigned next = 0;

	while (json_next(j) == JSON_KEY) {
		unsigned i = find_joint(s, j, next);

		json_next(j);
		if (i == MAX_JOINTS) {
			json_skip(j);
			continue;
		}
		any = true;
		good &= take_value(s, j, what, i, v, known);
		next = i + 1;
	}
	if (!any)
		stream_blame(s, "%s names none of the %u joints", what, s->hello.joints);
	return good && any;
}

/*
 * "f8:" and the base64 of little-endian doubles, one for every joint: exact, and ten times cheaper
 * for a sender in Python than a list.
 */
static bool take_packed(struct stream *s, struct json *j, const char *what, double *v,
			uint64_t *known)
{
	enum { TEXT = 3 + (MAX_JOINTS * 8 + 2) / 3 * 4 };
	unsigned char bytes[(TEXT / 4 + 1) * 3];
	char text[TEXT + 4];
	size_t n = json_text(j, text, sizeof(text)), len;

	if (n < 3 || memcmp(text, "f8:", 3) != 0) {
		stream_blame(s, "%s is neither a list nor a map", what);
		return false;
	}
	len = base64_bytes(bytes, text + 3, n - 3);
	if (len != s->wire_joints * sizeof(double) || s->wire_joints > MAX_JOINTS) {
		stream_blame(s, "%s is no f8: text of %u values", what, s->wire_joints);
		return false;
	}
	for (unsigned i = 0; i < s->hello.joints; i++) {
		uint64_t bits = 0;

		for (unsigned k = 8; k-- > 0;)
			bits = bits << 8 | bytes[8 * i + k];
		memcpy(&v[i], &bits, sizeof(bits));
		known[i / 64] |= 1ull << i % 64;
	}
	return true;
}

/*
 * The value whose first token is the last one, as a row: v[hello.joints] and its known bits. False
 * (all unknown) when it is none, blamed unless it is null.
 */
static bool take_row(struct stream *s, struct json *j, const char *what, double *v,
		     uint64_t known[MAX_JOINTS / 64])
{
	bool good = false;

	memset(known, 0, MAX_JOINTS / 8);
	for (unsigned i = 0; i < s->hello.joints; i++)
		v[i] = (double)NAN;
	if (j->token == JSON_ARRAY)
		good = take_list(s, j, what, v, known);
	else if (j->token == JSON_OBJECT)
		good = take_map(s, j, what, v, known);
	else if (j->token == JSON_STRING)
		good = take_packed(s, j, what, v, known);
	else if (j->token != JSON_NULL)
		stream_blame(s, "%s is neither a list nor a map", what);
	if (!good) {
		memset(known, 0, MAX_JOINTS / 8);
		for (unsigned i = 0; i < s->hello.joints; i++)
			v[i] = (double)NAN;
	}
	return good;
}

static void take_vec(struct stream *s, struct json *j, enum vec_kind k)
{
	struct vec *v = &s->step.vec[k];

	json_next(j);
	v->present = take_row(s, j, vec_word(k), v->v, v->known);
}

/* "state" and "action" count only where "seen" and "asked" are missing. */
static void take_alias(struct stream *s, struct json *j, enum vec_kind k)
{
	if (s->step.vec[k].present)
		stream_skip_value(j);
	else
		take_vec(s, j, k);
}

static void take_seq(struct stream *s, struct json *j, int64_t *seq)
{
	if (!stream_take_i64(s, j, "seq", seq))
		return;
	if (*seq < 0) {
		stream_blame(s, "seq %lld is below 0", (long long)*seq);
		*seq = SEQ_UNKNOWN;
	}
}

static void take_driver(struct stream *s, struct json *j, enum driver *driver)
{
	char word[NAME_BYTES];

	if (!stream_take_text(s, j, word, sizeof(word)))
		return;
	*driver = driver_from_word(word);
	if (!*driver && strcmp(word, driver_word(DRIVER_UNKNOWN)) != 0)
		stream_blame(s, "unknown driver '%s'", word);
}

static void take_position(struct stream *s, struct json *j, int32_t *out)
{
	int64_t n;

	if (!stream_take_i64(s, j, "position", &n))
		return;
	if (n >= 0 && n < STREAM_HORIZON_MAX)
		*out = (int32_t)n;
	else
		stream_blame(s, "position %lld is in no chunk", (long long)n);
}

static void take_step_key(struct stream *s, struct json *j, void *out)
{
	struct step *step = out;

	if (json_is(j, "seen"))
		take_vec(s, j, VEC_SEEN);
	else if (json_is(j, "asked"))
		take_vec(s, j, VEC_ASKED);
	else if (json_is(j, "sent"))
		take_vec(s, j, VEC_SENT);
	else if (json_is(j, "got"))
		take_vec(s, j, VEC_GOT);
	else if (json_is(j, "state"))
		take_alias(s, j, VEC_SEEN);
	else if (json_is(j, "action"))
		take_alias(s, j, VEC_ASKED);
	else if (json_is(j, "seq"))
		take_seq(s, j, &step->seq);
	else if (json_is(j, "t"))
		stream_take_time(s, j, &step->src_ns);
	else if (json_is(j, "done"))
		stream_take_time(s, j, &step->done_ns);
	else if (json_is(j, "driver"))
		take_driver(s, j, &step->driver);
	else if (json_is(j, "position"))
		take_position(s, j, &step->position);
	else
		stream_skip_value(j);
}

void stream_take_step(struct stream *s, const char *line, size_t len)
{
	struct event ev = {.kind = EVENT_STEP, .step = &s->step};

	if (!s->joints_known && !stream_guess_joints(s, line, len))
		return;
	step_init(&s->step, s->hello.joints);
	if (!stream_each_key(s, line, len, take_step_key, &s->step))
		return;
	s->step.t_ns = s->t_ns;
	ev.src_ns = s->step.src_ns;
	stream_emit(s, &ev);
}

struct chunk_line {
	struct chunk chunk;
	int64_t src_ns;
};

static void take_actions(struct stream *s, struct json *j, struct chunk *c)
{
	uint64_t known[MAX_JOINTS / 64];
	double row[MAX_JOINTS];

	c->horizon = 0;
	if (json_next(j) != JSON_ARRAY) {
		if (json_skip(j) != JSON_NULL)
			stream_blame(s, "actions is no list");
		return;
	}
	while (json_next(j) != JSON_ARRAY_END && j->token != JSON_ERROR) {
		size_t at = (size_t)c->horizon * c->dims;

		if (c->horizon == STREAM_HORIZON_MAX) {
			stream_blame(s, "a chunk of more than %d steps", STREAM_HORIZON_MAX);
			json_skip(j);
			continue;
		}
		if (at + c->dims > s->actions_room) {
			s->actions_room = (at + c->dims) * 2;
			s->actions = xrealloc(s->actions, s->actions_room, sizeof(double));
		}
		take_row(s, j, "actions", row, known);
		memcpy(s->actions + at, row, c->dims * sizeof(double));
		c->horizon++;
	}
}

static void take_chunk_key(struct stream *s, struct json *j, void *out)
{
	struct chunk_line *c = out;
	int64_t n;

	if (json_is(j, "actions")) {
		take_actions(s, j, &c->chunk);
	} else if (json_is(j, "seq")) {
		take_seq(s, j, &c->chunk.seq);
	} else if (json_is(j, "t")) {
		stream_take_time(s, j, &c->src_ns);
	} else if (json_is(j, "latency_s")) {
		stream_take_double(s, j, "latency_s", &c->chunk.latency_s);
	} else if (json_is(j, "execute")) {
		if (!stream_take_i64(s, j, "execute", &n))
			return;
		if (n >= 0 && n <= UINT32_MAX)
			c->chunk.execute = (unsigned)n;
		else
			stream_blame(s, "execute %lld is no count", (long long)n);
	} else if (json_is(j, "prompt")) {
		c->chunk.prompt_known = stream_take_text(s, j, c->chunk.prompt, TASK_BYTES);
	} else {
		stream_skip_value(j);
	}
}

void stream_take_chunk(struct stream *s, const char *line, size_t len)
{
	struct chunk_line c = {
		.chunk = {.number = CHUNK_UNKNOWN,
			  .seq = SEQ_UNKNOWN,
			  .request_ns = TIME_UNKNOWN,
			  .reply_ns = TIME_UNKNOWN,
			  .latency_s = (double)NAN},
		.src_ns = TIME_UNKNOWN,
	};
	struct event ev = {.kind = EVENT_CHUNK, .chunk = &c.chunk};

	if (!s->joints_known && !stream_guess_joints(s, line, len))
		return;
	c.chunk.dims = s->hello.joints;
	if (!stream_each_key(s, line, len, take_chunk_key, &c))
		return;
	c.chunk.actions = s->actions;
	c.chunk.reply_ns = s->t_ns;
	if (c.chunk.latency_s >= 0 && c.chunk.latency_s < 1e6)
		c.chunk.request_ns = s->t_ns - (int64_t)(c.chunk.latency_s * 1e9);
	ev.src_ns = c.src_ns;
	stream_emit(s, &ev);
}
