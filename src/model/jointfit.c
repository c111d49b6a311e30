/* SPDX-License-Identifier: Apache-2.0 */
#include "model/jointfit.h"

#include <math.h>
#include <stddef.h>

#include "base/clock.h"

enum { PAIRS_MAX = 512, PAIRS_MIN = 20 };

static const int64_t window_ns = 4 * NS_PER_S, lag_step_ns = 5 * NS_PER_MS,
		     lag_most_ns = 200 * NS_PER_MS;

static const double DEG_PER_RAD = 57.29577951308232, TURN_RAD = 6.283185307179586;

/* Less is not told from noise and play: of an angle in rad, of another value as a share of its range. */
static const double move_rad = 0.1, move_share = 0.02;
static const double alone = 3;

/* So much of what the value moves may be left, and a factor may be off by so much. */
static const double left_share = 0.05, factor_off = 0.1;

/* A bias is whole turns when it is so near to them. */
static const double near_rad = 0.05;

struct pairs {
	unsigned n;
	double x[PAIRS_MAX], y[PAIRS_MAX];
};

/* What one rad is in a unit of angles, 0 for others. */
static double per_rad(enum unit u)
{
	return u == UNIT_RAD ? 1 : u == UNIT_DEG ? DEG_PER_RAD : 0;
}

/* What a movement is at least. */
static double least_move(enum unit u)
{
	if (per_rad(u) > 0)
		return move_rad * per_rad(u);
	return move_share * (u == UNIT_M100_100 ? 200 : u == UNIT_0_100 ? 100 : 1);
}

static double at(const struct jointfit_series *s, unsigned i)
{
	return s->v[(size_t)i * s->stride];
}

/* The series at a time between two of its own, not far apart; NaN: it has none there. */
static double between(const struct jointfit_series *s, int64_t t_ns, unsigned *hint)
{
	unsigned i = *hint;
	double share;

	while (i + 1 < s->n && s->t_ns[i + 1] <= t_ns)
		i++;
	*hint = i;
	if (i + 1 >= s->n || s->t_ns[i] > t_ns || s->t_ns[i + 1] - s->t_ns[i] > NS_PER_S / 5)
		return NAN;
	share = (double)(t_ns - s->t_ns[i]) / (double)(s->t_ns[i + 1] - s->t_ns[i]);
	return at(s, i) + share * (at(s, i + 1) - at(s, i));
}

/* Angles go on where they passed over the end of a turn. */
static void unwrap(double *v, unsigned n, double turn)
{
	double add = 0, last = n ? v[0] : 0;

	for (unsigned i = 1; turn > 0 && i < n; i++) {
		double now = v[i];

		if (now - last > turn / 2)
			add -= turn;
		else if (last - now > turn / 2)
			add += turn;
		last = now;
		v[i] = now + add;
	}
}

static void collect(struct pairs *p, const struct jointfit_series *x,
		    const struct jointfit_series *y, int64_t lag_ns)
{
	unsigned hint = 0;

	p->n = 0;
	for (unsigned i = 0; i < y->n && p->n < PAIRS_MAX; i++) {
		double position;

		if (y->t_ns[i] < y->t_ns[y->n - 1] - window_ns)
			continue;
		position = between(x, y->t_ns[i] - lag_ns, &hint);
		if (!isfinite(position) || !isfinite(at(y, i)))
			continue;
		p->x[p->n] = position;
		p->y[p->n++] = at(y, i);
	}
	unwrap(p->x, p->n, TURN_RAD * per_rad(x->unit));
	unwrap(p->y, p->n, TURN_RAD * per_rad(y->unit));
}

static double span(const double *v, unsigned n)
{
	double low = INFINITY, high = -INFINITY;

	for (unsigned i = 0; i < n; i++) {
		low = v[i] < low ? v[i] : low;
		high = v[i] > high ? v[i] : high;
	}
	return n ? high - low : 0;
}

static double mean(const double *v, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += v[i];
	return sum / n;
}

