/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/recorder.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/ring.h"
#include "base/thread.h"
#include "engine/capture_file.h"
#include "engine/engine.h"
#include "engine/pack.h"
#include "source/source.h"

enum {
	EVENT_RING = 256 * 1024,
	STEP_RING_MAX = 32 * 1024 * 1024,
	RING_SECONDS = 8,
	STEPS_MIN = 1024, /* a quarter of them must hold what one call of a source gives */
	FPS_UNKNOWN = 200,
	JOINTS_UNKNOWN = 32,
	CHUNK_ROOM = 4 * 1024 * 1024, /* a policy that is asked without a pause, for a second */
	PUTS_PER_LOOK = 256,	      /* records between two looks at the clock */
};

static const int64_t full_interval_ns = NS_PER_S;
static const int64_t pause_min_ns = 100 * NS_PER_MS, pause_max_ns = 5 * NS_PER_S;

struct recorder {
	struct recorder_cfg cfg;
	struct clock clock;
	struct ring *events;
	struct ring *_Atomic steps; /* NULL until the size is known */
	int wake_fd, space_fd;
	pthread_t thread;
	bool running;

	/* The loop's. */
	uint64_t order;
	uint64_t dropped, dropped_told;		  /* steps */
	uint64_t chunks, chunks_told;		  /* the same of chunks */
	uint64_t values, values_told;		  /* and of values of samples */
	uint64_t raw_lost[ENGINE_SOURCES_MAX][2]; /* bytes that a capture has not, not yet told */

	/* Both. */
	_Atomic bool woken, want_space, stop;
	_Atomic int64_t patience_end_ns;
	_Atomic int64_t run;
	pthread_mutex_t lock; /* of the three below */
	bool behind;
	struct err why, capture_why;

	/* The writer's. */
	struct unpacked *u;
	uint64_t next, committed;   /* order to put next; and after the last commit */
	uint64_t captured;	    /* orders below it are in the capture file already */
	bool open;		    /* something is put and not committed */
	int64_t commit_ns, full_ns; /* when the last of each was */
	int64_t pause_ns, retry_ns;
};

