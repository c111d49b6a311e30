/* SPDX-License-Identifier: Apache-2.0 */
/* What preflight found, drawn on a canvas: verdict, what to do first, groups of one line each. Pure. */
#ifndef POLICYTOP_UI_CHECKLIST_H
#define POLICYTOP_UI_CHECKLIST_H

#include "model/preflight.h"
#include "ui/canvas.h"

/* The range that a pose item is shown in: its training starts. */
struct checklist_range {
	const char *joint; /* as the item's subject */
	double min, max;   /* of the starts */
	double low, high;  /* of all of training */
};

struct checklist {
	const char *rig;
	const struct preflight_item *item;
	size_t n;
	const struct checklist_range *range;
	size_t ranges;
	int selected;	   /* item, in the order drawn, whose whole text is shown; -1 none */
	const char *input; /* what is typed in answer to `w`; NULL: nothing is asked */
	const char *message;
};

void checklist_draw(struct canvas *c, const struct checklist *l);

/* The nth item in the order drawn and its line, NULL: there are fewer. */
const struct preflight_item *checklist_item(const struct checklist *l, int nth, int *line);

/* "XX", "??", "ok" … and its role. */
const char *checklist_mark(const struct preflight_item *i, enum role *role);

/*
 * The nth thing to do, what is not there first, then worst first; NULL: there are fewer. What is not
 * seen only because of something that is not there is nothing of its own.
 */
const struct preflight_item *checklist_todo(const struct preflight_item *item, size_t n,
					    unsigned nth);

#endif
