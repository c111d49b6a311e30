/* SPDX-License-Identifier: Apache-2.0 */
/* Gripper curves, roughness and tracking against the plain computation; JSON and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/tap.h"
#include "training/behaviour.h"
#include "training/episodes.h"
#include "training/running.h"

enum { JOINTS = 2, EPISODES = 3, FRAMES = 150 };

/* Joint 0 wanders; joint 1 is a gripper that closes after 1, 2 and 3 s and opens after 4. */
static void make_episodes(struct episodes *e, bool closed_low)
{
	struct rng r = rng_seed(11);

	*e = (struct episodes){.fps = 30, .nstate = JOINTS, .naction = JOINTS, .count = EPISODES};
	e->frames = EPISODES * FRAMES;
	e->span = xcalloc(EPISODES, sizeof(*e->span));
	e->state = xcalloc(e->frames * JOINTS, sizeof(double));
	e->action = xcalloc(e->frames * JOINTS, sizeof(double));
	e->timestamp_s = xcalloc(e->frames, sizeof(double));
	snprintf(e->action_joint[0].name, NAME_BYTES, "arm");
	snprintf(e->action_joint[1].name, NAME_BYTES, "gripper");
	memcpy(e->state_joint, e->action_joint, sizeof(e->state_joint));
	for (unsigned i = 0; i < EPISODES; i++) {
		e->span[i] = (struct episode_span){
			.index = i, .first = (size_t)i * FRAMES, .frames = FRAMES};
		for (unsigned f = 0; f < FRAMES; f++) {
			double *a = e->action + ((size_t)i * FRAMES + f) * JOINTS;
			double *s = e->state + ((size_t)i * FRAMES + f) * JOINTS;
			bool closed = f >= 30 * (i + 1) && f < 120;

			a[0] = 10 * sin(f * 0.05) + rng_gauss(&r);
			s[0] = a[0] + 2 * rng_gauss(&r);
			a[1] = closed == closed_low ? 0 : 100;
			s[1] = closed ? (closed_low ? 20 : 80) : a[1]; /* stalls on an object */
		}
	}
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* The largest median of 20 second differences, each window computed. */
static double plain_roughness(const struct episodes *e, unsigned joint)
{
	double most = 0.0;

	for (unsigned i = 0; i < EPISODES; i++) {
		for (unsigned f = 2 + ROUGH_TICKS - 1; f < FRAMES; f++) {
			float w[ROUGH_TICKS];

			for (unsigned k = 0; k < ROUGH_TICKS; k++) {
				const double *a = e->action +
						  ((size_t)i * FRAMES + f - k) * JOINTS + joint;

				w[k] = (float)fabs(a[0] - 2 * *(a - JOINTS) + *(a - 2 * JOINTS));
			}
			qsort(w, ROUGH_TICKS, sizeof(w[0]), by_value);
			most = fmax(most, 0.5 * ((double)w[ROUGH_TICKS / 2 - 1] +
						 (double)w[ROUGH_TICKS / 2]));
		}
	}
	return most;
}

/* The largest of all smallest distances of TRACKING_TICKS in a row, each computed. */
static double plain_tracking(const struct episodes *e, unsigned joint)
{
	double most = 0.0;

	for (unsigned i = 0; i < EPISODES; i++) {
		for (unsigned f = TRACKING_TICKS - 1; f < FRAMES; f++) {
			double least = INFINITY;

			for (unsigned k = 0; k < TRACKING_TICKS; k++) {
				unsigned at = f - k;
				double low = INFINITY, high = -INFINITY, s;

				for (unsigned p = 0; p < TRACKING_PAST && p <= at; p++) {
					double a =
						e->action[((size_t)i * FRAMES + at - p) * JOINTS +
							  joint];

					low = fmin(low, a);
					high = fmax(high, a);
				}
				s = e->state[((size_t)i * FRAMES + at) * JOINTS + joint];
				least = fmin(least, fmax(0.0, fmax(low - s, s - high)));
			}
			most = fmax(most, least);
		}
	}
	return most;
}

static void test_figures(struct tap *t, bool closed_low)
{
	struct episodes e;
	struct profile *p;
	const struct gripper_habit *g;

	make_episodes(&e, closed_low);
	p = profile_build(&e, NULL);
	g = &p->behaviour.gripper[0];
	ok(t,
	   p->behaviour.ngrippers == 1 && strcmp(g->joint, "gripper") == 0 &&
		   g->closed_low == closed_low,
	   "a gripper that closes %s: %s", closed_low ? "low" : "high", g->why);
	ok(t,
	   g->closes_min == 1 && g->closes_max == 1 && g->first_close_min_s == 1 &&
		   g->first_close_max_s == 3 && g->first_change_max_s == 3,
	   "one closing each, from 1 to 3 s: %g %g", g->first_close_min_s, g->first_close_max_s);
	/* After 4 s the first episode was closed for 3 s, the last for 1 s. */
	ok(t,
	   fabs(g->closed_min_s[15] - 1) < 1e-9 && fabs(g->closed_max_s[15] - 3) < 1e-9 &&
		   fabs(g->closed_mean_s[15] - 2) < 1e-9,
	   "closed seconds at 4 s: %g..%g", g->closed_min_s[15], g->closed_max_s[15]);
	/* The last episode is the one that begins with 0 for 3 s, where closed is high. */
	ok(t, g->highest_least[11] == (closed_low ? 100 : 0) && g->highest_least[12] == 100,
	   "highest value of all episodes: %g by 3 s, %g after", g->highest_least[11],
	   g->highest_least[12]);
	ok(t, fabs(p->behaviour.rough_max[0] - plain_roughness(&e, 0)) < 1e-4,
	   "roughness equals the plain computation: %g", p->behaviour.rough_max[0]);
	for (unsigned j = 0; j < JOINTS; j++)
		ok(t, fabs(p->behaviour.tracking_max[j] - plain_tracking(&e, j)) < 1e-4,
		   "tracking of joint %u: %g", j, p->behaviour.tracking_max[j]);
	ok(t,
	   p->behaviour.path.q50 > 0 && p->behaviour.net.q50 <= p->behaviour.path.max &&
		   p->behaviour.ratio.max <= 1.0,
	   "net motion is no longer than its path");
	profile_free(p);
	episodes_fini(&e);
}

static void test_json(struct tap *t)
{
	struct episodes e;
	struct profile *p;
	struct behaviour back = {0}, broken = {0};
	cJSON *o, *again;
	char *a, *b;
	struct err err = {0};

	make_episodes(&e, true);
	p = profile_build(&e, NULL);
	o = behaviour_to_json(&p->behaviour);
	ok(t, behaviour_from_json(&back, o, &err) == 0, "JSON comes back: %s", err.msg);
	again = behaviour_to_json(&back);
	a = cJSON_PrintUnformatted(o);
	b = cJSON_PrintUnformatted(again);
	ok(t, strcmp(a, b) == 0, "and is the same");
	ok(t, back.gripper[0].highest_least && strstr(a, "highest_least"), "all its curves");
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem(o, "grippers")->child, "highest_least");
	behaviour_fini(&back);
	back = (struct behaviour){0};
	ok(t, behaviour_from_json(&back, o, &err) == 0 && !back.gripper[0].highest_least,
	   "an older profile is read without the newest one");
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem(o, "grippers")->child, "closed_max_s");
	ok(t, behaviour_from_json(&broken, o, &err) < 0 && broken.ngrippers == 0,
	   "curves of different length are refused: %s", err.msg);
	cJSON_free(a);
	cJSON_free(b);
	cJSON_Delete(o);
	cJSON_Delete(again);
	behaviour_fini(&back);
	profile_free(p);
	episodes_fini(&e);
}

