/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated arm and its training set: resemblance, physics, chunks, pace. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "sim/arm.h"
#include "sim/policy.h"
#include "sim/sim.h"
#include "tests/tap.h"

/* min, max, mean, std per joint of a real SO-101 pick-and-place set: 50 episodes, 11 939 frames. */
struct target {
	double min, max, mean, std;
};

static const struct target state_target[SO101_JOINTS] = {
	{-92.65469, 88.10379, 7.98703, 44.49176},    {-98.91122, 8.79397, -55.18079, 36.82700},
	{16.80861, 99.37248, 66.77627, 27.70836},    {34.03985, 98.64349, 69.25251, 13.01316},
	{-92.28327, -20.19536, -53.43888, 17.70296}, {1.20805, 32.68457, 8.11227, 8.40475},
};
static const struct target action_target[SO101_JOINTS] = {
	{-93.45588, 88.01471, 8.02107, 44.56301}, {-100.0, 8.12632, -55.96236, 36.48509},
	{12.97223, 100.0, 65.25567, 29.01199},	  {33.53166, 99.49001, 69.18185, 13.23810},
	{-92.77168, -20.0, -53.41992, 17.76442},  {0.0, 32.99846, 6.84894, 8.99904},
};

struct sums {
	double min, max, sum, squares;
	unsigned n;
};

static void add(struct sums *s, double v)
{
	s->min = s->n == 0 || v < s->min ? v : s->min;
	s->max = s->n == 0 || v > s->max ? v : s->max;
	s->sum += v;
	s->squares += v * v;
	s->n++;
}

static void resembles(struct tap *t, const char *what, const struct sums sums[SO101_JOINTS],
		      const struct target target[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		const struct target *want = &target[j];
		double part = (want->max - want->min) / 100;
		double mean = sums[j].sum / sums[j].n;
		double std = sqrt(sums[j].squares / sums[j].n - mean * mean);
		double off[4] = {(sums[j].min - want->min) / part, (sums[j].max - want->max) / part,
				 (mean - want->mean) / part, (std - want->std) / part};
		bool good = true;

		for (unsigned i = 0; i < 4; i++)
			good = good && fabs(off[i]) <= 5;
		ok(t, good, "%s %s: min, max, mean, std off by %.1f %.1f %.1f %.1f %% of span",
		   what, so101_servo[j].name, off[0], off[1], off[2], off[3]);
	}
}

static void test_training(struct tap *t)
{
	struct sim_cfg cfg = {.seed = SIM_TRAINING_SEED, .teleop = true};
	struct sums state[SO101_JOINTS] = {{0}}, action[SO101_JOINTS] = {{0}};
	struct sim *s = sim_new(&cfg);
	struct event ev;
	unsigned ended = 0, won = 0, chunks = 0;

	while (ended < SIM_TRAINING_EPISODES) {
		sim_next(s, &ev);
		chunks += ev.kind == EVENT_CHUNK;
		if (ev.kind == EVENT_EPISODE && !ev.episode->start) {
			ended++;
			won += ev.episode->outcome == OUTCOME_SUCCESS;
		}
		if (ev.kind != EVENT_STEP || ev.step->driver != DRIVER_HUMAN)
			continue;
		for (unsigned j = 0; j < SO101_JOINTS; j++) {
			add(&state[j], ev.step->vec[VEC_SEEN].v[j]);
			add(&action[j], ev.step->vec[VEC_ASKED].v[j]);
		}
	}
	sim_free(s);
	resembles(t, "state", state, state_target);
	resembles(t, "action", action, action_target);
	ok(t, state[0].n > 10000 && state[0].n < 14000, "%u frames in %u demonstrations",
	   state[0].n, ended);
	ok(t, won == ended, "%u of %u demonstrations succeed", won, ended);
	ok(t, chunks == 0, "a demonstration has no action chunks");
}

struct pace {
	unsigned steps, late, ended, won, bad_order;
	double worst_period_s, fastest[SO101_JOINTS]; /* share of the speed limit */
	int64_t episode_ns, last_ns;
	double last_got[SO101_JOINTS];
	bool has_last;
};

