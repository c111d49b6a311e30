/* SPDX-License-Identifier: Apache-2.0 */
/* How many cameras the page of images has room for, at least 1; w and h are the panel's. */
#ifndef POLICYTOP_UI_PANEL_CAMERAS_H
#define POLICYTOP_UI_PANEL_CAMERAS_H

unsigned panel_cameras_fit(int w, int h);

#endif
