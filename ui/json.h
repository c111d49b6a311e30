/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot as one JSON object (schema 1): plain numbers, null for unknown. Pure. */
#ifndef POLICYTOP_UI_JSON_H
#define POLICYTOP_UI_JSON_H

#include "base/buf.h"
#include "view/snapshot.h"

/* One line, with a newline at its end. */
void json_snapshot(struct buf *b, const struct snapshot *s);

#endif
