/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded queue of records of any length between exactly one producing and one consuming thread;
 * no locks. The consumer reads ahead and gives the room back later, so that what it could not
 * store is still there: release after a commit, rewind after a failure.
 *
 * Memory is only touched where records have been; records are aligned to 8 bytes.
 */
#ifndef POLICYTOP_BASE_RING_H
#define POLICYTOP_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>

enum { RING_RECORD_HEAD = 8 }; /* bytes that every record takes beside its own, rounded up to 8 */

struct ring;

struct ring *ring_new(size_t bytes); /* rounded up to a power of two, at least a page */
void ring_free(struct ring *r);	     /* NULL is allowed; both threads are done with it */

size_t ring_size(const struct ring *r);
size_t ring_used(const struct ring *r); /* not yet released; either thread */

/*
 * Producer: room for len bytes to fill, or NULL when there is none. Nothing is seen by the consumer
 * before ring_publish(); reserving again replaces what was not published.
 */
void *ring_reserve(struct ring *r, size_t len);
void ring_publish(struct ring *r);

/* Consumer: the next record without (peek) or with (next) stepping over it; NULL: none. */
const void *ring_peek(struct ring *r, size_t *len);
const void *ring_next(struct ring *r, size_t *len);

/* Consumer: gives back the room of every record stepped over; or goes back to the first of them. */
void ring_release(struct ring *r);
void ring_rewind(struct ring *r);

/* Consumer: bytes stepped over and not released. */
size_t ring_held(const struct ring *r);

#endif
