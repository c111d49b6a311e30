# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libcheck.a
%C%_libcheck_a_CFLAGS = $(AM_CFLAGS)
%C%_libcheck_a_SOURCES = \
	%D%/check.c %D%/check.h \
	%D%/derive.c %D%/derive.h \
	%D%/finite.c \
	%D%/judge.c %D%/judge.h \
	%D%/jump.c \
	%D%/latch.c %D%/latch.h \
	%D%/range.c \
	%D%/recent.h \
	%D%/seam.c \
	%D%/table.c
