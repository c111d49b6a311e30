# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libvision.a
%C%_libvision_a_CFLAGS = $(AM_CFLAGS) $(VECTOR_CFLAGS)
%C%_libvision_a_SOURCES = \
	%D%/eye.c %D%/eye.h \
	%D%/facts.c %D%/facts.h \
	%D%/lineup.c %D%/lineup.h \
	%D%/lineup_facts.c \
	%D%/lineup_impl.h \
	%D%/lineup_who.c \
	%D%/motion.c %D%/motion.h \
	%D%/reel.h \
	%D%/resize.c %D%/resize.h \
	%D%/scene.c %D%/scene.h \
	%D%/scene_fit.c \
	%D%/scene_impl.h \
	%D%/sight.c %D%/sight.h \
	%D%/signature.c %D%/signature.h \
	%D%/view.c %D%/view.h
