/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for an engine that watches a tap: a source like openpi:, whose protocol is as simple as
 * can be (u32 length, u64 number, body; little endian), and whose store is a file of one line a
 * message or loss. Started again with the same file it goes on as an engine does.
 *
 * usage: watcher WORD FILE. Prints where clients connect; ends on SIGTERM, in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "source/tap.h"

enum { HEAD = 12 };

/* One direction. */
struct side {
	unsigned char head[HEAD];
	unsigned heads;
	uint32_t left, length;
	uint64_t held;
	uLong sum;
	bool damaged, dead;
};

struct simple {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	bool again;
	uint64_t messages, bad;
	struct side side[2];
};

static void say(struct simple *m, int64_t t_ns, enum event_kind kind, const char *text,
		int64_t lost)
{
	struct event ev = {.kind = kind, .t_ns = t_ns, .src_ns = TIME_UNKNOWN};

	ev.text = text;
	ev.lost = lost;
	ev.unit = "bytes";
	if (!m->again)
		m->emit(m->host, &ev);
}

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	struct simple *m = xcalloc(1, sizeof(*m));

	(void)prefix;
	(void)u;
	(void)e;
	m->emit = emit;
	m->host = host;
	return m;
}

static void message_ends(struct simple *m, int d, int64_t t_ns)
{
	struct side *s = &m->side[d];
	char text[128];
	uint64_t number;

	memcpy(&number, s->head + 4, sizeof(number));
	snprintf(text, sizeof(text), "%s %" PRIu64 " %u %08lx", d ? "up" : "down", number,
		 s->length, s->sum);
	if (s->damaged)
		m->bad++;
	else
		say(m, t_ns, EVENT_NOTE, text, 0);
	m->messages++;
	s->heads = 0;
	s->held = 0;
	s->damaged = false;
}

static size_t take(struct simple *m, int d, const unsigned char *p, size_t n, size_t most,
		   int64_t t_ns)
{
	struct side *s = &m->side[d];
	uint64_t until = m->messages + most;
	size_t at = 0;

	while (at < n && !s->dead && m->messages < until) {
		size_t some = n - at;

		if (s->heads < HEAD) {
			s->head[s->heads++] = p[at++];
			s->held++;
			if (s->heads < HEAD)
				continue;
			memcpy(&s->length, s->head, sizeof(s->length));
			s->left = s->length;
			s->sum = crc32(0, NULL, 0);
		} else {
			some = some < s->left ? some : s->left;
			s->sum = crc32(s->sum, p + at, (uInt)some);
			s->left -= (uint32_t)some;
			s->held += some;
			at += some;
		}
		if (!s->left)
			message_ends(m, d, t_ns);
	}
	return s->dead ? n : at;
}

static size_t bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return take(state, 0, p, n, most, t_ns);
}

static void sent(void *state, const void *p, size_t n, int64_t t_ns)
{
	take(state, 1, p, n, SIZE_MAX / 2, t_ns);
}

static void end(void *state, int64_t t_ns)
{
	struct simple *m = state;

	(void)t_ns;
	memset(m->side, 0, sizeof(m->side));
}

static uint64_t count(const void *state)
{
	return ((const struct simple *)state)->messages;
}

static uint64_t bad(const void *state)
{
	return ((const struct simple *)state)->bad;
}

static const char *first_bad(const void *state)
{
	return ((const struct simple *)state)->bad ? "a message was damaged" : "";
}

static void lost(void *state, int d, uint64_t n, bool whole, int64_t t_ns)
{
	struct simple *m = state;
	struct side *s = &m->side[d];

	say(m, t_ns, EVENT_GAP, d ? "up" : "down", (int64_t)n);
	if (whole) {
		*s = (struct side){.heads = 0};
	} else if (s->heads == HEAD && n <= s->left) {
		s->damaged = true;
		s->left -= (uint32_t)n;
		s->held += n;
		if (!s->left)
			message_ends(m, d, t_ns);
	} else {
		s->dead = true;
	}
}

