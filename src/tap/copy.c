/* SPDX-License-Identifier: Apache-2.0 */
/* What passes, into the memory that is shared with an engine. */
#include <string.h>

#include "tap/tap.h"

static struct tap_connection *entry_of(const struct tap *t, const struct connection *c)
{
	return c->slot < 0 ? NULL : &t->share.control->connection[c->slot];
}

/* The one that has been free for longest: an engine that lags still reads, and writes, there. */
void copy_begin(struct tap *t, struct connection *c)
{
	struct tap_control *control = t->share.control;

	for (unsigned i = 0; i < TAP_COPIED && c->slot < 0; i++) {
		unsigned k = t->next_slot++ % TAP_COPIED;

		if (!atomic_load(&control->connection[k].live))
			c->slot = (int)k;
	}
	if (c->slot < 0) {
		atomic_fetch_add(&control->uncopied, 1);
		atomic_fetch_add(&control->uncopied_ever, 1);
		return;
	}
	atomic_store(&entry_of(t, c)->id, 0);
	atomic_store(&entry_of(t, c)->seat, 0);
	atomic_store(&entry_of(t, c)->opened_ns, clock_now_ns(&t->clock));
	for (int d = 0; d < 2; d++) {
		struct tap_connection *k = entry_of(t, c);

		atomic_store(&k->offset[d], 0);
		atomic_store(&k->kept[d], 0);
		atomic_store(&k->cursor[d].boundary, 0);
		atomic_store(&k->cursor[d].end, 0);
	}
	atomic_store(&entry_of(t, c)->live, 1);
	atomic_store(&entry_of(t, c)->id, c->id);
	tap_record(t, c, 1, TAP_OPENED, 0);
}

void copy_end(struct tap *t, struct connection *c)
{
	if (c->slot >= 0)
		atomic_store(&entry_of(t, c)->live, 0);
	else
		atomic_fetch_sub(&t->share.control->uncopied, 1);
	c->slot = -1;
}

/* One piece of what was read, into the memory that is shared. */
void copy_bytes(struct tap *t, struct connection *c, int d, const unsigned char *p, size_t len,
		int64_t t_ns)
{
	struct tap_connection *k = entry_of(t, c);
	uint32_t kept = k ? atomic_load(&k->kept[d]) : 0;
	size_t room = TAP_HEAD_BYTES - kept, n = len < room ? len : room;
	struct tap_record r = {
		.t_ns = t_ns,
		.connection = c->id,
		.offset = c->offset[d],
		.length = (uint32_t)len,
		.kind = TAP_BYTES,
		.turn = c->last != d,
		.slot = (uint8_t)c->slot,
	};

	if (!k)
		return;
	r.order = ++t->order;
	memcpy(k->head[d] + kept, p, n);
	atomic_store(&k->kept[d], kept + (uint32_t)n);
	tap_ring_put(&t->share.ring[d], &r, p);
	c->last = d;
	c->offset[d] += len;
	atomic_store(&k->offset[d], c->offset[d]);
}

/* Bytes that passed and were not had: their place in the stream says so, as of a ring that is full. */
void copy_missed(struct tap *t, struct connection *c, int d, uint64_t n)
{
	struct tap_connection *k = entry_of(t, c);

	if (!k || !n)
		return;
	atomic_fetch_add(&t->share.ring[d].shared->lost, n);
	c->offset[d] += n;
	atomic_store(&k->offset[d], c->offset[d]);
}

void copy_stage(struct tap *t, struct connection *c, int d)
{
	const struct stage *st = &t->stage;

	for (unsigned i = 0; i < st->pieces; i++)
		copy_bytes(t, c, d, st->bytes + st->piece[i].at, st->piece[i].len,
			   st->piece[i].t_ns);
}
