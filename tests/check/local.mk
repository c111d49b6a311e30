# SPDX-License-Identifier: Apache-2.0
CHECK_TESTS = %D%/t_hostile %D%/t_judge %D%/t_motion %D%/t_pose %D%/t_rollouts %D%/t_steps
check_PROGRAMS += $(CHECK_TESTS)
TESTS += $(CHECK_TESTS)
CHECK_BED = %D%/bed.c %D%/bed.h
%C%_t_judge_SOURCES = %D%/t_judge.c $(CHECK_BED)
%C%_t_judge_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_steps_SOURCES = %D%/t_steps.c $(CHECK_BED)
%C%_t_steps_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_motion_SOURCES = %D%/t_motion.c $(CHECK_BED)
%C%_t_motion_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_pose_SOURCES = %D%/t_pose.c $(CHECK_BED)
%C%_t_pose_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_hostile_SOURCES = %D%/t_hostile.c $(CHECK_BED)
%C%_t_hostile_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_rollouts_SOURCES = %D%/t_rollouts.c tests/bench/tape.c tests/bench/tape.h
%C%_t_rollouts_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_rollouts_LDADD = $(TEST_PROGRAM_LIBS)
