/* SPDX-License-Identifier: Apache-2.0 */
/* One row per check. What explains others stands before them: a check yields to earlier rows. */
#include "check/check.h"

extern const struct check_class check_wrong_port, check_server_error, check_prompt, check_finite,
	check_cadence, check_starved, check_latency, check_home, check_stale_chunk,
	check_first_action, check_horizon, check_range, check_frozen, check_tracking, check_jump,
	check_seam, check_reversal, check_motion, check_gripper, check_chunk_disagreement;

const struct check_class *const check_table[] = {
	&check_wrong_port,
	&check_server_error,
	&check_prompt,
	&check_finite,
	&check_latency,
	&check_cadence,
	&check_starved,
	&check_home,
	&check_stale_chunk,
	&check_first_action,
	&check_horizon,
	&check_range,
	&check_frozen,
	&check_tracking,
	&check_jump,
	&check_seam,
	&check_reversal,
	&check_motion,
	&check_gripper,
	&check_chunk_disagreement,
	NULL,
};
