# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/dump_audit
%C%_dump_audit_SOURCES = %D%/dump_audit.c
%C%_dump_audit_LDADD = $(TEST_PROGRAM_LIBS)
TESTS += %D%/t_files.sh
EXTRA_DIST += %D%/t_files.sh
check_PROGRAMS += %D%/t_fit
TESTS += %D%/t_fit
%C%_t_fit_SOURCES = %D%/t_fit.c
%C%_t_fit_LDADD = $(TEST_PROGRAM_LIBS)
AUDIT_TESTS = %D%/t_match
check_PROGRAMS += $(AUDIT_TESTS)
TESTS += $(AUDIT_TESTS)
AUDIT_SETS = %D%/made.c %D%/made.h %D%/norm_cases.c %D%/norm_cases.h
%C%_t_match_SOURCES = %D%/t_match.c $(AUDIT_SETS)
%C%_t_match_LDADD = $(TEST_PROGRAM_LIBS)
