/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range bar of a joint: training minimum and maximum at the ends, q01 and q99 as brackets,
 * where got and asked are now. A value beyond the ends stands outside of them. Pure.
 */
#ifndef POLICYTOP_UI_BAR_H
#define POLICYTOP_UI_BAR_H

#include "ui/canvas.h"
#include "view/snapshot.h"

enum { BAR_MIN_W = 12 };

/*
 * On line y of a, w columns from x on; nothing for a joint without training. Where got is unknown
 * seen stands in for it.
 */
void bar_draw(struct area a, int x, int y, int w, const struct view_joint *j);

#endif
