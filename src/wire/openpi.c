/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/openpi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/stranger.h"
#include "wire/websocket.h"

enum { SERVER, CLIENT, SIDES };

/* One direction of the connection. */
struct side {
	struct buf head; /* of HTTP, until it is complete */
	bool open;	 /* it is: frames follow */
	bool dead;	 /* nothing that follows can be read */
	bool blind;	 /* nor can this, until it is this side's turn */
	bool turn;	 /* which it is: its next byte begins a message */
	uint64_t missed; /* bytes while blind */
	struct websocket socket;
	struct payload *reader; /* of the message under way; NULL: none, or a text, or unwanted */
	bool in_message, damaged;
	struct buf text; /* of a text message */
	uint64_t size;	 /* of the message so far */
	uint64_t held;	 /* bytes since the last end of a message */
};

struct openpi {
	struct traffic *traffic;
	struct side side[SIDES];
	bool upgrade;  /* the client asked for a WebSocket */
	bool metadata; /* the server's first message has passed */
};

static bool ends_with(const char *path, const char *word)
{
	size_t n = strlen(path), len = strlen(word);

	return n >= len && strcmp(path + n - len, word) == 0 &&
	       (n == len || path[n - len - 1] == '/');
}

static void role(struct traffic_leaf *out, const char *path, bool reply)
{
	text_copy(out->name, sizeof(out->name), path);
	if (reply) {
		text_copy(out->part, sizeof(out->part), "action");
		if (strcmp(path, "actions") == 0)
			out->role = TRAFFIC_ACTION;
		else if (strcmp(path, "policy_timing/infer_ms") == 0)
			out->role = TRAFFIC_POLICY_MS;
		else if (strcmp(path, "server_timing/infer_ms") == 0)
			out->role = TRAFFIC_SERVER_MS;
		return;
	}
	if (text_starts(path, "images/"))
		text_copy(out->name, sizeof(out->name), path + strlen("images/"));
	text_copy(out->part, sizeof(out->part), "state");
	if (ends_with(path, "prompt"))
		out->role = TRAFFIC_PROMPT;
	else
		out->role = ends_with(path, "state") ? TRAFFIC_STATE : TRAFFIC_STATE_GUESS;
}

static const struct traffic_protocol protocol = {
	.word = "openpi", .policy = "", .facts = OPENPI_FACTS, .separator = '/', .role = role};

static void side_init(struct side *s, bool client)
{
	*s = (struct side){0};
	websocket_init(&s->socket, client, 0);
}

static void side_fini(struct side *s)
{
	buf_fini(&s->head);
	buf_fini(&s->text);
	websocket_fini(&s->socket);
}

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  double fps)
{
	struct openpi *o = xcalloc(1, sizeof(*o));

	o->traffic = traffic_new(&protocol, emit, host, prefix, fps);
	for (unsigned i = 0; i < SIDES; i++)
		side_init(&o->side[i], i == CLIENT);
	return o;
}

static void drop(void *w)
{
	struct openpi *o = w;

	if (!o)
		return;
	for (unsigned i = 0; i < SIDES; i++)
		side_fini(&o->side[i]);
	traffic_free(o->traffic);
	free(o);
}

/* Nothing of the connection can be read any more. */
static void give_up(struct openpi *o)
{
	o->side[SERVER].dead = o->side[CLIENT].dead = true;
}

static bool has_header(const char *head, const char *name, const char *value)
{
	size_t names = strlen(name), values = strlen(value);

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, names) != 0 || line[names] != ':')
			continue;
		line += names + 1;
		line += strspn(line, " \t");
		if (strncasecmp(line, value, values) == 0)
			return true;
	}
	return false;
}

static void tell_stranger(struct openpi *o, int64_t t_ns)
{
	const struct buf *b = &o->side[SERVER].head;

	traffic_stranger(o->traffic, t_ns, "no openpi policy server, but %s",
			 stranger_look(buf_text(b), b->len));
	give_up(o);
}

/* The client's request: an upgrade, or nothing that concerns us. */
static void client_head(struct openpi *o, const char *head, int64_t t_ns)
{
	o->upgrade = has_header(head, "Upgrade", "websocket");
	if (!o->upgrade)
		give_up(o);
	else if (o->side[SERVER].dead)
		tell_stranger(o, t_ns); /* it spoke first */
}

static void server_head(struct openpi *o, const char *head, int64_t t_ns)
{
	size_t line = strcspn(head, "\r\n"), at = strcspn(head, " ");

	if (at < line && strncmp(head + at, " 101", 4) == 0) {
		traffic_connected(o->traffic, t_ns);
		return;
	}
	at = at < line ? at + 1 : line;
	traffic_stranger(o->traffic, t_ns,
			 "an HTTP server, but no openpi policy server: it said %.*s",
			 (int)(line - at < 100 ? line - at : 100), head + at);
	give_up(o);
}

