# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/librobot.a
%C%_librobot_a_CFLAGS = $(AM_CFLAGS)
%C%_librobot_a_SOURCES =
