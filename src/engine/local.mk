# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libengine.a
%C%_libengine_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libengine_a_SOURCES = \
	%D%/attribute.c %D%/attribute.h \
	%D%/boundary.c %D%/boundary.h \
	%D%/capture_file.c %D%/capture_file.h \
	%D%/control.c %D%/control.h \
	%D%/core.c %D%/core.h \
	%D%/early.c %D%/early.h \
	%D%/explainer.c %D%/explainer.h \
	%D%/eyes.c %D%/eyes.h \
	%D%/engine.c %D%/engine.h \
	%D%/feeds.c %D%/feeds.h \
	%D%/history.c %D%/history.h \
	%D%/journal.c %D%/journal.h \
	%D%/launch.c %D%/launch.h \
	%D%/live.c %D%/live.h %D%/live_internal.h %D%/live_cadence.c \
	%D%/live_chunks.c %D%/live_frames.c %D%/live_health.c %D%/live_snapshot.c \
	%D%/live_traffic.c \
	%D%/lock.c %D%/lock.h \
	%D%/merge.c %D%/merge.h %D%/merge_bus.c %D%/merge_chunk.c \
	%D%/merge_fit.c %D%/merge_internal.h %D%/merge_sample.c \
	%D%/number.c %D%/number.h \
	%D%/outset.c %D%/outset.h \
	%D%/pack.c %D%/pack.h \
	%D%/recorder.c %D%/recorder.h \
	%D%/request.c %D%/request.h \
	%D%/logout.c \
	%D%/supervise.c %D%/supervise.h \
	%D%/virtual.c
