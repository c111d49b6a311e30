# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libcheck.a
%C%_libcheck_a_CFLAGS = $(AM_CFLAGS)
%C%_libcheck_a_SOURCES = \
	%D%/cadence.c \
	%D%/check.c %D%/check.h \
	%D%/derive.c %D%/derive.h \
	%D%/finding.c \
	%D%/finite.c \
	%D%/first_action.c \
	%D%/frozen.c \
	%D%/gripper.c \
	%D%/home.c \
	%D%/judge.c %D%/judge.h %D%/judge_impl.h \
	%D%/jump.c \
	%D%/latch.c %D%/latch.h \
	%D%/motion.c \
	%D%/plans.c %D%/plans.h \
	%D%/range.c \
	%D%/recent.h \
	%D%/seam.c \
	%D%/status.c \
	%D%/table.c \
	%D%/tracking.c
