# SPDX-License-Identifier: Apache-2.0
# The real LeRobot in a root of its own, minutes long and only for root: not part of `make check`.
LEROBOT_FILES = %D%/check.sh %D%/check.py %D%/scenarios.py %D%/mkroot.sh %D%/arm.py \
	%D%/motors.py %D%/motors_inside.py %D%/tapped.py %D%/policy.py %D%/checkpoint.py \
	%D%/calibration.json %D%/requirements.txt %D%/requirements-05.txt %D%/plugins %D%/stubs
EXTRA_DIST += $(LEROBOT_FILES)

check-lerobot: all tests/sim/simbus$(EXEEXT)
	$(MAKE) check-TESTS TESTS='%D%/check.sh' TEST_SECONDS=1800
.PHONY: check-lerobot
CLEANFILES += %D%/check.log %D%/check.trs
clean-local: clean-lerobot
clean-lerobot:
	rm -rf %D%/root %D%/root.lock %D%/root.log
.PHONY: clean-lerobot
