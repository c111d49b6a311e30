# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libpreflight.a
%C%_libpreflight_a_SOURCES = \
	%D%/ask.c %D%/ask.h \
	%D%/ask_camera.c \
	%D%/ask_live.c \
	%D%/ask_recorded.c \
	%D%/explain_own.c %D%/explain_own.h \
	%D%/explain_read.c %D%/explain_read.h \
	%D%/inspect.c %D%/inspect.h \
	%D%/inspect_ask.c %D%/inspect_ask.h \
	%D%/inspect_camera.c \
	%D%/inspect_engine.c %D%/inspect_engine.h \
	%D%/inspect_gpu.c %D%/inspect_gpu.h \
	%D%/inspect_host.c \
	%D%/inspect_identity.c \
	%D%/inspect_live.c %D%/inspect_live.h \
	%D%/inspect_look.c %D%/inspect_look.h \
	%D%/inspect_motors.c \
	%D%/inspect_policy.c \
	%D%/inspect_pose.c \
	%D%/inspect_rig.c \
	%D%/inspect_server.c \
	%D%/preflight.c %D%/preflight.h \
	%D%/rig_audit.c %D%/rig_audit.h \
	%D%/rig_calibration.c %D%/rig_calibration.h \
	%D%/rig_codes.c %D%/rig_codes.h \
	%D%/rig_history.c %D%/rig_history.h \
	%D%/set_audit.c %D%/set_audit.h
