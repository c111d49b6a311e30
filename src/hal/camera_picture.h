/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of any format as RGB, by libv4lconvert, which is given the bytes and never the camera:
 * it would set controls. One thread at a time.
 */
#ifndef POLICYTOP_HAL_CAMERA_PICTURE_H
#define POLICYTOP_HAL_CAMERA_PICTURE_H

#include "hal/camera.h"

struct camera_picture;

struct camera_picture *camera_picture_new(void);    /* NULL: the library does not start */
void camera_picture_free(struct camera_picture *p); /* NULL is allowed */

/*
 * RGB bytes, [height][width][3], that live until the next call; NULL with e: the frame cannot be
 * understood. Reads no byte of the shot that is not there.
 */
const uint8_t *camera_picture_rgb(struct camera_picture *p, const struct camera_format *f,
				  const struct camera_shot *shot, struct err *e);

#endif
