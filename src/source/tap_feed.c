/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a tap, to the decoders of their connections and to the capture. */
#include <string.h>

#include "source/tap.h"

enum { NOT_HELD = -1 };

static const struct tap_connection *entry_of(const struct tapped *t, unsigned entry, uint64_t id)
{
	const struct tap_connection *k = &t->link.share.control->connection[entry];

	return atomic_load(&k->id) == id ? k : NULL;
}

static void capture(const struct tapped_slot *k, int direction, int64_t t_ns, const void *p,
		    size_t n)
{
	const struct source_host *h = &k->source->host;

	if (h->raw && !k->again)
		h->raw(h->host, k->index, direction, t_ns, p, n);
}

static void capture_lost(const struct tapped_slot *k, int d, uint64_t bytes, bool whole,
			 int64_t t_ns)
{
	struct raw_lost lost = {.bytes = bytes, .whole = whole};

	capture(k, RAW_LOST + d, t_ns, &lost, sizeof(lost));
}

static void set_again(struct tapped_slot *k, bool on)
{
	k->again = on;
	if (k->decoder.class->again)
		k->decoder.class->again(k->decoder.state, on);
}

static struct decoder_place place_of(const struct tapped_slot *k, int d)
{
	struct decoder_place p = {0};

	if (k->decoder.class->place)
		k->decoder.class->place(k->decoder.state, d, &p);
	return p;
}

/* What comes from here on is news: a capture that goes on begins with how much is behind. */
static void tell_again_no_more(struct tapped_slot *k, int64_t t_ns)
{
	set_again(k, false);
	for (int d = 0; d < 2; d++) {
		k->captured[d] = k->next[d];
		if (k->next[d])
			capture_lost(k, d, k->next[d], place_of(k, d).held == 0, t_ns);
	}
}

static struct tapped_slot *slot_of(struct tapped *t, uint64_t connection)
{
	for (unsigned i = 0; i < t->slots; i++) {
		if (t->slot[i].connection == connection)
			return &t->slot[i];
	}
	return NULL;
}

/* A free slot that no other live connection had under the engine before. */
static struct tapped_slot *free_slot(struct tapped *t)
{
	bool kept[TAP_SLOTS] = {false};

	for (unsigned i = 0; i < TAP_COPIED; i++) {
		const struct tap_connection *c = &t->link.share.control->connection[i];
		uint32_t seat = atomic_load(&c->live) ? atomic_load(&c->seat) : 0;

		if (seat && seat <= t->slots)
			kept[seat - 1] = true;
	}
	for (unsigned i = 0; i < t->slots; i++) {
		if (!t->slot[i].connection && !kept[i])
			return &t->slot[i];
	}
	return slot_of(t, 0);
}

/* The slot that a connection had is its own again: its index is what the run knows it by. */
static struct tapped_slot *seat_of(struct tapped *t, const struct tap_record *rec)
{
	struct tap_connection *c = &t->link.share.control->connection[rec->slot];
	bool same = atomic_load(&c->id) == rec->connection;
	uint32_t seat = same ? atomic_load(&c->seat) : 0;
	struct tapped_slot *k;

	if (seat && seat <= t->slots && !t->slot[seat - 1].connection)
		k = &t->slot[seat - 1];
	else
		k = free_slot(t);
	if (k && same)
		atomic_store(&c->seat, (uint32_t)(k - t->slot) + 1);
	return k;
}

static struct tapped_slot *take_slot(struct tapped *t, const struct tap_record *rec)
{
	struct tapped_slot *k = seat_of(t, rec);

	if (!k) {
		t->ignored[rec->slot] = rec->connection;
		source_note(t->slot[0].source, rec->t_ns,
			    "%s has more than %u clients: this one is passed on, and not seen",
			    t->place, t->slots);
		return NULL;
	}
	k->connection = rec->connection;
	k->entry = rec->slot;
	for (int d = 0; d < 2; d++) {
		k->next[d] = k->captured[d] = k->blind[d] = k->resume_at[d] = 0;
		k->held_from[d] = (uint64_t)NOT_HELD;
	}
	set_again(k, rec->t_ns <= t->told_ns);
	decoder_anew(&k->decoder, rec->t_ns);
	capture(k, 0, rec->t_ns, NULL, 0);
	return k;
}

