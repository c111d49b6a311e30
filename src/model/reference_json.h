/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that write and read a profile; nobody else includes it. */
#ifndef POLICYTOP_MODEL_REFERENCE_JSON_H
#define POLICYTOP_MODEL_REFERENCE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "model/reference.h"

struct cJSON;

void reference_add_json(struct buf *b, const struct reference *r, bool thumbnails);
void motion_add_json(struct buf *b, const struct motion_table *t);

/* NULL with e: it is none. */
struct reference *reference_from_json(const struct cJSON *o, struct err *e);
struct motion_table *motion_from_json(const struct cJSON *o, struct err *e);

#endif
