/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Panels: one file panel_NAME.c and one row in table.c each. A panel draws what it is given on an
 * area and changes nothing but that; layout.h decides where it goes. Const data, any thread.
 */
#ifndef POLICYTOP_UI_PANEL_H
#define POLICYTOP_UI_PANEL_H

#include "ui/canvas.h"
#include "ui/state.h"
#include "view/snapshot.h"

/* All that drawing may look at. */
struct scene {
	const struct snapshot *s;
	const struct history *hist; /* of the selected joint; NULL none yet */
	const struct ui_state *ui;
	const struct view_thumb
		*thumb; /* [VIEW_CAMERAS], as the snapshot's frames; NULL none yet */
	unsigned nreferences;
	const struct view_reference *reference; /* [nreferences], of any camera */
};

struct panel_class {
	const char *name;    /* [a-z]+, stable */
	const char *summary; /* what it tells, one line without full stop */
	bool focus;	     /* Tab stops here: it scrolls, and grows when focused */
	/* Lines it needs to be of use, and could fill, at that width. want >= min >= 1. */
	int min_h;
	int good_h; /* up to so many (if it wants them) come before less important panels */
	int (*want)(const struct scene *v, int w);
	void (*draw)(const struct scene *v, struct area a);
};

/* Order: as Tab goes. NULL ends. */
extern const struct panel_class *const panel_table[];

extern const struct panel_class panel_header, panel_alarms, panel_task, panel_joints, panel_motion,
	panel_plot, panel_chunk, panel_traffic, panel_cadence, panel_cameras, panel_motors,
	panel_checks, panel_sources, panel_events, panel_keys;

/* Lines of a list that scrolls: first visible one so that `at` is seen, by whole pages. */
int panel_page_first(int at, int visible, int total);

/* The unit word of a check as people read it: "" for normalised ranges. */
const char *panel_unit(const char *word);

/* What stands for the measured value: "got", or "seen" where no source gives got. */
const char *panel_got_word(const struct snapshot *s);

/* A dim label at x 1 and a text beside it, cut at the right; returns the next line. */
int panel_line(struct area a, int y, const char *label, enum role r, const char *text);

/* "12-20 of 44 " at the right end of row 0, when not everything is visible. */
void panel_position(struct area a, enum role r, int first, int visible, int total);

#endif
