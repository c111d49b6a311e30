# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libaudit.a
%C%_libaudit_a_SOURCES = \
	%D%/codes.c \
	%D%/finding.c %D%/finding.h
