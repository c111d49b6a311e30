/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by fit*.c; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_FIT_IMPL_H
#define POLICYTOP_AUDIT_FIT_IMPL_H

#include "audit/fit.h"

static inline bool is_groot(const struct checkpoint *c)
{
	return c->form == CHECKPOINT_GROOT_N15 || c->form == CHECKPOINT_GROOT_N16;
}

/* Every input that is a camera: is it there, once, in colour, of its shape, fast enough? */
void fit_cameras(struct audit *a, const struct fit *f);

/* Sizes, names and order of state and action. */
void fit_joints(struct audit *a, const struct fit *f);

#endif
