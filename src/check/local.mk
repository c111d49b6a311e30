# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libcheck.a
%C%_libcheck_a_CFLAGS = $(AM_CFLAGS)
%C%_libcheck_a_SOURCES = \
	%D%/cadence.c \
	%D%/check.c %D%/check.h \
	%D%/derive.c %D%/derive.h \
	%D%/finite.c \
	%D%/first_action.c \
	%D%/frozen.c \
	%D%/gripper.c \
	%D%/home.c \
	%D%/judge.c %D%/judge.h \
	%D%/jump.c \
	%D%/latch.c %D%/latch.h \
	%D%/motion.c \
	%D%/range.c \
	%D%/recent.h \
	%D%/seam.c \
	%D%/table.c \
	%D%/tracking.c
