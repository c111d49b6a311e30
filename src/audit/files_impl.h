/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by files*.c; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_FILES_IMPL_H
#define POLICYTOP_AUDIT_FILES_IMPL_H

#include "audit/files.h"

void audit_norm_values(struct audit *a, const struct checkpoint *c);

#endif
