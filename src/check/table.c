/* SPDX-License-Identifier: Apache-2.0 */
/* One row per check. What explains others stands before them: a check yields to earlier rows. */
#include "check/check.h"

extern const struct check_class check_finite, check_home, check_first_action, check_range,
	check_frozen, check_tracking, check_jump, check_seam, check_motion, check_gripper,
	check_cadence;

const struct check_class *const check_table[] = {
	&check_finite, &check_cadence, &check_home,	&check_first_action,
	&check_range,  &check_frozen,  &check_tracking, &check_jump,
	&check_seam,   &check_motion,  &check_gripper,	NULL,
};
