# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libengine.a
%C%_libengine_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libengine_a_SOURCES = \
	%D%/engine.h \
	%D%/supervise.h
