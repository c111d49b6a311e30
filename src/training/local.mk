# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libtraining.a
%C%_libtraining_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libtraining_a_SOURCES = \
	%D%/behaviour.c %D%/behaviour.h \
	%D%/episodes.h
