# SPDX-License-Identifier: Apache-2.0
CHECK_TESTS = %D%/t_actprobe %D%/t_chunks %D%/t_hostile %D%/t_judge %D%/t_motion %D%/t_pose %D%/t_prompt \
	%D%/t_rollouts %D%/t_steps %D%/t_traffic
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
%C%_t_actprobe_SOURCES = %D%/t_actprobe.c $(CHECK_BED)
%C%_t_actprobe_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_actprobe_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_chunks_SOURCES = %D%/t_chunks.c $(CHECK_BED)
%C%_t_chunks_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_prompt_SOURCES = %D%/t_prompt.c $(CHECK_BED)
%C%_t_prompt_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_traffic_SOURCES = %D%/t_traffic.c $(CHECK_BED)
%C%_t_traffic_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_hostile_SOURCES = %D%/t_hostile.c $(CHECK_BED)
%C%_t_hostile_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_rollouts_SOURCES = %D%/t_rollouts.c tests/bench/tape.c tests/bench/tape.h
%C%_t_rollouts_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_rollouts_LDADD = $(TEST_PROGRAM_LIBS)
