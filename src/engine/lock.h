/* SPDX-License-Identifier: Apache-2.0 */
/* One engine per rig: RIG.lock, held (flock) as long as the process lives. */
#ifndef POLICYTOP_ENGINE_LOCK_H
#define POLICYTOP_ENGINE_LOCK_H

#include "base/err.h"

/*
 * A descriptor that holds the lock; closing it gives it up. -EBUSY with e naming the process that
 * has it, or -errno. The file stays: removing it would let two processes hold "the" lock.
 */
int lock_rig(const char *rig, struct err *e);

#endif
