# SPDX-License-Identifier: Apache-2.0
# Measurements: programs b_NAME.c and scripts b_NAME.sh, not built or run by `make check`. Each
# prints a ratio, the median of 5, beside a control of the same run. `make bench` runs those of
# BENCHES one after the other; `make bench-checks` the quiet-and-sharp table of the checks, `make
# bench-cameras` that of the cameras.
BENCHES = %D%/b_query %D%/b_recorder %D%/b_engine
BENCH_BINARIES = %D%/b_query %D%/b_recorder %D%/b_engine
EXTRA_PROGRAMS += $(BENCH_BINARIES)
CLEANFILES += $(BENCH_BINARIES)
%C%_b_query_SOURCES = %D%/b_query.c
%C%_b_query_LDADD = tests/db/libdbtest.a $(TEST_PROGRAM_LIBS)
%C%_b_recorder_SOURCES = %D%/b_recorder.c
%C%_b_recorder_LDADD = tests/db/libdbtest.a $(TEST_PROGRAM_LIBS)

# Run as the tests are run: shell, environment, folders.
RUN_BENCH = bench_run() { $(AM_TESTS_ENVIRONMENT) \
	case $$1 in *.sh) $(SHELL) $(srcdir)/$$1 ;; *) ./$$1 ;; esac; }

bench: all $(BENCH_BINARIES) tests/engine/world tests/tap/watcher
	@$(RUN_BENCH); for b in $(BENCHES); do \
		echo "== $$b"; bench_run $$b || exit 1; done

bench-checks: all $(BENCH_BINARIES)
	@$(RUN_BENCH); bench_run %D%/b_checks

bench-cameras: all $(BENCH_BINARIES)
	@$(RUN_BENCH); bench_run %D%/b_cameras && bench_run %D%/b_arms

# The tests that take long, in full: kill loops of 100, and whatever else reads POLICYTOP_LONG.
LONG_TESTS = tests/db/t_crash tests/engine/t_kill.sh tests/tap/t_kills.sh \
	tests/oracle/t_oracle_policy_kills.sh tests/oracle/t_oracle_servo_tap.sh
check-long: all
	POLICYTOP_LONG=1 $(MAKE) check TESTS='$(LONG_TESTS)' TEST_SECONDS=1800
bench-audit: all $(BENCH_BINARIES)
	@$(RUN_BENCH); bench_run %D%/b_audit
.PHONY: bench bench-cameras bench-checks bench-audit check-long

BENCH_BINARIES += %D%/b_checks
%C%_b_checks_SOURCES = %D%/b_checks.c %D%/inject.c %D%/inject.h %D%/tape.c %D%/tape.h
%C%_b_checks_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_b_checks_LDADD = $(TEST_PROGRAM_LIBS)

BENCHES += %D%/b_learn.sh
EXTRA_DIST += %D%/b_learn.sh %D%/learn_peer.py

%C%_b_engine_SOURCES = %D%/b_engine.c
%C%_b_engine_LDADD = $(TEST_PROGRAM_LIBS)

BENCHES += %D%/b_tap
BENCH_BINARIES += %D%/b_tap
%C%_b_tap_SOURCES = %D%/b_tap.c %D%/contest.c %D%/contest.h
%C%_b_tap_LDADD = src/tap/libtap.a src/hal/libhal.a src/base/libbase.a
BENCHES += %D%/b_traffic
BENCH_BINARIES += %D%/b_traffic
%C%_b_traffic_SOURCES = %D%/b_traffic.c
%C%_b_traffic_LDADD = $(TEST_PROGRAM_LIBS)
BENCHES += %D%/b_hook.sh
EXTRA_DIST += %D%/b_hook.sh %D%/hook_cost.py %D%/requirements.txt
BENCHES += %D%/b_line
BENCH_BINARIES += %D%/b_line
%C%_b_line_SOURCES = %D%/b_line.c %D%/contest.c %D%/contest.h
%C%_b_line_LDADD = src/tap/libtap.a src/hal/libhal.a src/base/libbase.a
BENCHES += %D%/b_camera
BENCH_BINARIES += %D%/b_camera
%C%_b_camera_SOURCES = %D%/b_camera.c tests/hal/fake_camera.c tests/hal/fake_system.c
%C%_b_camera_CFLAGS = $(AM_CFLAGS) $(TURBOJPEG_CFLAGS)
%C%_b_camera_LDADD = $(TEST_PROGRAM_LIBS)
BENCH_BINARIES += %D%/b_audit
%C%_b_audit_SOURCES = %D%/b_audit.c %D%/tape.c %D%/tape.h $(AUDIT_SETS)
%C%_b_audit_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_b_audit_LDADD = $(TEST_PROGRAM_LIBS)
BENCH_BINARIES += %D%/b_cameras
%C%_b_cameras_SOURCES = %D%/b_cameras.c
%C%_b_cameras_LDADD = tests/vision/libstage.a $(TEST_PROGRAM_LIBS)
BENCHES += %D%/b_facts
BENCH_BINARIES += %D%/b_facts
%C%_b_facts_SOURCES = %D%/b_facts.c
%C%_b_facts_LDADD = $(TEST_PROGRAM_LIBS)
BENCH_BINARIES += %D%/b_arms
%C%_b_arms_SOURCES = %D%/b_arms.c
%C%_b_arms_LDADD = tests/vision/libstage.a $(TEST_PROGRAM_LIBS)
BENCHES += %D%/b_pictures
BENCH_BINARIES += %D%/b_pictures
%C%_b_pictures_SOURCES = %D%/b_pictures.c tests/ui/fake.c tests/ui/world.c tests/ui/world_health.c \
	tests/ui/world_policy.c
%C%_b_pictures_LDADD = $(TEST_PROGRAM_LIBS)
