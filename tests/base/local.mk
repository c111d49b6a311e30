# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_base
TESTS += %D%/t_base
%C%_t_base_SOURCES = %D%/t_base.c
%C%_t_base_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_ring %D%/t_loop
TESTS += %D%/t_ring %D%/t_loop
%C%_t_ring_SOURCES = %D%/t_ring.c
%C%_t_ring_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_loop_SOURCES = %D%/t_loop.c
%C%_t_loop_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_thread
TESTS += %D%/t_thread
%C%_t_thread_SOURCES = %D%/t_thread.c
%C%_t_thread_LDADD = $(TEST_PROGRAM_LIBS)
