# SPDX-License-Identifier: Apache-2.0
# The program: commands, app and main, linked with every room (upper rooms first).
POLICYTOP_ROOMS = \
	src/preflight/libpreflight.a ui/libui.a db/libdb.a src/motion/libmotion.a \
	src/engine/libengine.a src/source/libsource.a src/tap/libtap.a src/sim/libsim.a \
	src/check/libcheck.a src/view/libview.a src/audit/libaudit.a src/rig/librig.a \
	src/plan/libplan.a src/redact/libredact.a src/training/libtraining.a src/robot/librobot.a \
	src/wire/libwire.a src/vision/libvision.a src/model/libmodel.a src/hal/libhal.a src/base/libbase.a
POLICYTOP_LIBS = $(CURSES_LIBS) $(SQLITE_LIBS) $(CJSON_LIBS) $(SNAPPY_LIBS) $(ZSTD_LIBS) \
	$(LZ4_LIBS) $(PNG_LIBS) $(ZLIB_LIBS) $(TURBOJPEG_LIBS) $(YAML_LIBS) $(SERIALPORT_LIBS) \
	$(V4LCONVERT_LIBS)

noinst_LIBRARIES += %D%/libcmd.a
%C%_libcmd_a_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
%C%_libcmd_a_SOURCES = \
	%D%/check_print.c %D%/check_print.h \
	%D%/check_screen.c %D%/check_screen.h \
	%D%/cmd.h \
	%D%/cmd_bug_report.c \
	%D%/cmd_check.c \
	%D%/cmd_demo.c \
	%D%/cmd_engine.c \
	%D%/cmd_explain.c \
	%D%/cmd_home.c \
	%D%/cmd_joint.c \
	%D%/cmd_learn.c \
	%D%/cmd_list.c \
	%D%/cmd_look.c %D%/cmd_look_live.c \
	%D%/cmd_profile.c \
	%D%/cmd_query.c \
	%D%/cmd_record.c \
	%D%/cmd_rig.c \
	%D%/cmd_run.c \
	%D%/cmd_runs.c \
	%D%/cmd_show.c \
	%D%/cmd_status.c \
	%D%/cmd_stop.c \
	%D%/cmd_tap.c \
	%D%/cmd_watch.c \
	%D%/demo.h \
	%D%/demo_headless.c \
	%D%/demo_interactive.c \
	%D%/demo_traffic.c %D%/demo_traffic.h \
	%D%/demo_training.c %D%/demo_training.h \
	%D%/demo_world.c %D%/demo_world.h \
	%D%/keeper.c %D%/keeper.h \
	%D%/look.c %D%/look.h %D%/look_judge.c \
	%D%/look_live.c %D%/look_live.h \
	%D%/look_text.c %D%/look_text.h \
	%D%/move.c %D%/move.h \
	%D%/move_from.c \
	%D%/move_report.c \
	%D%/picture_file.c %D%/picture_file.h \
	%D%/process.c %D%/process.h \
	%D%/registry.c %D%/registry.h \
	%D%/report.c %D%/report.h \
	%D%/report_about.c \
	%D%/report_capture.c \
	%D%/report_impl.h \
	%D%/report_known.c \
	%D%/report_pack.c \
	%D%/report_run.c \
	%D%/report_texts.c \
	%D%/result.c %D%/result.h \
	%D%/rig_new.c %D%/rig_new.h \
	%D%/rig_plan.c %D%/rig_plan.h \
	%D%/rows.c %D%/rows.h \
	%D%/run.c %D%/run.h \
	%D%/run_child.c %D%/run_child.h \
	%D%/run_env.c %D%/run_env.h \
	%D%/run_job.c %D%/run_job.h \
	%D%/run_server.c \
	%D%/run_show.c %D%/run_show.h \
	%D%/run_tmux.c %D%/run_tmux.h \
	%D%/table.c \
	%D%/watch_once.c %D%/watch_once.h \
	%D%/watch_pid.c %D%/watch_pid.h \
	src/app.c src/app.h

bin_PROGRAMS += src/policytop
src_policytop_SOURCES = src/main.c
src_policytop_LDADD = %D%/libcmd.a $(POLICYTOP_ROOMS) $(POLICYTOP_LIBS)

# Uninstalled, `run` finds the Python hook beside the program.
all-local:
	@test -e src/client/python || test ! -d $(abs_srcdir)/src/client/python || \
		{ $(MKDIR_P) src/client && ln -s $(abs_srcdir)/src/client/python src/client/python; }
clean-local: clean-python-link
clean-python-link:
	test ! -L src/client/python || rm -f src/client/python
.PHONY: clean-python-link
