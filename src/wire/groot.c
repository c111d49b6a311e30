/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/groot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/stranger.h"
#include "wire/zmtp.h"

enum { SERVER, CLIENT, SIDES };

/* One direction of the connection. */
struct side {
	struct zmtp zmtp;
	bool dead;	 /* nothing that follows can be read */
	bool blind;	 /* nor can this, until it is this side's turn */
	bool turn;	 /* which it is: its next byte begins a message */
	uint64_t missed; /* bytes while blind */
	bool in_body, damaged;
	struct payload *reader; /* of the body under way */
	uint8_t first[STRANGER_LOOK];
	unsigned firsts;
	uint64_t size;		     /* of the body so far */
	uint64_t held;		     /* bytes since the last end of a message */
	uint8_t look[STRANGER_LOOK]; /* the first bytes of the connection */
	unsigned looks;
};

struct groot {
	struct traffic *traffic;
	struct side side[SIDES];
	bool told_pickles;
};

/* Steps over "word." at the begin of a path. */
static const char *after(const char *path, const char *word)
{
	size_t n = strlen(word);

	return text_starts(path, word) && path[n] == '.' ? path + n + 1 : path;
}

static void reply_role(struct traffic_leaf *out, const char *path)
{
	const char *part = after(path, "0"), *named = after(part, "action");

	text_copy(out->name, sizeof(out->name), path);
	if (strcmp(path, "error") == 0)
		out->role = TRAFFIC_ERROR;
	if (part == path && named == path)
		return; /* neither the first of [action, info] nor `action.…` */
	out->role = TRAFFIC_ACTION;
	text_copy(out->part, sizeof(out->part), named);
	text_copy(out->name, sizeof(out->name), "action.");
	text_copy(out->name + strlen("action."), sizeof(out->name) - strlen("action."), named);
}

static void role(struct traffic_leaf *out, const char *path, bool reply)
{
	if (reply) {
		reply_role(out, path);
		return;
	}
	if (strcmp(path, "endpoint") == 0)
		out->role = TRAFFIC_ENDPOINT;
	path = after(after(path, "data"), "observation");
	text_copy(out->name, sizeof(out->name), path);
	if (text_starts(path, "video.")) {
		out->role = TRAFFIC_CAMERA;
	} else if (text_starts(path, "state.")) {
		out->role = TRAFFIC_STATE;
		text_copy(out->part, sizeof(out->part), after(path, "state"));
	} else if (text_starts(path, "annotation.") || text_starts(path, "language.")) {
		out->role = TRAFFIC_PROMPT;
	}
}

static const struct traffic_protocol protocol = {.word = "groot",
						 .policy = "GR00T",
						 .facts = GROOT_FACTS,
						 .separator = '.',
						 .endpoints = true,
						 .named = true,
						 .role = role};

static void side_init(struct side *s)
{
	*s = (struct side){0};
	zmtp_init(&s->zmtp);
}

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  double fps)
{
	struct groot *g = xcalloc(1, sizeof(*g));

	g->traffic = traffic_new(&protocol, emit, host, prefix, fps);
	for (unsigned i = 0; i < SIDES; i++)
		side_init(&g->side[i]);
	return g;
}

static void drop(void *w)
{
	struct groot *g = w;

	if (!g)
		return;
	traffic_free(g->traffic);
	free(g);
}

static void give_up(struct groot *g)
{
	g->side[SERVER].dead = g->side[CLIENT].dead = true;
}

/* A server that does not greet as a ZeroMQ socket is told once a client has begun to. */
static void tell_stranger(struct groot *g, int64_t t_ns)
{
	const struct side *s = &g->side[SERVER], *c = &g->side[CLIENT];

	if (!s->zmtp.error || s->zmtp.greeted || s->looks < STRANGER_LEAST ||
	    !zmtp_begins(c->look, c->looks))
		return;
	if (s->look[0] == 0xff)
		traffic_stranger(g->traffic, t_ns, "no GR00T policy server: %s", s->zmtp.error);
	else
		traffic_stranger(g->traffic, t_ns, "no GR00T policy server, but %s",
				 stranger_look(s->look, s->looks));
	give_up(g);
}

