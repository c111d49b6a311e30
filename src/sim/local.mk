# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libsim.a
%C%_libsim_a_CFLAGS = $(AM_CFLAGS)
%C%_libsim_a_SOURCES = %D%/sim.h
