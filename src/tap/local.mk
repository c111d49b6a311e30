# SPDX-License-Identifier: Apache-2.0
# The tap program, and how the others meet it. It is linked with base alone.
noinst_LIBRARIES += %D%/libtap.a
%C%_libtap_a_CFLAGS = $(AM_CFLAGS)
%C%_libtap_a_SOURCES = \
	%D%/client.c %D%/client.h \
	%D%/door.c %D%/door.h \
	%D%/door_serve.c \
	%D%/pump.c %D%/pump.h \
	%D%/relay.c \
	%D%/share.c %D%/share.h \
	%D%/start.c \
	%D%/tap.c %D%/tap.h \
	%D%/tcp.c %D%/tcp.h

pkglibexec_PROGRAMS += %D%/policytop-tap
%C%_policytop_tap_SOURCES = %D%/main.c
%C%_policytop_tap_LDADD = %D%/libtap.a src/base/libbase.a
