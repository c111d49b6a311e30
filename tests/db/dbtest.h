/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the database share: a scratch folder, and SQL in one line. */
#ifndef POLICYTOP_TESTS_DB_DBTEST_H
#define POLICYTOP_TESTS_DB_DBTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/profile.h"
#include "model/record.h"

struct scratch {
	char dir[64];
	char file[96]; /* DIR/runs.db, not made yet */
};

void scratch_make(struct scratch *s);
void scratch_remove(struct scratch *s);

/* The only column of the only row, as a stock connection sees it; -1 and "?" on any trouble. */
int64_t sql_number(const char *file, const char *sql);
void sql_text(const char *file, const char *sql, char *dst, size_t size);

/* The text of a file of this folder, freed by the caller; *path: which one, for a message. */
char *test_fixture(const char *name, char **path);

/* Runs SQL that changes the file (what an older or foreign program would do). */
bool sql_do(const char *file, const char *sql);

/* A run of n joints "joint_0"… at 30 fps without a profile. */
struct run_info test_run(unsigned joints);

/* joint_0.pos to joint_2.pos in degrees at 30 fps; joint_2.pos is a gripper, closed below 0. */
struct profile *test_profile(const char *name);

/* put() of one record; false with a TAP comment on an error. */
bool put_run_info(void *sink, const struct run_info *info);
bool put_step_record(void *sink, const struct step *s);
bool put_plain(void *sink, struct record r);

#endif
