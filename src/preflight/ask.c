/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/ask.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "hal/dial.h"

enum { ANSWER_MAX = 64 << 20, READ_BYTES = 64 << 10 };

struct talk {
	struct ask_answer *a;
	struct clock clock;
	double deadline_s;
	int64_t end_ns, sent_ns;
	int fd;
	const struct infer_wire *wire;
	void *decoder;
	bool greeted, done;
	uint64_t heard; /* bytes */
	char note[ASK_ERROR];
};

static void take_chunk(struct ask_answer *a, const struct chunk *c)
{
	size_t n = (size_t)c->horizon * c->dims;

	free(a->actions);
	a->actions = xcalloc(n + 1, sizeof(double));
	memcpy(a->actions, c->actions, n * sizeof(double));
	a->horizon = c->horizon;
	a->dims = c->dims;
}

static void take_state(struct ask_answer *a, const struct step *s)
{
	a->states = s->joints;
	for (unsigned j = 0; j < s->joints; j++) {
		a->state[j] = NAN;
		vec_value(&s->vec[VEC_SEEN], j, &a->state[j]);
	}
}

static void take_exchange(struct talk *t, const struct exchange *x)
{
	struct ask_answer *a = t->a;

	if (x->state == EXCHANGE_ASKED)
		return;
	t->done = true;
	a->whole = x->state == EXCHANGE_ANSWERED || x->state == EXCHANGE_FAILED;
	a->server_ms = x->server_ms;
	if (x->state == EXCHANGE_FAILED)
		snprintf(a->error, sizeof(a->error), "the server fails: %s",
			 x->error ? x->error : "it does not say why");
	else if (x->state == EXCHANGE_STRANGER)
		snprintf(a->error, sizeof(a->error), "%s", x->error ? x->error : "a stranger");
	else if (x->state == EXCHANGE_BROKEN)
		snprintf(a->error, sizeof(a->error), "it hung up instead of answering");
}

static void on_event(void *host, const struct event *ev)
{
	struct talk *t = host;

	if (ev->kind == EVENT_HELLO)
		t->greeted = true;
	else if (ev->kind == EVENT_CHUNK)
		take_chunk(t->a, ev->chunk);
	else if (ev->kind == EVENT_STEP)
		take_state(t->a, ev->step);
	else if (ev->kind == EVENT_EXCHANGE)
		take_exchange(t, ev->exchange);
	else if (ev->kind == EVENT_NOTE)
		text_copy(t->note, sizeof(t->note), ev->text);
}

static int left_ms(const struct talk *t)
{
	int64_t ms = (t->end_ns - clock_now_ns(&t->clock)) / NS_PER_MS;

	return ms > 0 ? (int)ms : 0;
}

/* All of it, and the decoder hears it, too. False: error says why. */
static bool say(struct talk *t, const struct buf *b)
{
	size_t at = 0;

	while (at < b->len) {
		ssize_t n = send(t->fd, b->p + at, b->len - at, MSG_NOSIGNAL);

		if (n > 0) {
			at += (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			snprintf(t->a->error, sizeof(t->a->error), "it hung up: %s",
				 strerror(errno));
			return false;
		} else if (!left_ms(t)) {
			snprintf(t->a->error, sizeof(t->a->error),
				 "it does not take the request: %zu of %zu bytes went out", at,
				 b->len);
			return false;
		} else {
			dial_wait(t->fd, POLLOUT, left_ms(t));
		}
	}
	t->sent_ns = clock_now_ns(&t->clock);
	t->wire->traffic->bytes(t->decoder, 1, b->p, b->len, SIZE_MAX, t->sent_ns);
	return true;
}

/* One read. False: it is over, error says why unless the answer is there. */
static bool hear(struct talk *t, char *room)
{
	ssize_t n = dial_hear(t->fd, room, READ_BYTES, left_ms(t));
	int64_t now_ns = clock_now_ns(&t->clock);
	struct ask_answer *a = t->a;

	if (n > 0) {
		t->heard += (uint64_t)n;
		t->wire->traffic->bytes(t->decoder, 0, room, (size_t)n, SIZE_MAX, now_ns);
		a->latency_ms = (double)(now_ns - t->sent_ns) / 1e6;
		if (t->heard <= ANSWER_MAX)
			return true;
		snprintf(a->error, sizeof(a->error), "its answer does not end after %d MiB",
			 ANSWER_MAX >> 20);
	} else if (n == 0) {
		t->wire->traffic->end(t->decoder, now_ns);
		if (!a->error[0])
			snprintf(a->error, sizeof(a->error), "it hung up before it greeted");
	} else if (left_ms(t) && (errno == EINTR || errno == EAGAIN)) {
		return true;
	} else if (!a->error[0] && left_ms(t)) {
		snprintf(a->error, sizeof(a->error), "it hung up: %s", strerror(errno));
	} else if (!a->error[0]) {
		snprintf(a->error, sizeof(a->error), "%s within %.3g s%s%s",
			 t->greeted ? "no answer" : "it does not greet", t->deadline_s,
			 t->note[0] ? ": " : "", t->note);
	}
	return false;
}

static void converse(struct talk *t, const char *host, const struct buf *body)
{
	uint64_t seed = (uint64_t)clock_now_ns(&t->clock);
	char *room = xcalloc(1, READ_BYTES);
	struct buf out = {0};
	bool good;

	t->wire->hello(&out, host, seed);
	good = say(t, &out);
	while (good && !t->greeted && !t->done)
		good = hear(t, room);
	if (good && !t->done) {
		buf_clear(&out);
		t->wire->request(&out, body, seed ^ 0x9e3779b97f4a7c15u);
		good = say(t, &out);
	}
	while (good && !t->done)
		good = hear(t, room);
	if (t->a->whole && !t->a->error[0] && !t->a->actions)
		snprintf(t->a->error, sizeof(t->a->error),
			 "its answer holds no actions that are understood%s%s",
			 t->note[0] ? ": " : "", t->note);
	buf_fini(&out);
	free(room);
}

void ask_server(struct ask_answer *a, const struct infer_wire *wire, const char *address,
		const struct buf *body, double deadline_s)
{
	struct talk t = {.a = a, .clock = clock_real(), .wire = wire, .deadline_s = deadline_s};
	char host[DIAL_HOST_BYTES], why[DIAL_WHY_BYTES] = "it is no HOST:PORT";
	char full[DIAL_HOST_BYTES + 16];
	const char *port;

	*a = (struct ask_answer){.latency_ms = NAN, .server_ms = NAN};
	t.end_ns = clock_now_ns(&t.clock) + (int64_t)(deadline_s * 1e9);
	t.fd = dial_split(host, &port, address) ? dial(host, port, why) : -1;
	if (t.fd < 0) {
		snprintf(a->error, sizeof(a->error), "%s", why);
		return;
	}
	snprintf(full, sizeof(full), "%s:%s", host, port);
	t.decoder = wire->traffic->make(on_event, &t, "", 0);
	converse(&t, full, body);
	wire->traffic->free(t.decoder);
	close(t.fd);
}

void ask_answer_fini(struct ask_answer *a)
{
	free(a->actions);
	a->actions = NULL;
}

void ask_question_fini(struct ask_question *q)
{
	buf_fini(&q->body);
}
