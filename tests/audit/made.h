/* SPDX-License-Identifier: Apache-2.0 */
/* Small training sets made for tests: smooth random motion, actions a little ahead of the state. */
#ifndef POLICYTOP_TESTS_AUDIT_MADE_H
#define POLICYTOP_TESTS_AUDIT_MADE_H

#include <stdint.h>

#include "training/episodes.h"

/* joints named like an SO-101's, the last of every six a gripper; episodes_fini() afterwards. */
void made_set(struct episodes *e, unsigned joints, unsigned episodes, unsigned frames,
	      uint64_t seed);

#endif
