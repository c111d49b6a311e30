/* SPDX-License-Identifier: Apache-2.0 */
#include "source/tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/text.h"

enum { RECORDS_AT_ONCE = 256, BYTES_AT_ONCE = 4 << 20 };

#define WAIT_NS	 (5 * NS_PER_MS) /* for the recorder */
#define LAG_NS	 (2 * NS_PER_S)	 /* of waiting, at most */
#define PAUSE_NS NS_PER_S	 /* between attempts to start a tap in the place of one that died */

static void emit(void *host, const struct event *ev)
{
	const struct tapped_slot *k = host;
	const struct tapped *t = k->source->state;
	struct event copy = *ev;

	copy.source = k->index;
	if (t->kind->amend)
		t->kind->amend(k->source, &copy);
	k->source->host.emit(k->source->host.host, &copy);
}

static int open_slots(struct source *s, struct uri *u, struct err *e)
{
	struct tapped *t = s->state;
	int rc = 0;

	for (unsigned i = 0; !rc && i < t->slots; i++) {
		struct tapped_slot *k = &t->slot[i];

		k->source = s;
		k->index = (uint16_t)(s->index + i);
		rc = decoder_open(&k->decoder, s->class->decoder, emit, k, s->prefix, u, e);
	}
	return rc;
}

int tapped_words(struct tapped *t, const struct uri *u, const char *listen, size_t n,
		 const char *upstream, struct err *e)
{
	if (strlen(u->word) >= sizeof(t->word) || n >= sizeof(t->listen) ||
	    strlen(upstream) >= sizeof(t->upstream))
		return err_set(e, EINVAL, "%s: too long", u->word);
	text_copy(t->word, sizeof(t->word), u->word);
	snprintf(t->listen, sizeof(t->listen), "%.*s", (int)n, listen);
	text_copy(t->upstream, sizeof(t->upstream), upstream);
	return 0;
}

