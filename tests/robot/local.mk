# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_robot
TESTS += %D%/t_robot
%C%_t_robot_SOURCES = %D%/t_robot.c
%C%_t_robot_LDADD = $(TEST_PROGRAM_LIBS)
