# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libsource.a
%C%_libsource_a_CFLAGS = $(AM_CFLAGS)
%C%_libsource_a_SOURCES = %D%/source.h
