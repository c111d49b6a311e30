# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libredact.a
%C%_libredact_a_SOURCES = \
	%D%/redact.c %D%/redact.h \
	%D%/redact_form.c %D%/redact_form.h \
	%D%/redact_frames.c %D%/redact_frames.h \
	%D%/redact_who.c
