/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles in the database, and what a run's joints are compared with. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/profiles.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

static bool put(struct db *db, const char *name)
{
	struct profile *p = test_profile(name);
	struct err e = {0};
	int rc = profiles_put(db, p, &e);

	if (rc)
		printf("# %s\n", e.msg);
	profile_free(p);
	return !rc;
}

static void store(struct tap *t, const char *file)
{
	static const char evil[] = "a'; DROP TABLE profile; --\"";
	struct db *db = db_open(file, DB_WRITE, NULL);
	struct err e = {0};
	struct profile *p;

	ok(t, !profiles_get(db, "train", &e) && e.code == ENOENT, "%s", e.msg);
	ok(t, put(db, "train") && put(db, "train") && put(db, evil), "stored, replaced, any name");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM profiles") == 2 &&
		   sql_number(file, "SELECT count(*) FROM profile_joints") == 12 &&
		   sql_number(file, "SELECT count(*) FROM profile_gripper_times") == 80,
	   "one profile a name, with its joints and grippers");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM profile_joints WHERE delta_q999 IS NULL AND "
			    "max = 1.0 / 3 + 60 AND unit = 'deg'") == 12,
	   "numbers are exact, an unknown one is NULL");
	p = profiles_get(db, evil, &e);
	ok(t,
	   p && !strcmp(p->name, evil) && p->state.joints == 3 &&
		   isnan(p->state.joint[0].delta.q999),
	   "read back");
	profile_free(p);
	ok(t, profiles_remove(db, evil, &e) == 0 && profiles_remove(db, evil, &e) == -ENOENT,
	   "removed once: %s", e.msg);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM profile_joints") == 6 &&
		   sql_number(file, "SELECT count(*) FROM profile_gripper_times") == 40,
	   "with all that was its own");
	db_close(db);
}

static void record(const char *file, enum unit unit, double fps)
{
	void *sink = db_writer_open(file, NULL, NULL);
	struct run_info info = test_run(4);
	struct step s;

	text_copy(info.profile, NAME_BYTES, "train");
	info.fps = fps;
	for (unsigned j = 0; j < 4; j++)
		info.joint[j].unit = unit;
	put_run_info(sink, &info);
	for (int i = 0; i < 200; i++) {
		step_init(&s, 4);
		s.seq = i;
		s.t_ns = (int64_t)(i * 1e9 / fps);
		for (unsigned j = 0; j < 4; j++)
			vec_set(&s.vec[VEC_ASKED], j, i < 50 ? -1 : 0.01 * i);
		put_step_record(sink, &s);
	}
	db_sink.commit(sink, true, NULL);
	db_writer_close(sink);
}

static void compared(struct tap *t, const char *file)
{
	record(file, UNIT_RAD, 30);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM joints WHERE run = 1 AND action_joint = joint || "
			    "'.pos' AND abs(action_factor - 57.29577951308232) < 1e-12") == 3,
	   "joints match by short name, radians are converted");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM joints WHERE run = 1 AND joint = 'joint_3' AND "
			    "action_joint IS NULL AND closed_at IS NULL") == 1,
	   "a joint that training did not have is compared with nothing");
	ok(t,
	   sql_number(file, "SELECT closed FROM episode_joints WHERE run = 1 AND gripper = "
			    "'joint_2.pos'") == 50,
	   "the gripper's closed steps are counted");
	record(file, UNIT_M100_100, 30);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM joints WHERE run = 2 AND (action_joint NOT NULL "
			    "OR state_joint NOT NULL OR closed_at NOT NULL)") == 0,
	   "units that cannot be compared are not");
	record(file, UNIT_DEG, 100);
	ok(t,
	   sql_number(file, "SELECT max(period) FROM steps WHERE run = 3") == 59 &&
		   sql_number(file, "SELECT max(period) FROM steps WHERE run = 2") == 199,
	   "only the faster run is put on training's grid");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM episode_joints WHERE run = 3 AND delta_n = 59 AND "
		      "abs(delta_max - 1.53) < 1e-9 AND delta_seq = 53") == 4,
	   "where differences are taken");
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;

	scratch_make(&s);
	store(&t, s.file);
	compared(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
