/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine's last JSON line says, for people. Main thread. */
#ifndef POLICYTOP_CMD_RESULT_H
#define POLICYTOP_CMD_RESULT_H

#include "base/buf.h"

struct cJSON;

/* Appends "run 3: 1800 steps in 2 episodes, 0 dropped; 0 fail, 1 warn, 0 note". */
void result_line(struct buf *b, const struct cJSON *o);

/* The last line of text that is a result; NULL none. cJSON_Delete() it. */
struct cJSON *result_find(const char *text);

#endif
