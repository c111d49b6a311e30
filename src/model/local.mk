# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libmodel.a
%C%_libmodel_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libmodel_a_SOURCES = \
	%D%/behaviour.c %D%/behaviour.h \
	%D%/behaviour_json.c \
	%D%/camera.c %D%/camera.h \
	%D%/event.c %D%/event.h \
	%D%/joint.c %D%/joint.h \
	%D%/jointfit.c %D%/jointfit.h \
	%D%/motor.c %D%/motor.h \
	%D%/preflight.c %D%/preflight.h \
	%D%/profile.c %D%/profile.h \
	%D%/profile_json.c \
	%D%/profile_parse.c \
	%D%/record.h \
	%D%/reference.c %D%/reference.h \
	%D%/reference_json.c %D%/reference_json.h \
	%D%/rig_name.c %D%/rig_name.h \
	%D%/step.c %D%/step.h \
	%D%/verdict.c %D%/verdict.h
