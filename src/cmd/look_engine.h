/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine that runs for the rig knows: asked, never disturbed. Main thread. */
#ifndef POLICYTOP_CMD_LOOK_ENGINE_H
#define POLICYTOP_CMD_LOOK_ENGINE_H

#include "cmd/look_live.h"

/* Fills l with what it shows now. False: none runs for this rig, or it does not answer. */
bool look_engine(struct live_look *l, const char *rig_name);

#endif
