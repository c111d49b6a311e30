/* SPDX-License-Identifier: Apache-2.0 */
/* /dev, /sys and /proc as hal/camera_find.h looks at them, in a folder of the test's own. */
#ifndef POLICYTOP_TESTS_HAL_FAKE_SYSTEM_H
#define POLICYTOP_TESTS_HAL_FAKE_SYSTEM_H

#include <stdbool.h>

struct fake_system {
	char root[64];
};

/* False: no folder can be made. */
bool fake_system_make(struct fake_system *s);
void fake_system_remove(struct fake_system *s);

/* A file, or a link, with the folders above it; name is below the root. */
void fake_system_put(const struct fake_system *s, const char *name, const char *text);
void fake_system_point(const struct fake_system *s, const char *name, const char *target);
void fake_system_unlink(const struct fake_system *s, const char *name);

/* A USB camera: video NUMBER on bus 1 at 480 Mbit/s, by-id "usb-SimCo_SimCam_CAM1-video-index0". */
void fake_system_camera(const struct fake_system *s, int number);

#endif
