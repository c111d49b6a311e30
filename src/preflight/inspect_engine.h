/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine that runs for the rig knows: asked, never disturbed. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_ENGINE_H
#define POLICYTOP_PREFLIGHT_INSPECT_ENGINE_H

#include "preflight/inspect_live.h"

/*
 * Fills l with what it shows now; a bus of which it heard longer than most_s ago is left out. False:
 * none runs for this rig, or it does not answer.
 */
bool inspect_engine(struct inspect_live *l, const char *rig_name, double most_s);

#endif