static void place(const void *state, int d, struct decoder_place *out)
{
	const struct side *s = &((const struct simple *)state)->side[d];

	out->held = s->held;
	out->left = s->heads == HEAD && !s->dead ? s->left : 0;
}

static void again(void *state, bool on)
{
	((struct simple *)state)->again = on;
}

static const struct decoder_class decoder = {
	.make = make,
	.free = free,
	.bytes = bytes,
	.sent = sent,
	.end = end,
	.count = count,
	.bad = bad,
	.first_bad = first_bad,
	.lost = lost,
	.place = place,
	.again = again,
};

static const struct source_class class = {
	.kind = "simple",
	.rest = TAP_REST,
	.summary = "of this test",
	.decoder = &decoder,
	.slots = TAP_SLOTS,
	.state_size = sizeof(struct tapped),
	.open = tap_open,
	.run = tap_run,
	.close = tap_close,
};

struct store {
	int file;
};

/* One write a line: it is there in full or not at all, whenever we are killed. */
static void keep(void *host, const struct event *ev)
{
	const struct store *st = host;
	char line[512];
	int n;

	n = snprintf(line, sizeof(line), "%lld %u %s %lld %s\n", (long long)ev->t_ns, ev->source,
		     ev->kind == EVENT_GAP			? "gap"
		     : ev->text[0] == 'u' && ev->text[1] == 'p' ? "message"
		     : strncmp(ev->text, "down ", 5) == 0	? "message"
								: "note",
		     (long long)ev->lost, ev->text);
	if (write(st->file, line, (size_t)n) != n)
		_exit(1);
}

/* The time of the last line. */
static int64_t told(int file)
{
	char tail[4096];
	off_t size = lseek(file, 0, SEEK_END);
	off_t from = size > (off_t)sizeof(tail) - 1 ? size - (off_t)sizeof(tail) + 1 : 0;
	ssize_t n = pread(file, tail, sizeof(tail) - 1, from);
	char *line;

	if (n <= 1)
		return size > 0 ? 1 : 0;
	tail[n - 1] = '\0';
	line = strrchr(tail, '\n');
	return strtoll(line ? line + 1 : tail, NULL, 10);
}

static int watch(struct source *s, int signals)
{
	int64_t next = 0;

	for (;;) {
		int64_t now = clock_now_ns(s->clock), wait_ms = (next - now) / NS_PER_MS + 1;
		struct pollfd p[2] = {{.fd = s->fd, .events = POLLIN},
				      {.fd = signals, .events = POLLIN}};

		wait_ms = next <= now ? 0 : next == INT64_MAX || wait_ms > 1000 ? 1000 : wait_ms;
		if (poll(p, 2, (int)wait_ms) < 0 && errno != EINTR)
			return 1;
		if (p[1].revents)
			return 0;
		now = clock_now_ns(s->clock);
		if (p[0].revents || next <= now)
			next = s->class->run(s, now);
		if (next < 0)
			return 1;
	}
}

int main(int argc, char **argv)
{
	struct clock clock = clock_real();
	struct source s = {.class = &class, .clock = &clock, .fd = -1, .span = TAP_SLOTS};
	struct store st = {.file = argc > 2 ? open(argv[2], O_RDWR | O_CREAT | O_APPEND, 0600)
					    : -1};
	struct err e = {0};
	sigset_t set;
	struct uri u;
	int rc;

	if (st.file < 0 || uri_parse(&u, argv[1], &e))
		return 64;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s.host = (struct source_host){.host = &st, .emit = keep, .told_ns = told(st.file)};
	s.state = xcalloc(1, class.state_size);
	rc = class.open(&s, &u, &e);
	uri_fini(&u);
	printf("%s\n", rc ? e.msg : s.address);
	fflush(stdout);
	rc = rc ? 69 : watch(&s, signalfd(-1, &set, SFD_CLOEXEC));
	class.close(&s);
	free(s.state);
	close(st.file);
	return rc;
}
