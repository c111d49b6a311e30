# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_dataset
TESTS += %D%/t_dataset
%C%_t_dataset_SOURCES = %D%/t_dataset.c
%C%_t_dataset_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_learn.sh
EXTRA_DIST += %D%/t_learn.sh %D%/make_sets.py %D%/sets
check_PROGRAMS += %D%/t_behaviour
TESTS += %D%/t_behaviour
%C%_t_behaviour_SOURCES = %D%/t_behaviour.c
%C%_t_behaviour_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_behaviour_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_quantile %D%/t_damaged
TESTS += %D%/t_quantile %D%/t_damaged
%C%_t_quantile_SOURCES = %D%/t_quantile.c
%C%_t_quantile_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_damaged_SOURCES = %D%/t_damaged.c
%C%_t_damaged_LDADD = $(TEST_PROGRAM_LIBS)
