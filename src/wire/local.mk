# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libwire.a
%C%_libwire_a_CFLAGS = $(AM_CFLAGS)
%C%_libwire_a_SOURCES =
