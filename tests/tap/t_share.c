/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that tap and engine share: whatever one of them writes there, the other stands. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../tap.h"
#include "base/mem.h"
#include "tap/share.h"

static bool put(struct tap_ring *r, uint64_t order, uint32_t length, const unsigned char *bytes)
{
	struct tap_record rec = {
		.order = order, .connection = 1, .length = length, .kind = TAP_BYTES};

	return tap_ring_put(r, &rec, bytes);
}

static bool put_event(struct tap_ring *r, uint64_t order)
{
	struct tap_record rec = {.order = order, .connection = 1, .kind = TAP_CLOSED};

	return tap_ring_put(r, &rec, NULL);
}

/* Every record comes out as it went in, many times around the ring. */
static void test_around(struct tap *t, struct tap_ring *r, struct tap_ring *other)
{
	unsigned char *bytes = xcalloc(1, TAP_READ_BYTES);
	uint64_t pos = 0, wrong = 0, order = 0;

	for (size_t i = 0; i < TAP_READ_BYTES; i++)
		bytes[i] = (unsigned char)(i * 31 + i / 251);
	while (pos < 5 * r->size) {
		uint32_t n = (uint32_t)(order * 7919 % TAP_READ_BYTES);
		const struct tap_record *rec;

		wrong += !put(r, ++order, n, bytes);
		rec = tap_ring_at(other, pos);
		if (!rec)
			break;
		wrong += rec->order != order || rec->length != n || memcmp(rec + 1, bytes, n) != 0;
		pos += tap_record_size(rec);
		wrong += tap_ring_at(other, pos) != NULL;
		atomic_store(&other->shared->tail, pos);
	}
	ok(t, pos >= 5 * r->size && !wrong,
	   "%llu records, five times around, come out as they were", (unsigned long long)order);
	free(bytes);
}

static void test_full(struct tap *t, struct tap_ring *r)
{
	unsigned char *bytes = xcalloc(1, TAP_READ_BYTES);
	uint64_t head, before = atomic_load(&r->shared->lost), order = 0;

	while (put(r, ++order, TAP_READ_BYTES, bytes))
		;
	head = atomic_load(&r->shared->head);
	ok(t, atomic_load(&r->shared->lost) - before == TAP_READ_BYTES,
	   "what finds no room is counted in bytes");
	ok(t, head - atomic_load(&r->shared->tail) <= r->size, "and overwrites nothing");
	ok(t, put_event(r, ++order), "an opening or closing still finds room");
	atomic_store(&r->shared->tail, head + 4096);
	ok(t, !put(r, ++order, 1, bytes), "a tail that makes no sense leaves no room");
	atomic_store(&r->shared->tail, atomic_load(&r->shared->head));
	ok(t, put(r, ++order, TAP_READ_BYTES, bytes), "room that is given back is used");
	free(bytes);
}

/* What an engine reads may be damaged: it stops there, and reads nothing that is not there. */
static void test_damaged(struct tap *t, struct tap_ring *r)
{
	uint64_t pos = atomic_load(&r->shared->head);
	struct tap_record *rec = (void *)(r->data + (pos & (r->size - 1)));
	unsigned char byte = 0;

	put(r, 1, 1, &byte);
	ok(t, tap_ring_at(r, pos) == rec, "a record is found where it is");
	rec->length = 1u << 30;
	ok(t, !tap_ring_at(r, pos), "one that would be longer than what is there is none");
	rec->length = 1;
	rec->slot = TAP_COPIED;
	ok(t, !tap_ring_at(r, pos), "nor one of a connection that cannot be");
	rec->slot = 0;
	ok(t, !tap_ring_at(r, pos + 4) && !tap_ring_at(r, pos + (1ull << 40)),
	   "nor one at a place that is none");
}

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static int dup_memory(size_t size, unsigned seals)
{
	int fd = memfd_create("t_share", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(fd, (off_t)size) || (seals && fcntl(fd, F_ADD_SEALS, seals)))
		abort();
	return fd;
}

/* Memory that could be taken away under the reader is refused. */
static void test_refused(struct tap *t, const int fd[TAP_FDS])
{
	int control = dup_memory(sizeof(struct tap_control), 0), bad[TAP_FDS];
	struct tap_share s;
	struct err e;

	memcpy(bad, fd, sizeof(bad));
	bad[0] = control;
	ok(t, tap_share_map(&s, bad, &e) == -EPROTO, "memory without seals is refused: %s", e.msg);
	tap_share_unmap(&s);
	bad[0] = fd[1];
	ok(t, tap_share_map(&s, bad, &e) == -EPROTO, "as is memory of another size");
	tap_share_unmap(&s);
	memcpy(bad, fd, sizeof(bad));
	bad[1] = dup_memory(TAP_PAGE + TAP_RING_MIN + 4096, SEALS);
	ok(t, tap_share_map(&s, bad, &e) == -EPROTO, "and a ring that is no power of two");
	tap_share_unmap(&s);
	close(bad[1]);
	bad[1] = dup_memory(4096, SEALS);
	ok(t, tap_share_map(&s, bad, &e) == -EPROTO, "or smaller than its head");
	tap_share_unmap(&s);
	close(bad[1]);
	ok(t, ftruncate(fd[1], 4096) < 0, "the tap's own cannot be cut");
	close(control);
}

int main(void)
{
	struct tap t = {0};
	struct tap_share own, other;
	int fd[TAP_FDS] = {-1, -1, -1, -1};
	const uint64_t sizes[2] = {TAP_RING_MIN, TAP_RING_MAX};
	struct err e = {0};

	ok(&t, tap_share_make(&own, sizes, fd, &e) == 0 && tap_share_map(&other, fd, &e) == 0,
	   "the memory is made, and mapped a second time%s", e.msg);
	for (int d = 0; d < 2; d++) {
		test_around(&t, &own.ring[d], &other.ring[d]);
		test_full(&t, &own.ring[d]);
		test_damaged(&t, &own.ring[d]);
	}
	test_refused(&t, fd);
	tap_share_unmap(&own);
	tap_share_unmap(&other);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	return tap_done(&t);
}
