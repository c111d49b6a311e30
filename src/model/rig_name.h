/* SPDX-License-Identifier: Apache-2.0 */
/* What a rig, and the engine that runs it, may be called: it names files and sockets. */
#ifndef POLICYTOP_MODEL_RIG_NAME_H
#define POLICYTOP_MODEL_RIG_NAME_H

#include <stdbool.h>

enum { RIG_BYTES = 48 };

/* Letters, digits, '.', '_', '-', none of the last three but '_' first, at most RIG_BYTES - 1. */
bool rig_name_valid(const char *rig);

#endif
