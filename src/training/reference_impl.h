/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by reference*.c; nobody else includes it. */
#ifndef POLICYTOP_TRAINING_REFERENCE_IMPL_H
#define POLICYTOP_TRAINING_REFERENCE_IMPL_H

#include "training/scan.h"

/* NULL: no two alike arms, or no camera of which one can say whose it is. [n] scans. */
struct motion_table *reference_motion(const struct profile *p, const struct episodes *all,
				      const struct scan *scan, unsigned n);

#endif
