# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libsource.a
%C%_libsource_a_CFLAGS = $(AM_CFLAGS)
%C%_libsource_a_SOURCES = \
	%D%/dataset.c \
	%D%/lines.c %D%/lines.h \
	%D%/lookup.c %D%/lookup.h \
	%D%/net.c %D%/net.h \
	%D%/raw.c \
	%D%/sim.c \
	%D%/source.c %D%/source.h \
	%D%/speed.c %D%/speed.h \
	%D%/stdin.c \
	%D%/table.c \
	%D%/tcp.c \
	%D%/unix.c