/* Whole columns, with gaps, against the rings that the checks feed tick by tick. */
static void test_running(struct tap *t)
{
	struct running_room room = {0};
	struct rng r = rng_seed(5);
	bool same = true;

	for (unsigned round = 0; round < 200; round++) {
		double a[FRAMES], s[FRAMES], rough = 0, tracking = 0, want_rough = 0, want = 0;
		size_t n = rng_u32(&r) % FRAMES;
		struct rough_ring rr = {0};
		struct tracking_ring tr = {0};

		for (size_t i = 0; i < n; i++) {
			a[i] = rng_u32(&r) % 40 ? rng_gauss(&r) : (double)NAN;
			s[i] = rng_u32(&r) % 60 ? 2 * rng_gauss(&r) : (double)INFINITY;
			tracking_add(&tr, a[i], s[i]);
			want = fmax(want, tracking_least(&tr));
			if (i >= 2)
				rough_add(&rr, a[i] - 2.0 * a[i - 1] + a[i - 2]);
			want_rough = fmax(want_rough, rough_median(&rr));
		}
		running_roughness(&room, a, n, &rough);
		running_tracking(&room, a, s, n, &tracking);
		same &= rough == want_rough && tracking == want;
	}
	running_room_fini(&room);
	ok(t, same, "columns give the largest figures of the rings, bit for bit");
}

int main(void)
{
	struct tap t = {0};

	test_figures(&t, true);
	test_figures(&t, false);
	test_json(&t);
	test_running(&t);
	return tap_done(&t);
}
