/* SPDX-License-Identifier: Apache-2.0 */
/* Graphics cards, by NVIDIA's library where a machine has it. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_GPU_H
#define POLICYTOP_PREFLIGHT_INSPECT_GPU_H

#include "preflight/inspect.h"

/* One item a card; one that is unknown when there is no library or no card. */
void inspect_gpu(struct inspect *l);

#endif
