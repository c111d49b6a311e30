/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that audit a training set; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_DATASET_IMPL_H
#define POLICYTOP_AUDIT_DATASET_IMPL_H

#include "audit/dataset.h"

/* dataset_parts.c */
void audit_set_parts(struct audit *a, const struct set_evidence *s);

/* dataset_motion.c */
void audit_set_units(struct audit *a, const struct set_evidence *s);
void audit_set_idle(struct audit *a, const struct set_evidence *s);
void audit_set_start(struct audit *a, const struct set_evidence *s);
void audit_set_gripper(struct audit *a, const struct set_evidence *s);

#endif
