# SPDX-License-Identifier: Apache-2.0
# The tap, without and with an engine; peers are Python of the standard library.
check_PROGRAMS += %D%/watcher
%C%_watcher_SOURCES = %D%/watcher.c
%C%_watcher_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_line.sh %D%/t_relay.sh %D%/t_kills.sh %D%/t_status.sh
EXTRA_DIST += %D%/t_line.sh %D%/line.py %D%/ports.py %D%/t_relay.sh %D%/t_kills.sh %D%/t_status.sh %D%/peers.py %D%/relay.py %D%/kills.py
check_PROGRAMS += %D%/t_share
TESTS += %D%/t_share
%C%_t_share_SOURCES = %D%/t_share.c
%C%_t_share_LDADD = src/tap/libtap.a src/hal/libhal.a src/base/libbase.a
check_PROGRAMS += %D%/cycles
%C%_cycles_SOURCES = %D%/cycles.c
%C%_cycles_LDADD = src/tap/libtap.a src/hal/libhal.a src/base/libbase.a
TESTS += %D%/t_cycles.sh
EXTRA_DIST += %D%/t_cycles.sh
TESTS += %D%/t_bus.sh
EXTRA_DIST += %D%/t_bus.sh %D%/bus.py
check_PROGRAMS += %D%/late
%C%_late_SOURCES = %D%/late.c src/tap/main.c
%C%_late_LDADD = src/tap/libtap.a src/hal/libhal.a src/base/libbase.a