/* True: the first bytes cannot begin what is expected; told where a person should hear of it. */
static bool wrong_start(struct openpi *o, unsigned i, int64_t t_ns)
{
	const struct buf *b = &o->side[i].head;
	const char *expected = i == SERVER ? "HTTP/" : "GET ";
	size_t n = strlen(expected) < b->len ? strlen(expected) : b->len;

	if (memcmp(b->p, expected, n) == 0 || b->len < (i == CLIENT ? 2 : STRANGER_LEAST))
		return false;
	if (i == CLIENT && stranger_is_tls(b->p, b->len))
		traffic_stranger(o->traffic, t_ns,
				 "the client speaks TLS (wss://), which cannot be read: use hook:");
	if (i == CLIENT)
		give_up(o);
	else if (o->upgrade)
		tell_stranger(o, t_ns);
	o->side[i].dead = true;
	return true;
}

/* Bytes of an HTTP head; returns how many belong to it. */
static size_t take_head(struct openpi *o, unsigned i, const char *p, size_t n, int64_t t_ns)
{
	struct side *s = &o->side[i];
	size_t before = s->head.len, room = WEBSOCKET_HEAD_MAX - before;
	const char *end;

	buf_add(&s->head, p, n < room ? n : room);
	if (wrong_start(o, i, t_ns))
		return n;
	end = memmem(s->head.p, s->head.len, "\r\n\r\n", 4);
	if (!end) {
		if (s->head.len == WEBSOCKET_HEAD_MAX)
			give_up(o);
		return n;
	}
	n = (size_t)(end - s->head.p) + 4 - before;
	s->head.p[before + n] = '\0';
	s->open = true;
	s->held = 0;
	if (i == CLIENT)
		client_head(o, s->head.p, t_ns);
	else
		server_head(o, s->head.p, t_ns);
	buf_fini(&s->head);
	return n;
}

static enum traffic_message kind_of(const struct openpi *o, unsigned i)
{
	if (i == CLIENT)
		return TRAFFIC_REQUEST;
	return o->metadata ? TRAFFIC_REPLY : TRAFFIC_METADATA;
}

static void begin_message(struct openpi *o, unsigned i, enum websocket_opcode opcode, int64_t t_ns)
{
	struct side *s = &o->side[i];

	s->in_message = true;
	s->damaged = !traffic_is_connected(o->traffic); /* before the server has agreed */
	s->size = 0;
	s->reader = NULL;
	buf_clear(&s->text);
	if (opcode == WEBSOCKET_BINARY)
		s->reader = traffic_begin(o->traffic, kind_of(o, i), t_ns);
}

static void feed(struct side *s, const struct websocket_piece *c)
{
	uint8_t plain[4096];
	size_t at = 0;

	while (at < c->len) {
		size_t n = c->len - at, skip = s->reader ? payload_skippable(s->reader) : 0;

		if (skip) {
			n = n < skip ? n : skip;
			payload_skip(s->reader, n);
		} else {
			n = n < sizeof(plain) ? n : sizeof(plain);
			websocket_unmask(&s->socket, c, at, plain, n);
			if (s->reader)
				payload_take(s->reader, plain, n);
			else if (s->text.len < TRAFFIC_ERROR_MAX)
				buf_add(&s->text, plain, n);
		}
		at += n;
	}
}

static void end_text(struct openpi *o, unsigned i, int64_t t_ns)
{
	struct side *s = &o->side[i];

	if (i == CLIENT)
		traffic_bad(o->traffic, t_ns, "a request is a text, no MessagePack");
	else if (o->metadata)
		traffic_failed(o->traffic, buf_text(&s->text), s->text.len, t_ns, s->size);
	if (i == CLIENT || o->metadata)
		return;
	traffic_stranger(o->traffic, t_ns,
			 "a WebSocket server, but no openpi policy server: it begins with a text");
	give_up(o);
}

/* Request and reply take turns: after a whole one the other side begins one. */
static void pass_turn(struct openpi *o, unsigned i, int64_t t_ns)
{
	struct side *other = &o->side[!i];

	o->side[i].turn = false;
	other->turn = true;
	if (other->missed)
		traffic_lost(o->traffic, i == CLIENT, other->missed, t_ns);
	other->missed = 0;
}

static void end_message(struct openpi *o, unsigned i, int64_t t_ns)
{
	struct side *s = &o->side[i];
	enum traffic_message kind = kind_of(o, i);
	bool good = true;

	s->in_message = false;
	pass_turn(o, i, t_ns);
	if (s->damaged)
		return;
	if (!s->reader)
		end_text(o, i, t_ns);
	else
		good = traffic_end(o->traffic, kind, t_ns, s->size);
	if (kind == TRAFFIC_METADATA && s->reader && (!good || !s->reader->map)) {
		traffic_stranger(
			o->traffic, t_ns,
			"a WebSocket server, but no openpi policy server: its first message "
			"is no metadata");
		give_up(o);
	}
	o->metadata |= i == SERVER;
	s->reader = NULL;
}

