/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed situations that the tests of the screen draw: believable, and the extremes. */
#ifndef POLICYTOP_TESTS_UI_WORLD_H
#define POLICYTOP_TESTS_UI_WORLD_H

#include "ui/panel.h"

struct world {
	const char *name;
	struct snapshot s;
	struct history hist;
	struct ui_state ui;
	bool has_history;
	struct view_thumb thumb[VIEW_CAMERAS];
	unsigned nreferences;
	struct view_reference reference[2];
};

/*
 * "seam" "calm" "humanoid" "many" "empty" "blind" "odd" "silent" "asked" "help" "notick" "starved";
 * "chunk" "traffic" "cadence" "cameras" "motors": their page, of "seam", or with a number of joints: "chunk14". False:
 * no such world.
 */
bool world_make(struct world *w, const char *name);

/* Parts of them. */
void world_chunk(struct snapshot *s);
void world_traffic(struct view_traffic *t, unsigned joints);
void world_cadence(struct view_cadence *c);
void world_cameras(struct snapshot *s);
void world_motors(struct snapshot *s);
void world_thumb(struct view_thumb *t);
void world_reference(struct view_reference *r);
void world_plans(struct history *h, double base, double span);

struct scene world_scene(const struct world *w);

#endif
