# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_message
TESTS += %D%/t_message
%C%_t_message_SOURCES = %D%/t_message.c
%C%_t_message_LDADD = $(TEST_PROGRAM_LIBS)

TESTS += %D%/t_chunks.sh %D%/t_record.sh %D%/t_kill.sh %D%/t_background.sh %D%/t_resume.sh
EXTRA_DIST += %D%/t_chunks.sh %D%/t_record.sh %D%/t_kill.sh %D%/t_background.sh %D%/t_resume.sh

TESTS += %D%/t_bus_faults.sh %D%/t_bus_polled.sh %D%/t_bus_can.sh
EXTRA_DIST += %D%/t_bus_faults.sh %D%/bus_faults.py %D%/bus_client.py %D%/bus_run.py \
	%D%/t_bus_polled.sh %D%/bus_polled.py %D%/t_bus_can.sh %D%/bus_can.py

# A world that tests record.
check_PROGRAMS += %D%/world
%C%_world_SOURCES = %D%/world.c

check_PROGRAMS += %D%/t_capture_file
TESTS += %D%/t_capture_file
%C%_t_capture_file_SOURCES = %D%/t_capture_file.c
%C%_t_capture_file_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_merge %D%/t_merge_bus %D%/t_merge_fit %D%/t_merge_sample %D%/t_recorder
TESTS += %D%/t_merge %D%/t_merge_bus %D%/t_merge_fit %D%/t_merge_sample %D%/t_recorder
%C%_t_merge_fit_SOURCES = %D%/t_merge_fit.c
%C%_t_merge_fit_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_merge_sample_SOURCES = %D%/t_merge_sample.c
%C%_t_merge_sample_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_merge_SOURCES = %D%/t_merge.c
%C%_t_merge_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_merge_bus_SOURCES = %D%/t_merge_bus.c
%C%_t_merge_bus_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_recorder_SOURCES = %D%/t_recorder.c
%C%_t_recorder_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_control
TESTS += %D%/t_control
%C%_t_control_SOURCES = %D%/t_control.c
%C%_t_control_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_outset_thread
TESTS += %D%/t_outset_thread %D%/t_explain_live.sh
EXTRA_DIST += %D%/t_explain_live.sh
%C%_t_outset_thread_SOURCES = %D%/t_outset_thread.c
%C%_t_outset_thread_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_core
TESTS += %D%/t_core
%C%_t_core_SOURCES = %D%/t_core.c
%C%_t_core_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_live %D%/t_live_policy
TESTS += %D%/t_live %D%/t_live_policy
%C%_t_live_policy_SOURCES = %D%/t_live_policy.c
%C%_t_live_policy_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_live_SOURCES = %D%/t_live.c
%C%_t_live_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_deaths
TESTS += %D%/t_deaths
%C%_t_deaths_SOURCES = %D%/t_deaths.c
%C%_t_deaths_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_attribute
TESTS += %D%/t_attribute
%C%_t_attribute_SOURCES = %D%/t_attribute.c
%C%_t_attribute_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_eyes
TESTS += %D%/t_eyes
%C%_t_eyes_SOURCES = %D%/t_eyes.c
%C%_t_eyes_LDADD = $(TEST_PROGRAM_LIBS)
