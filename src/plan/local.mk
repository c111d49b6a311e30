# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libplan.a
%C%_libplan_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS) $(YAML_CFLAGS)
%C%_libplan_a_SOURCES = \
	%D%/plan.c %D%/plan.h \
	%D%/plan_cameras.c \
	%D%/plan_config.c \
	%D%/plan_groot.c \
	%D%/plan_impl.h \
	%D%/plan_json.c \
	%D%/plan_known.c \
	%D%/plan_lerobot.c \
	%D%/plan_openpi.c \
	%D%/plan_table.c \
	%D%/plan_words.c \
	%D%/plan_yaml.c
