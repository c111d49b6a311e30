/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/policy.h"

#include <math.h>
#include <string.h>

static double clamp(double v, double lo, double hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

void policy_reset(struct policy *p, struct rng rng)
{
	memset(p, 0, sizeof(*p));
	p->rng = rng;
}

bool policy_wants_chunk(const struct policy *p)
{
	return !p->started || p->used >= p->execute;
}

double policy_tick(const struct policy *p)
{
	return p->phase + p->used;
}

/*
 * How many ticks the arm is ahead of (or behind) the plan: the observed deviation projected on the
 * direction of motion. Small: a policy trained on demonstrations follows their tempo.
 */
static double phase_error(const struct plan *plan, double phase, const double seen[SO101_JOINTS])
{
	double before[SO101_JOINTS], after[SO101_JOINTS], dot = 0, norm = 1;
	const double lag_ticks = 2;

	plan_at(plan, phase - lag_ticks - 0.5, before);
	plan_at(plan, phase - lag_ticks + 0.5, after);
	for (unsigned j = PAN; j < GRIP; j++) {
		double speed = after[j] - before[j];
		double expected = (before[j] + after[j]) / 2 + so101_servo[j].droop;

		dot += speed * (seen[j] - expected);
		norm += speed * speed;
	}
	return clamp(dot / norm, -0.8, 0.8);
}

void policy_answer(struct policy *p, const struct plan *plan, const double seen[SO101_JOINTS])
{
	double bias[SO101_JOINTS], slope[SO101_JOINTS], jitter = 0;

	if (p->started) {
		p->phase += p->used;
		p->phase += phase_error(plan, p->phase, seen);
		jitter = clamp(0.6 * rng_gauss(&p->rng), -1.2, 1.2);
	}
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		bias[j] = 0.9 * clamp(rng_gauss(&p->rng), -2.5, 2.5);
		slope[j] = 0.4 * clamp(rng_gauss(&p->rng), -2.5, 2.5) / CHUNK_HORIZON;
	}
	for (unsigned k = 0; k < CHUNK_HORIZON; k++) {
		plan_at(plan, p->phase + jitter + k, p->action[k]);
		for (unsigned j = 0; j < SO101_JOINTS; j++) {
			double v = p->action[k][j] + bias[j] + slope[j] * k;

			v += 0.04 * rng_gauss(&p->rng);
			p->action[k][j] = clamp(v, so101_servo[j].lo, so101_servo[j].hi);
		}
	}
	p->started = true;
	p->used = 0;
	p->execute = CHUNK_EXECUTE;
}

void policy_act(struct policy *p, double action[SO101_JOINTS])
{
	memcpy(action, p->action[p->used++], sizeof(p->action[0]));
}
