# SPDX-License-Identifier: Apache-2.0
# tests/ROOM mirrors src/ROOM. Every test speaks TAP: programs t_*.c, scripts t_*.sh.
# TEST_PROGRAM_LIBS links a test with every room.
TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
# A test that hangs must not hang the run: it fails.
TEST_SECONDS = 600
LOG_COMPILER = timeout -k 5 $(TEST_SECONDS)
SH_LOG_COMPILER = timeout -k 5 $(TEST_SECONDS) $(SHELL)
AM_TESTS_ENVIRONMENT = \
	POLICYTOP='$(abs_top_builddir)/src/policytop' \
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	LINT_CC='$(CC)' LINT_CPPFLAGS='$(CPPFLAGS) $(CURSES_CFLAGS) $(SQLITE_CFLAGS) $(CJSON_CFLAGS)' \
	LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1; \
	export POLICYTOP TOP_SRCDIR TOP_BUILDDIR LINT_CC LINT_CPPFLAGS LC_ALL TZ PYTHONDONTWRITEBYTECODE;
TEST_PROGRAM_LIBS = src/cmd/libcmd.a $(POLICYTOP_ROOMS) $(POLICYTOP_LIBS)

EXTRA_DIST += %D%/summary.sh
noinst_HEADERS += %D%/tap.h
EXTRA_DIST += %D%/tap.sh

include %D%/base/local.mk
include %D%/wire/local.mk
include %D%/hal/local.mk
include %D%/tap/local.mk
include %D%/source/local.mk
include %D%/model/local.mk
include %D%/robot/local.mk
include %D%/training/local.mk
include %D%/audit/local.mk
include %D%/rig/local.mk
include %D%/vision/local.mk
include %D%/check/local.mk
include %D%/motion/local.mk
include %D%/sim/local.mk
include %D%/db/local.mk
include %D%/ui/local.mk
include %D%/engine/local.mk
include %D%/cli/local.mk
include %D%/causes/local.mk
include %D%/fuzz/local.mk
include %D%/client/local.mk
include %D%/lerobot/local.mk
include %D%/vm/local.mk
include %D%/oracle/local.mk
include %D%/workflows/local.mk
include %D%/lint/local.mk
include %D%/bench/local.mk
