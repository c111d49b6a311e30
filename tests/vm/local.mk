# SPDX-License-Identifier: Apache-2.0
# Real drivers, in an emulated machine: not part of `make check`. A guest is a file here, and what
# it needs built is in VM_BUILT.
VM_GUESTS = %D%/guest_can.sh %D%/guest_can_link.sh %D%/guest_uvcvideo.sh %D%/guest_vivid.sh
VM_BUILT = %D%/can_arm %D%/uvcsim %D%/own_camera
check_PROGRAMS += $(VM_BUILT)
%C%_can_arm_SOURCES = %D%/can_arm.c
%C%_uvcsim_SOURCES = %D%/uvcsim.c
%C%_own_camera_SOURCES = %D%/own_camera.c
%C%_own_camera_LDADD = $(TEST_PROGRAM_LIBS)
EXTRA_DIST += %D%/vm.sh %D%/kernel.sh %D%/initrd.sh %D%/head.sh %D%/init.sh %D%/can.sh \
	%D%/cameras.sh $(VM_GUESTS)

check-vm: all
	$(MAKE) $(AM_MAKEFLAGS) $(VM_BUILT)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(VM_GUESTS)' \
		SH_LOG_COMPILER='$(SHELL) $(srcdir)/%D%/vm.sh'
.PHONY: check-vm
CLEANFILES += $(VM_GUESTS:.sh=.log) $(VM_GUESTS:.sh=.trs)
clean-local: clean-vm
clean-vm:
	rm -rf %D%/cache
.PHONY: clean-vm

VM_GUESTS += %D%/guest_serial.sh
VM_BUILT += %D%/servo_peer
%C%_servo_peer_SOURCES = %D%/servo_peer.c
%C%_servo_peer_LDADD = $(TEST_PROGRAM_LIBS)
