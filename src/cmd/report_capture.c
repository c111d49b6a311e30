/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a capture, which still replays: its header, the first records (a hello, a handshake),
 * and the last ones, cut between records. What stands between is passed over in the way that the
 * decoder of a source knows: lines end and begin whole, everything else begins anew.
 */
#include "cmd/report_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/uri.h"
#include "redact/redact_frames.h"
#include "source/decoder.h"
#include "source/source.h"
#include "wire/capture.h"

enum {
	FIRST_BYTES = 64 * 1024,
	BLOB_BYTES = 512, /* a picture in a text: so many characters of base64 */
};

struct track {
	bool is_text; /* lines, which may be cut at their ends */
	bool is_bus;  /* nothing but numbers of motors, in which any name would be chance */
	enum redact_framing framing;
	struct buf bytes[2]; /* by direction: all that is kept, to be looked through at once */
	size_t join_at[2];   /* what is kept of before the gap */
	size_t seen[2];	     /* bytes that were understood as frames, and are redacted */
	size_t first_end;    /* of the first records: behind the last whole line */
	bool behind_cut;     /* the rest of a cut line is still to come */
};

struct cut {
	struct capture_header header;
	struct track track[CAPTURE_SOURCES_MAX];
	struct capture_record *record; /* their bytes are in the tracks, at offset */
	size_t *offset;
	size_t records;
	size_t join; /* records before the gap; SIZE_MAX none */
	uint64_t dropped, dropped_bytes, file_bytes;
};

static void learn_track(struct track *t, const char *word)
{
	const struct source_class *class = NULL;
	struct uri u;

	if (uri_parse(&u, word, NULL) == 0) {
		class = source_find(u.kind);
		t->framing = strcmp(u.kind, "openpi") == 0  ? REPORT_WEBSOCKET
			     : strcmp(u.kind, "groot") == 0 ? REPORT_ZMTP
							    : REPORT_NO_FRAMES;
		t->is_bus = class && (class->facts & FACT_GOT) && !(class->facts & FACT_PROMPT);
		t->is_text = class && (class->decoder == &decoder_lines || !strcmp(u.kind, "log"));
		uri_fini(&u);
	}
}

static void add_record(struct cut *c, const struct capture_record *r)
{
	struct buf *bytes = &c->track[r->source].bytes[r->direction];

	if (!(c->records & (c->records - 1))) {
		size_t room = c->records ? 2 * c->records : 1;

		c->record = xrealloc(c->record, room, sizeof(*c->record));
		c->offset = xrealloc(c->offset, room, sizeof(*c->offset));
	}
	c->record[c->records] = *r;
	c->offset[c->records++] = bytes->len;
	if (r->len)
		buf_add(bytes, r->bytes, r->len);
}

/* Reads whole records of p; returns the bytes they take. */
static size_t take_records(struct cut *c, const char *p, size_t len)
{
	struct capture_record r;
	size_t at = 0;
	ssize_t used;

	while ((used = capture_get(&r, p + at, len - at, c->header.sources, NULL)) > 0) {
		struct track *t = &c->track[r.source];

		at += (size_t)used;
		if (t->behind_cut && r.direction == 0 && r.len) {
			const unsigned char *end = memchr(r.bytes, '\n', r.len);
			size_t n = end ? (size_t)(end - r.bytes) + 1 : r.len;

			t->behind_cut = !end;
			r.bytes += n;
			r.len -= n;
			if (!r.len)
				continue;
		}
		add_record(c, &r);
	}
	return at;
}

/* The first place from which on records follow: each head has a checksum of its own. */
static size_t find_record(const struct cut *c, const char *p, size_t len)
{
	struct capture_record r;

	for (size_t at = 0; at + CAPTURE_HEAD <= len; at++) {
		ssize_t used = capture_get(&r, p + at, len - at, c->header.sources, NULL);

		if (used > 0)
			return at;
	}
	return len;
}

