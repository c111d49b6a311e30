/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources between a policy and its client share: openpi:, groot:. Loop thread only. */
#ifndef POLICYTOP_SOURCE_POLICY_H
#define POLICYTOP_SOURCE_POLICY_H

#include "base/uri.h"
#include "source/source.h"
#include "wire/traffic.h"

extern const struct source_param policy_params[]; /* key NULL ends */

/* The rate from the word, 0 when it says none. 0, or -EINVAL with e. */
int policy_fps(struct uri *u, double *fps, struct err *e);

/* The joints' names from the word, if it gives any. 0, or -EINVAL with e. */
int policy_joints(struct traffic *p, struct uri *u, struct err *e);

#endif