/* The bytes of a direction cannot be read any more. */
static void on_error(struct groot *g, unsigned i, int64_t t_ns)
{
	struct side *s = &g->side[i];

	s->dead = true;
	if (s->zmtp.greeted)
		traffic_bad(g->traffic, t_ns, s->zmtp.error);
	else if (i == CLIENT && stranger_is_tls(s->look, s->looks))
		traffic_stranger(g->traffic, t_ns,
				 "the client speaks TLS, which cannot be read: use hook:");
	if (i == CLIENT && !s->zmtp.greeted)
		give_up(g);
}

static void on_command(struct groot *g, unsigned i, int64_t t_ns)
{
	const struct zmtp *z = &g->side[i].zmtp;
	const char *type = z->socket_type;

	if (strcmp(z->mechanism, "NULL") != 0 && strcmp(z->mechanism, "PLAIN") != 0) {
		traffic_stranger(
			g->traffic, t_ns,
			"a ZeroMQ server that encrypts (%s), which cannot be read: use hook:",
			z->mechanism);
		give_up(g);
	} else if (i == SERVER && z->ready && type[0] && strcmp(type, "REP") != 0 &&
		   strcmp(type, "ROUTER") != 0) {
		traffic_stranger(g->traffic, t_ns,
				 "a ZeroMQ server, but no GR00T policy server: its socket is %s",
				 type);
		give_up(g);
	} else if (i == SERVER && z->ready) {
		traffic_connected(g->traffic, t_ns);
	}
}

static void feed(struct side *s, const uint8_t *p, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; s->firsts < STRANGER_LOOK && i < len; i++)
		s->first[s->firsts++] = p[i];
	while (at < len) {
		size_t n = len - at, skip = payload_skippable(s->reader);

		if (skip) {
			n = n < skip ? n : skip;
			payload_skip(s->reader, n);
		} else {
			payload_take(s->reader, p + at, n);
		}
		at += n;
	}
}

/* Request and reply take turns: after a whole one the other side begins one. */
static void pass_turn(struct groot *g, unsigned i, int64_t t_ns)
{
	struct side *other = &g->side[!i];

	g->side[i].turn = false;
	other->turn = true;
	if (other->missed)
		traffic_lost(g->traffic, i == CLIENT, other->missed, t_ns);
	other->missed = 0;
}

static void end_body(struct groot *g, unsigned i, int64_t t_ns)
{
	static const char no_words[] = "ERROR, and nothing more was said";
	struct side *s = &g->side[i];
	enum traffic_message kind = i == CLIENT ? TRAFFIC_REQUEST : TRAFFIC_REPLY;

	s->in_body = false;
	pass_turn(g, i, t_ns);
	if (s->damaged)
		return;
	if (stranger_is_pickle(s->first, s->firsts)) {
		traffic_opaque(g->traffic, kind, t_ns, s->size);
		if (!g->told_pickles)
			traffic_note(
				g->traffic, t_ns,
				"groot: this server's version (generation A) sends pickles, which "
				"are never read: only sizes and latency are known");
		g->told_pickles = true;
	} else if (i == SERVER && s->size == 5 && memcmp(s->first, "ERROR", 5) == 0) {
		traffic_failed(g->traffic, no_words, strlen(no_words), t_ns, s->size);
	} else {
		traffic_end(g->traffic, kind, t_ns, s->size);
	}
}

static void take_body(struct groot *g, unsigned i, const struct zmtp_piece *c, int64_t t_ns)
{
	struct side *s = &g->side[i];

	if (!s->in_body) {
		s->in_body = true;
		s->damaged = !traffic_is_connected(g->traffic); /* before both are ready */
		s->size = s->firsts = 0;
		s->reader = traffic_begin(g->traffic, i == CLIENT ? TRAFFIC_REQUEST : TRAFFIC_REPLY,
					  t_ns);
	}
	s->size += c->len;
	traffic_touch(g->traffic, t_ns);
	if (!s->damaged)
		feed(s, c->bytes, c->len);
	if (c->end)
		end_body(g, i, t_ns);
}

