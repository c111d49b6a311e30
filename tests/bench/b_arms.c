/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which camera is on which arm, by motion: starts on so101_bi_v30 (learned from one half, shown the
 * other), and virtual cells of two arms, each an episode of so101_sim_v30 with its wrist camera.
 * Pictures are late by 0 to 0.4 s. Part of `make bench-cameras`.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/vision/stage.h"
#include "vision/motion.h"

enum { ARMS = 2, ROWS_MAX = 1200, LATE = 5 };

/* One arm: where its joints and the pictures of its camera are. */
struct side {
	const struct stage *s;
	size_t ep;
	unsigned first; /* of its joints in the set */
	unsigned camera;
};

struct score {
	unsigned starts, decided, wrong, clear, clear_right;
	double seconds[4000]; /* to the decision */
};

static size_t rows_of(const struct side *a)
{
	return a->s->all.span[a->ep].frames;
}

static const double *state(const struct side *a, size_t row)
{
	return a->s->all.state + (a->s->all.span[a->ep].first + row) * a->s->all.nstate + a->first;
}

static double way(const struct side *a, size_t row, unsigned joints)
{
	const double *now = state(a, row), *before = state(a, row - 3);
	double sum = 0;

	for (unsigned i = 0; i < joints; i++)
		sum += fabs(now[i] - before[i]) * (i == 5 ? 0.2 : 1);
	return sum;
}

/* One arm moves alone: over 15 degrees/s, the other under a third of it. */
static bool alone(const struct side side[ARMS], size_t row, unsigned joints)
{
	double a, b, most;

	if (row < 3)
		return false;
	a = 10 * way(&side[0], row, joints);
	b = 10 * way(&side[1], row, joints);
	most = fmax(a, b);
	return most > 15 && fmin(a, b) < most / 3;
}

static const struct footage_frame *picture(const struct side *a, size_t row)
{
	const struct footage *f = &a->s->footage[a->ep];

	return row < f->camera[a->camera].frames ? &f->camera[a->camera].frame[row] : NULL;
}

static double percent(unsigned n, unsigned of)
{
	return of ? 100.0 * n / of : 0;
}

/*
 * From row `from` on until it is decided. The cameras are exchanged in every second start: the
 * answer must be so, too.
 */
