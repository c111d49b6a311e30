# SPDX-License-Identifier: Apache-2.0
# The tap program, and how the others meet it. It is linked with base, and with tty.c of hal.
noinst_LIBRARIES += %D%/libtap.a
%C%_libtap_a_CFLAGS = $(AM_CFLAGS)
%C%_libtap_a_SOURCES = \
	%D%/client.c %D%/client.h \
	%D%/copy.c \
	%D%/door.c %D%/door.h \
	%D%/door_serve.c \
	%D%/line.c %D%/line.h \
	%D%/link.c %D%/link.h \
	%D%/overhear.c \
	%D%/plug.c \
	%D%/pump.c %D%/pump.h \
	%D%/relay.c \
	%D%/share.c %D%/share.h \
	%D%/start.c \
	%D%/tap.c %D%/tap.h \
	%D%/tcp.c %D%/tcp.h

pkglibexec_PROGRAMS += %D%/policytop-tap
%C%_policytop_tap_SOURCES = %D%/main.c
%C%_policytop_tap_LDADD = %D%/libtap.a src/hal/libhal.a src/base/libbase.a