static void poke(int fd)
{
	static const uint64_t one = 1;

	/* It only fails when the counter is full: then the other side is woken already. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

static void swallow(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;
}

static int64_t now_ns(const struct recorder *r)
{
	return clock_now_ns(&r->clock);
}

static struct ring *step_ring(struct recorder *r)
{
	return atomic_load_explicit(&r->steps, memory_order_acquire);
}

static void set_state(struct recorder *r, bool behind, const struct err *why)
{
	pthread_mutex_lock(&r->lock);
	r->behind = behind;
	if (why)
		r->why = *why;
	pthread_mutex_unlock(&r->lock);
}

/* The writer's half. */

/* The next record of either ring in the common order; the orders have no holes. */
static const void *next_record(struct recorder *r, struct ring **from, size_t *len)
{
	struct ring *rings[2] = {r->events, step_ring(r)};

	for (unsigned i = 0; i < 2; i++) {
		const void *p = rings[i] ? ring_peek(rings[i], len) : NULL;

		if (p && pack_order(p) == r->next) {
			*from = rings[i];
			return p;
		}
	}
	return NULL;
}

static void release(struct recorder *r)
{
	struct ring *steps = step_ring(r);

	ring_release(r->events);
	if (steps)
		ring_release(steps);
	r->committed = r->next;
	if ((!steps || ring_used(steps) < ring_size(steps) / 2) &&
	    ring_used(r->events) < ring_size(r->events) / 2 &&
	    atomic_exchange(&r->want_space, false))
		poke(r->space_fd);
}

/* Everything since the last commit is gone from the sink: put it again after a pause. */
static void fail(struct recorder *r, const struct err *e)
{
	struct ring *steps = step_ring(r);

	ring_rewind(r->events);
	if (steps)
		ring_rewind(steps);
	r->next = r->committed;
	r->open = false;
	r->pause_ns = r->pause_ns ? r->pause_ns * 2 : pause_min_ns;
	if (r->pause_ns > pause_max_ns)
		r->pause_ns = pause_max_ns;
	r->retry_ns = now_ns(r) + r->pause_ns;
	set_state(r, true, e);
}

static void capture_failed(struct recorder *r)
{
	pthread_mutex_lock(&r->lock);
	r->capture_why = r->cfg.capture->error;
	pthread_mutex_unlock(&r->lock);
}

static int commit(struct recorder *r, bool full)
{
	struct err e = {0};
	int64_t now = now_ns(r);
	int rc = 0;

	full = full || now - r->full_ns >= full_interval_ns;
	if (r->open && r->cfg.ops)
		rc = r->cfg.ops->commit(r->cfg.sink, full, &e);
	if (r->cfg.capture) {
		capture_file_flush(r->cfg.capture);
		if (r->cfg.capture->error.code)
			capture_failed(r);
	}
	if (rc) {
		fail(r, &e);
		return rc;
	}
	if (r->cfg.ops && r->cfg.ops->run)
		atomic_store(&r->run, r->cfg.ops->run(r->cfg.sink));
	if (r->pause_ns)
		set_state(r, false, NULL);
	r->pause_ns = 0;
	r->open = false;
	r->commit_ns = now;
	if (full)
		r->full_ns = now;
	release(r);
	return 0;
}

static int put_one(struct recorder *r, const void *p, size_t len)
{
	struct err e = {0};
	int rc = 0;

	if (!unpack_record(r->u, p, len))
		return 0; /* cannot happen: both ends are this file's */
	if (r->u->record.kind == (enum record_kind)PACK_RAW) {
		if (r->cfg.capture && r->next >= r->captured)
			capture_file_add(r->cfg.capture, r->u->record.source, r->u->raw.direction,
					 r->u->record.t_ns, r->u->raw.bytes, r->u->raw.len);
		r->captured = r->next >= r->captured ? r->next + 1 : r->captured;
	} else if (r->cfg.ops) {
		rc = r->cfg.ops->put(r->cfg.sink, &r->u->record, &e);
	}
	r->open = true;
	if (rc)
		fail(r, &e);
	return rc;
}

static bool half_held(struct recorder *r)
{
	struct ring *steps = step_ring(r);

	return ring_held(r->events) > ring_size(r->events) / 2 ||
	       (steps && ring_held(steps) > ring_size(steps) / 2);
}

/* Puts what there is, committing on the way when it is time. 0, or what the sink said. */
static int drain(struct recorder *r)
{
	struct ring *from;
	size_t len;
	const void *p;
	int rc = 0;

	for (unsigned n = 1; !rc && (p = next_record(r, &from, &len)); n++) {
		rc = put_one(r, p, len);
		if (rc)
			break;
		ring_next(from, &len);
		r->next++;
		if (n % PUTS_PER_LOOK == 0 &&
		    (half_held(r) || now_ns(r) - r->commit_ns >= r->cfg.interval_ns))
			rc = commit(r, false);
	}
	return rc;
}

static bool write_out(struct recorder *r, bool last)
{
	bool due = last || now_ns(r) - r->commit_ns >= r->cfg.interval_ns;

	if (r->pause_ns && !last && now_ns(r) < r->retry_ns)
		return false;
	if (drain(r))
		return false;
	if (!r->open && !last) {
		/* Who wished for room after the last commit had given all back is still to be told. */
		release(r);
		r->commit_ns = now_ns(r);
		return true;
	}
	return !(due || half_held(r)) || !commit(r, last);
}

static int wait_ms(const struct recorder *r)
{
	int64_t until = r->pause_ns ? r->retry_ns : r->commit_ns + r->cfg.interval_ns;
	int64_t end = atomic_load(&r->stop) ? atomic_load(&r->patience_end_ns) : INT64_MAX;
	int64_t ns = (until < end ? until : end) - now_ns(r);

	return ns <= 0 ? 0 : (int)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void *writer(void *arg)
{
	struct recorder *r = arg;
	struct pollfd p = {.fd = r->wake_fd, .events = POLLIN};

	r->commit_ns = r->full_ns = now_ns(r);
	for (;;) {
		bool stop;

		if (poll(&p, 1, wait_ms(r)) > 0)
			swallow(r->wake_fd);
		atomic_store(&r->woken, false);
		stop = atomic_load(&r->stop);
		if (write_out(r, stop) && stop)
			return NULL;
		if (stop && now_ns(r) >= atomic_load(&r->patience_end_ns))
			return NULL;
	}
}

/* The loop's half. */

static int start(struct recorder *r, struct err *e)
{
	int rc;

	r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->space_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->wake_fd < 0 || r->space_fd < 0)
		return err_set(e, errno, "cannot make an event descriptor: %m");
	if (!r->cfg.threaded)
		return 0;
	rc = thread_start(&r->thread, writer, r);
	r->running = rc == 0;
	return rc ? err_set(e, rc, "cannot start the writer thread: %s", strerror(rc)) : 0;
}

struct recorder *recorder_new(const struct recorder_cfg *cfg, struct err *e)
{
	struct recorder *r = xcalloc(1, sizeof(*r));

	r->cfg = *cfg;
	r->clock = clock_real();
	r->wake_fd = r->space_fd = -1;
	r->events = ring_new(EVENT_RING);
	r->u = xcalloc(1, sizeof(*r->u));
	pthread_mutex_init(&r->lock, NULL);
	if (start(r, e)) {
		recorder_free(r);
		return NULL;
	}
	return r;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	if (r->running)
		recorder_finish(r, 0, NULL);
	if (r->wake_fd >= 0)
		close(r->wake_fd);
	if (r->space_fd >= 0)
		close(r->space_fd);
	ring_free(r->events);
	ring_free(step_ring(r));
	pthread_mutex_destroy(&r->lock);
	free(r->u);
	free(r);
}

void recorder_size(struct recorder *r, unsigned joints, double fps, bool chunks)
{
	double step = sizeof(struct record) + 128.0 + VEC_N * (MAX_JOINTS / 8.0 + 8.0 * joints);
	double steps = RING_SECONDS * (fps > 0 ? fps : FPS_UNKNOWN);
	double bytes = step * (steps > STEPS_MIN ? steps : STEPS_MIN) + (chunks ? CHUNK_ROOM : 0);

	if (step_ring(r))
		return;
	/* Captured bytes wait there, too, and those of a tap are pictures; samples are of any rate. */
	if (r->cfg.capture || r->cfg.samples || bytes > STEP_RING_MAX)
		bytes = STEP_RING_MAX;
	atomic_store_explicit(&r->steps, ring_new((size_t)bytes), memory_order_release);
}

/* Without a thread the rings are emptied here, before they are full. */
static void after_put(struct recorder *r, struct ring *ring)
{
	if (ring_used(ring) < ring_size(ring) / 2)
		return;
	if (!r->cfg.threaded)
		write_out(r, false);
	else if (!atomic_exchange(&r->woken, true))
		poke(r->wake_fd);
}

static bool put_now(struct recorder *r, struct ring *ring, const struct record *rec)
{
	void *p = ring ? ring_reserve(ring, pack_size(rec)) : NULL;

	if (!p)
		return false;
	pack_record(p, rec, r->order++);
	ring_publish(ring);
	after_put(r, ring);
	return true;
}

static bool put_gap(struct recorder *r, int64_t t_ns, const char *unit, uint64_t lost)
{
	struct record gap = {.kind = RECORD_GAP, .t_ns = t_ns, .unit = unit};

	gap.text = "the recorder could not keep up";
	gap.lost = (int64_t)lost;
	return put_now(r, r->events, &gap);
}

/* Once there is room again: what was lost, as a row of its own and as the run's sum. */
static void tell_dropped(struct recorder *r, int64_t t_ns)
{
	struct record sum = {.kind = RECORD_DROPPED, .t_ns = t_ns};

	sum.lost = (int64_t)(r->cfg.dropped + r->dropped);
	if (r->dropped > r->dropped_told &&
	    put_gap(r, t_ns, "steps", r->dropped - r->dropped_told) && put_now(r, r->events, &sum))
		r->dropped_told = r->dropped;
	if (r->chunks > r->chunks_told && put_gap(r, t_ns, "chunks", r->chunks - r->chunks_told))
		r->chunks_told = r->chunks;
	if (r->values > r->values_told && put_gap(r, t_ns, "samples", r->values - r->values_told))
		r->values_told = r->values;
}

static bool untold(const struct recorder *r)
{
	return r->dropped > r->dropped_told || r->chunks > r->chunks_told ||
	       r->values > r->values_told;
}

bool recorder_put(struct recorder *r, const struct record *rec)
{
	bool bulk = rec->kind == RECORD_STEP || rec->kind == RECORD_CHUNK ||
		    rec->kind == RECORD_FRAME || rec->kind == RECORD_SAMPLE;

	if (bulk && !step_ring(r)) /* a picture before the first hello */
		recorder_size(r, JOINTS_UNKNOWN, 0, true);
	if (untold(r) && !recorder_crowded(r))
		tell_dropped(r, rec->t_ns);
	if (put_now(r, bulk ? step_ring(r) : r->events, rec))
		return true;
	r->dropped += rec->kind == RECORD_STEP;
	r->chunks += rec->kind == RECORD_CHUNK;
	r->values += rec->kind == RECORD_SAMPLE ? rec->sample->n : 0;
	return false;
}

bool recorder_crowded(struct recorder *r)
{
	struct ring *steps = step_ring(r);
	bool full = steps && ring_used(steps) > ring_size(steps) / 4 * 3;

	full = full || ring_used(r->events) > ring_size(r->events) / 4 * 3;
	if (!full)
		return false;
	atomic_store(&r->want_space, true);
	/* The writer may have made room between the look and the wish. */
	if (!atomic_exchange(&r->woken, true))
		poke(r->wake_fd);
	return true;
}

static bool put_raw(struct recorder *r, struct ring *ring, uint16_t source, int direction,
		    int64_t t_ns, const void *p, size_t len)
{
	void *room = ring_reserve(ring, pack_raw_size(len));

	if (!room)
		return false;
	pack_raw(room, source, direction, t_ns, p, len, r->order++);
	ring_publish(ring);
	after_put(r, ring);
	return true;
}

void recorder_raw(struct recorder *r, uint16_t source, int direction, int64_t t_ns, const void *p,
		  size_t len)
{
	uint64_t none = 0, *lost = &none;

	if (!step_ring(r)) /* the bytes of the first hello come before what it says */
		recorder_size(r, JOINTS_UNKNOWN, 0, true);
	if (source < ENGINE_SOURCES_MAX && direction < RAW_LOST)
		lost = &r->raw_lost[source][direction];
	/* A capture with a hole says so, or its replay would take what follows for what was there. */
	if (*lost && !recorder_crowded(r)) {
		struct raw_lost hole = {.bytes = *lost};

		if (put_raw(r, step_ring(r), source, RAW_LOST + direction, t_ns, &hole,
			    sizeof(hole)))
			*lost = 0;
	}
	if (*lost || !put_raw(r, step_ring(r), source, direction, t_ns, p, len))
		*lost += len;
}

int recorder_space_fd(const struct recorder *r)
{
	return r->space_fd;
}

void recorder_space_seen(struct recorder *r)
{
	swallow(r->space_fd);
}

uint64_t recorder_dropped(const struct recorder *r)
{
	return r->cfg.dropped + r->dropped;
}

int64_t recorder_run(const struct recorder *r)
{
	return atomic_load(&r->run);
}

bool recorder_behind(struct recorder *r, struct err *why)
{
	bool behind;

	pthread_mutex_lock(&r->lock);
	behind = r->behind;
	*why = r->why;
	pthread_mutex_unlock(&r->lock);
	return behind;
}

bool recorder_capture_failed(struct recorder *r, struct err *why)
{
	pthread_mutex_lock(&r->lock);
	*why = r->capture_why;
	pthread_mutex_unlock(&r->lock);
	return why->code != 0;
}

int recorder_finish(struct recorder *r, int64_t patience_ns, struct err *e)
{
	struct err why = {0};

	if (untold(r))
		tell_dropped(r, now_ns(r));
	atomic_store(&r->patience_end_ns, now_ns(r) + patience_ns);
	atomic_store(&r->stop, true);
	if (r->running) {
		poke(r->wake_fd);
		pthread_join(r->thread, NULL);
		r->running = false;
	} else {
		write_out(r, true);
	}
	if (!recorder_behind(r, &why))
		return 0;
	return err_set(e, why.code ? why.code : EIO, "%s", why.msg);
}
