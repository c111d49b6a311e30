/* SPDX-License-Identifier: Apache-2.0 */
/* One row per check, in the order of the screen and of `list checks`. */
#include "check/check.h"

extern const struct check_class check_finite, check_range, check_jump, check_seam;

const struct check_class *const check_table[] = {
	&check_jump, &check_seam, &check_range, &check_finite, NULL,
};
