# SPDX-License-Identifier: Apache-2.0
# The only room that writes to servos: only the commands that move an arm may use it.
noinst_LIBRARIES += %D%/libmotion.a
%C%_libmotion_a_CFLAGS = $(AM_CFLAGS)
%C%_libmotion_a_SOURCES = \
	%D%/arm.c %D%/arm.h \
	%D%/drive.c %D%/drive.h \
	%D%/guard.c %D%/guard.h \
	%D%/hold.c \
	%D%/packet.c %D%/packet.h \
	%D%/packet_dynamixel.c \
	%D%/packet_feetech.c \
	%D%/plan.c %D%/plan.h \
	%D%/port.c %D%/port.h \
	%D%/survey.c
