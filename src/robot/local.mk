# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/librobot.a
%C%_librobot_a_CFLAGS = $(AM_CFLAGS)
%C%_librobot_a_SOURCES = \
	%D%/aloha.c \
	%D%/can.h \
	%D%/g1_inspire.c \
	%D%/koch.c \
	%D%/lekiwi.c \
	%D%/omx.c \
	%D%/openarm.c \
	%D%/robot.h \
	%D%/so100.c \
	%D%/so101.c \
	%D%/table.c \
	%D%/viperx.c \
	%D%/yam.c
