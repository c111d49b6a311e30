# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libcheck.a
%C%_libcheck_a_CFLAGS = $(AM_CFLAGS)
%C%_libcheck_a_SOURCES = \
	%D%/asked_sent_got.c \
	%D%/bus_behind.c \
	%D%/bus_errors.c \
	%D%/bus_latency.c \
	%D%/bus_shared.c \
	%D%/cadence.c \
	%D%/calibration.c \
	%D%/can_bus.c \
	%D%/camera_auto.c \
	%D%/camera_bandwidth.c \
	%D%/camera_blur.c \
	%D%/camera_busy.c \
	%D%/camera_dark.c \
	%D%/camera_drops.c \
	%D%/camera_format.c \
	%D%/camera_fps.c \
	%D%/camera_frozen.c \
	%D%/camera_gone.c \
	%D%/camera_missing.c \
	%D%/camera_skew.c \
	%D%/camera_stale.c \
	%D%/cameras.c %D%/cameras.h \
	%D%/camera_colour.c \
	%D%/camera_covered.c \
	%D%/camera_light.c \
	%D%/camera_mirrored.c \
	%D%/camera_moved.c \
	%D%/camera_swap.c \
	%D%/camera_unknown.c \
	%D%/check.c %D%/check.h \
	%D%/chunk_disagreement.c %D%/chunk_disagreement.h \
	%D%/clamped.c \
	%D%/derive.c %D%/derive.h \
	%D%/encoder_wrap.c \
	%D%/finding.c \
	%D%/finite.c \
	%D%/first_action.c \
	%D%/frozen.c \
	%D%/gripper.c \
	%D%/home.c \
	%D%/horizon.c \
	%D%/looks.c %D%/looks.h \
	%D%/judge_look.c \
	%D%/judge.c %D%/judge.h %D%/judge_impl.h \
	%D%/judge_health.c \
	%D%/jump.c \
	%D%/latch.c %D%/latch.h \
	%D%/latency.c \
	%D%/motion.c \
	%D%/motor_hot.c \
	%D%/motor_status.c \
	%D%/overload.c \
	%D%/plans.c %D%/plans.h \
	%D%/prompt.c \
	%D%/range.c \
	%D%/recent.h \
	%D%/reversal.c \
	%D%/seam.c \
	%D%/server_error.c \
	%D%/stale_chunk.c \
	%D%/starved.c \
	%D%/status.c \
	%D%/table.c \
	%D%/torque_lost.c \
	%D%/tracking.c \
	%D%/voltage.c \
	%D%/words.c %D%/words.h \
	%D%/wrong_port.c
