/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/pump.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* How many of n bytes were taken: 0 when none can be now, or -1 when none ever will. */
static ssize_t give(struct way *w, const unsigned char *p, size_t n)
{
	ssize_t given;

	if (!w->writable || !n)
		return 0;
	do
		given = write(w->to, p, n);
	while (given < 0 && errno == EINTR);
	if (given < 0 && errno != EAGAIN)
		return -1;
	if (given < 0 || (size_t)given < n)
		w->writable = false;
	return given < 0 ? 0 : given;
}

/* False when the receiver is gone. */
static bool give_rest(struct way *w)
{
	ssize_t n = give(w, w->rest + w->rest_at, w->rest_len);

	if (n < 0)
		return false;
	w->rest_at += (size_t)n;
	w->rest_len -= (size_t)n;
	return true;
}

/* The bytes that were read, 0 at the end, -1 when there are none now or (errno) any more. */
static ssize_t take(struct way *w, struct stage *st)
{
	ssize_t n;

	do
		n = w->take ? w->take(w, st->bytes + st->len, TAP_READ_BYTES)
			    : read(w->from, st->bytes + st->len, TAP_READ_BYTES);
	while (n < 0 && errno == EINTR);
	/* Fewer than there is room for: that was all, and another edge tells of more. */
	if (n < TAP_READ_BYTES && !w->hung && !w->take)
		w->readable = false;
	return n;
}

static bool pass_on(struct way *w, const unsigned char *p, size_t n)
{
	ssize_t given = give(w, p, n);

	if (given < 0)
		return false;
	w->rest_at = 0;
	w->rest_len = n - (size_t)given;
	if (w->rest_len)
		memcpy(w->rest, p + given, w->rest_len);
	return true;
}

enum pump_result pump(struct way *w, struct stage *st)
{
	struct clock clock = clock_real();

	if (w->rest_len && !give_rest(w))
		return PUMP_REFUSED;
	while (!w->rest_len && !w->ended && w->readable) {
		unsigned char *p = st->bytes + st->len;
		ssize_t n;

		if (st->pieces == STAGE_PIECES || st->len + TAP_READ_BYTES > STAGE_BYTES)
			return PUMP_MORE;
		n = take(w, st);
		if (n < 0 && errno != EAGAIN)
			return PUMP_BROKEN;
		if (n < 0) {
			w->readable = false;
			break;
		}
		if (n == 0) {
			w->ended = true;
			break;
		}
		if (st->seen) {
			st->seen(st->host, p, (size_t)n, clock_now_ns(&clock));
		} else {
			st->piece[st->pieces++] = (struct piece){clock_now_ns(&clock), st->len,
								 (size_t)n};
			st->len += (size_t)n;
		}
		if (!pass_on(w, p, (size_t)n))
			return PUMP_REFUSED;
	}
	if (w->rest_len && w->broken)
		return PUMP_BROKEN; /* a wire has no memory of who is gone */
	return w->ended && !w->rest_len ? PUMP_ENDED : PUMP_WAIT;
}
