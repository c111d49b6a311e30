# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_sim %D%/t_twin
TESTS += %D%/t_sim %D%/t_twin
%C%_t_sim_SOURCES = %D%/t_sim.c
%C%_t_sim_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_twin_SOURCES = %D%/t_twin.c
%C%_t_twin_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_source
TESTS += %D%/t_source
%C%_t_source_SOURCES = %D%/t_source.c
%C%_t_source_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_world
TESTS += %D%/t_world
%C%_t_world_SOURCES = %D%/t_world.c
%C%_t_world_LDADD = $(TEST_PROGRAM_LIBS)