static void start(struct score *s, struct motion *m, const struct side side[ARMS], size_t from,
		  size_t late, unsigned joints, bool exchanged)
{
	size_t rows = rows_of(&side[0]) < rows_of(&side[1]) ? rows_of(&side[0]) : rows_of(&side[1]);
	struct motion_answer a = {0};
	unsigned clear = 0;
	double q[ARMS * 16];

	motion_restart(m);
	s->starts++;
	for (size_t row = from; row < rows && !a.decided; row++) {
		double t_s = (double)row / 30;

		for (unsigned k = 0; k < ARMS; k++)
			memcpy(q + k * joints, state(&side[k], row), joints * sizeof(*q));
		motion_step(m, t_s, q);
		for (unsigned k = 0; k < ARMS; k++) {
			const struct footage_frame *p = row >= from + late
								? picture(&side[k], row - late)
								: NULL;
			struct view v;

			if (p && view_of(&v, &p->frame))
				motion_see(m, exchanged ? 1 - k : k, t_s, &v);
		}
		motion_answer(m, &a);
		clear += alone(side, row, joints);
		if (a.decided) {
			s->seconds[s->decided++] = (double)(row - from) / 30;
			s->wrong += a.right == exchanged;
		}
		if (clear == 120)
			break;
	}
	/* Decided before four seconds in which one arm moves are over, or these were there. */
	if (clear == 120 || (a.decided && clear > 0)) {
		s->clear++;
		s->clear_right += a.decided && a.right != exchanged;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, size_t late, struct score *s)
{
	qsort(s->seconds, s->decided, sizeof(double), by_value);
	printf("%-34s %4zu ms late: %5u starts, %5.1f %% decided, %u wrong, after %.1f s (median), "
	       "%.1f s (p99); %5.1f %% right of %u with 4 s of one arm alone\n",
	       what, late * 1000 / 30, s->starts, percent(s->decided, s->starts), s->wrong,
	       s->decided ? s->seconds[s->decided / 2] : 0,
	       s->decided ? s->seconds[s->decided * 99 / 100] : 0,
	       percent(s->clear_right, s->clear), s->clear);
	fflush(stdout);
}

static unsigned camera_of(const struct stage *s, const char *name)
{
	for (unsigned i = 0; i < s->videos.cameras; i++) {
		if (strcmp(s->videos.name[i], name) == 0)
			return i;
	}
	return 0;
}

static void real_cells(struct score *sc, struct motion *m, const struct stage *s, size_t late)
{
	for (size_t ep = 0; ep < s->all.count; ep++) {
		const struct side side[ARMS] = {{s, ep, 0, camera_of(s, "left_wrist")},
						{s, ep, 6, camera_of(s, "right_wrist")}};

		for (size_t from = 0; from + 30 < rows_of(&side[0]); from += 10)
			start(sc, m, side, from, late, 6, from / 10 % 2);
	}
}

/* Two episodes beside each other, from different starts. */
static void virtual_cells(struct score *sc, struct motion *m, const struct stage *s, size_t late)
{
	unsigned camera = camera_of(s, "wrist");

	for (size_t a = 0; a < s->all.count; a++) {
		for (size_t b = 0; b < s->all.count; b++) {
			const struct side side[ARMS] = {{s, a, 0, camera}, {s, b, 0, camera}};

			for (size_t from = 0; a != b && from + 60 < rows_of(&side[0]) &&
					      from + 60 < rows_of(&side[1]);
			     from += 30)
				start(sc, m, side, from, late, 6, (a + b + from / 30) % 2);
		}
	}
}

static void same_motion(struct score *sc, struct motion *m, const struct stage *s)
{
	unsigned camera = camera_of(s, "wrist");

	for (size_t a = 0; a < s->all.count; a++) {
		const struct side side[ARMS] = {{s, a, 0, camera}, {s, a, 0, camera}};

		for (size_t from = 0; from + 60 < rows_of(&side[0]); from += 30)
			start(sc, m, side, from, 0, 6, false);
	}
}

static void joints_of(struct joint joint[12])
{
	static const char *const names[] = {"shoulder_pan", "shoulder_lift", "elbow_flex",
					    "wrist_flex",   "wrist_roll",    "gripper"};

	for (unsigned i = 0; i < 12; i++) {
		joint[i] = (struct joint){.unit = i % 6 == 5 ? UNIT_0_100 : UNIT_DEG};
		snprintf(joint[i].name, NAME_BYTES, "%s_%s.pos", i < 6 ? "left" : "right",
			 names[i % 6]);
	}
}

static void play(const char *what, const struct stage *s, const struct motion_table *table,
		 void (*cells)(struct score *sc, struct motion *m, const struct stage *s,
			       size_t late))
{
	struct motion *m = xcalloc(1, sizeof(*m));
	struct joint joint[12];

	joints_of(joint);
	motion_begin(m, table, joint, 12);
	for (size_t k = 0; k < LATE; k++) {
		struct score *sc = xcalloc(1, sizeof(*sc));

		cells(sc, m, s, 3 * k);
		print(what, 3 * k, sc);
		free(sc);
	}
	free(m);
}

static void play_same(const struct stage *s, const struct motion_table *table)
{
	struct score *sc = xcalloc(1, sizeof(*sc));
	struct motion *m = xcalloc(1, sizeof(*m));
	struct joint joint[12];

	joints_of(joint);
	motion_begin(m, table, joint, 12);
	same_motion(sc, m, s);
	print("the same motion on both arms", 0, sc);
	free(sc);
	free(m);
}

int main(void)
{
	struct stage first, second, sim;

	if (!getenv("POLICYTOP_DATA")) {
		puts("arms: skipped, POLICYTOP_DATA is not set");
		return 0;
	}
	if (stage_open(&first, "so101_bi_v30", "0-7", "8-15") ||
	    stage_open(&second, "so101_bi_v30", "8-15", "0-7") ||
	    stage_open(&sim, "so101_sim_v30", NULL, "16-31"))
		return 1;
	if (!first.profile->motion || !second.profile->motion) {
		puts("arms: training does not tell which camera is on which arm");
		return 1;
	}
	play("so101_bi_v30, 8-15", &first, first.profile->motion, real_cells);
	play("so101_bi_v30, 0-7", &second, second.profile->motion, real_cells);
	play("virtual cells", &sim, first.profile->motion, virtual_cells);
	play_same(&sim, first.profile->motion);
	stage_close(&first);
	stage_close(&second);
	stage_close(&sim);
	return 0;
}
