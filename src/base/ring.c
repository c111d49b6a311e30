/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ring.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { CACHE_LINE = 64, PAGE = 4096 };

/* Stands where a record would not fit before the end: the next one is at the start. */
static const uint64_t wrap_mark = UINT64_MAX;

/* Positions only grow; the place is the position modulo the size. */
struct ring {
	unsigned char *bytes;
	size_t size;
	/* The producer's line: head is published, reserved is the end of what it fills now. */
	_Alignas(CACHE_LINE) _Atomic uint64_t head;
	uint64_t reserved;
	/* The consumer's line: tail is released, read is how far it has stepped. */
	_Alignas(CACHE_LINE) _Atomic uint64_t tail;
	uint64_t read;
};

struct ring *ring_new(size_t bytes)
{
	struct ring *r = aligned_alloc(CACHE_LINE, sizeof(*r));
	size_t size = PAGE;

	while (size < bytes)
		size *= 2;
	if (!r)
		abort();
	memset(r, 0, sizeof(*r));
	r->size = size;
	r->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->bytes == MAP_FAILED)
		abort();
	return r;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	munmap(r->bytes, r->size);
	free(r);
}

size_t ring_size(const struct ring *r)
{
	return r->size;
}

/* Tail first: read the other way round, it could pass the head in between. */
size_t ring_used(const struct ring *r)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	return (size_t)(atomic_load_explicit(&r->head, memory_order_acquire) - tail);
}

static size_t record_bytes(size_t len)
{
	return RING_RECORD_HEAD + (len + 7) / 8 * 8;
}

static uint64_t load_length(const struct ring *r, uint64_t at)
{
	uint64_t len;

	memcpy(&len, r->bytes + (at & (r->size - 1)), sizeof(len));
	return len;
}

static void store_length(struct ring *r, uint64_t at, uint64_t len)
{
	memcpy(r->bytes + (at & (r->size - 1)), &len, sizeof(len));
}

void *ring_reserve(struct ring *r, size_t len)
{
	uint64_t at = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	size_t to_end = r->size - (size_t)(at & (r->size - 1));
	size_t need, skip;

	if (len > r->size / 2 || record_bytes(len) > r->size / 2)
		return NULL; /* or it might not fit at the end of an empty ring, nor with the skip */
	need = record_bytes(len);
	skip = need > to_end ? to_end : 0;
	if (at - tail + skip + need > r->size)
		return NULL;
	if (skip) {
		store_length(r, at, wrap_mark);
		at += skip;
	}
	store_length(r, at, len);
	r->reserved = at + need;
	return r->bytes + (at & (r->size - 1)) + RING_RECORD_HEAD;
}

void ring_publish(struct ring *r)
{
	atomic_store_explicit(&r->head, r->reserved, memory_order_release);
}

const void *ring_peek(struct ring *r, size_t *len)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	uint64_t n;

	if (r->read == head)
		return NULL;
	n = load_length(r, r->read);
	if (n == wrap_mark) {
		r->read += r->size - (r->read & (r->size - 1));
		n = load_length(r, r->read);
	}
	*len = (size_t)n;
	return r->bytes + (r->read & (r->size - 1)) + RING_RECORD_HEAD;
}

const void *ring_next(struct ring *r, size_t *len)
{
	const void *p = ring_peek(r, len);

	if (p)
		r->read += record_bytes(*len);
	return p;
}

void ring_release(struct ring *r)
{
	atomic_store_explicit(&r->tail, r->read, memory_order_release);
}

void ring_rewind(struct ring *r)
{
	r->read = atomic_load_explicit(&r->tail, memory_order_relaxed);
}

size_t ring_held(const struct ring *r)
{
	return (size_t)(r->read - atomic_load_explicit(&r->tail, memory_order_relaxed));
}
