/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `raw:FILE`: replays a capture. Every recorded source gets a decoder of its own and keeps its
 * index, and events carry the recorded times: the same bytes give the same events.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "source/decoder.h"
#include "source/speed.h"
#include "wire/capture.h"
#include "wire/groot.h"
#include "wire/stream.h"

enum { WINDOW = CAPTURE_RECORD_MAX, READ_AT_ONCE = 65536 };

/* One recorded source. */
struct track {
	struct source *source;
	uint16_t index; /* of its events */
	struct decoder decoder;
	bool rereads;	  /* see source.h: what comes after a mark repeats what came before */
	bool again;	  /* and it is doing so */
	int64_t last_seq; /* SEQ_UNKNOWN: no step yet */
};

struct raw {
	struct track track[CAPTURE_SOURCES_MAX];
	unsigned tracks;
	struct speed speed;
	int file;
	char *path;
	unsigned char *window; /* [WINDOW]: bytes at..len of the file are here */
	size_t at, len;
	int64_t offset; /* in the file of window[0] */
	struct capture_record record;
	size_t used;   /* bytes of the file that record takes; 0: none under way */
	size_t played; /* bytes of its payload that are decoded */
	bool ended;    /* nothing is left to read */
};

/* True: ev was played before the mark. */
static bool repeats(struct track *t, const struct event *ev)
{
	bool again = t->again;

	if (ev->kind != EVENT_STEP)
		return again && ev->kind != EVENT_HELLO && ev->kind != EVENT_NOTE;
	t->again = again && ev->step->seq < t->last_seq;
	if (again && ev->step->seq <= t->last_seq)
		return true;
	t->last_seq = ev->step->seq;
	return false;
}

static void emit(void *host, const struct event *ev)
{
	struct track *t = host;
	struct event copy = *ev;

	if (repeats(t, ev))
		return;

	copy.source = t->index;
	t->source->host.emit(t->source->host.host, &copy);
}

/* A decoder for one recorded source; a prefix of its word comes after the replay's own. */
static int open_track(struct source *s, struct raw *r, const char *word, struct err *e)
{
	struct track *t = &r->track[r->tracks];
	char prefix[2 * NAME_BYTES], own[NAME_BYTES] = "";
	const struct source_class *class;
	struct uri u;
	int rc = uri_parse(&u, word, e);

	if (rc < 0)
		return rc;
	class = source_find(u.kind);
	if (!class || !class->decoder)
		rc = err_set(e, EBADMSG, "it holds %s, which this version cannot replay", word);
	else
		rc = source_prefix(own, &u, e);
	if (rc == 0) {
		snprintf(prefix, sizeof(prefix), "%s%s", s->prefix, own);
		rc = decoder_open(&t->decoder, class->decoder, emit, t, prefix, &u, e);
	}
	uri_fini(&u);
	if (rc < 0)
		return rc;
	t->source = s;
	t->index = (uint16_t)(s->index + r->tracks++);
	t->rereads = class->rereads;
	t->last_seq = SEQ_UNKNOWN;
	return 0;
}