/* A line that the gap cuts ends before it, and what is left of the next one is passed over. */
static void end_lines(struct cut *c)
{
	for (unsigned i = 0; i < c->header.sources; i++) {
		struct track *t = &c->track[i];
		const char *end = t->bytes[0].len ? memrchr(t->bytes[0].p, '\n', t->bytes[0].len)
						  : NULL;

		t->first_end = end ? (size_t)(end - t->bytes[0].p) + 1 : 0;
		t->behind_cut = t->is_text;
	}
	for (size_t i = 0; i < c->records; i++) {
		struct capture_record *r = &c->record[i];
		const struct track *t = &c->track[r->source];

		if (!t->is_text || r->direction || !r->len || c->offset[i] + r->len <= t->first_end)
			continue;
		r->len = c->offset[i] < t->first_end ? t->first_end - c->offset[i] : 0;
		r->is_lost |= !r->len; /* marked: nothing of it is left */
	}
}

static void begin_anew(struct cut *c, int64_t t_ns)
{
	c->join = c->records;
	for (unsigned i = 0; i < c->header.sources; i++) {
		struct capture_record r = {.t_ns = t_ns, .source = (uint16_t)i};

		for (unsigned d = 0; d < 2; d++)
			c->track[i].join_at[d] = c->track[i].bytes[d].len;
		if (!c->track[i].is_text)
			add_record(c, &r);
	}
}

static char *read_dup(int fd, off_t from, size_t most, size_t *len)
{
	char *p = xcalloc(most + 1, 1);
	ssize_t n = 0;

	*len = 0;
	while (*len < most && (n = pread(fd, p + *len, most - *len, from + (off_t)*len)) > 0)
		*len += (size_t)n;
	return p;
}

static int take_header(struct cut *c, const char *p, size_t len, size_t *used, struct err *e)
{
	ssize_t n = capture_get_header(&c->header, p, len, e);

	if (n < 0)
		return (int)n;
	if (n == 0)
		return err_set(e, EBADMSG, "the capture header is cut short");
	for (unsigned i = 0; i < c->header.sources; i++)
		learn_track(&c->track[i], c->header.word[i]);
	*used = (size_t)n;
	return 0;
}

static int take_file(struct cut *c, int fd, off_t size, struct err *e)
{
	size_t most = REPORT_CAPTURE_BYTES, len, used = 0;
	bool whole = size <= (off_t)most;
	char *p = read_dup(fd, 0, whole ? (size_t)size : CAPTURE_HEADER_MAX + FIRST_BYTES, &len);
	int rc = take_header(c, p, len, &used, e);
	struct capture_record next;
	size_t at;

	c->join = SIZE_MAX;
	c->file_bytes = (uint64_t)size;
	if (!rc)
		used += take_records(c, p + used,
				     whole || len - used < FIRST_BYTES ? len - used : FIRST_BYTES);
	if (rc || whole) {
		free(p);
		return rc;
	}
	end_lines(c);
	free(p);
	most -= CAPTURE_HEADER_MAX + 2 * FIRST_BYTES;
	p = read_dup(fd, size - (off_t)most, most, &len);
	at = find_record(c, p, len);
	if (capture_get(&next, p + at, len - at, c->header.sources, NULL) > 0)
		begin_anew(c, next.t_ns);
	take_records(c, p + at, len - at);
	free(p);
	return 0;
}

/* Pictures in a text, as base64: the same number of other characters. */
static void blank_blobs(struct cut *c, struct buf *b)
{
	size_t run = 0;

	for (size_t i = 0; i <= b->len; i++) {
		char ch = i < b->len ? b->p[i] : '\0';

		if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		    (ch >= '0' && ch <= '9') || ch == '+' || ch == '/') {
			run++;
			continue;
		}
		if (run >= BLOB_BYTES) {
			memset(b->p + i - run, 'A', run);
			c->dropped++;
			c->dropped_bytes += run;
		}
		run = 0;
	}
}

/*
 * Large ones hold pictures. What a client sends to a policy server holds the prompt, masked: where
 * frames cannot be told, nothing of it stays.
 */
static bool is_private(const struct track *t, const struct capture_record *r, size_t offset)
{
	if (t->is_text || t->is_bus || r->is_lost || !r->len)
		return false;
	if (t->framing && offset + r->len <= t->seen[r->direction])
		return false;
	return r->len > REPORT_LARGE_BYTES || (t->framing && r->direction == 1);
}

