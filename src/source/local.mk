# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libsource.a
%C%_libsource_a_CFLAGS = $(AM_CFLAGS)
%C%_libsource_a_SOURCES = \
	%D%/can.c \
	%D%/can_setup.c %D%/can_setup.h \
	%D%/dataset.c \
	%D%/decoder.c %D%/decoder.h \
	%D%/dynamixel.c \
	%D%/feetech.c \
	%D%/foxglove.c \
	%D%/groot.c \
	%D%/holders.c %D%/holders.h \
	%D%/hook.c \
	%D%/log.c \
	%D%/lookup.c %D%/lookup.h \
	%D%/net.c %D%/net.h \
	%D%/net_host.c \
	%D%/openpi.c \
	%D%/policy.c %D%/policy.h \
	%D%/raw.c \
	%D%/reader.c %D%/reader.h \
	%D%/servo.c %D%/servo.h \
	%D%/servo_calibration.c \
	%D%/servo_poll.c %D%/servo_poll.h \
	%D%/servo_setup.c \
	%D%/servotap.c %D%/servotap.h \
	%D%/sim.c \
	%D%/source.c %D%/source.h \
	%D%/speed.c %D%/speed.h \
	%D%/stdin.c \
	%D%/table.c \
	%D%/tap.c %D%/tap.h \
	%D%/tap_feed.c \
	%D%/tap_mark.c \
	%D%/tap_tcp.c \
	%D%/tcp.c \
	%D%/unix.c \
	%D%/usbmon.c \
	%D%/v4l2.c \
	%D%/v4l2_eye.c %D%/v4l2_eye.h \
	%D%/v4l2_meter.c %D%/v4l2_meter.h \
	%D%/v4l2_tell.c %D%/v4l2_tell.h \
	%D%/v4l2_thread.c %D%/v4l2_thread.h \
	%D%/v4l2_view.c %D%/v4l2_view.h