/* Reads more of the file behind what is left in the window. The bytes read, 0 at the end. */
static ssize_t fill(struct raw *r)
{
	size_t room;
	ssize_t n;

	memmove(r->window, r->window + r->at, r->len - r->at);
	r->offset += (int64_t)r->at;
	r->len -= r->at;
	r->at = 0;
	room = WINDOW - r->len < READ_AT_ONCE ? WINDOW - r->len : READ_AT_ONCE;
	do
		n = read(r->file, r->window + r->len, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	r->len += (size_t)n;
	return n;
}

static int read_header(struct source *s, struct raw *r, struct err *e)
{
	struct capture_header h;
	ssize_t used, got = 1;
	int rc = 0;

	while ((used = capture_get_header(&h, r->window, r->len, e)) == 0 && got > 0)
		got = fill(r);
	if (used == 0)
		used = err_set(e, EBADMSG,
			       r->len ? "the capture header is cut short" : "the file is empty");
	if (used < 0)
		return (int)used;
	r->at = (size_t)used;
	for (unsigned i = 0; rc == 0 && i < h.sources; i++)
		rc = open_track(s, r, h.word[i], e);
	capture_header_fini(&h);
	return rc;
}

static int raw_open(struct source *s, struct uri *u, struct err *e)
{
	struct raw *r = s->state;
	struct stat st;
	int rc;

	r->file = -1;
	if (!u->rest[0])
		return err_set(e, EINVAL, "%s: write raw:FILE", u->word);
	if (s->host.raw)
		return err_set(e, EINVAL, "%s: is a capture already, copy it instead", u->word);
	rc = speed_open(&r->speed, u, e);
	if (rc < 0)
		return rc;
	r->path = xstrdup(u->rest);
	r->file = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (r->file < 0 || fstat(r->file, &st) < 0)
		return err_set(e, errno, "%s: %s", r->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, EBADMSG, "%s: is no regular file", r->path);
	r->window = xcalloc(WINDOW, 1);
	rc = read_header(s, r, e);
	if (rc < 0)
		err_prefix(e, "%s", r->path);
	s->span = (uint16_t)(r->tracks ? r->tracks : 1);
	return rc;
}

/* Makes the next record the one under way. 1, 0 at the end of the file, or -errno with s->error. */
static int next_record(struct source *s, struct raw *r)
{
	ssize_t used, got = 1;

	while ((used = capture_get(&r->record, r->window + r->at, r->len - r->at, r->tracks,
				   &s->error)) == 0 &&
	       got > 0)
		got = fill(r);
	if (used < 0)
		err_prefix(&s->error, "%s: byte %lld", r->path,
			   (long long)r->offset + (long long)r->at);
	else if (got < 0)
		used = err_set(&s->error, (int)-got, "%s: %s", r->path, strerror((int)-got));
	if (used <= 0)
		return (int)used;
	r->used = (size_t)used;
	r->played = 0;
	return 1;
}

/* What the decoders do by themselves before the time of a record, as they did it live. */
static void pass_time(struct raw *r, int64_t t_ns)
{
	for (unsigned i = 0; i < r->tracks; i++)
		decoder_due(&r->track[i].decoder, t_ns);
}

/* Plays at most DECODER_BITE lines or messages of the record, then drops it when all are. */
static void play(struct source *s, struct raw *r)
{
	const struct capture_record *c = &r->record;
	struct track *t = &r->track[c->source];

	pass_time(r, c->t_ns);
	if (c->is_lost) {
		decoder_lost(&t->decoder, c->direction, c->lost, c->whole, c->t_ns);
	} else if (!c->len) {
		if (c->direction == 0 && !t->rereads)
			decoder_anew(&t->decoder, c->t_ns);
		else
			decoder_end(&t->decoder, c->t_ns);
		t->again = c->direction == 0 && t->rereads && t->last_seq != SEQ_UNKNOWN;
	} else if (c->direction == 0) {
		r->played += decoder_bytes(&t->decoder, c->bytes + r->played, c->len - r->played,
					   c->t_ns);
		if (r->played < c->len)
			return;
	} else {
		decoder_sent(&t->decoder, c->bytes, c->len, c->t_ns);
	}
	s->bad_lines = 0;
	for (unsigned i = 0; i < r->tracks; i++) {
		const struct decoder *d = &r->track[i].decoder;

		s->bad_lines += decoder_bad(d);
		if (!s->first_bad[0])
			text_copy(s->first_bad, sizeof(s->first_bad), decoder_first_bad(d));
	}
	r->at += r->used;
	r->used = 0;
}

static int64_t finish(struct source *s, struct raw *r, int64_t now_ns)
{
	struct event end = {.kind = EVENT_END, .src_ns = TIME_UNKNOWN};

	end.t_ns = r->record.t_ns ? r->record.t_ns : now_ns;
	if (r->len > r->at) {
		source_note(s, end.t_ns, "%s is cut: %zu bytes of its last record are lost",
			    r->path, r->len - r->at);
		if (!s->bad_lines++)
			snprintf(s->first_bad, sizeof(s->first_bad),
				 "the file is cut: %zu bytes of its last record are lost",
				 r->len - r->at);
	}
	r->ended = true;
	source_emit(s, &end);
	return INT64_MAX;
}

static int64_t raw_run(struct source *s, int64_t now_ns)
{
	struct raw *r = s->state;
	size_t lines = 0;

	if (r->ended)
		return INT64_MAX;
	while (lines < DECODER_BITE) {
		const struct decoder *decoder;
		uint64_t before;
		int64_t due;

		if (!r->used) {
			int rc = next_record(s, r);

			if (rc < 0)
				return rc;
			if (rc == 0)
				return finish(s, r, now_ns);
		}
		due = speed_due_ns(&r->speed, r->record.t_ns, now_ns);
		if (due > now_ns)
			return due;
		decoder = &r->track[r->record.source].decoder;
		before = decoder_count(decoder);
		play(s, r);
		lines += 1 + (size_t)(decoder_count(decoder) - before);
	}
	return now_ns;
}

static void raw_close(struct source *s)
{
	struct raw *r = s->state;

	for (unsigned i = 0; i < r->tracks; i++)
		decoder_close(&r->track[i].decoder);
	if (r->file >= 0)
		close(r->file);
	free(r->window);
	free(r->path);
}

static const struct source_param params[] = {SPEED_PARAM, {0}};

const struct source_class source_raw = {
	.kind = "raw",
	.rest = "FILE",
	.summary = "replay of a capture (--capture FILE)",
	.facts = STREAM_FACTS | GROOT_FACTS,
	.waits = true,
	.rereads = true,
	.params = params,
	.state_size = sizeof(struct raw),
	.open = raw_open,
	.run = raw_run,
	.close = raw_close,
};