static void line(struct jointfit *f, const struct pairs *p)
{
	double mx = mean(p->x, p->n), my = mean(p->y, p->n), xx = 0, xy = 0;

	for (unsigned i = 0; i < p->n; i++) {
		xx += (p->x[i] - mx) * (p->x[i] - mx);
		xy += (p->x[i] - mx) * (p->y[i] - my);
	}
	f->gain = xy / xx;
	f->bias = my - f->gain * mx;
}

static double left(const struct jointfit *f, const struct pairs *p)
{
	double sum = 0;

	for (unsigned i = 0; i < p->n; i++) {
		double d = p->y[i] - f->gain * p->x[i] - f->bias;

		sum += d * d;
	}
	return sqrt(sum / p->n);
}

/* Of two angles the units have the factor, and a start in another turn the offset. */
static bool settle(struct jointfit *f, const struct pairs *p, double factor, double turn)
{
	double gain = copysign(factor, f->gain), turns;

	if (!(fabs(f->gain / gain - 1) <= factor_off))
		return false;
	f->gain = gain;
	f->bias = mean(p->y, p->n) - gain * mean(p->x, p->n);
	turns = round(f->bias / turn);
	if (fabs(f->bias - turns * turn) > near_rad * turn / TURN_RAD)
		return true;
	f->turns = (int)turns;
	f->bias = turns * turn;
	return true;
}

/* The delay that leaves least. */
static void best(struct jointfit *f, struct pairs *p, const struct jointfit_series *x,
		 const struct jointfit_series *y)
{
	struct jointfit now = *f;

	f->error = INFINITY;
	for (int64_t lag_ns = 0; lag_ns <= lag_most_ns; lag_ns += lag_step_ns) {
		collect(p, x, y, lag_ns);
		if (p->n < PAIRS_MIN)
			continue;
		line(&now, p);
		now.error = left(&now, p);
		now.lag_s = (double)lag_ns / (double)NS_PER_S;
		if (now.error < f->error)
			*f = now;
	}
	collect(p, x, y, (int64_t)(f->lag_s * (double)NS_PER_S));
}

static double seconds_of(const struct jointfit_series *s)
{
	int64_t ns = s->n ? s->t_ns[s->n - 1] - s->t_ns[0] : 0;

	return (double)(ns < window_ns ? ns : window_ns) / (double)NS_PER_S;
}

/* One that moves alone, and not just a little at the end, is of another joint. */
static enum jointfit_state movement(const struct pairs *p, enum unit x, enum unit y)
{
	double mx = span(p->x, p->n) / least_move(x), my = span(p->y, p->n) / least_move(y);

	if (y == UNIT_UNKNOWN) /* nobody knows what little is */
		return mx >= 1 ? JOINTFIT_FITS : JOINTFIT_STILL;
	if (mx >= 1 && my >= 1)
		return JOINTFIT_FITS;
	return mx >= alone || my >= alone ? JOINTFIT_REFUSED : JOINTFIT_STILL;
}

struct jointfit jointfit(const struct jointfit_series *x, const struct jointfit_series *y)
{
	struct jointfit f = {.state = JOINTFIT_FEW, .error = NAN, .seconds = seconds_of(y)};
	double factor = per_rad(x->unit) > 0 ? per_rad(y->unit) / per_rad(x->unit) : 0;
	struct pairs p;

	collect(&p, x, y, 0);
	if (p.n < PAIRS_MIN || f.seconds < JOINTFIT_SECONDS)
		return f;
	f.state = movement(&p, x->unit, y->unit);
	if (f.state != JOINTFIT_FITS)
		return f;
	f.state = JOINTFIT_REFUSED;
	best(&f, &p, x, y);
	if (p.n < PAIRS_MIN || !(f.error <= left_share * span(p.y, p.n)))
		return f;
	if (factor > 0 && !settle(&f, &p, factor, TURN_RAD * per_rad(y->unit)))
		return f;
	f.error = left(&f, &p);
	if (f.error <= left_share * span(p.y, p.n))
		f.state = JOINTFIT_FITS;
	return f;
}
