# SPDX-License-Identifier: Apache-2.0
# The tests look into the files with SQLite itself.
check_LIBRARIES += %D%/libdbtest.a
%C%_libdbtest_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
%C%_libdbtest_a_SOURCES = %D%/dbprofile.c %D%/dbput.c %D%/dbtest.c %D%/dbtest.h
DB_TEST_LIBS = %D%/libdbtest.a $(TEST_PROGRAM_LIBS)

DB_TESTS = %D%/t_chunk %D%/t_crash %D%/t_fault %D%/t_health %D%/t_sample %D%/t_migrate %D%/t_open \
	%D%/t_profiles %D%/t_query %D%/t_record %D%/t_sample %D%/t_shell %D%/t_summary
check_PROGRAMS += $(DB_TESTS) %D%/makedb
TESTS += $(DB_TESTS) %D%/t_commands.sh
%C%_makedb_SOURCES = %D%/makedb.c
%C%_makedb_LDADD = $(DB_TEST_LIBS)
%C%_t_chunk_SOURCES = %D%/t_chunk.c
%C%_t_chunk_LDADD = $(DB_TEST_LIBS)
%C%_t_crash_SOURCES = %D%/t_crash.c
%C%_t_crash_LDADD = $(DB_TEST_LIBS)
%C%_t_fault_SOURCES = %D%/t_fault.c
%C%_t_fault_LDADD = $(DB_TEST_LIBS)
%C%_t_sample_SOURCES = %D%/t_sample.c
%C%_t_sample_LDADD = $(DB_TEST_LIBS)
%C%_t_health_SOURCES = %D%/t_health.c
%C%_t_health_LDADD = $(DB_TEST_LIBS)
%C%_t_migrate_SOURCES = %D%/t_migrate.c
%C%_t_migrate_LDADD = $(DB_TEST_LIBS)
%C%_t_open_SOURCES = %D%/t_open.c
%C%_t_open_LDADD = $(DB_TEST_LIBS)
%C%_t_profiles_SOURCES = %D%/t_profiles.c
%C%_t_profiles_LDADD = $(DB_TEST_LIBS)
%C%_t_query_SOURCES = %D%/t_query.c
%C%_t_query_LDADD = $(DB_TEST_LIBS)
%C%_t_record_SOURCES = %D%/t_record.c
%C%_t_record_LDADD = $(DB_TEST_LIBS)
%C%_t_shell_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_t_shell_SOURCES = %D%/t_shell.c
%C%_t_shell_LDADD = $(DB_TEST_LIBS)
%C%_t_summary_SOURCES = %D%/t_summary.c
%C%_t_summary_LDADD = $(DB_TEST_LIBS)
EXTRA_DIST += %D%/plain_sums.sql %D%/schema-1.sql %D%/schema-2.sql %D%/schema-3.sql \
	%D%/schema-4.sql %D%/schema-5.sql %D%/schema-6.sql %D%/t_commands.sh
