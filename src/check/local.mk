# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libcheck.a
%C%_libcheck_a_CFLAGS = $(AM_CFLAGS)
%C%_libcheck_a_SOURCES = \
	%D%/cadence.c \
	%D%/check.c %D%/check.h \
	%D%/chunk_disagreement.c %D%/chunk_disagreement.h \
	%D%/derive.c %D%/derive.h \
	%D%/finding.c \
	%D%/finite.c \
	%D%/first_action.c \
	%D%/frozen.c \
	%D%/gripper.c \
	%D%/home.c \
	%D%/horizon.c \
	%D%/judge.c %D%/judge.h %D%/judge_impl.h \
	%D%/judge_health.c \
	%D%/jump.c \
	%D%/latch.c %D%/latch.h \
	%D%/latency.c \
	%D%/motion.c \
	%D%/plans.c %D%/plans.h \
	%D%/prompt.c \
	%D%/range.c \
	%D%/recent.h \
	%D%/reversal.c \
	%D%/seam.c \
	%D%/server_error.c \
	%D%/stale_chunk.c \
	%D%/starved.c \
	%D%/status.c \
	%D%/table.c \
	%D%/tracking.c \
	%D%/words.c %D%/words.h \
	%D%/wrong_port.c
