/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of a camera; nobody else includes it. */
#ifndef POLICYTOP_HAL_CAMERA_IMPL_H
#define POLICYTOP_HAL_CAMERA_IMPL_H

#include "hal/camera.h"

/* One call to the driver: 0 or more, or -errno. */
int camera_call(const struct camera_dev *c, unsigned long request, void *arg);

#endif