static void pace_step(struct pace *p, const struct step *step)
{
	double dt = (double)(step->src_ns - p->last_ns) / (double)NS_PER_S;

	for (unsigned j = 0; p->has_last && j < SO101_JOINTS; j++) {
		double moved = fabs(step->vec[VEC_GOT].v[j] - p->last_got[j]);
		double share = (moved - 3 * so101_tick(j)) / (so101_servo[j].speed_limit * dt);

		p->fastest[j] = fmax(p->fastest[j], share);
	}
	if (p->has_last) {
		p->steps++;
		p->late += dt > 1.05 / SO101_FPS;
	}
	p->has_last = true;
	p->last_ns = step->src_ns;
	memcpy(p->last_got, step->vec[VEC_GOT].v, sizeof(p->last_got));
}

static void pace_episode(struct pace *p, const struct event *ev)
{
	p->has_last = false;
	if (!ev->episode->start) {
		p->ended++;
		p->won += ev->episode->outcome == OUTCOME_SUCCESS;
		return;
	}
	if (p->ended > 0) {
		double period_s = (double)(ev->src_ns - p->episode_ns) / (double)NS_PER_S;

		p->worst_period_s = fmax(p->worst_period_s, period_s);
	}
	p->episode_ns = ev->src_ns;
}

static void test_pace(struct tap *t)
{
	struct sim_cfg cfg = {.seed = 5};
	struct sim *s = sim_new(&cfg);
	struct pace p = {0};
	struct event ev;
	int64_t seq = -1, before_ns = 0;
	clock_t began = clock();

	while (sim_peek_ns(s) < 3600 * NS_PER_S) {
		int64_t peek_ns = sim_peek_ns(s);

		sim_next(s, &ev);
		p.bad_order += ev.src_ns != peek_ns || ev.src_ns < before_ns;
		before_ns = ev.src_ns;
		if (ev.kind == EVENT_EPISODE)
			pace_episode(&p, &ev);
		if (ev.kind != EVENT_STEP)
			continue;
		p.bad_order += ev.step->seq != ++seq;
		if (ev.step->driver == DRIVER_POLICY)
			pace_step(&p, ev.step);
	}
	double cpu_s = (double)(clock() - began) / CLOCKS_PER_SEC;

	sim_free(s);
	ok(t, p.bad_order == 0, "time and seq never go back, and peek tells the next time");
	ok(t, 3600 / cpu_s > 1000, "an hour takes %.2f s", cpu_s);
	ok(t, p.late > p.steps / 100 && p.late < p.steps * 3 / 100, "%u of %u cycles are late",
	   p.late, p.steps);
	ok(t, p.worst_period_s < 12, "an episode begins every %.1f s or sooner", p.worst_period_s);
	ok(t, p.won > p.ended * 3 / 4 && p.won < p.ended, "%u of %u deployments succeed", p.won,
	   p.ended);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		ok(t, p.fastest[j] <= 1, "%s: at most %.2f of its speed limit", so101_servo[j].name,
		   p.fastest[j]);
}

static void test_chunks(struct tap *t)
{
	struct sim_cfg cfg = {.seed = 6};
	struct sim *s = sim_new(&cfg);
	double plan[CHUNK_HORIZON][SO101_JOINTS] = {{0}};
	unsigned differs = 0, wrong = 0, chunks = 0, seams = 0, step_in_chunk = 0;
	double last[SO101_JOINTS] = {0};
	struct event ev;

	while (sim_peek_ns(s) < 600 * NS_PER_S) {
		sim_next(s, &ev);
		if (ev.kind == EVENT_EPISODE)
			step_in_chunk = CHUNK_EXECUTE;
		if (ev.kind == EVENT_CHUNK) {
			wrong += ev.chunk->horizon != CHUNK_HORIZON ||
				 ev.chunk->dims != SO101_JOINTS ||
				 ev.chunk->execute != CHUNK_EXECUTE ||
				 step_in_chunk != CHUNK_EXECUTE;
			memcpy(plan, ev.chunk->actions, sizeof(plan));
			chunks++;
			step_in_chunk = 0;
		}
		if (ev.kind != EVENT_STEP || ev.step->driver != DRIVER_POLICY)
			continue;
		for (unsigned j = 0; j < SO101_JOINTS; j++) {
			double asked = ev.step->vec[VEC_ASKED].v[j];

			differs += asked != plan[step_in_chunk][j];
			seams += step_in_chunk == 0 && fabs(asked - last[j]) > 0.3;
			last[j] = asked;
		}
		step_in_chunk++;
	}
	sim_free(s);
	ok(t, chunks > 500 && wrong == 0, "%u chunks of %u actions, %u executed", chunks,
	   CHUNK_HORIZON, CHUNK_EXECUTE);
	ok(t, differs == 0, "what is asked is the chunk's own action");
	ok(t, seams > chunks, "chunks do not meet exactly");
}

