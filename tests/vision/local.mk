# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_facts
TESTS += %D%/t_facts
%C%_t_facts_SOURCES = %D%/t_facts.c
%C%_t_facts_LDADD = $(TEST_PROGRAM_LIBS)
