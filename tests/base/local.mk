# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_base
TESTS += %D%/t_base
%C%_t_base_SOURCES = %D%/t_base.c
%C%_t_base_LDADD = $(TEST_PROGRAM_LIBS)