static void watch(struct tapped *t, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ev.data.fd = fd;
	epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/*
 * The tap of an engine before this one, which has clients or waits for the next engine: that of the
 * same word, or in the same place. 0: none; -EBUSY with e: it has an engine.
 */
static int find_tap(const struct tapped *t, struct err *e)
{
	struct tap_info all[TAPS_MAX];
	size_t n = tap_list(all, TAPS_MAX);

	for (size_t i = 0; i < n; i++) {
		bool same = t->kind->same(t, &all[i]);

		if (same && all[i].engine)
			return err_set(e, EBUSY, "another engine (pid %d) has the tap at %s",
				       all[i].engine, tap_place(&all[i]));
		if (same || (!strcmp(all[i].source, t->word) && !all[i].engine))
			return all[i].pid;
	}
	return 0;
}

static int attach(struct source *s, struct err *e)
{
	struct tapped *t = s->state;
	struct tap_ends ends = t->kind->ends(t);
	int pid = find_tap(t, e), rc;

	/* Another engine: of what was before it came it tells nothing. */
	if (pid > 0 && s->host.told_ns <= 0)
		t->told_ns = clock_now_ns(s->clock);
	if (!pid)
		pid = tap_start(&ends, t->word, e);
	if (pid < 0)
		return pid;
	rc = tap_attach(&t->link, pid, e);
	if (rc)
		return rc;
	t->up = true;
	for (int d = 0; d < 2; d++)
		t->at[d] = atomic_load(&t->link.share.ring[d].shared->tail);
	memset(t->ignored, 0, sizeof(t->ignored));
	t->marks = 0;
	watch(t, t->link.wake);
	watch(t, t->link.door);
	text_copy(t->place, sizeof(t->place), tap_place(&t->link.info));
	text_copy(s->address, sizeof(s->address), t->place);
	/* Should the tap die, the next one has to be where the clients look for it. */
	if (t->link.info.listen[0])
		text_copy(t->listen, sizeof(t->listen), t->link.info.listen);
	return 0;
}

int tap_open(struct source *s, struct uri *u, struct err *e)
{
	struct tapped *t = s->state;
	int rc;

	t->epoll = t->link.door = t->link.wake = -1;
	t->told_ns = s->host.told_ns;
	t->slots = s->class->slots < TAP_SLOTS ? s->class->slots : TAP_SLOTS;
	if (!t->kind)
		t->kind = &tapped_tcp;
	rc = t->kind->parse(t, u, e);
	if (!rc)
		rc = open_slots(s, u, e);
	if (rc)
		return rc;
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (t->epoll < 0)
		return err_set(e, errno, "%s: %m", u->word);
	s->fd = t->epoll;
	return attach(s, e);
}

void tap_close(struct source *s)
{
	struct tapped *t = s->state;

	if (t->up)
		tapped_publish(t, clock_now_ns(s->clock), true);
	tap_detach(&t->link, true);
	for (unsigned i = 0; i < t->slots; i++)
		decoder_close(&t->slot[i].decoder);
	if (t->epoll >= 0)
		close(t->epoll);
}

void tapped_count_bad(struct source *s)
{
	struct tapped *t = s->state;

	s->bad_lines = 0;
	for (unsigned i = 0; i < t->slots; i++) {
		const struct decoder *d = &t->slot[i].decoder;

		s->bad_lines += decoder_bad(d);
		if (!s->first_bad[0])
			text_copy(s->first_bad, sizeof(s->first_bad), decoder_first_bad(d));
	}
}

/* The next record of both directions, in the order in which they passed. */
static const struct tap_record *next_record(struct tapped *t, int *direction)
{
	const struct tap_record *r[2];

	for (int d = 0; d < 2; d++)
		r[d] = tap_ring_at(&t->link.share.ring[d], t->at[d]);
	/* An older one may have come into ring 0 after the first look at it. */
	if (!r[0] && r[1])
		r[0] = tap_ring_at(&t->link.share.ring[0], t->at[0]);
	*direction = r[1] && (!r[0] || r[1]->order < r[0]->order);
	return r[*direction];
}

/*
 * The rings of the tap are larger than the recorder's: where that is crowded, a burst waits in them,
 * and what they cannot hold is dropped there. Not for a store that is stuck: a person watches.
 */
static bool had_better_wait(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;

	if (!s->host.crowded || !s->host.crowded(s->host.host)) {
		t->crowded_ns = 0;
		return false;
	}
	if (!t->crowded_ns)
		t->crowded_ns = now_ns;
	return now_ns - t->crowded_ns < LAG_NS;
}

/* False: there may be more. */
static bool drain(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;
	const struct tap_record *rec = NULL;
	size_t bytes = 0;
	int d = 0;

	for (unsigned n = 0; n < RECORDS_AT_ONCE && bytes < BYTES_AT_ONCE; n++) {
		rec = next_record(t, &d);
		if (!rec || had_better_wait(s, now_ns))
			break;
		bytes += rec->length;
		if (tapped_feed(t, rec, d))
			t->at[d] += tap_record_size(rec);
	}
	tapped_count_bad(s);
	return !rec;
}

/* What stands at the descriptors: the counter is taken back; true when the tap is gone. */
static bool look(struct tapped *t)
{
	struct epoll_event ev[2];
	int n = epoll_wait(t->epoll, ev, 2, 0);
	bool gone = false;
	uint64_t count;

	for (int i = 0; i < n; i++) {
		if (ev[i].data.fd == t->link.door)
			gone = true;
		else if (read(t->link.wake, &count, sizeof(count)) < 0)
			continue;
	}
	return gone;
}

static int64_t tap_died(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;

	for (unsigned i = 0; i < t->slots; i++) {
		if (t->slot[i].connection)
			tapped_end(t, &t->slot[i], now_ns);
	}
	if (t->kind->loss)
		source_note(s, now_ns, "the tap at %s died, and its clients lost their %s at %s",
			    t->place, t->kind->loss, t->upstream);
	else
		source_note(s, now_ns, "the tap at %s died", t->place);
	tap_detach(&t->link, false);
	t->up = false;
	t->retry_ns = now_ns;
	return now_ns;
}

static int64_t start_again(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;
	struct err e = {0};

	if (now_ns < t->retry_ns)
		return t->retry_ns;
	if (attach(s, &e) == 0) {
		t->introduced = t->failing = false;
		return now_ns;
	}
	if (!t->failing)
		source_note(s, now_ns, "no tap can be started at %s: %s", t->place, e.msg);
	t->failing = true;
	t->retry_ns = now_ns + PAUSE_NS;
	return t->retry_ns;
}

static void introduce(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;

	t->introduced = true;
	t->kind->introduce(s, now_ns);
}

/* Asks to be woken; false: something has come meanwhile. */
static bool sleep_well(struct tapped *t)
{
	struct tap_control *c = t->link.share.control;
	int d;

	atomic_store(&c->waiting, 1);
	atomic_thread_fence(memory_order_seq_cst);
	if (!next_record(t, &d))
		return true;
	atomic_store(&c->waiting, 0);
	return false;
}

int64_t tap_run(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;
	int64_t next;
	bool gone;

	if (!t->up)
		return start_again(s, now_ns);
	if (!t->introduced)
		introduce(s, now_ns);
	gone = look(t);
	if (had_better_wait(s, now_ns))
		return now_ns + WAIT_NS;
	if (!drain(s, now_ns)) {
		tapped_publish(t, now_ns, false);
		return now_ns;
	}
	if (gone)
		return tap_died(s, now_ns);
	tapped_reap(t, now_ns);
	tapped_publish(t, now_ns, false);
	next = tapped_due(t);
	for (unsigned i = 0; i < t->slots; i++) {
		int64_t due = decoder_due(&t->slot[i].decoder, now_ns);

		next = due < next ? due : next;
	}
	if (t->kind->due) {
		int64_t due = t->kind->due(s, now_ns);

		next = due < next ? due : next;
	}
	return sleep_well(t) ? next : now_ns;
}
