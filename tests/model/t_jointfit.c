/* SPDX-License-Identifier: Apache-2.0 */
/* From a motor's positions and what somebody else saw of its joint: sign, range, offset, or nothing. */
#include <math.h>

#include "base/clock.h"
#include "base/rng.h"
#include "model/jointfit.h"
#include "tests/tap.h"

enum { MOTOR_HZ = 250, SEEN_HZ = 30, MOST = 2000 };

static const double DEG = 57.29577951308232, TURN = 6.283185307179586;

/* A motor that is heard at 250 Hz, and what is seen of its joint at 30 Hz, later. */
struct world {
	double seconds, amplitude_rad, start_rad, lag_s,
		noise;	   /* noise: of what is seen, its unit */
	double gain, bias; /* the truth */
	enum unit unit;	   /* of what is seen */
	bool other;	   /* what is seen is another joint's movement */
	bool wrapped;	   /* what is seen is kept within a turn */
	int64_t motor_ns[MOST], seen_ns[MOST];
	double motor[MOST], seen[MOST];
	unsigned motors, seens;
};

static double position(const struct world *w, double t_s)
{
	return w->start_rad + w->amplitude_rad * (sin(2.1 * t_s) + 0.4 * sin(5.3 * t_s + 1));
}

static void make(struct world *w)
{
	struct rng r = rng_seed(3);

	w->motors = w->seens = 0;
	for (double t = 0; t < w->seconds; t += 1.0 / MOTOR_HZ) {
		w->motor_ns[w->motors] = (int64_t)(1e12 + t * 1e9);
		w->motor[w->motors++] = position(w, t) + 0.0002 * rng_gauss(&r);
	}
	for (double t = 0.1; t < w->seconds; t += 1.0 / SEEN_HZ) {
		double v = w->other ? 0.7 * cos(3.3 * t + 0.5) : position(w, t - w->lag_s);

		v = w->gain * v + w->bias + w->noise * rng_gauss(&r);
		if (w->wrapped)
			v = remainder(v, w->unit == UNIT_DEG ? 360 : TURN);
		w->seen_ns[w->seens] = (int64_t)(1e12 + t * 1e9);
		w->seen[w->seens++] = v;
	}
}

static struct jointfit fit(struct world *w)
{
	struct jointfit_series x = {w->motor_ns, w->motor, 0, 1, UNIT_RAD};
	struct jointfit_series y = {w->seen_ns, w->seen, 0, 1, w->unit};

	make(w);
	x.n = w->motors;
	y.n = w->seens;
	return jointfit(&x, &y);
}

static struct world usual(void)
{
	return (struct world){.seconds = 2.2, .amplitude_rad = 0.5, .gain = 1, .unit = UNIT_RAD};
}

static bool fits(const struct jointfit *f, double gain, double bias, double gain_off,
		 double bias_off)
{
	return f->state == JOINTFIT_FITS && fabs(f->gain - gain) <= gain_off &&
	       fabs(f->bias - bias) <= bias_off;
}

static void signs(struct tap *t)
{
	struct world w = usual();
	struct jointfit f = fit(&w);

	ok(t, fits(&f, 1, 0, 0, 0) && f.turns == 0 && f.lag_s < 0.011, "as it is: exactly");
	w.gain = -1;
	f = fit(&w);
	ok(t, fits(&f, -1, 0, 0, 0), "the other way round: exactly -1, no offset");
	w.unit = UNIT_DEG;
	w.gain = -DEG;
	w.noise = 0.5;
	f = fit(&w);
	ok(t, fits(&f, -DEG, 0, 1e-9, 0), "in degrees, with noise of half a degree");
	w.bias = 40;
	f = fit(&w);
	ok(t, fits(&f, -DEG, 40, 1e-9, 0.5) && f.turns == 0, "an offset that is no turn: %g",
	   f.bias);
	w.bias = 0;
	w.gain = -1.5 * DEG;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_REFUSED, "degrees that are 1.5 times too many are none of it");
}

static void turns(struct tap *t)
{
	struct world w = usual();
	struct jointfit f;

	w.bias = -TURN;
	w.start_rad = 6.5;
	f = fit(&w);
	ok(t, fits(&f, 1, -TURN, 0, 0) && f.turns == -1, "a motor that started in another turn");
	w.gain = -1;
	w.bias = TURN;
	f = fit(&w);
	ok(t, fits(&f, -1, TURN, 0, 0) && f.turns == 1, "and turns the other way");
	w = usual();
	w.start_rad = 3.1; /* goes over the end of what is seen */
	w.wrapped = true;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_FITS && f.gain == 1 && fabs(remainder(f.bias, TURN)) < 1e-9,
	   "what is seen jumps by a turn, the joint does not: %g", f.bias);
	w.unit = UNIT_DEG;
	w.gain = DEG;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_FITS && f.gain == DEG && fabs(remainder(f.bias, 360)) < 1e-9,
	   "nor in degrees");
}

static void ranges(struct tap *t)
{
	struct world w = usual();
	struct jointfit f;

	w.unit = UNIT_0_1; /* closed at 4.9 rad, open at 0.3 */
	w.gain = 1 / (0.3 - 4.9);
	w.bias = -4.9 * w.gain;
	w.start_rad = 2.5;
	w.noise = 0.003;
	f = fit(&w);
	ok(t, fits(&f, w.gain, w.bias, 0.004, 0.01), "a gripper from 0 to 1: %g, %g", f.gain,
	   f.bias);
	w.unit = UNIT_UNKNOWN;
	f = fit(&w);
	ok(t, fits(&f, w.gain, w.bias, 0.004, 0.01), "in a unit that nobody knows");
}

static void lags(struct tap *t)
{
	struct world w = usual();
	struct jointfit f;

	w.lag_s = 0.12; /* the policy computes before its loop tells what it saw */
	f = fit(&w);
	ok(t, fits(&f, 1, 0, 0, 0) && fabs(f.lag_s - 0.12) < 0.011, "told 120 ms late: %g s",
	   f.lag_s);
}

static void nothing(struct tap *t)
{
	struct world w = usual();
	struct jointfit f;

	w.seconds = 1.5;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_FEW, "1.5 s are not enough");
	w.seconds = 2.2;
	w.amplitude_rad = 0.01;
	w.noise = 0.005;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_STILL, "a joint that stands still cannot be told");
	w.bias = -TURN; /* tempting, and still a guess: another sign and offset fit as well */
	f = fit(&w);
	ok(t, f.state == JOINTFIT_STILL, "not even its turn");
	w = usual();
	w.other = true;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_REFUSED, "another joint's movement");
	w.unit = UNIT_0_100;
	w.gain = 30;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_REFUSED, "where any factor could be, too");
	w = usual();
	w.gain = 0;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_REFUSED, "the motor moves, what is seen does not");
	w.gain = 1;
	w.noise = 0.3;
	f = fit(&w);
	ok(t, f.state == JOINTFIT_REFUSED, "more noise than movement");
}

int main(void)
{
	struct tap t = {0};

	signs(&t);
	turns(&t);
	ranges(&t);
	lags(&t);
	nothing(&t);
	return tap_done(&t);
}
