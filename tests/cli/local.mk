# SPDX-License-Identifier: Apache-2.0
CLI_TESTS = %D%/t_cli.sh %D%/t_bootstrap.sh %D%/t_bad_files.sh %D%/t_bad_words.sh \
	%D%/t_bad_disk.sh %D%/t_plan.sh %D%/t_rig.sh %D%/t_run.sh %D%/t_watch_pid.sh \
	%D%/t_explain.sh %D%/t_check.sh %D%/t_check_screen.sh %D%/t_check_cameras.sh \
	%D%/t_check_host.sh %D%/t_check_engine.sh %D%/t_bug_report.sh \
	%D%/t_bug_capture.sh
TESTS += $(CLI_TESTS)
EXTRA_DIST += $(CLI_TESTS) %D%/hostile.sh %D%/plans %D%/check.py %D%/check_screen.py \
	%D%/bug_capture.py %D%/check_cameras.py %D%/check_engine.py %D%/fake_nvml.c
check_PROGRAMS += %D%/counter
%C%_counter_SOURCES = %D%/counter.c
check_PROGRAMS += %D%/t_ask_camera
TESTS += %D%/t_ask_camera
%C%_t_ask_camera_SOURCES = %D%/t_ask_camera.c tests/hal/fake_camera.c tests/hal/fake_system.c
%C%_t_ask_camera_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_look_live
TESTS += %D%/t_look_live
%C%_t_look_live_SOURCES = %D%/t_look_live.c tests/hal/fake_camera.c tests/hal/fake_system.c
%C%_t_look_live_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_look_live_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_inspect_host
TESTS += %D%/t_inspect_host
%C%_t_inspect_host_SOURCES = %D%/t_inspect_host.c
%C%_t_inspect_host_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_redact
TESTS += %D%/t_redact
%C%_t_redact_SOURCES = %D%/t_redact.c
%C%_t_redact_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_redact_LDADD = $(TEST_PROGRAM_LIBS)
