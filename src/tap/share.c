/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/share.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "processes share these: no lock may hide in them");
_Static_assert(sizeof(struct tap_record) % 8 == 0, "records are aligned to 8 bytes");
_Static_assert(sizeof(struct tap_ring_head) <= TAP_PAGE, "the data begin at TAP_PAGE");

/* Room that bytes leave for openings and closings, which are worth more. */
enum { RESERVE = 64 * 1024, SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static int make_memory(const char *name, size_t size, struct err *e)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0 && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return fd;
	err_set(e, errno, "no memory to share: %m");
	if (fd >= 0)
		close(fd);
	return -e->code;
}

/* Of another process: a memory that could shrink would kill whoever reads it. Its size, 0: none. */
static uint64_t size_of_memory(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 || (fcntl(fd, F_GET_SEALS) & SEALS) != SEALS)
		return 0;
	return (uint64_t)st.st_size;
}

static bool is_ring_size(uint64_t n)
{
	return n >= TAP_RING_MIN && n <= TAP_RING_MAX && (n & (n - 1)) == 0;
}

static void *map_at(void *at, size_t size, int fd, off_t from)
{
	return mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | (at ? MAP_FIXED : 0), fd, from);
}

static int map_ring(struct tap_ring *r, int fd, uint64_t size, struct err *e)
{
	unsigned char *p = mmap(NULL, TAP_PAGE + 2 * size, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return err_set(e, errno, "cannot map the tap's memory: %m");
	r->shared = (void *)p;
	r->data = p + TAP_PAGE;
	r->size = size;
	if (map_at(p, TAP_PAGE + size, fd, 0) == MAP_FAILED ||
	    map_at(p + TAP_PAGE + size, size, fd, TAP_PAGE) == MAP_FAILED)
		return err_set(e, errno, "cannot map the tap's memory: %m");
	return 0;
}

static int map_all(struct tap_share *s, const int fd[TAP_FDS], const uint64_t ring_bytes[2],
		   struct err *e)
{
	void *p = map_at(NULL, sizeof(struct tap_control), fd[0], 0);
	int rc = 0;

	if (p == MAP_FAILED)
		return err_set(e, errno, "cannot map the tap's memory: %m");
	s->control = p;
	for (int d = 0; !rc && d < 2; d++)
		rc = map_ring(&s->ring[d], fd[1 + d], ring_bytes[d], e);
	return rc;
}

int tap_share_make(struct tap_share *s, const uint64_t ring_bytes[2], int fd[TAP_FDS],
		   struct err *e)
{
	memset(s, 0, sizeof(*s));
	fd[0] = make_memory("policytop-tap", sizeof(struct tap_control), e);
	for (int d = 0; d < 2; d++)
		fd[1 + d] = fd[d] < 0 ? -1
				      : make_memory(d ? "policytop-tap-up" : "policytop-tap-down",
						    TAP_PAGE + (size_t)ring_bytes[d], e);
	if (fd[2] < 0)
		return -e->code;
	return map_all(s, fd, ring_bytes, e);
}

int tap_share_map(struct tap_share *s, const int fd[TAP_FDS], struct err *e)
{
	bool good = size_of_memory(fd[0]) == sizeof(struct tap_control);
	uint64_t ring_bytes[2];

	memset(s, 0, sizeof(*s));
	for (int d = 0; d < 2; d++) {
		ring_bytes[d] = size_of_memory(fd[1 + d]) - TAP_PAGE;
		good &= is_ring_size(ring_bytes[d]);
	}
	if (!good)
		return err_set(e, EPROTO, "the tap's memory is not what it should be");
	return map_all(s, fd, ring_bytes, e);
}

void tap_share_unmap(struct tap_share *s)
{
	for (int d = 0; d < 2; d++) {
		if (s->ring[d].shared)
			munmap(s->ring[d].shared, TAP_PAGE + 2 * (size_t)s->ring[d].size);
	}
	if (s->control)
		munmap(s->control, sizeof(*s->control));
	memset(s, 0, sizeof(*s));
}

static uint64_t size_of(const struct tap_record *rec)
{
	uint64_t n = rec->kind == TAP_BYTES ? rec->length : 0;

	return sizeof(*rec) + ((n + 7) & ~(uint64_t)7);
}

uint64_t tap_record_size(const struct tap_record *rec)
{
	return size_of(rec);
}

bool tap_ring_put(struct tap_ring *r, const struct tap_record *rec, const void *bytes)
{
	uint64_t head = atomic_load_explicit(&r->shared->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->shared->tail, memory_order_acquire);
	uint64_t need = size_of(rec), used = head - tail;
	unsigned char *at = r->data + (head & (r->size - 1));
	bool is_bytes = rec->kind == TAP_BYTES;

	/* A tail that makes no sense (it is ahead of the head) leaves no room either. */
	if (used > r->size || r->size - used < need + (is_bytes ? RESERVE : 0)) {
		if (is_bytes)
			atomic_fetch_add(&r->shared->lost, rec->length);
		else
			atomic_fetch_add(&r->shared->lost_events, 1);
		return false;
	}
	memcpy(at, rec, sizeof(*rec));
	if (is_bytes)
		memcpy(at + sizeof(*rec), bytes, rec->length);
	atomic_store_explicit(&r->shared->head, head + need, memory_order_release);
	return true;
}

const struct tap_record *tap_ring_at(const struct tap_ring *r, uint64_t pos)
{
	uint64_t there = atomic_load_explicit(&r->shared->head, memory_order_acquire) - pos;
	const struct tap_record *rec = (void *)(r->data + (pos & (r->size - 1)));

	if (there < sizeof(*rec) || there > r->size || pos % 8 || size_of(rec) > there ||
	    (rec->kind == TAP_BYTES && rec->length > TAP_READ_BYTES) || rec->slot >= TAP_COPIED)
		return NULL;
	return rec;
}
