# SPDX-License-Identifier: Apache-2.0
CHECK_TESTS = %D%/t_judge %D%/t_motion %D%/t_pose %D%/t_steps
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
