/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan_impl.h"

/* One row a family; the first that fits is taken. */
const struct plan_family *const plan_table[] = {
	&plan_lerobot_rollout,
	&plan_lerobot_record,
	&plan_lerobot_teleoperate,
	&plan_lerobot_async,
	&plan_openpi,
	&plan_groot,
	NULL,
};
