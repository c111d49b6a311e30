# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libhal.a
%C%_libhal_a_CFLAGS = $(AM_CFLAGS) $(SERIALPORT_CFLAGS) $(V4LCONVERT_CFLAGS)
%C%_libhal_a_SOURCES = \
	%D%/can.c %D%/can.h \
	%D%/canlink.c %D%/canlink.h \
	%D%/camera.c %D%/camera.h %D%/camera_impl.h \
	%D%/camera_find.c %D%/camera_find.h \
	%D%/camera_owner.c \
	%D%/camera_picture.c %D%/camera_picture.h \
	%D%/camera_stream.c \
	%D%/camera_sys.c \
	%D%/camera_trace.c %D%/camera_trace.h \
	%D%/dial.c %D%/dial.h \
	%D%/serial.c %D%/serial.h \
	%D%/tty.c %D%/tty.h \
	%D%/usbmon.c %D%/usbmon.h
