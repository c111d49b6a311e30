/* SPDX-License-Identifier: Apache-2.0 */
/* The whole screen: layout, panels, help and questions on a canvas of any size. Pure. */
#ifndef POLICYTOP_UI_SCREEN_H
#define POLICYTOP_UI_SCREEN_H

#include "ui/cameras.h"
#include "ui/panel.h"

void screen_draw(struct canvas *c, const struct scene *v);

/*
 * How many columns of history the plot of a screen of that size wants (history.columns) and how
 * many seconds they should show; 0 when the plot is not on it.
 */
unsigned screen_history(const struct canvas *c, const struct scene *v, double *span_s);

/* The cameras whose pictures a screen of that size shows; returns how many, 0: not that page. */
unsigned screen_cameras(const struct canvas *c, const struct scene *v,
			struct camera_row row[CAMERA_ROWS]);

#endif
