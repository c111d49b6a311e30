/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by scene*.c; nobody else includes it. */
#ifndef POLICYTOP_VISION_SCENE_IMPL_H
#define POLICYTOP_VISION_SCENE_IMPL_H

#include "vision/scene.h"

/* Grey against its surroundings, of about -3..3. */
void scene_contrast(float out[VIEW_PIXELS], const float grey[VIEW_PIXELS]);

/* The blur of a level, in pixels. */
float scene_level_blur(unsigned level);

#endif
