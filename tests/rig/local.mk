# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_rig
TESTS += %D%/t_rig
%C%_t_rig_SOURCES = %D%/t_rig.c
%C%_t_rig_LDADD = $(TEST_PROGRAM_LIBS)
