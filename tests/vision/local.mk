# SPDX-License-Identifier: Apache-2.0
check_LIBRARIES += %D%/libstage.a
%C%_libstage_a_SOURCES = %D%/stage.c %D%/stage.h
check_PROGRAMS += %D%/t_facts
TESTS += %D%/t_facts
%C%_t_facts_SOURCES = %D%/t_facts.c
%C%_t_facts_LDADD = $(TEST_PROGRAM_LIBS)
if HAVE_FFMPEG
check_PROGRAMS += %D%/t_lineup
TESTS += %D%/t_lineup
endif
EXTRA_PROGRAMS += %D%/t_lineup
%C%_t_lineup_SOURCES = %D%/t_lineup.c
%C%_t_lineup_LDADD = %D%/libstage.a $(TEST_PROGRAM_LIBS)
