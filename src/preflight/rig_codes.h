/* SPDX-License-Identifier: Apache-2.0 */
/* Codes that a rig requires: each must be one that an audit or a check gives. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_RIG_CODES_H
#define POLICYTOP_PREFLIGHT_RIG_CODES_H

#include "rig/rig.h"

/* Codes in require that nobody gives. Appends to errors; line 0. */
void rig_codes_check(struct rig_errors *errors, const struct rig *r);

#endif