/* Decodes some of n bytes, at least one; how many. */
static size_t decode(struct tapped_slot *k, int d, const void *p, size_t n, int64_t t_ns)
{
	size_t took = 0;

	if (d == 0)
		took = decoder_bytes(&k->decoder, p, n, t_ns);
	else
		decoder_sent(&k->decoder, p, n, t_ns);
	return took && took < n ? took : n;
}

/* What the first bytes of a direction teach, up to where the engine before this one was. */
static void learn(struct tapped_slot *k, const struct tap_connection *c, int d, int64_t t_ns)
{
	uint64_t boundary = atomic_load(&c->cursor[d].boundary);
	uint32_t kept = atomic_load(&c->kept[d]);
	size_t n = kept < boundary ? kept : (size_t)boundary, at = 0;

	if (n > TAP_HEAD_BYTES)
		n = TAP_HEAD_BYTES;
	while (at < n)
		at += decode(k, d, c->head[d] + at, n - at, t_ns);
	if (boundary > n)
		decoder_lost(&k->decoder, d, boundary - n, true, t_ns);
	k->next[d] = boundary;
	k->resume_at[d] = atomic_load(&c->cursor[d].end);
}

/* A connection whose beginning this engine has not seen. The client speaks first. */
static struct tapped_slot *adopt(struct tapped *t, const struct tap_record *rec)
{
	const struct tap_connection *c = entry_of(t, rec->slot, rec->connection);
	struct tapped_slot *k = take_slot(t, rec);

	if (!k)
		return NULL;
	set_again(k, true);
	for (int d = 1; c && d >= 0; d--)
		learn(k, c, d, rec->t_ns);
	return k;
}

/* What was not decoded up to here, told to the decoder. */
static void tell_lost(struct tapped_slot *k, int d, uint64_t n, bool whole, int64_t t_ns)
{
	decoder_lost(&k->decoder, d, n, whole, t_ns);
	capture_lost(k, d, n, whole, t_ns);
}

/* n bytes from next[d] on were not seen. Inside a frame of known length the decoder goes on. */
static void note_lost(struct tapped_slot *k, int d, uint64_t n, int64_t t_ns)
{
	k->next[d] += n;
	if (!k->blind[d] && n <= place_of(k, d).left)
		tell_lost(k, d, n, false, t_ns);
	else
		k->blind[d] += n;
}

/*
 * Passes over bytes of a record up to where a message begins: request and reply take turns, so the
 * first bytes after those of the other side begin one. False: not in this record.
 */
static bool see_again(struct tapped_slot *k, int d, const struct tap_record *rec)
{
	uint64_t end = rec->offset + rec->length, n = end - k->next[d];
	bool known = k->resume_at[d] >= k->next[d] && k->resume_at[d] <= end;

	if (known)
		n = k->resume_at[d] - k->next[d];
	else if (rec->turn && k->next[d] == rec->offset)
		n = 0;
	k->next[d] += n;
	k->blind[d] += n;
	if (k->next[d] == end)
		return false;
	tell_lost(k, d, k->blind[d], true, rec->t_ns);
	k->blind[d] = 0;
	return true;
}

static void note_place(struct tapped *t, struct tapped_slot *k, int d)
{
	uint64_t held = place_of(k, d).held;

	if (!held)
		k->held_from[d] = (uint64_t)NOT_HELD;
	else if (k->held_from[d] == (uint64_t)NOT_HELD)
		k->held_from[d] = t->at[d];
}

