# SPDX-License-Identifier: Apache-2.0
# The tests look into the files with SQLite itself.
check_LIBRARIES += %D%/libdbtest.a
%C%_libdbtest_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
%C%_libdbtest_a_SOURCES = %D%/dbput.c %D%/dbtest.c %D%/dbtest.h
DB_TEST_LIBS = %D%/libdbtest.a $(TEST_PROGRAM_LIBS)

DB_TESTS = %D%/t_open
check_PROGRAMS += $(DB_TESTS)
TESTS += $(DB_TESTS)
%C%_t_open_SOURCES = %D%/t_open.c
%C%_t_open_LDADD = $(DB_TEST_LIBS)
