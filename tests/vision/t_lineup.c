/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras of real recordings, judged by what other episodes of their set showed: which they are,
 * what is wrong with them, and what must not be said. The full table is `make bench-cameras`.
 */
#include <math.h>
#include <stdlib.h>

#include "tests/tap.h"
#include "tests/vision/stage.h"

static double share(unsigned n, unsigned of)
{
	return of ? 100.0 * n / of : 0;
}

static void test_quiet(struct tap *t, const struct stage *s, const char *camera)
{
	struct counts c = stage_play(s, NULL, &(struct act){.name = "none"}, camera);

	ok(t, c.windows > 20 && share(c.own, c.windows) >= 99,
	   "%s is itself in %.1f %% of %u windows", camera, share(c.own, c.windows), c.windows);
	ok(t, share(c.any, c.windows) <= 1, "%s: nothing is wrong: %.1f %%", camera,
	   share(c.any, c.windows));
}

static void test_swap(struct tap *t, const struct stage *s, const char *a, const char *b)
{
	struct counts c = stage_play(
		s, NULL, &(struct act){.name = "swap", .camera = NULL, .swap = {a, b}}, a);

	ok(t, c.windows > 20 && share(c.fact[LINEUP_SWAP], c.windows) >= 99,
	   "%s and %s exchanged: named in %.1f %% of %u windows", a, b,
	   share(c.fact[LINEUP_SWAP], c.windows), c.windows);
}

static void test_act(struct tap *t, const struct stage *s, struct act a, enum lineup_fact fact)
{
	struct counts c = stage_play(s, NULL, &a, a.camera);

	ok(t, c.windows > 20 && share(c.fact[fact], c.windows) >= 95,
	   "%s, %s: named in %.1f %% of %u windows", a.camera, a.name,
	   share(c.fact[fact], c.windows), c.windows);
	ok(t, share(c.any - c.fact[fact], c.windows) <= 1 && !c.other,
	   "%s, %s: nothing else is said: %.1f %%", a.camera, a.name,
	   share(c.any - c.fact[fact], c.windows));
}

static void test_acts(struct tap *t, const struct stage *s, const struct stage *bi)
{
	test_act(t, s, (struct act){.name = "5 px of 320", .camera = "front", .x = 1},
		 LINEUP_MOVED);
	if (getenv("POLICYTOP_QUICK"))
		return;
	test_act(t, s, (struct act){.name = "2 degrees", .camera = "front", .roll_deg = 2},
		 LINEUP_MOVED);
	test_act(t, s, (struct act){.name = "1.12 x", .camera = "wrist", .zoom = 1.12f},
		 LINEUP_MOVED);
	test_act(t, s, (struct act){.name = "x 0.8", .camera = "wrist", .gain = 0.8f},
		 LINEUP_LIGHT);
	test_act(t, s, (struct act){.name = "x 1.2", .camera = "front", .gain = 1.2f},
		 LINEUP_LIGHT);
	test_act(t, s, (struct act){.name = "BGR", .camera = "wrist", .bgr = true}, LINEUP_COLOUR);
	test_act(t, s, (struct act){.name = "mirrored", .camera = "front", .mirrored = true},
		 LINEUP_MIRRORED);
	test_act(t, s, (struct act){.name = "covered", .camera = "wrist", .covered = true},
		 LINEUP_COVERED);
	test_act(t, s,
		 (struct act){.name = "another view",
			      .camera = "front",
			      .other = bi,
			      .other_camera = "top"},
		 LINEUP_UNKNOWN);
}

/* Look-alike cameras: by picture alone nothing wrong may be said; motion names them. */
static void test_wrists(struct tap *t, const struct stage *bi)
{
	const struct act swapped = {.name = "swap", .swap = {"left_wrist", "right_wrist"}};
	struct counts c = stage_play(bi, NULL, &(struct act){.name = "none"}, "left_wrist");

	ok(t, c.windows && !c.fact[LINEUP_SWAP],
	   "two alike wrist cameras: no swap is seen in %u windows", c.windows);
	c = stage_play(bi, NULL, &swapped, "left_wrist");
	ok(t, c.windows && !c.own && c.other, "exchanged: %u of %u windows name it, none denies it",
	   c.other, c.windows);
}

static void test_strangers(struct tap *t, const struct stage *sim, const struct stage *bi)
{
	struct stage g1;
	struct counts c;

	if (stage_open(&g1, "g1_v21", "0-99", "0-29")) {
		ok(t, false, "g1_v21");
		return;
	}
	c = stage_play(&g1, NULL, &(struct act){.name = "own"}, "cam_high");
	ok(t, c.windows && c.own == c.windows && !c.any && !c.judged[LINEUP_MOVED],
	   "a real camera that was moved between its two episodes is itself, movement is not judged");
	c = stage_play(&g1, sim->profile, &(struct act){.name = "foreign"}, "cam_high");
	ok(t, c.windows && c.stranger == c.windows && c.fact[LINEUP_UNKNOWN] == c.windows,
	   "another robot's camera is none of these: %u of %u", c.stranger, c.windows);
	c = stage_play(bi, sim->profile, &(struct act){.name = "alike"}, "right_wrist");
	ok(t, c.windows && c.open == c.windows,
	   "the wrist camera of the same robot elsewhere: not told from this one");
	stage_close(&g1);
}

/*
 * Means of decoded pictures are those that the set's own writer computed of half of them, undecoded,
 * as far as these can be: one encoding takes a level, and sums in float32 add half a one and spoil
 * deviations. tests/oracle/channels.py takes that apart.
 */
static void test_channels(struct tap *t, const struct stage *s)
{
	for (unsigned k = 0; k < s->videos.cameras; k++) {
		const struct profile_camera *c = &s->all.cameras[k];
		double mean[3] = {0}, n = 0, worst = 0;

		for (size_t ep = 0; ep < s->all.count; ep++) {
			for (size_t i = 0; i < s->footage[ep].camera[k].frames; i++, n++) {
				for (unsigned ch = 0; ch < 3; ch++)
					mean[ch] +=
						s->footage[ep].camera[k].frame[i].frame.mean[ch];
			}
		}
		for (unsigned ch = 0; ch < 3; ch++)
			worst = fmax(worst, fabs(mean[ch] / n - c->mean[ch]));
		ok(t, c->has_stats && worst < 0.015,
		   "%s: channels of %.0f pictures as the set says: %.4f", c->name, n, worst);
	}
}

int main(void)
{
	const char *show = getenv("POLICYTOP_QUICK") ? "16-18" : "16-21";
	struct stage sim, bi;
	struct tap t = {0};

	if (!getenv("POLICYTOP_DATA")) {
		puts("1..0 # SKIP POLICYTOP_DATA is not set");
		return 0;
	}
	if (stage_open(&sim, "so101_sim_v30", "0-7", show) ||
	    stage_open(&bi, "so101_bi_v30", "0-7", "8-15")) {
		ok(&t, false, "recordings are read");
		return tap_done(&t);
	}
	test_channels(&t, &sim);
	test_channels(&t, &bi);
	test_quiet(&t, &sim, "front");
	test_quiet(&t, &sim, "wrist");
	test_swap(&t, &sim, "front", "wrist");
	test_swap(&t, &sim, "wrist", "front");
	test_acts(&t, &sim, &bi);
	test_wrists(&t, &bi);
	test_strangers(&t, &sim, &bi);
	stage_close(&sim);
	stage_close(&bi);
	return tap_done(&t);
}
