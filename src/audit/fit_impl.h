/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by fit*.c; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_FIT_IMPL_H
#define POLICYTOP_AUDIT_FIT_IMPL_H

#include "audit/fit.h"

/* Every input that is a camera: is it there, once, in colour, of its shape, fast enough? */
void fit_cameras(struct audit *a, const struct fit *f);

/* Sizes, names and order of state and action. */
void fit_joints(struct audit *a, const struct fit *f);

#endif
