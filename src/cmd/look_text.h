/* SPDX-License-Identifier: Apache-2.0 */
/* What look_live saw, as text with pictures and as JSON. Pure. */
#ifndef POLICYTOP_CMD_LOOK_TEXT_H
#define POLICYTOP_CMD_LOOK_TEXT_H

#include "base/buf.h"
#include "cmd/look_live.h"

/* What the terminal shows. */
enum look_depth { LOOK_LETTERS, LOOK_PALETTE, LOOK_TRUE };

/* Every camera with its picture and training's beside it, in so many columns. */
void look_text(struct buf *b, const struct look_live *l, enum look_depth depth, int columns);

/* One object, as of `look --dataset`, with more of each camera and without windows. */
void look_json(struct buf *b, const struct look_live *l);

/* The pictures of one camera; width 0: none. */
struct pixels look_picture(const struct look_eye *y);
struct pixels look_trained(const struct look_eye *y);

#endif
