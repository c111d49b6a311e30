# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_dataset
TESTS += %D%/t_dataset
%C%_t_dataset_SOURCES = %D%/t_dataset.c
%C%_t_dataset_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_learn.sh
EXTRA_DIST += %D%/t_learn.sh %D%/make_sets.py %D%/sets
