/* SPDX-License-Identifier: Apache-2.0 */
/* The ring: order, contents, room, release and rewind; then two threads at full speed. */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "../tap.h"
#include "base/ring.h"
#include "base/rng.h"

enum { THREAD_RECORDS = 200000, PROPERTY_STEPS = 200000 };

/* The contents of record number n follow from n. */
static size_t length_of(unsigned long n)
{
	struct rng r = rng_seed(n);

	return rng_u32(&r) % 300;
}

static void fill(unsigned char *p, size_t len, unsigned long n)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (unsigned char)(n * 31 + i);
}

static bool is_filled(const unsigned char *p, size_t len, unsigned long n)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] != (unsigned char)(n * 31 + i))
			return false;
	}
	return len == length_of(n);
}

static bool put(struct ring *r, unsigned long n)
{
	size_t len = length_of(n);
	void *p = ring_reserve(r, len);

	if (!p)
		return false;
	fill(p, len, n);
	ring_publish(r);
	return true;
}

/* Random puts, reads, releases and rewinds against a model of three counters. */
static void test_property(struct tap *t)
{
	struct ring *r = ring_new(4096);
	struct rng rng = rng_seed(7);
	unsigned long in = 0, read = 0, released = 0, full = 0;
	bool good = true;

	for (unsigned i = 0; i < PROPERTY_STEPS && good; i++) {
		const unsigned char *p;
		size_t len;

		switch (rng_u32(&rng) % 8) {
		case 0:
			ring_release(r);
			released = read;
			break;
		case 1:
			ring_rewind(r);
			read = released;
			break;
		case 2:
		case 3:
		case 4:
			p = ring_next(r, &len);
			good = p ? is_filled(p, len, read) : read == in;
			read += p != NULL;
			break;
		default:
			if (put(r, in))
				in++;
			else
				full++;
		}
		good = good && ring_used(r) <= ring_size(r) && ring_held(r) <= ring_used(r);
	}
	ok(t, good, "records come in order and whole, again after a rewind (%lu, %lu times full)",
	   in, full);
	ok(t, full > 100 && in > 10000, "the property run did fill the ring");
	ring_free(r);
}

static void test_room(struct tap *t)
{
	struct ring *r = ring_new(4096);
	size_t len, n = 0;

	ok(t, !ring_reserve(r, 2048), "a record over half the ring is refused");
	ok(t, !ring_next(r, &len) && !ring_peek(r, &len), "an empty ring has no record");
	while (ring_reserve(r, 56)) {
		ring_publish(r);
		n++;
	}
	ok(t, n == 4096 / 64, "a ring of 4096 bytes holds 64 records of 56 (%zu)", n);
	ok(t, ring_next(r, &len) && len == 56 && !ring_reserve(r, 1),
	   "a record stepped over still holds its room");
	ring_release(r);
	ok(t, ring_reserve(r, 1), "until it is released");
	ok(t, ring_used(r) == 4096 - 64, "what was only reserved is not used");
	ring_free(r);
}

static void *produce(void *arg)
{
	struct ring *r = arg;

	for (unsigned long n = 0; n < THREAD_RECORDS;) {
		if (put(r, n))
			n++;
		else
			sched_yield();
	}
	return NULL;
}

static void test_threads(struct tap *t)
{
	struct ring *r = ring_new(16384);
	unsigned long n = 0;
	bool good = true;
	pthread_t thread;

	pthread_create(&thread, NULL, produce, r);
	while (n < THREAD_RECORDS) {
		size_t len;
		const unsigned char *p = ring_next(r, &len);

		if (p) {
			good = good && is_filled(p, len, n);
			n++;
		} else {
			sched_yield();
		}
		if (n % 16 == 0 || !p)
			ring_release(r);
	}
	pthread_join(thread, NULL);
	ok(t, good && ring_used(r) == 0, "%d records between two threads, none lost or torn",
	   THREAD_RECORDS);
	ring_free(r);
}

int main(void)
{
	struct tap t = {0};

	test_room(&t);
	test_property(&t);
	test_threads(&t);
	return tap_done(&t);
}
