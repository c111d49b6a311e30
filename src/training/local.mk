# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libtraining.a
%C%_libtraining_a_CFLAGS = $(AM_CFLAGS) $(VECTOR_CFLAGS) $(CJSON_CFLAGS)
%C%_libtraining_a_SOURCES = \
	%D%/behaviour.c %D%/behaviour.h \
	%D%/build.c \
	%D%/cameras.c \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/checkpoint_files.c \
	%D%/checkpoint_groot.c \
	%D%/checkpoint_impl.h \
	%D%/checkpoint_json.c \
	%D%/checkpoint_lerobot.c \
	%D%/checkpoint_openpi.c \
	%D%/checkpoint_sides.c \
	%D%/checkpoint_tensors.c \
	%D%/clips.c %D%/clips.h \
	%D%/column.c %D%/column.h \
	%D%/compare.c %D%/compare.h \
	%D%/compare_impl.h \
	%D%/compare_read.c \
	%D%/complete.c %D%/complete.h \
	%D%/dataset.c %D%/dataset.h \
	%D%/dataset_impl.h \
	%D%/episodes.c %D%/episodes.h \
	%D%/files.c %D%/files.h \
	%D%/hub.c %D%/hub.h \
	%D%/footage.c %D%/footage.h \
	%D%/info.c %D%/info.h \
	%D%/load.c \
	%D%/locate.c \
	%D%/modality.c %D%/modality.h \
	%D%/parallel.c %D%/parallel.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/reel.c %D%/reel.h \
	%D%/reference.c %D%/reference.h \
	%D%/reference_impl.h \
	%D%/reference_motion.c \
	%D%/rows.c \
	%D%/running.c %D%/running.h \
	%D%/scan.c %D%/scan.h %D%/scan_impl.h \
	%D%/scan_images.c \
	%D%/space.c %D%/space.h \
	%D%/table.c %D%/table.h \
	%D%/tasks.c \
	%D%/unit.c %D%/unit.h \
	%D%/values.c %D%/values.h
