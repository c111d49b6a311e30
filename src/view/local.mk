# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libview.a
%C%_libview_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libview_a_SOURCES = \
	%D%/client.c %D%/client.h \
	%D%/fields.c %D%/fields.h \
	%D%/message.c %D%/message.h %D%/message_impl.h \
	%D%/health.h \
	%D%/message_health.c \
	%D%/message_picture.c \
	%D%/message_policy.c \
	%D%/policy.h \
	%D%/snapshot.h
