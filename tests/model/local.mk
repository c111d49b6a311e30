# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_jointfit
TESTS += %D%/t_jointfit
%C%_t_jointfit_SOURCES = %D%/t_jointfit.c
%C%_t_jointfit_LDADD = $(TEST_PROGRAM_LIBS)
