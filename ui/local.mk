# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libui.a
%C%_libui_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)
%C%_libui_a_SOURCES = \
	%D%/bar.c %D%/bar.h \
	%D%/cameras.c %D%/cameras.h \
	%D%/canvas.c %D%/canvas.h \
	%D%/checklist.c %D%/checklist.h %D%/checklist_impl.h %D%/checklist_pose.c \
	%D%/columns.c %D%/columns.h \
	%D%/json.c %D%/json.h %D%/json_impl.h %D%/json_health.c \
	%D%/json_policy.c \
	%D%/keys.c %D%/keys.h \
	%D%/layout.c %D%/layout.h \
	%D%/number.c %D%/number.h \
	%D%/onfail.c %D%/onfail.h \
	%D%/output.c %D%/output.h \
	%D%/pace.c %D%/pace.h \
	%D%/pairs.c %D%/pairs.h \
	%D%/panel.h \
	%D%/panel_alarms.c \
	%D%/panel_cadence.c \
	%D%/panel_cameras.c %D%/panel_cameras.h \
	%D%/panel_checks.c \
	%D%/panel_chunk.c %D%/panel_chunk.h \
	%D%/panel_events.c \
	%D%/panel_header.c \
	%D%/panel_joints.c \
	%D%/panel_keys.c \
	%D%/panel_motion.c \
	%D%/panel_motors.c \
	%D%/panel_plot.c \
	%D%/panel_sources.c \
	%D%/panel_task.c \
	%D%/panel_traffic.c \
	%D%/pixels.c %D%/pixels.h \
	%D%/plot.c %D%/plot.h \
	%D%/policy_text.c %D%/policy_text.h \
	%D%/screen.c %D%/screen.h \
	%D%/state.c %D%/state.h \
	%D%/table.c \
	%D%/term.c %D%/term.h \
	%D%/theme.c %D%/theme.h \
	%D%/viewer.c %D%/viewer.h
