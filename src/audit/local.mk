# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libaudit.a
%C%_libaudit_a_SOURCES = \
	%D%/codes.c \
	%D%/files.c %D%/files.h \
	%D%/files_impl.h \
	%D%/files_values.c \
	%D%/finding.c %D%/finding.h \
	%D%/fit.c %D%/fit.h \
	%D%/fit_cameras.c \
	%D%/fit_impl.h \
	%D%/fit_joints.c
%C%_libaudit_a_SOURCES += \
	%D%/dataset.c %D%/dataset.h \
	%D%/dataset_impl.h \
	%D%/dataset_motion.c \
	%D%/dataset_parts.c \
	%D%/explain.c %D%/explain.h \
	%D%/explain_impl.h \
	%D%/explain_measure.c \
	%D%/explain_try.c \
	%D%/explain_words.c \
	%D%/figures.c %D%/figures.h \
	%D%/match.c %D%/match.h \
	%D%/match_impl.h \
	%D%/match_try.c \
	%D%/norm.c %D%/norm.h \
	%D%/norm_images.c
