# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/dump_audit
%C%_dump_audit_SOURCES = %D%/dump_audit.c
%C%_dump_audit_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_files.sh
EXTRA_DIST += %D%/t_files.sh
