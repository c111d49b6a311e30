# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libui.a
%C%_libui_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
%C%_libui_a_SOURCES =
