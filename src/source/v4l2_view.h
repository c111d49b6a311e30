/* SPDX-License-Identifier: Apache-2.0 */
/* A frame of a camera as facts; shared by the files of v4l2: only. */
#ifndef POLICYTOP_SOURCE_V4L2_VIEW_H
#define POLICYTOP_SOURCE_V4L2_VIEW_H

#include "source/v4l2_eye.h"

void view_init(struct eye_view *v);
void view_fini(struct eye_view *v);

/*
 * Takes every frame, and looks at the picture at most five times a second: 1 f is filled, but for
 * the camera's name; 0 not looked at; -errno with e: it cannot be understood.
 */
int view_frame(struct eye_view *v, struct frame *f, const struct camera_format *format,
	       const struct camera_shot *shot, int64_t now_ns, struct err *e);

/* How long the picture has been the same, NaN unknown. */
double view_frozen_s(const struct eye_view *v, int64_t now_ns);

#endif