static void redact_track(struct cut *c, struct report *r, struct track *t, unsigned d)
{
	struct redact_frames frames = {.redact = r->redact, .asks = r->redacts && d == 1};
	struct buf *b = &t->bytes[d];
	size_t most = c->join == SIZE_MAX ? b->len : t->join_at[d];

	if (r->redacts && t->is_text)
		blank_blobs(c, b);
	if (t->framing && most)
		t->seen[d] = redact_frames(&frames, t->framing, b->p, most);
	c->dropped += frames.dropped;
	c->dropped_bytes += frames.dropped_bytes;
	if (!t->is_bus && b->len > t->seen[d])
		redact_bytes(r->redact, b->p + t->seen[d], b->len - t->seen[d]);
}

static void redact_all(struct cut *c, struct report *r)
{
	for (unsigned i = 0; i < c->header.sources; i++) {
		redact_track(c, r, &c->track[i], 0);
		redact_track(c, r, &c->track[i], 1);
	}
}

static void write_record(struct cut *c, struct buf *out, size_t i, bool redacts)
{
	struct capture_record r = c->record[i];
	const struct track *t = &c->track[r.source];

	if (r.is_lost && !r.lost) /* end_lines() */
		return;
	if (r.len)
		r.bytes = (const unsigned char *)t->bytes[r.direction].p + c->offset[i];
	if (redacts && is_private(t, &r, c->offset[i])) {
		c->dropped++;
		c->dropped_bytes += r.len;
		r.is_lost = true;
		r.lost = r.len;
		r.bytes = NULL;
		r.len = 0;
	}
	capture_put(out, &r);
}

static int write_cut(struct cut *c, struct report *r, struct buf *out, struct err *e)
{
	struct buf word[CAPTURE_SOURCES_MAX] = {0};
	const char *words[CAPTURE_SOURCES_MAX];
	int rc;

	for (unsigned i = 0; i < c->header.sources; i++) {
		report_know_source(r, c->header.word[i]);
		redact_text(r->redact, &word[i], c->header.word[i], strlen(c->header.word[i]));
		words[i] = buf_text(&word[i]);
	}
	rc = capture_put_header(out, words, c->header.sources, e);
	redact_all(c, r);
	for (size_t i = 0; !rc && i < c->records; i++)
		write_record(c, out, i, r->redacts);
	for (unsigned i = 0; i < c->header.sources; i++)
		buf_fini(&word[i]);
	return rc;
}

static void cut_fini(struct cut *c)
{
	for (unsigned i = 0; i < c->header.sources; i++) {
		buf_fini(&c->track[i].bytes[0]);
		buf_fini(&c->track[i].bytes[1]);
	}
	capture_header_fini(&c->header);
	free(c->record);
	free(c->offset);
	free(c);
}

static void tell(struct report *r, const struct cut *c, size_t kept)
{
	if (c->join != SIZE_MAX)
		report_left(r, "capture", "%.1f MB of %.1f MB: its beginning and its end are there",
			    ((double)c->file_bytes - (double)kept) / 1e6,
			    (double)c->file_bytes / 1e6);
	if (c->dropped)
		report_left(r, "payloads", "%llu large ones of the capture, %.1f MB",
			    (unsigned long long)c->dropped, (double)c->dropped_bytes / 1e6);
}

int report_capture(struct report *r, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = 0;
	struct cut *c = xcalloc(1, sizeof(*c));
	struct buf out = {0};
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		rc = err_set(e, errno, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, EBADMSG, "%s: is no ordinary file", path);
	if (!rc)
		rc = take_file(c, fd, st.st_size, e);
	if (!rc)
		rc = write_cut(c, r, &out, e);
	if (rc)
		err_prefix(e, "%s", path);
	else
		rc = report_add_bytes(
			r, "capture.raw", out.p, out.len,
			c->join == SIZE_MAX
				? "the capture, with the pictures in it; raw: replays it"
				: "the end of the capture; raw: replays it",
			e);
	if (!rc)
		tell(r, c, out.len);
	if (fd >= 0)
		close(fd);
	buf_fini(&out);
	cut_fini(c);
	return rc;
}
