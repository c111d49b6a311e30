/* SPDX-License-Identifier: Apache-2.0 */
/* What an eye knows, as the health of a camera; shared by the files of v4l2: only. */
#ifndef POLICYTOP_SOURCE_V4L2_TELL_H
#define POLICYTOP_SOURCE_V4L2_TELL_H

#include "source/v4l2_eye.h"

/* Fills c with all that is known; the meter begins a new second. */
void eye_tell(struct eye *y, struct camera *c, int64_t now_ns);

#endif
