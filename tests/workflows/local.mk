# SPDX-License-Identifier: Apache-2.0
# Five recorded workflows and what the screen shows of them. make.sh records them again.
check_PROGRAMS += %D%/t_workflows
TESTS += %D%/t_workflows
%C%_t_workflows_SOURCES = %D%/t_workflows.c
%C%_t_workflows_LDADD = $(TEST_PROGRAM_LIBS)
EXTRA_DIST += %D%/make.sh %D%/served.py %D%/lerobot.py %D%/cap %D%/golden