static size_t take(struct groot *g, unsigned i, const uint8_t *p, size_t n, int64_t t_ns)
{
	struct side *s = &g->side[i];
	struct zmtp_piece c;
	size_t took;

	took = zmtp_take(&s->zmtp, p, n, &c);
	s->held += took;
	if (s->zmtp.error)
		on_error(g, i, t_ns);
	else if (c.command)
		on_command(g, i, t_ns);
	else if (c.body)
		take_body(g, i, &c, t_ns);
	if (s->zmtp.greeted && !s->zmtp.in_message && !s->zmtp.in_frame && !s->zmtp.heads)
		s->held = 0;
	return took;
}

/* The next byte begins a message, whatever was before. */
static void resume(struct groot *g, struct side *s, int64_t t_ns)
{
	zmtp_resume(&s->zmtp);
	s->in_body = s->damaged = s->blind = false;
	s->held = s->missed = 0;
	traffic_connected(g->traffic, t_ns);
}

/* True: n bytes are passed over, because nobody knows where in a message they are. */
static bool is_blind(struct groot *g, unsigned i, size_t n, int64_t t_ns)
{
	struct side *s = &g->side[i];

	if (s->blind && !s->turn)
		s->missed += n;
	if (!s->blind || !s->turn)
		return s->blind;
	resume(g, s, t_ns);
	return false;
}

static size_t take_bytes(void *w, unsigned direction, const void *bytes, size_t n, size_t most,
			 int64_t t_ns)
{
	struct groot *g = w;
	unsigned i = direction ? CLIENT : SERVER;
	struct side *s = &g->side[i];
	uint64_t before = traffic_messages(g->traffic);
	const uint8_t *p = bytes;
	size_t at = 0;

	traffic_due(g->traffic, t_ns);
	for (size_t k = 0; s->looks < STRANGER_LOOK && k < n; k++)
		s->look[s->looks++] = p[k];
	tell_stranger(g, t_ns);
	if (s->dead || is_blind(g, i, n, t_ns))
		return n;
	while (at < n && !s->dead && traffic_messages(g->traffic) - before < most)
		at += take(g, i, p + at, n - at, t_ns);
	tell_stranger(g, t_ns);
	return s->dead ? n : at;
}

/* The hole is in a picture that nobody looks at, and is stepped over with it. */
static bool in_skipped(const struct side *s, uint64_t n)
{
	return s->in_body && !s->damaged && !s->blind && zmtp_left(&s->zmtp) > n &&
	       payload_skippable(s->reader) >= n;
}

static void lose(void *w, unsigned direction, uint64_t n, bool whole, int64_t t_ns)
{
	struct groot *g = w;
	unsigned i = direction ? CLIENT : SERVER;
	struct side *s = &g->side[i];

	if (s->dead)
		return;
	if (!whole && in_skipped(s, n)) {
		zmtp_lost(&s->zmtp, n);
		payload_skip(s->reader, n);
		s->size += n;
		return;
	}
	traffic_lost(g->traffic, i == SERVER, n, t_ns);
	if (whole) {
		resume(g, s, t_ns);
	} else if (s->zmtp.greeted && !s->blind && zmtp_lost(&s->zmtp, n)) {
		s->in_body = s->damaged = s->zmtp.in_message;
	} else if (!s->blind) {
		traffic_bad(g->traffic, t_ns,
			    "bytes passed unseen, and where messages begin is lost");
		s->blind = true;
		s->turn = false;
		s->held = 0;
	}
}

static void tell_place(const void *w, unsigned direction, uint64_t *held, uint64_t *left)
{
	const struct groot *g = w;
	const struct side *s = &g->side[direction ? CLIENT : SERVER];

	*held = s->held;
	*left = s->dead || s->blind ? 0 : zmtp_left(&s->zmtp);
}

static void end(void *w, int64_t t_ns)
{
	struct groot *g = w;

	traffic_disconnected(g->traffic, t_ns);
	for (unsigned i = 0; i < SIDES; i++)
		side_init(&g->side[i]);
	g->told_pickles = false;
}

static struct traffic *session(const void *w)
{
	const struct groot *g = w;

	return g->traffic;
}

const struct traffic_wire groot_wire = {
	.make = make,
	.free = drop,
	.bytes = take_bytes,
	.lost = lose,
	.place = tell_place,
	.end = end,
	.session = session,
};
