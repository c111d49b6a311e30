# SPDX-License-Identifier: Apache-2.0
# Oracles: tests that compare with a peer. They are named t_oracle_*, wherever they live, may skip
# on a machine without the peer, and must not skip in CI (.ci/run looks). A shell test begins
#   python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
# with another list of requirements behind venv.sh where its peers do not get on with the first.
EXTRA_DIST += %D%/venv.sh %D%/requirements.txt
clean-local: clean-oracle
clean-oracle:
	rm -rf %D%/venv-* %D%/venv.log
.PHONY: clean-oracle
check_PROGRAMS += %D%/dump_parquet
%C%_dump_parquet_SOURCES = %D%/dump_parquet.c
%C%_dump_parquet_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_parquet.sh
TESTS += %D%/t_oracle_learn.sh
EXTRA_DIST += %D%/t_oracle_parquet.sh %D%/parquet.py %D%/t_oracle_learn.sh %D%/learn.py
TESTS += %D%/t_oracle_record.sh
EXTRA_DIST += %D%/t_oracle_record.sh %D%/record.py
TESTS += %D%/t_oracle_foxglove.sh
EXTRA_DIST += %D%/t_oracle_foxglove.sh %D%/foxglove_peer.py
check_PROGRAMS += %D%/dump_events
%C%_dump_events_SOURCES = %D%/dump_events.c
%C%_dump_events_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_openpi.sh %D%/t_oracle_groot.sh
EXTRA_DIST += %D%/requirements-policy.txt %D%/wiretap.py %D%/t_oracle_openpi.sh %D%/openpi.py \
	%D%/live.py %D%/openpi_live.py %D%/t_oracle_groot.sh %D%/groot.py %D%/groot_live.py
TESTS += %D%/t_oracle_policy_kills.sh
EXTRA_DIST += %D%/t_oracle_policy_kills.sh %D%/policy_kills.py
TESTS += %D%/t_oracle_servos.sh
EXTRA_DIST += %D%/t_oracle_servos.sh %D%/servos.py %D%/requirements-servo.txt
check_PROGRAMS += %D%/dump_bus
%C%_dump_bus_SOURCES = %D%/dump_bus.c
%C%_dump_bus_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_servobus.sh
EXTRA_DIST += %D%/t_oracle_servobus.sh %D%/servobus.py
TESTS += %D%/t_oracle_full_rate.sh
EXTRA_DIST += %D%/t_oracle_full_rate.sh %D%/full_rate.py
TESTS += %D%/t_oracle_servo_tap.sh %D%/t_oracle_servo_late.sh
EXTRA_DIST += %D%/t_oracle_servo_tap.sh %D%/servo_tap.py %D%/t_oracle_servo_late.sh %D%/servo_late.py
check_PROGRAMS += %D%/dump_checkpoint
%C%_dump_checkpoint_SOURCES = %D%/dump_checkpoint.c
%C%_dump_checkpoint_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_damiao.sh
EXTRA_DIST += %D%/t_oracle_damiao.sh %D%/damiao.py %D%/requirements-can.txt
check_PROGRAMS += %D%/dump_request
%C%_dump_request_SOURCES = %D%/dump_request.c
%C%_dump_request_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_ask.sh
EXTRA_DIST += %D%/t_oracle_ask.sh %D%/ask.py
check_PROGRAMS += %D%/dump_picture
%C%_dump_picture_SOURCES = %D%/dump_picture.c
%C%_dump_picture_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_picture.sh
EXTRA_DIST += %D%/t_oracle_picture.sh %D%/picture.py
check_PROGRAMS += %D%/dump_channels
%C%_dump_channels_SOURCES = %D%/dump_channels.c
%C%_dump_channels_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_oracle_channels.sh
EXTRA_DIST += %D%/t_oracle_channels.sh %D%/channels.py %D%/requirements-video.txt
TESTS += %D%/t_oracle_images.sh
EXTRA_DIST += %D%/t_oracle_images.sh %D%/images.py