static void take_piece(struct openpi *o, unsigned i, const struct websocket_piece *c, int64_t t_ns)
{
	struct side *s = &o->side[i];

	if (c->opcode >= WEBSOCKET_CLOSE)
		return;
	if (!s->in_message)
		begin_message(o, i, c->opcode, t_ns);
	s->size += c->len;
	traffic_touch(o->traffic, t_ns);
	if (!s->damaged)
		feed(s, c);
	if (c->end)
		end_message(o, i, t_ns);
}

/* Bytes of frames, up to the end of a piece. */
static size_t take_frames(struct openpi *o, unsigned i, const uint8_t *p, size_t n, int64_t t_ns)
{
	struct side *s = &o->side[i];
	struct websocket_piece c;
	bool any;
	size_t took = websocket_pieces(&s->socket, p, n, &c, &any);

	s->held += took;
	if (s->socket.error) {
		traffic_bad(o->traffic, t_ns, s->socket.error);
		s->dead = true;
	} else if (any) {
		take_piece(o, i, &c, t_ns);
	}
	if (websocket_between(&s->socket))
		s->held = 0;
	return took;
}

/* The next byte begins a message, whatever was before. */
static void resume(struct openpi *o, struct side *s, int64_t t_ns)
{
	s->open = true;
	buf_fini(&s->head);
	websocket_resume(&s->socket);
	s->in_message = s->damaged = s->blind = false;
	s->held = s->missed = 0;
	traffic_connected(o->traffic, t_ns);
}

/* True: n bytes are passed over, because nobody knows where in a message they are. */
static bool is_blind(struct openpi *o, unsigned i, size_t n, int64_t t_ns)
{
	struct side *s = &o->side[i];

	if (s->blind && !s->turn)
		s->missed += n;
	if (!s->blind || !s->turn)
		return s->blind;
	resume(o, s, t_ns);
	return false;
}

static size_t take_bytes(void *w, unsigned direction, const void *bytes, size_t n, size_t most,
			 int64_t t_ns)
{
	struct openpi *o = w;
	unsigned i = direction ? CLIENT : SERVER;
	struct side *s = &o->side[i];
	uint64_t before = traffic_messages(o->traffic);
	const char *p = bytes;
	size_t at = 0;

	traffic_due(o->traffic, t_ns);
	if (s->dead || is_blind(o, i, n, t_ns))
		return n;
	while (at < n && !s->dead && traffic_messages(o->traffic) - before < most) {
		if (s->open)
			at += take_frames(o, i, (const uint8_t *)p + at, n - at, t_ns);
		else
			at += take_head(o, i, p + at, n - at, t_ns);
	}
	return s->dead ? n : at;
}

/* The hole is in a picture that nobody looks at, and is stepped over with it. */
static bool in_skipped(const struct side *s, uint64_t n)
{
	return s->in_message && s->reader && !s->blind && websocket_left(&s->socket) > n &&
	       payload_skippable(s->reader) >= n;
}

static void lose(void *w, unsigned direction, uint64_t n, bool whole, int64_t t_ns)
{
	struct openpi *o = w;
	unsigned i = direction ? CLIENT : SERVER;
	struct side *s = &o->side[i];

	if (s->dead)
		return;
	if (!whole && in_skipped(s, n)) {
		websocket_lost(&s->socket, n);
		payload_skip(s->reader, n);
		s->size += n;
		return;
	}
	traffic_lost(o->traffic, i == SERVER, n, t_ns);
	o->metadata |= i == SERVER;
	if (whole) {
		resume(o, s, t_ns);
	} else if (s->open && !s->blind && websocket_lost(&s->socket, n)) {
		s->in_message = s->damaged = !websocket_between(&s->socket);
	} else if (!s->blind) {
		traffic_bad(o->traffic, t_ns,
			    "bytes passed unseen, and where messages begin is lost");
		s->blind = true;
		s->turn = false;
		s->held = 0;
	}
}

static void tell_place(const void *w, unsigned direction, uint64_t *held, uint64_t *left)
{
	const struct openpi *o = w;
	const struct side *s = &o->side[direction ? CLIENT : SERVER];

	*held = s->open || s->blind ? s->held : s->head.len;
	*left = s->open && !s->dead && !s->blind ? websocket_left(&s->socket) : 0;
}

static void end(void *w, int64_t t_ns)
{
	struct openpi *o = w;

	traffic_disconnected(o->traffic, t_ns);
	for (unsigned i = 0; i < SIDES; i++) {
		side_fini(&o->side[i]);
		side_init(&o->side[i], i == CLIENT);
	}
	o->upgrade = o->metadata = false;
}

static struct traffic *session(const void *w)
{
	const struct openpi *o = w;

	return o->traffic;
}

const struct traffic_wire openpi_wire = {
	.make = make,
	.free = drop,
	.bytes = take_bytes,
	.lost = lose,
	.place = tell_place,
	.end = end,
	.session = session,
};
