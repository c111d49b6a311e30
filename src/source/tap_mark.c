/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the next engine goes on. What is decoded is not stored at once, so a place is published
 * only some time after it was reached: an engine that is killed then loses nothing, and the next
 * one is told what is stored (told_ns) and does not tell it again.
 */
#include "source/tap.h"

/* Longer than a commit takes that comes once a second on a slow disk. */
static const int64_t hold_ns = 2500 * NS_PER_MS, every_ns = 25 * NS_PER_MS;

static struct tapped_mark take_mark(const struct tapped *t, int64_t now_ns)
{
	struct tapped_mark m = {.t_ns = now_ns};

	for (int d = 0; d < 2; d++)
		m.tail[d] = t->at[d];
	for (unsigned i = 0; i < t->slots; i++) {
		const struct tapped_slot *k = &t->slot[i];

		m.slot[i].connection = k->connection;
		m.slot[i].entry = k->entry;
		for (int d = 0; k->connection && d < 2; d++) {
			uint64_t at = k->next[d] - k->blind[d]; /* of the decoder */
			struct decoder_place p = {0};

			if (k->decoder.class->place)
				k->decoder.class->place(k->decoder.state, d, &p);
			m.slot[i].boundary[d] = at - (p.held < at ? p.held : at);
			m.slot[i].end[d] = p.left ? at + p.left : 0;
			if (k->held_from[d] < m.tail[d])
				m.tail[d] = k->held_from[d];
		}
	}
	return m;
}

/* How much of a ring is held back. */
static uint64_t held(const struct tapped *t, int d)
{
	return t->at[d] - atomic_load(&t->link.share.ring[d].shared->tail);
}

/* The cursors first: bytes before a cursor are skipped where they are still there. */
static void publish(struct tapped *t, const struct tapped_mark *m)
{
	for (unsigned i = 0; i < t->slots; i++) {
		struct tap_connection *c = &t->link.share.control->connection[m->slot[i].entry];

		if (!m->slot[i].connection || atomic_load(&c->id) != m->slot[i].connection)
			continue;
		for (int d = 0; d < 2; d++) {
			atomic_store(&c->cursor[d].boundary, m->slot[i].boundary[d]);
			atomic_store(&c->cursor[d].end, m->slot[i].end[d]);
		}
	}
	for (int d = 0; d < 2; d++)
		atomic_store(&t->link.share.ring[d].shared->tail, m->tail[d]);
}

static bool crowded(const struct tapped *t)
{
	return held(t, 0) > t->link.share.ring[0].size / 2 ||
	       held(t, 1) > t->link.share.ring[1].size / 2;
}

/* A message that fills half a ring cannot wait there for its end. */
static void let_go(struct tapped *t, struct tapped_mark *m)
{
	for (int d = 0; d < 2; d++) {
		if (t->at[d] - m->tail[d] > t->link.share.ring[d].size / 4)
			m->tail[d] = t->at[d];
	}
}

static void publish_first(struct tapped *t)
{
	publish(t, &t->mark[t->first_mark]);
	t->first_mark = (t->first_mark + 1) % TAP_MARKS;
	t->marks--;
}

void tapped_publish(struct tapped *t, int64_t now_ns, bool all)
{
	const struct tapped_mark *last = &t->mark[(t->first_mark + t->marks - 1) % TAP_MARKS];
	struct tapped_mark m;

	if (!t->marks || now_ns - last->t_ns >= every_ns) {
		if (t->marks < TAP_MARKS)
			t->mark[(t->first_mark + t->marks++) % TAP_MARKS] = take_mark(t, now_ns);
	}
	/* Where the rings are small for what passes, less is held back, but no less than it must. */
	while (t->marks && (crowded(t) || now_ns - t->mark[t->first_mark].t_ns >= hold_ns))
		publish_first(t);
	if (!all && !crowded(t))
		return;
	m = take_mark(t, now_ns);
	if (!all)
		let_go(t, &m);
	publish(t, &m);
	t->marks = 0;
}

int64_t tapped_due(const struct tapped *t)
{
	return t->marks ? t->mark[t->first_mark].t_ns + hold_ns : INT64_MAX;
}
