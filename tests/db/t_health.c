/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Motors, buses and cameras as they came; what was found before an episode, and which run claims it.
 */
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "db/preflights.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

static void health(struct tap *t, const char *file, void *sink)
{
	struct camera camera;
	struct motor motor;
	struct bus bus;

	motor_init(&motor);
	text_copy(motor.joint, NAME_BYTES, "gripper.pos");
	motor.id = 6;
	motor.temp_degc = 61;
	motor.load = -0.25;
	motor.faults = MOTOR_HOT | MOTOR_OVERLOAD;
	put_plain(sink, (struct record){.kind = RECORD_MOTOR, .motor = &motor, .t_ns = 7});
	motor_init(&motor);
	text_copy(motor.joint, NAME_BYTES, "wrist.pos");
	put_plain(sink, (struct record){.kind = RECORD_MOTOR, .motor = &motor, .t_ns = 8});
	motor.faults = 0;
	put_plain(sink, (struct record){.kind = RECORD_MOTOR, .motor = &motor, .t_ns = 9});
	bus_init(&bus);
	text_copy(bus.name, NAME_BYTES, "can0");
	bus.state = BUS_PASSIVE;
	bus.retries = 3;
	put_plain(sink, (struct record){.kind = RECORD_BUS, .bus = &bus, .t_ns = 7});
	camera_init(&camera);
	text_copy(camera.name, NAME_BYTES, "front");
	text_copy(camera.is, NAME_BYTES, "wrist");
	camera.mode = CAMERA_OWN;
	camera.state = CAMERA_STREAMING;
	camera.fps = 29.5;
	camera.margin = 5.4;
	camera.lost = 2;
	put_plain(sink, (struct record){.kind = RECORD_CAMERA, .camera = &camera, .t_ns = 7});
	ok(t, db_sink.commit(sink, false, NULL) == 0, "health is stored");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM motors WHERE t_ns = 7 AND joint = 'gripper.pos' "
		      "AND motor = 6 AND temp_degc = 61 AND load = -0.25 AND voltage_v IS NULL "
		      "AND torque IS NULL AND status = 'hot, overload' AND source = 'stdin:'") == 1,
	   "a motor with two faults, and what is unknown is NULL");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM motors WHERE (t_ns = 8 AND status IS NULL) OR "
			    "(t_ns = 9 AND status = 'ok')") == 2,
	   "unknown is not ok");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM buses WHERE bus = 'can0' AND state = 'passive' AND "
		      "retries = 3 AND behind IS NULL AND reply_ms IS NULL") == 1,
	   "a bus");
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM frames WHERE camera = 'front' AND mode = 'own' AND "
		      "fps = 29.5 AND lost = 2 AND errors IS NULL AND \"is\" = 'wrist' AND "
		      "margin = 5.4 AND state = 'streaming' AND width IS NULL") == 1,
	   "a camera");
}

static void look(const char *file, const char *rig, int64_t wall_ns, enum level level)
{
	struct db *db = db_open(file, DB_WRITE, NULL);
	struct preflight_item item[2];

	preflight_item_init(&item[0], "pose", "pose");
	text_copy(item[0].subject, NAME_BYTES, "gripper.pos");
	item[0].level = level;
	item[0].value = 29.5;
	item[0].required = true;
	preflight_item_init(&item[1], "host", "disk");
	item[1].level = LEVEL_OK;
	db_preflight_put(db, rig, wall_ns, false, item, 2, NULL);
	db_close(db);
}

static void record_run(const char *file, const char *rig, int64_t wall_ns)
{
	struct run_info info = test_run(1);
	void *sink = db_writer_open(file, NULL, NULL);

	text_copy(info.rig, NAME_BYTES, rig);
	info.started_wall_ns = wall_ns;
	put_run_info(sink, &info);
	db_sink.commit(sink, true, NULL);
	db_writer_close(sink);
}

static void claims(struct tap *t, const char *file)
{
	const int64_t now = 1700000000ll * 1000000000, minute = 60ll * 1000000000;

	look(file, "so101", now - 20 * minute, LEVEL_OK);
	look(file, "so101", now - 2 * minute, LEVEL_FAIL);
	look(file, "so101", now - minute, LEVEL_WARN);
	look(file, "other", now - minute, LEVEL_OK);
	record_run(file, "so101", now);
	ok(t,
	   sql_number(file,
		      "SELECT count(*) FROM preflights WHERE run = (SELECT max(run) FROM runs) "
		      "AND rig = 'so101' AND level = 'warn' AND value = 29.5 AND verdict = "
		      "'GO' AND required AND subject = 'gripper.pos'") == 1 &&
		   sql_number(file, "SELECT count(DISTINCT preflight) FROM preflights WHERE run IS "
				    "NOT NULL") == 1,
	   "the newest look of the rig within 10 minutes is the run's");
	record_run(file, "so101", now + minute);
	ok(t,
	   sql_number(file,
		      "SELECT count(DISTINCT preflight) FROM preflights WHERE run IS NOT NULL") ==
		   1,
	   "and no other run's: an older look is not taken in its place");
	ok(t,
	   sql_number(file, "SELECT count(*) FROM preflights WHERE verdict = 'NO-GO' AND level = "
			    "'fail' AND run IS NULL") == 1,
	   "one that was judged again stays unclaimed");
	record_run(file, "other", now + 20 * minute);
	ok(t,
	   sql_number(file, "SELECT count(*) FROM preflights WHERE rig = 'other' AND run > 0") == 0,
	   "one of 21 minutes before is too old");
}

static void verdicts(struct tap *t)
{
	struct preflight_item item[2];
	int status = -1;

	preflight_item_init(&item[0], "pose", "pose");
	preflight_item_init(&item[1], "host", "disk");
	item[1].level = LEVEL_NOTE;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_GO && status == 0,
	   "an unknown item that nobody requires, and a note: GO");
	item[0].required = true;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_NOT_SEEN && status == 3,
	   "required: NOT SEEN");
	item[1].level = LEVEL_FAIL;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_NO_GO && status == 2,
	   "a fail beside it: NO-GO");
	item[1].waived = true;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_NOT_SEEN && status == 3,
	   "waived: it no longer counts");
	item[0].level = LEVEL_OK;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_GO && status == 1,
	   "GO with a waiver is 1");
	item[1].waived = false;
	item[1].level = LEVEL_WARN;
	ok(t, preflight_judge(item, 2, &status) == PREFLIGHT_GO && status == 1,
	   "as it is with a warn");
}

int main(void)
{
	static const char *const words[] = {"stdin:"};
	struct tap t = {0};
	struct scratch s;
	struct run_info info = test_run(2);
	void *sink;

	scratch_make(&s);
	sink = db_writer_open(s.file, NULL, NULL);
	info.sources = 1;
	info.source = words;
	put_run_info(sink, &info);
	health(&t, s.file, sink);
	db_writer_close(sink);
	claims(&t, s.file);
	verdicts(&t);
	scratch_remove(&s);
	return tap_done(&t);
}
