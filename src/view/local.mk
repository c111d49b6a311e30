# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libview.a
%C%_libview_a_CFLAGS = $(AM_CFLAGS)
%C%_libview_a_SOURCES = %D%/snapshot.h
