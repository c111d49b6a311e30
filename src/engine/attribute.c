/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/attribute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How far from the expected position the chunk under way is searched. */
enum { WINDOW = 64 };

/* What two doubles may differ by, relatively, that are the same 32-bit float. */
static const double float_rounding = 1.2e-7;

void attribute_init(struct attribute *a, void *host,
		    void (*over)(void *host, uint16_t source, const struct executed *x,
				 int64_t t_ns))
{
	a->host = host;
	a->over = over;
	a->newest = a->current = CHUNK_UNKNOWN;
	for (unsigned i = 0; i < ATTRIBUTE_CHUNKS; i++)
		a->plan[i].number = CHUNK_UNKNOWN;
}

void attribute_fini(struct attribute *a)
{
	for (unsigned i = 0; i < ATTRIBUTE_CHUNKS; i++)
		free(a->plan[i].actions);
}

static struct planned *plan_of(struct attribute *a, int64_t number)
{
	struct planned *p = number >= 0 ? &a->plan[number % ATTRIBUTE_CHUNKS] : NULL;

	return p && p->number == number ? p : NULL;
}

static int64_t oldest(const struct attribute *a)
{
	return a->newest < ATTRIBUTE_CHUNKS ? 0 : a->newest - ATTRIBUTE_CHUNKS + 1;
}

static void tell(struct attribute *a, struct planned *p, int64_t t_ns)
{
	struct executed x = {.chunk = p->number, .steps = p->steps};

	if (p->doubt || p->told == p->steps)
		return;
	p->told = p->steps;
	a->over(a->host, p->source, &x, t_ns);
}

/* Every chunk before this one is over, also one of which nothing was executed. */
static void tell_before(struct attribute *a, int64_t number, int64_t t_ns)
{
	for (int64_t k = oldest(a); k < number; k++) {
		struct planned *p = plan_of(a, k);

		if (p)
			tell(a, p, t_ns);
	}
}

void attribute_chunk(struct attribute *a, uint16_t source, const struct chunk *c, int64_t t_ns)
{
	struct planned *p = &a->plan[c->number % ATTRIBUTE_CHUNKS];
	size_t n = (size_t)c->horizon * c->dims;

	if (p->number != CHUNK_UNKNOWN)
		tell(a, p, t_ns);
	if (n > p->room) {
		p->actions = xrealloc(p->actions, n, sizeof(double));
		p->room = n;
	}
	memcpy(p->actions, c->actions, n * sizeof(double));
	memset(p->done, 0, sizeof(p->done));
	p->number = a->newest = c->number;
	p->seq = c->seq;
	p->source = source;
	p->horizon = c->horizon;
	p->dims = c->dims;
	p->steps = 0;
	p->told = -1;
	p->doubt = p->stale = false;
}

/* A value that is not in the chunk (NaN), or was not asked, says nothing. */
static bool same(const struct planned *p, int64_t at, const struct step *s, bool loosely)
{
	const struct vec *asked = &s->vec[VEC_ASKED];
	const double *row = p->actions + (size_t)at * p->dims;
	unsigned found = 0;

	for (unsigned j = 0; j < p->dims && j < s->joints; j++) {
		double v = asked->v[j], off = fabs(v - row[j]);

		if (isnan(row[j]) || !vec_known(asked, j))
			continue;
		if (v != row[j] && !(loosely && off <= float_rounding * fabs(row[j])))
			return false;
		found++;
	}
	return found > 0;
}

/* Where a chunk can be that this step is from: its source's own, when that has any. */
struct search {
	struct attribute *a;
	const struct step *s;
	bool own;
	bool loosely;
	int64_t at; /* found */
};

static bool eligible(const struct search *f, const struct planned *p)
{
	return p && (!f->own || p->source == f->s->source);
}

static bool try_at(struct search *f, const struct planned *p, int64_t at)
{
	if (at < 0 || at >= p->horizon || !same(p, at, f->s, f->loosely))
		return false;
	f->at = at;
	return true;
}

/* Where the chunk under way would be by now, had every step taken one of its actions. */
static int64_t expected(const struct attribute *a, const struct step *s)
{
	int64_t since = s->seq - a->seq;

	return a->at + (since > WINDOW ? WINDOW : since);
}

/* The newest chunk that has not begun, at its first position or at any. */
static struct planned *find_begin(struct search *f, bool anywhere)
{
	for (int64_t k = f->a->newest; k > f->a->current && k >= oldest(f->a); k--) {
		struct planned *p = plan_of(f->a, k);

		if (!eligible(f, p))
			continue;
		for (int64_t at = 0; at < (anywhere ? p->horizon : 1); at++) {
			if (try_at(f, p, at))
				return p;
		}
	}
	return NULL;
}

/* The chunk under way: positions skipped, or the last one held. Never back. */
static struct planned *find_near(struct search *f, struct planned *now)
{
	int64_t next = expected(f->a, f->s);

	for (int64_t d = 1; d <= WINDOW; d++) {
		if (next - d >= f->a->at && try_at(f, now, next - d))
			return now;
		if (try_at(f, now, next + d))
			return now;
	}
	return NULL;
}

