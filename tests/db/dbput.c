/* SPDX-License-Identifier: Apache-2.0 */
/* Recording in one line, for tests of the recorder. */
#include <stdio.h>

#include "db/writer.h"
#include "tests/db/dbtest.h"

struct run_info test_run(unsigned joints)
{
	struct run_info r = {
		.started_wall_ns = 1700000000000000000,
		.started_ns = 1000,
		.rig = "bench2",
		.robot = "so101",
		.task = "pick",
		.policy = "act",
		.boot_id = "boot",
		.fps = 30,
		.joints = joints,
	};

	for (unsigned j = 0; j < joints; j++) {
		snprintf(r.joint[j].name, NAME_BYTES, "joint_%u", j);
		r.joint[j].unit = UNIT_DEG;
	}
	return r;
}

bool put_plain(void *sink, struct record r)
{
	struct err e = {0};

	if (!db_sink.put(sink, &r, &e))
		return true;
	printf("# put: %s\n", e.msg);
	return false;
}

bool put_run_info(void *sink, const struct run_info *info)
{
	return put_plain(sink, (struct record){.kind = RECORD_RUN, .run = info});
}

bool put_step_record(void *sink, const struct step *s)
{
	return put_plain(sink, (struct record){.kind = RECORD_STEP, .step = s});
}
