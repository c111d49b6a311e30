# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libsim.a
%C%_libsim_a_CFLAGS = $(AM_CFLAGS)
%C%_libsim_a_SOURCES = \
	%D%/arm.c %D%/arm.h \
	%D%/bus.c %D%/bus.h %D%/bus_impl.h \
	%D%/bus_arm.c \
	%D%/bus_dxl.c %D%/bus_dxl.h \
	%D%/bus_dxl_frame.c \
	%D%/bus_fault.c \
	%D%/bus_fault_table.c \
	%D%/bus_motor.c \
	%D%/bus_sts.c \
	%D%/camera.c %D%/camera.h \
	%D%/fault.c %D%/fault.h \
	%D%/fault_camera.c \
	%D%/fault_served.c \
	%D%/fault_table.c \
	%D%/openpi.c %D%/openpi.h \
	%D%/paint.c %D%/paint.h \
	%D%/plan.c %D%/plan.h \
	%D%/policy.c %D%/policy.h \
	%D%/shots.c %D%/shots.h \
	%D%/sim.c %D%/sim.h \
	%D%/so101.c %D%/so101.h \
	%D%/world.c %D%/world.h
