# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libhal.a
%C%_libhal_a_CFLAGS = $(AM_CFLAGS) $(SERIALPORT_CFLAGS)
%C%_libhal_a_SOURCES = \
	%D%/can.c %D%/can.h \
	%D%/canlink.c %D%/canlink.h \
	%D%/serial.c %D%/serial.h \
	%D%/tty.c %D%/tty.h \
	%D%/usbmon.c %D%/usbmon.h
