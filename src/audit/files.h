/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a checkpoint's files tell about themselves, exact and without any data: codes checkpoint,
 * norm-steps, norm-sides, norm-tensors, norm-map, norm-values. Each of them gets at least one
 * finding: LEVEL_OK where all is well, LEVEL_UNKNOWN where its form of checkpoint does not say.
 */
#ifndef POLICYTOP_AUDIT_FILES_H
#define POLICYTOP_AUDIT_FILES_H

#include "audit/finding.h"
#include "training/checkpoint.h"

void audit_files(struct audit *a, const struct checkpoint *c);

#endif
