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
};

/* "seam" "calm" "humanoid" "many" "empty" "blind" "odd" "silent" "asked" "help"; false: no such world. */
bool world_make(struct world *w, const char *name);

struct scene world_scene(const struct world *w);

#endif