static bool feed_bytes(struct tapped *t, struct tapped_slot *k, int d, const struct tap_record *rec)
{
	const unsigned char *p = (const unsigned char *)(rec + 1);
	uint64_t end = rec->offset + rec->length, n, before, held;

	if (rec->offset > k->next[d])
		note_lost(k, d, rec->offset - k->next[d], rec->t_ns);
	if (end <= k->next[d] || (k->blind[d] && !see_again(k, d, rec)))
		return true;
	k->resume_at[d] = 0;
	p += k->next[d] - rec->offset;
	n = end - k->next[d];
	if (k->captured[d] < end)
		capture(k, d, rec->t_ns, p, (size_t)n);
	k->captured[d] = end;
	before = k->next[d] - place_of(k, d).held;
	n = decode(k, d, p, (size_t)n, rec->t_ns);
	k->next[d] += n;
	held = place_of(k, d).held;
	if (k->next[d] - held != before) /* another message is under way: it began in here */
		k->held_from[d] = (uint64_t)NOT_HELD;
	note_place(t, k, d);
	return k->next[d] == end;
}

void tapped_end(struct tapped *t, struct tapped_slot *k, int64_t t_ns)
{
	const struct tap_connection *c = entry_of(t, k->entry, k->connection);

	for (int d = 0; c && d < 2; d++) {
		uint64_t all = atomic_load(&c->offset[d]);

		if (all > k->next[d])
			note_lost(k, d, all - k->next[d], t_ns);
		if (k->blind[d])
			tell_lost(k, d, k->blind[d], false, t_ns);
	}
	decoder_end(&k->decoder, t_ns);
	capture(k, 1, t_ns, NULL, 0);
	if (k->again)
		set_again(k, false);
	k->connection = 0;
}

void tapped_reap(struct tapped *t, int64_t now_ns)
{
	for (unsigned i = 0; i < t->slots; i++) {
		struct tapped_slot *k = &t->slot[i];
		const struct tap_connection *c = k->connection
							 ? entry_of(t, k->entry, k->connection)
							 : NULL;

		if (!k->connection || (c && atomic_load(&c->live)))
			continue;
		/* Its record may have come in between: looked at after what it says is true. */
		if (!tap_ring_at(&t->link.share.ring[0], t->at[0]) &&
		    !tap_ring_at(&t->link.share.ring[1], t->at[1]))
			tapped_end(t, k, now_ns);
	}
}

/* Told once: a client may try again every few seconds while its server loads a model. */
static void refused(struct tapped *t, const struct tap_record *rec)
{
	int code = (int)rec->length;

	if (rec->t_ns > t->told_ns && code != t->refused)
		source_note(t->slot[0].source, rec->t_ns,
			    "%s cannot be reached: %s; clients are turned away", t->upstream,
			    strerror(code));
	t->refused = code;
}

/* What is due by the time of a record comes before it, as in a replay. */
static void pass_time(struct tapped *t, int64_t t_ns)
{
	for (unsigned i = 0; i < t->slots; i++)
		decoder_due(&t->slot[i].decoder, t_ns);
}

/* Of who has but one slot, the client before is gone, should its end have found no room. */
static void one_at_a_time(struct tapped *t, const struct tap_record *rec)
{
	if (t->slots == 1 && t->slot[0].connection)
		tapped_end(t, &t->slot[0], rec->t_ns);
}

bool tapped_feed(struct tapped *t, const struct tap_record *rec, int direction)
{
	struct tapped_slot *k = slot_of(t, rec->connection);

	if (rec->t_ns > t->told_ns)
		pass_time(t, rec->t_ns);
	if (!rec->connection && t->kind->told && rec->t_ns > t->told_ns)
		t->kind->told(t->slot[0].source, rec);
	if (t->ignored[rec->slot] == rec->connection || !rec->connection)
		return true;
	if (rec->kind == TAP_OPENED) {
		if (!k)
			one_at_a_time(t, rec);
		if (!k)
			take_slot(t, rec);
		return true;
	}
	if (!k && rec->kind == TAP_BYTES)
		k = adopt(t, rec);
	if (k && k->again && rec->t_ns > t->told_ns)
		tell_again_no_more(k, rec->t_ns);
	if (rec->kind == TAP_BYTES && direction == 0)
		t->refused = 0;
	if (rec->kind == TAP_BYTES)
		return k ? feed_bytes(t, k, direction, rec) : true;
	if (rec->kind == TAP_REFUSED)
		refused(t, rec);
	if (k)
		tapped_end(t, k, rec->t_ns);
	return true;
}
