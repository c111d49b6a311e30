# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_serial
TESTS += %D%/t_serial
%C%_t_serial_SOURCES = %D%/t_serial.c
%C%_t_serial_LDADD = src/hal/libhal.a src/base/libbase.a $(SERIALPORT_LIBS)
check_PROGRAMS += %D%/t_usbmon
TESTS += %D%/t_usbmon
%C%_t_usbmon_SOURCES = %D%/t_usbmon.c
%C%_t_usbmon_LDADD = src/hal/libhal.a src/base/libbase.a
noinst_HEADERS += %D%/fake_camera.h %D%/fake_system.h
check_PROGRAMS += %D%/t_camera %D%/t_camera_find
TESTS += %D%/t_camera %D%/t_camera_find
%C%_t_camera_SOURCES = %D%/t_camera.c %D%/fake_camera.c
%C%_t_camera_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_camera_find_SOURCES = %D%/t_camera_find.c %D%/fake_system.c
%C%_t_camera_find_LDADD = $(TEST_PROGRAM_LIBS)