/*
 * A chunk that begins with just this action has begun: it may also be the next one of the chunk
 * before, while the arm rests, but a client that has a new chunk takes it.
 */
static struct planned *find(struct search *f)
{
	struct planned *now = plan_of(f->a, f->a->current), *p;

	if (!eligible(f, now))
		now = NULL;
	p = find_begin(f, false);
	if (!p && now && try_at(f, now, expected(f->a, f->s)))
		p = now;
	if (!p)
		p = find_begin(f, true);
	if (!p && now)
		p = find_near(f, now);
	return p;
}

/*
 * By the step numbers that the source gave its chunks. False: they do not tell; true: they do, and
 * *out may still be NULL, when the chunk that it would be has come to its end.
 */
static bool by_number(struct search *f, struct planned **out)
{
	bool any = false;

	*out = NULL;
	for (int64_t k = f->a->newest; k >= oldest(f->a); k--) {
		struct planned *p = plan_of(f->a, k);

		if (!eligible(f, p))
			continue;
		if (p->seq == SEQ_UNKNOWN)
			return false;
		any = true;
		if (p->seq > f->s->seq)
			continue;
		f->at = f->s->seq - p->seq;
		if (f->at >= p->horizon)
			return true;
		f->loosely = true;
		if (p->stale && !same(p, f->at, f->s, true))
			return false;
		*out = p;
		return true;
	}
	return any;
}

static bool has_own(const struct attribute *a, uint16_t source)
{
	for (unsigned i = 0; i < ATTRIBUTE_CHUNKS; i++) {
		if (a->plan[i].number != CHUNK_UNKNOWN && a->plan[i].source == source)
			return true;
	}
	return false;
}

static struct planned *search(struct search *f, bool *told)
{
	struct planned *p;

	*told = by_number(f, &p);
	for (int loosely = 0; !*told && !p && loosely < 2; loosely++) {
		f->loosely = loosely;
		p = find(f);
	}
	return p;
}

static void executed(struct attribute *a, struct planned *p, int64_t at, int64_t seq, int64_t t_ns)
{
	uint64_t bit = 1ull << at % 64;

	if (p->number > a->current)
		tell_before(a, p->number, t_ns);
	if (p->number >= a->current) {
		a->current = p->number;
		a->at = at;
		a->seq = seq;
	}
	p->steps += !(p->done[at / 64] & bit);
	p->done[at / 64] |= bit;
}

/* An action from nowhere may be of any chunk of this time that is not used up. */
static void lost(struct attribute *a, const struct step *s)
{
	for (int64_t k = a->current < 0 ? oldest(a) : a->current; k <= a->newest; k++) {
		struct planned *p = plan_of(a, k);

		if (p && (k != a->current || expected(a, s) < p->horizon))
			p->doubt = true;
	}
}

static bool acted(const struct step *s)
{
	return s->vec[VEC_ASKED].present && s->driver != DRIVER_HUMAN && s->driver != DRIVER_SCRIPT;
}

static void as_said(struct attribute *a, struct step *s, int64_t t_ns)
{
	struct planned *p = plan_of(a, s->chunk);

	if (p && s->position < (int64_t)p->horizon) {
		executed(a, p, s->position, s->seq, t_ns);
	} else if (p) { /* a word that cannot be true */
		s->chunk = CHUNK_UNKNOWN;
		s->position = -1;
	}
}

void attribute_step(struct attribute *a, struct step *s, int64_t t_ns)
{
	struct search f = {.a = a, .s = s, .own = has_own(a, s->source)};
	struct planned *p;
	bool told;

	for (int64_t k = oldest(a); k <= a->newest && acted(s); k++) {
		p = plan_of(a, k);
		if (p && !eligible(&f, p))
			p->doubt = true;
	}
	if (s->position >= 0) {
		as_said(a, s, t_ns);
		return;
	}
	s->chunk = CHUNK_UNKNOWN;
	if (!acted(s) || a->newest == CHUNK_UNKNOWN)
		return;
	p = search(&f, &told);
	if (p) {
		executed(a, p, f.at, s->seq, t_ns);
		s->chunk = p->number;
		s->position = (int32_t)f.at;
	} else if (!told) {
		lost(a, s);
	}
}

void attribute_episode_end(struct attribute *a, int64_t t_ns)
{
	if (a->current != CHUNK_UNKNOWN)
		tell_before(a, a->current + 1, t_ns);
	attribute_reset(a);
}

void attribute_reset(struct attribute *a)
{
	for (unsigned i = 0; i < ATTRIBUTE_CHUNKS; i++)
		a->plan[i].stale = true;
}

void attribute_end(struct attribute *a, int64_t t_ns)
{
	tell_before(a, a->newest + 1, t_ns);
}

bool attribute_knows(const struct attribute *a, int64_t number)
{
	const struct planned *p = number >= 0 ? &a->plan[number % ATTRIBUTE_CHUNKS] : NULL;

	return p && p->number == number && p->steps > 0;
}
