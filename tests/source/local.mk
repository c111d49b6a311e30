# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_net
TESTS += %D%/t_net
noinst_HEADERS += %D%/log.h
%C%_t_net_SOURCES = %D%/t_net.c
%C%_t_net_LDADD = $(TEST_PROGRAM_LIBS)
