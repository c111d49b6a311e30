/* SPDX-License-Identifier: Apache-2.0 */
/* What `policytop check` found, as lines for people and as JSON. Pure. */
#ifndef POLICYTOP_CMD_CHECK_PRINT_H
#define POLICYTOP_CMD_CHECK_PRINT_H

#include "base/buf.h"
#include "preflight/inspect.h"

/* Groups, one line an item, what to do first on top. */
void check_text(struct buf *b, const struct inspect *l);

void check_json(struct buf *b, const struct inspect *l);

#endif
