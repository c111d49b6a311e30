# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_json %D%/t_stream
TESTS += %D%/t_json %D%/t_stream
%C%_t_json_SOURCES = %D%/t_json.c
%C%_t_json_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_stream_SOURCES = %D%/t_stream.c
%C%_t_stream_LDADD = $(TEST_PROGRAM_LIBS)
check_PROGRAMS += %D%/t_capture
TESTS += %D%/t_capture
%C%_t_capture_SOURCES = %D%/t_capture.c
%C%_t_capture_LDADD = $(TEST_PROGRAM_LIBS)
