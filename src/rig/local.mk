# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/librig.a
%C%_librig_a_SOURCES = \
	%D%/rig.h \
	%D%/rig_file.c %D%/rig_file.h \
	%D%/rig_options.c \
	%D%/rig_parse.c \
	%D%/rig_write.c
