/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of cameras, on recordings that were not learned from: `make bench-cameras`. Shares
 * of windows of one second, each table beside its false alarms of the same run and settings.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/vision/stage.h"

static const char *const fact[LINEUP_FACTS] = {"swap",	"covered", "mirror", "unknown",
					       "moved", "light",   "colour"};

static double percent(unsigned n, unsigned of)
{
	return of ? 100.0 * n / of : 0;
}

static void print(const char *title, const char *camera, const struct counts *c)
{
	printf("%-26s %-12s %5u %6.1f %6.1f %6.1f %6.1f |", title, camera, c->windows,
	       percent(c->own, c->windows), percent(c->other, c->windows),
	       percent(c->stranger, c->windows), percent(c->open, c->windows));
	for (unsigned i = 0; i < LINEUP_FACTS; i++)
		printf(" %7.1f", percent(c->fact[i], c->windows));
	printf(" | %6.1f\n", percent(c->any, c->windows));
	fflush(stdout);
}

static void head(const char *what)
{
	printf("\n%s\n%-26s %-12s %5s %6s %6s %6s %6s |", what, "act", "camera", "n", "own",
	       "other", "strange", "open");
	for (unsigned i = 0; i < LINEUP_FACTS; i++)
		printf(" %7s", fact[i]);
	printf(" | %6s\n", "any");
}

static void play(const struct stage *s, const struct profile *p, struct act a, const char *camera)
{
	struct counts c = stage_play(s, p, &a, camera);

	print(a.name, a.camera ? a.camera : camera, &c);
}

static void transforms(const struct stage *s, const struct stage *bi, const char *camera)
{
	const struct act acts[] = {
		{.name = "none"},
		{.name = "5 px of 320, right", .camera = camera, .x = 1},
		{.name = "5 px of 320, up", .camera = camera, .y = -1},
		{.name = "10 px of 320", .camera = camera, .x = 1.414f, .y = 1.414f},
		{.name = "zoom 1.06", .camera = camera, .zoom = 1.06f},
		{.name = "zoom 1.12", .camera = camera, .zoom = 1.12f},
		{.name = "zoom 0.89", .camera = camera, .zoom = 1 / 1.12f},
		{.name = "roll 2", .camera = camera, .roll_deg = 2},
		{.name = "roll -2", .camera = camera, .roll_deg = -2},
		{.name = "roll 5", .camera = camera, .roll_deg = 5},
		{.name = "x 0.8", .camera = camera, .gain = 0.8f},
		{.name = "x 1.2", .camera = camera, .gain = 1.2f},
		{.name = "BGR", .camera = camera, .bgr = true},
		{.name = "mirrored", .camera = camera, .mirrored = true},
		{.name = "upside down", .camera = camera, .mirrored = true, .over = true},
		{.name = "covered", .camera = camera, .covered = true},
		{.name = "bi top", .camera = camera, .other = bi, .other_camera = "top"},
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		play(s, NULL, acts[i], camera);
}

int main(void)
{
	struct stage sim, back, bi, g1, gr1;

	if (!getenv("POLICYTOP_DATA")) {
		puts("cameras: skipped, POLICYTOP_DATA is not set");
		return 0;
	}
	if (stage_open(&sim, "so101_sim_v30", "0-15", "16-31") ||
	    stage_open(&back, "so101_sim_v30", "16-31", "0-15") ||
	    stage_open(&bi, "so101_bi_v30", "0-7", "8-15") ||
	    stage_open(&g1, "g1_v21", "0-99", "0-99") || stage_open(&gr1, "gr1_v20", "0-4", "0-4"))
		return 1;
	head("so101_sim_v30, episodes 16-31 against 0-15, in % of windows");
	transforms(&sim, &bi, "front");
	transforms(&sim, &bi, "wrist");
	head("so101_sim_v30, episodes 0-15 against 16-31");
	transforms(&back, &bi, "front");
	transforms(&back, &bi, "wrist");
	head("swapped");
	play(&sim, NULL, (struct act){.name = "exchanged", .swap = {"front", "wrist"}}, "front");
	play(&sim, NULL, (struct act){.name = "exchanged", .swap = {"front", "wrist"}}, "wrist");
	for (unsigned i = 0; i < bi.videos.cameras; i++)
		play(&bi, NULL, (struct act){.name = "bi"}, bi.videos.name[i]);
	for (unsigned i = 0; i < bi.videos.cameras; i++)
		play(&bi, NULL,
		     (struct act){.name = "bi wrists exchanged",
				  .swap = {"left_wrist", "right_wrist"}},
		     bi.videos.name[i]);
	head("other sets");
	play(&g1, NULL, (struct act){.name = "g1"}, "cam_high");
	play(&g1, sim.profile, (struct act){.name = "g1 as sim"}, "cam_high");
	play(&sim, g1.profile, (struct act){.name = "sim as g1"}, "front");
	play(&gr1, NULL, (struct act){.name = "gr1"}, "ego_view");
	play(&gr1, g1.profile, (struct act){.name = "gr1 as g1"}, "ego_view");
	play(&bi, sim.profile, (struct act){.name = "bi as sim"}, "right_wrist");
	play(&g1, NULL,
	     (struct act){.name = "sim as g1's",
			  .camera = "cam_high",
			  .other = &sim,
			  .other_camera = "front"},
	     "cam_high");
	stage_close(&sim);
	stage_close(&back);
	stage_close(&bi);
	stage_close(&g1);
	stage_close(&gr1);
	return 0;
}
