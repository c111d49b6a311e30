/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cameras of a snapshot, whether their pictures are seen, their health, or both; and which of
 * them the page of images shows. Pure; any thread.
 */
#ifndef POLICYTOP_UI_CAMERAS_H
#define POLICYTOP_UI_CAMERAS_H

#include "ui/panel.h"

enum { CAMERA_ROWS = VIEW_CAMERAS + VIEW_EYES };

struct camera_row {
	const char *name;
	const struct view_frame *frame; /* NULL: no picture was seen */
	const struct view_eye *eye;	/* NULL: nothing is known of its health */
	unsigned index;			/* of frame, and of its thumbnail */
};

/* Those with pictures first; returns how many. */
unsigned camera_rows(const struct snapshot *s, struct camera_row row[CAMERA_ROWS]);

/* The same from the one on that the operator chose; *total: of how many (the first n fit). */
unsigned camera_shown(const struct scene *v, int w, int h, struct camera_row row[CAMERA_ROWS],
		      unsigned *total);

/* Of that name; NULL not known yet. */
const struct view_reference *camera_reference(const struct scene *v, const char *name);

/* The live picture and that of training; width 0: none. */
struct pixels camera_live(const struct scene *v, const struct camera_row *row);
struct pixels camera_trained(const struct scene *v, const struct camera_row *row);

/* Everything known of a camera as a line of text, in the order of importance; "" nothing. */
void camera_facts(const struct camera_row *row, char *dst, size_t size);

#endif