static void test_arm(struct tap *t)
{
	double pose[SO101_JOINTS] = {0, 0, 0, 0, 0, 50}, asked[SO101_JOINTS], sent[SO101_JOINTS];
	double got[SO101_JOINTS];
	struct rng noise = rng_seed(1);
	struct arm a;

	arm_init(&a, pose);
	memcpy(asked, pose, sizeof(asked));
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		double deg = so101_servo[j].dead_band * so101_servo[j].deg_per_unit;

		ok(t, deg >= 0.5 && deg <= 2, "%s: dead band %.2f degrees", so101_servo[j].name,
		   deg);
		asked[j] += 0.9 * so101_servo[j].dead_band - so101_servo[j].droop;
	}
	arm_goal(&a, asked, sent);
	arm_run(&a, 1);
	arm_read(&a, &noise, got);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		ok(t, fabs(got[j] - pose[j]) <= 2 * so101_tick(j),
		   "%s: an error in the dead band moves nothing", so101_servo[j].name);
	asked[PAN] = NAN;
	asked[LIFT] = 500;
	asked[GRIP] = -50;
	arm_goal(&a, asked, sent);
	ok(t, isfinite(sent[PAN]) && sent[PAN] == a.servo[PAN].goal, "the bus refuses NaN");
	ok(t, sent[LIFT] == so101_servo[LIFT].hi, "goals end at the calibrated range");
	arm_run(&a, 2);
	arm_read(&a, &noise, got);
	ok(t, fabs(got[GRIP] - arm_closed_stop) <= 2 * so101_tick(GRIP),
	   "empty fingers touch at %.1f", got[GRIP]);
}

static void test_parse(struct tap *t)
{
	struct sim_cfg cfg = {0};
	struct err e = {0};

	ok(t,
	   sim_fault_parse(&cfg, "lag@2.5:40", &e) == 0 && strcmp(cfg.fault->name, "lag") == 0 &&
		   cfg.fault_at_s == 2.5 && cfg.strength == 40,
	   "NAME@SECOND:STRENGTH");
	ok(t, sim_fault_parse(&cfg, "jump", &e) == 0 && cfg.strength == cfg.fault->strength,
	   "strength by default");
	ok(t, sim_fault_parse(&cfg, "jmup", &e) == -EINVAL && strstr(e.msg, "'jump'"),
	   "a typing error: %s", e.msg);
	ok(t, sim_fault_parse(&cfg, "lag:400", &e) == -EINVAL, "too strong: %s", e.msg);
	ok(t, sim_fault_parse(&cfg, "lag@x", &e) == -EINVAL, "no number: %s", e.msg);
	ok(t, sim_fault_parse(&cfg, "", &e) == -EINVAL, "nothing: %s", e.msg);
	for (const struct sim_fault *row = sim_fault_table; row->name; row++)
		ok(t,
		   row->silent < row->strength && row->min <= row->silent &&
			   row->strength <= row->max && row->codes[0] && row->unit[0],
		   "%s: strengths are in order", row->name);
}

int main(void)
{
	struct tap t = {0};

	test_training(&t);
	test_pace(&t);
	test_chunks(&t);
	test_arm(&t);
	test_parse(&t);
	return tap_done(&t);
}
