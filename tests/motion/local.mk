# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_packet %D%/t_plan
TESTS += %D%/t_packet %D%/t_plan
%C%_t_packet_SOURCES = %D%/t_packet.c
%C%_t_packet_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_plan_SOURCES = %D%/t_plan.c
%C%_t_plan_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_move.sh
EXTRA_DIST += %D%/t_move.sh %D%/move.py
