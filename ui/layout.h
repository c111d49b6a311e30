/* SPDX-License-Identifier: Apache-2.0 */
/* Where panels go: a pure function of size, content and focus. Any thread. */
#ifndef POLICYTOP_UI_LAYOUT_H
#define POLICYTOP_UI_LAYOUT_H

#include "ui/panel.h"

enum { LAYOUT_MIN_W = 60, LAYOUT_MIN_H = 16, LAYOUT_WIDE = 120, LAYOUT_PANELS = 12 };

struct placed {
	const struct panel_class *panel;
	int x, y, w, h;
};

struct layout {
	unsigned n; /* 0: the screen is too small */
	struct placed at[LAYOUT_PANELS];
};

/* Fills l for a screen of w x h: panels do not overlap and lie inside. */
void layout_make(struct layout *l, const struct scene *v, int w, int h);

/* The place of a panel, NULL when it has none. */
const struct placed *layout_find(const struct layout *l, const struct panel_class *p);

#endif
