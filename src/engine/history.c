/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/history.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "view/message.h"

enum { BUCKETS = 1024 };

static const int64_t bucket_ns = MESSAGE_SPAN_MAX_S * NS_PER_S / BUCKETS;

struct bucket {
	float got_min, got_max, asked_min, asked_max; /* NaN: nothing */
};

struct history_ring {
	unsigned joints;
	int64_t newest;	       /* number of the newest bucket; INT64_MIN: none */
	struct bucket *bucket; /* [joints][BUCKETS], by number modulo BUCKETS */
};

static const struct bucket empty = {NAN, NAN, NAN, NAN};

struct history_ring *history_new(unsigned joints)
{
	struct history_ring *h = xcalloc(1, sizeof(*h));

	h->joints = joints;
	h->newest = INT64_MIN;
	h->bucket = xcalloc((size_t)joints * BUCKETS, sizeof(*h->bucket));
	for (size_t i = 0; i < (size_t)joints * BUCKETS; i++)
		h->bucket[i] = empty;
	return h;
}

void history_free(struct history_ring *h)
{
	if (!h)
		return;
	free(h->bucket);
	free(h);
}

static int64_t number_of(int64_t ns)
{
	return ns >= 0 ? ns / bucket_ns : -((-ns + bucket_ns - 1) / bucket_ns);
}

static struct bucket *bucket_at(const struct history_ring *h, unsigned joint, int64_t number)
{
	int64_t at = number % BUCKETS;

	return &h->bucket[(size_t)joint * BUCKETS + (size_t)(at < 0 ? at + BUCKETS : at)];
}

/* Empties what lies between the newest bucket and this one; a jump back begins anew. */
static void advance(struct history_ring *h, int64_t number)
{
	int64_t from = h->newest + 1;

	if (h->newest == INT64_MIN || number < h->newest || number - h->newest > BUCKETS)
		from = number - BUCKETS + 1;
	for (unsigned j = 0; j < h->joints; j++) {
		for (int64_t n = from; n <= number; n++)
			*bucket_at(h, j, n) = empty;
	}
	h->newest = number;
}

static void widen(float *min, float *max, double value)
{
	float v = (float)value;

	if (!(*min <= v))
		*min = v;
	if (!(*max >= v))
		*max = v;
}

void history_add(struct history_ring *h, const struct step *s)
{
	int64_t number = number_of(step_axis_ns(s));

	if (number != h->newest)
		advance(h, number);
	for (unsigned j = 0; j < h->joints && j < s->joints; j++) {
		struct bucket *b = bucket_at(h, j, number);
		double v;

		if (vec_value(&s->vec[VEC_GOT], j, &v) || vec_value(&s->vec[VEC_SEEN], j, &v))
			widen(&b->got_min, &b->got_max, v);
		if (vec_value(&s->vec[VEC_ASKED], j, &v))
			widen(&b->asked_min, &b->asked_max, v);
	}
}

static void join(struct history *out, unsigned c, const struct bucket *b)
{
	if (isfinite(b->got_min)) {
		widen(&out->got_min[c], &out->got_max[c], b->got_min);
		widen(&out->got_min[c], &out->got_max[c], b->got_max);
	}
	if (isfinite(b->asked_min)) {
		widen(&out->asked_min[c], &out->asked_max[c], b->asked_min);
		widen(&out->asked_min[c], &out->asked_max[c], b->asked_max);
	}
}

bool history_read(const struct history_ring *h, unsigned joint, unsigned columns, double span_s,
		  int64_t end_ns, struct history *out)
{
	int64_t last = number_of(end_ns), span;

	if (joint >= h->joints)
		return false;
	if (columns < 1 || columns > HISTORY_COLUMNS)
		columns = columns ? HISTORY_COLUMNS : 1;
	if (!(span_s > 0 && span_s <= MESSAGE_SPAN_MAX_S))
		span_s = MESSAGE_SPAN_MAX_S;
	span = (int64_t)(span_s * 1e9) / bucket_ns;
	out->joint = joint;
	out->columns = columns;
	out->span_s = span_s;
	for (unsigned c = 0; c < columns; c++)
		out->got_min[c] = out->got_max[c] = out->asked_min[c] = out->asked_max[c] = NAN;
	for (int64_t i = 0; i < span; i++) {
		int64_t n = last - span + 1 + i;

		if (h->newest != INT64_MIN && n <= h->newest && n > h->newest - BUCKETS)
			join(out, (unsigned)(i * columns / span), bucket_at(h, joint, n));
	}
	return true;
}
